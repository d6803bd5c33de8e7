/*
 * The embedded durable runner: a task queue and step journal on SQLite, worker processes, provider routes. It speaks the
 * Runtime interface of the contract; `createRunner` is the way in. engine/ holds the queue, guard/ the pure rules,
 * worker/ what runs in a worker process, definition/ the agent files, providers/ the models.
 */
import type { AgentDefinition, AgentSummary } from '#contract/agent.ts';
import type { Actor } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { RuntimeEvent } from '#contract/runtime.ts';
import type { Submitted } from '#contract/task.ts';
import { prepareDeadLetters } from '../store/dead-letter.ts';
import { prepareFamily } from '../store/family.ts';
import { prepareControl } from '../store/lane.ts';
import { prepareQuestions } from '../store/question.ts';
import { prepareSchedules } from '../store/schedule.ts';
import { prepareSteps } from '../store/step.ts';
import { prepareTasks } from '../store/task.ts';
import { prepareTaskList } from '../store/task-list.ts';
import { prepareTurns } from '../store/turn.ts';
import { agentDetailOf, summaryOf } from './agent-detail.ts';
import { createAgents } from './agents.ts';
import { CAPABILITIES, RUNTIME_NAME } from './capabilities.ts';
import type { NewTask } from './engine/accept.ts';
import { createActions } from './engine/actions.ts';
import { watchClock } from './engine/clock.ts';
import { createDeadLetters } from './engine/dead-letter.ts';
import { createEngine } from './engine/engine.ts';
import { createGuards } from './engine/guards.ts';
import { interventionsOf, viewOf } from './engine/lane.ts';
import { createPool, type Pool } from './engine/pool.ts';
import { modelsOf } from './guard/route.ts';
import { createInputCheck } from './input.ts';
import { createIntakes } from './intakes.ts';
import { createOffspring } from './offspring.ts';
import { createOrphans } from './orphans.ts';
import { createPeople } from './people.ts';
import { listProviders } from './providers/index.ts';
import { createReading } from './reading.ts';
import { submitMany } from './submit-many.ts';
import { createSupplier } from './supply.ts';
import type { Runner, RunnerOptions } from './types.ts';
import { createWaits } from './wait.ts';
import { createWatched } from './watched.ts';

export type { Runner, RunnerOptions } from './types.ts';

export function createRunner(options: RunnerOptions): Runner {
  const { db, committer, now } = options;
  const tasks = prepareTasks(db);
  const list = prepareTaskList(db);
  const steps = prepareSteps(db);
  const family = prepareFamily(db);
  const control = prepareControl(db);
  const listeners = new Set<(events: RuntimeEvent[]) => void>();
  let stopSettings = (): void => {};
  let clock: { stop(): void } | undefined;
  let closed = false;

  function emit(events: RuntimeEvent[]): void {
    for (const listener of listeners) listener(events);
  }

  function onDisk(trouble: string | null): void {
    guards.onDisk(trouble === null);
    options.onDisk(trouble);
  }

  const agents = createAgents({
    ...options,
    onDefined: define,
    onChange: () => void supplier.refresh(),
    onDiskRefused: (error) => engine.diskRefused(error),
  });
  const definitionOf = (agent: string) => engine.lanes.get(agent)?.definition;
  const checkInput = createInputCheck(definitionOf);
  const reading = createReading({ tasks, list, steps, family, definitionOf });

  const guards = createGuards({
    db,
    committer,
    control,
    tasks,
    settings: options.settings,
    engine: () => engine,
    pool: () => pool,
    now,
    emit: (event) => engine.emitSoon(event),
    onIntake: (agent, text, by) => told(agent, text, by),
    audit: options.audit,
    onDiskRefused: (error) => engine.diskRefused(error),
  });
  const { providers } = guards;

  const orphans = createOrphans(options.dataFolder, options.log);
  const pool: Pool = createPool({
    size: options.workers,
    fork: options.forkWorker,
    env: { NIGHTDESK_DATA_FOLDER: options.dataFolder },
    now: options.passed,
    onMessages: (worker) => engine.receive(worker),
    onCalled: (worker, message) => engine.called(worker, message),
    refused: guards.refused,
    onExit: (worker, reason, asked) => engine.workerGone(worker, reason, asked),
    supply: () => supplier.current(),
    orphans,
    log: options.log,
  });

  const engine = createEngine({
    committer,
    tasks,
    steps,
    family,
    control,
    checkInput,
    turns: prepareTurns(db),
    questions: prepareQuestions(db),
    guards: guards.engineGuards,
    pool: () => pool,
    slots: options.slots,
    now,
    passed: options.passed,
    random: options.random,
    rehearsal: options.rehearsal,
    audit: options.audit,
    emit,
    onDisk,
    log: options.log,
  });

  const deadLetters = createDeadLetters({ engine, tasks, letters: prepareDeadLetters(db), list, now, onAction: told });
  const offspring = createOffspring({ engine, tasks, steps, family, checkInput });

  const actions = createActions({
    engine,
    control,
    guards,
    deadLetters,
    now,
    audit: options.audit,
    onAction: told,
  });

  function told(agent: string, text: string, by: Actor): void {
    emit([{ kind: 'intervention', interventions: actions.interventions(), text, by, agent }]);
  }

  const supplier = createSupplier({
    settings: options.settings,
    definitions: agents.all,
    find: options.findSecrets,
    env: options.env,
    onSupply(supply) {
      pool.tellAll({ t: 'supply', supply });
      define();
    },
  });

  const waits = createWaits((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  });

  const scheduleStore = prepareSchedules(db);
  const intakes = createIntakes({ ...options, store: scheduleStore, tasks, submit });

  function define(): void {
    const current = agents.all();
    agents.keepSnapshots();
    engine.define(current);
    providers.configure(
      listProviders(
        { ...options.env, ...supplier.current().keys },
        current.map(modelsOf),
        options.rehearsal,
        options.settings().providers,
      ),
      new Map(control.providers().map((row) => [row.name, row.body])),
    );
    guards.integrations.define(current);
    guards.changed();
    intakes.define(current);
  }

  function clockJumped(byMs: number): void {
    const span = `${Math.round(Math.abs(byMs) / 1_000)} s`;
    options.log(
      byMs > 0 ? `the clock went ahead by ${span}, or this machine slept` : `the clock was set back by ${span}`,
    );
    engine.lookAgain();
    guards.clockJumped(byMs);
    actions.clockJumped(byMs);
    intakes.lookAgain();
  }

  async function submit(batch: NewTask[]): Promise<Result<Submitted>[]> {
    const checks = batch.map(checkInput);
    const fit = batch.filter((_, index) => checks[index]?.ok);
    // No secret is written down, whoever sent it.
    const masked = fit.map((task) => ({ ...task, input: supplier.mask().json(task.input) }));
    const answers = (await engine.submit(masked)).values();
    return checks.map((check) => (check.ok ? (answers.next().value as Result<Submitted>) : check));
  }

  function summarize(definition: AgentDefinition): AgentSummary {
    return summaryOf(definition, engine.laneOf(definition.name).control, agents.problems(), now());
  }

  const runner: Runner = {
    describe: async () => ({
      runtime: RUNTIME_NAME,
      version: options.version,
      capabilities: CAPABILITIES,
    }),
    snapshot: () => ({
      agents: agents.all().map(summarize),
      lanes: [...engine.lanes.values()].map(viewOf),
      providers: providers.list(),
      integrations: guards.integrations.list(),
      spends: guards.spends(),
      looping: engine.parking.open().flatMap(({ kind, agent, task }) => (kind === 'loop' ? [{ agent, task }] : [])),
      workers: { wanted: options.workers, youngDeaths: pool.youngDeaths() },
      interventions: [...engine.lanes.values()].flatMap((lane) => interventionsOf(lane.control)),
    }),
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    task: reading.task,
    tasks: reading.page,
    plan: actions.plan,
    execute: actions.execute,
    verify: actions.verify,
    submit,
    async submitMany(many) {
      if (engine.lanes.get(many.agent)?.definition) return succeed(await submitMany(submit, many));
      return fail('NOT_FOUND', `There is no agent "${many.agent}".`, {
        kept: 'Nothing was queued.',
        todo: `Use one of: ${agents
          .all()
          .map(({ name }) => name)
          .join(', ')}.`,
      });
    },
    async wait(id, withinMs, signal) {
      const task = runner.task(id);
      if (!task.ok || task.value.endedAt !== null) return task;
      await waits.untilEnd(id, withinMs, signal);
      return runner.task(id);
    },
    providerEvents: guards.providerEvents,
    routes: guards.routes,
    setFault(name, fault) {
      if (!options.rehearsal) {
        return fail('NOT_REHEARSAL', 'This desk works with real providers: faults cannot be dialled in.', {
          kept: 'Nothing was changed.',
          todo: 'Start a rehearsal: nightdesk serve --rehearsal --data ./rehearsal',
        });
      }
      const provider = providers.setFault(name, fault);
      if (provider) return succeed(provider);
      const names = providers.list().map((each) => each.name);
      return fail('NOT_FOUND', `There is no provider "${name}".`, {
        kept: 'Nothing was changed.',
        todo: `Use one of: ${names.join(', ')}.`,
      });
    },
    intakeTroubles: intakes.troubles,
    problems: agents.problems,
    agent(name) {
      const found = agents.find(name);
      return found && agentDetailOf(summarize(found), found, engine.laneOf(name).control, now());
    },
    definition: agents.find,
    taskRow: reading.row,
    endedSince: reading.endedSince,
    changedSince: control.changedSince,
    watched: createWatched({
      runtime: RUNTIME_NAME,
      wanted: options.workers,
      pool,
      definitions: agents.all,
      schedules: scheduleStore,
      refusal: intakes.refusal,
      tasks,
      now,
    }),
    people: createPeople({
      parking: engine.parking,
      resolving: engine.resolving,
      tasks,
      mask: supplier.mask,
    }),
    start() {
      define();
      agents.tellProblems();
      orphans.end();
      engine.recover();
      guards.load();
      for (const agent of engine.lanes.keys()) engine.promoteDeferred([agent], Number.POSITIVE_INFINITY);
      actions.scheduleLeases();
      clock = watchClock(now, options.passed, clockJumped);
      agents.watch();
      stopSettings = options.onSettings(agents.settingsChanged);
      // No worker starts a task before its secrets are there, or were found to be missing.
      void supplier.refresh().then(() => {
        if (!closed) pool.start();
      });
    },
    refreshSecrets: supplier.refresh,
    retryNow: (id, by) => deadLetters.retryNow(id, by, () => options.audit({ by, what: 'task.retried', subject: id })),
    ...offspring,
    async close() {
      closed = true;
      stopSettings();
      clock?.stop();
      waits.close();
      await intakes.close();
      actions.close();
      guards.close();
      await agents.close();
      await pool.close();
      engine.close();
    },
  };
  return runner;
}
