/*
 * The embedded durable runner: a task queue and step journal on SQLite, worker processes, provider routes. It speaks the
 * Runtime interface of the contract; `createRunner` is the way in. engine/ holds the queue, guard/ the pure rules,
 * worker/ what runs in a worker process, definition/ the agent files, providers/ the models.
 */
import { z } from 'zod';
import type { AgentDefinition, AgentDetail, AgentSummary, FileProblem } from '#contract/agent.ts';
import type { AuditWrite } from '#contract/audit.ts';
import type { Actor } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { Fault, Provider, ProviderEvent, Route } from '#contract/provider.ts';
import type { Runtime, RuntimeEvent, TaskEnded } from '#contract/runtime.ts';
import type { Settings } from '#contract/settings.ts';
import {
  hasEnded,
  type Submit,
  type SubmitMany,
  type SubmitManyAnswer,
  type Submitted,
  type Task,
  type TaskDetail,
  type TaskFilter,
  type TaskPage,
} from '#contract/task.ts';
import type { Committer } from '../store/committer.ts';
import { prepareDeadLetters } from '../store/dead-letter.ts';
import { prepareFamily } from '../store/family.ts';
import { prepareControl } from '../store/lane.ts';
import type { Database } from '../store/open.ts';
import { prepareQuestions } from '../store/question.ts';
import { prepareSchedules } from '../store/schedule.ts';
import { prepareSteps } from '../store/step.ts';
import { prepareTasks, taskNumber, taskOf } from '../store/task.ts';
import { prepareTaskList, TOTAL_CAP } from '../store/task-list.ts';
import { prepareTurns } from '../store/turn.ts';
import { agentDetailOf, samplePlanOf } from './agent-detail.ts';
import { keepLastGood, keepSnapshot, type LoadedAgents, loadAgents, trialOf, watchAgents } from './definition/index.ts';
import { detailOf } from './detail.ts';
import type { NewTask } from './engine/accept.ts';
import { createActions } from './engine/actions.ts';
import { watchClock } from './engine/clock.ts';
import { createDeadLetters } from './engine/dead-letter.ts';
import { endOf } from './engine/ended.ts';
import { createEngine } from './engine/engine.ts';
import { createGuards } from './engine/guards.ts';
import { interventionsOf, viewOf } from './engine/lane.ts';
import { createPool, type Pool } from './engine/pool.ts';
import { createFolders, folderOf } from './folder/index.ts';
import type { ForkWorker } from './fork.ts';
import { modelsOf } from './guard/route.ts';
import { createOffspring, type OffspringDesk } from './offspring.ts';
import { createOrphans } from './orphans.ts';
import { createPeople, type People } from './people.ts';
import { listProviders } from './providers/index.ts';
import { nextStart } from './schedule/cron.ts';
import { createSchedules } from './schedule/index.ts';
import { submitMany } from './submit-many.ts';
import { createSupplier, type FindSecrets } from './supply.ts';
import { createWaits } from './wait.ts';
import { createWatched, type Watched } from './watched.ts';

export type RunnerOptions = {
  db: Database;
  committer: Committer;
  dataFolder: string;
  agentFolders: string[];
  /** An agent file that is tried out, alone: no other is loaded, and it takes in nothing by itself. */
  trial: string | null;
  rehearsal: boolean;
  workers: number;
  /** Tasks a worker process may hold at once. */
  slots: number;
  forkWorker: ForkWorker;
  env: NodeJS.ProcessEnv;
  version: string;
  /** Adds to the audit log, inside the commit of what it tells. */
  audit: AuditWrite;
  /** nightdesk.yaml as it is in force. */
  settings(): Settings;
  /** Looks for secrets in the keychain. */
  findSecrets: FindSecrets;
  /** Calls back after every change of it. @returns a function that stops it */
  onSettings(listener: () => void): () => void;
  now(): number;
  /** Ms on a clock that nobody sets: spans are measured by it. */
  passed(): number;
  random(): number;
  onDisk(trouble: string | null): void;
  log(message: string): void;
};

/** What the embedded runner offers beyond the Runtime interface. */
export type Runner = Omit<Runtime, 'tasks'> & {
  /** @param count whether to count all that match, too */
  tasks(filter: TaskFilter, page: { before?: string | undefined; limit: number }, count?: boolean): TaskPage;
  /** One agent with everything that holds for it. */
  agent(name: string): AgentDetail | undefined;
  submit(tasks: NewTask[]): Promise<Result<Submitted>[]>;
  /** NOT_FOUND without the agent; else what became of each. */
  submitMany(many: SubmitMany): Promise<Result<SubmitManyAnswer>>;
  /** The task at its end, or as it stands after so long, or when the caller gives up. */
  wait(id: string, withinMs: number, signal?: AbortSignal): Promise<Result<TaskDetail>>;
  /** What befell providers, newest first. */
  providerEvents(provider: string | undefined, limit: number): ProviderEvent[];
  /** The route of each agent in force. */
  routes(): Route[];
  setFault(provider: string, fault: Fault | null): Result<Provider>;
  /** What keeps watched folders from being worked with and which starts of schedules were refused, in plain words. */
  intakeTroubles(): string[];
  problems(): FileProblem[];
  /** Inputs in an agent's fixtures/, for rehearsal traffic. */
  definition(agent: string): AgentDefinition | undefined;
  taskRow(id: string): Task | undefined;
  endedSince(from: number): Iterable<TaskEnded>;
  /** Agents whose definition was first seen since then. */
  changedSince(from: number): string[];
  people: People;
  /** What of it is watched for silence. */
  watched: Watched;
  /** A task that backs off, or waits for a provider or integration, is tried now. */
  retryNow(id: string, by: Actor): Promise<Result<null>>;
  resubmit: OffspringDesk['resubmit'];
  fork: OffspringDesk['fork'];
  /** Looks for secrets again: one was set or removed. */
  refreshSecrets(): Promise<void>;
  start(): void;
  close(): Promise<void>;
};

export const RUNTIME_NAME = 'embedded';

export function createRunner(options: RunnerOptions): Runner {
  const { db, committer, now } = options;
  const tasks = prepareTasks(db);
  const list = prepareTaskList(db);
  const steps = prepareSteps(db);
  const family = prepareFamily(db);
  const control = prepareControl(db);
  const listeners = new Set<(events: RuntimeEvent[]) => void>();
  const inputSchemas = new Map<string, z.ZodType>();
  let folders = agentFolders();
  let loaded = ofTrial(loadAgents(folders));
  let watcher: { close(): Promise<void> } | undefined;
  let toldProblems = new Set<string>();
  let stopSettings = (): void => {};
  let clock: { stop(): void } | undefined;
  let closed = false;

  /** Says each fault of a file once, for as long as it stands. */
  function tellProblems(): void {
    const lines = loaded.problems.map(
      ({ file, line, column, severity, message, fix }) =>
        `${file}:${line}:${column} ${severity}: ${message}${fix === null ? '' : `; ${fix}`}`,
    );
    for (const line of lines) if (!toldProblems.has(line)) options.log(line);
    toldProblems = new Set(lines);
  }

  function ofTrial(found: LoadedAgents): LoadedAgents {
    return options.trial === null ? found : trialOf(found, options.trial);
  }

  function agentFolders(): string[] {
    return [...options.agentFolders, ...options.settings().agents];
  }

  function emit(events: RuntimeEvent[]): void {
    for (const listener of listeners) listener(events);
  }

  function onDisk(trouble: string | null): void {
    guards.onDisk(trouble === null);
    options.onDisk(trouble);
  }

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
    definitions: () => loaded.definitions,
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

  const inboxes = createFolders({ submit, now, log: options.log });

  const scheduleStore = prepareSchedules(db);
  const schedules = createSchedules({
    store: scheduleStore,
    commit: (work) => committer.commit(work),
    async submit(agent, start, key) {
      const [result] = await submit([{ agent, input: { scheduledFor: new Date(start).toISOString() }, key }]);
      if (result === undefined) throw new Error('a scheduled task got no answer');
      return result;
    },
    inFlight: (task) => {
      const row = tasks.full(task);
      return row !== undefined && !hasEnded(row.state);
    },
    now,
    log: options.log,
  });

  /** Attempts that start now run these texts for as long as they need, whatever becomes of the files. */
  function keepSnapshots(): void {
    for (const { hash, name } of loaded.definitions) {
      const sources = loaded.sources.get(hash);
      try {
        if (sources) keepSnapshot(options.dataFolder, hash, sources);
      } catch (error) {
        // They run what lies in the agent's folder until there is space.
        options.log(`the files of ${name} could not be kept: ${String(error)}`);
        engine.diskRefused(error);
      }
    }
  }

  function define(): void {
    keepSnapshots();
    engine.define(loaded.definitions);
    providers.configure(
      listProviders(
        { ...options.env, ...supplier.current().keys },
        loaded.definitions.map(modelsOf),
        options.rehearsal,
        options.settings().providers,
      ),
      new Map(control.providers().map((row) => [row.name, row.body])),
    );
    guards.integrations.define(loaded.definitions);
    guards.changed();
    void schedules.define(loaded.definitions);
    inboxes.define(loaded.definitions);
  }

  function onAgents(next: LoadedAgents): void {
    loaded = keepLastGood(loaded, ofTrial(next));
    define();
    tellProblems();
    void supplier.refresh();
  }

  function clockJumped(byMs: number): void {
    const span = `${Math.round(Math.abs(byMs) / 1_000)} s`;
    options.log(
      byMs > 0 ? `the clock went ahead by ${span}, or this machine slept` : `the clock was set back by ${span}`,
    );
    engine.lookAgain();
    guards.clockJumped(byMs);
    actions.clockJumped(byMs);
    void schedules.run();
  }

  function watch(): void {
    watcher = watchAgents(folders, onAgents, () => loaded.definitions.flatMap((each) => folderOf(each) ?? []));
  }

  function onSettings(): void {
    const next = agentFolders();
    if (next.join('\n') !== folders.join('\n')) {
      folders = next;
      void watcher?.close();
      watch();
      onAgents(loadAgents(folders));
      return;
    }
    define();
    void supplier.refresh();
  }

  /** Input is checked before an attempt is spent on it. */
  function checkInput(task: Submit): Result<null> {
    const definition = engine.lanes.get(task.agent)?.definition;
    if (!definition?.inputSchema) return succeed(null);
    let schema = inputSchemas.get(definition.hash);
    if (!schema) {
      schema = z.fromJSONSchema(definition.inputSchema as Parameters<typeof z.fromJSONSchema>[0]);
      inputSchemas.set(definition.hash, schema);
    }
    const parsed = schema.safeParse(task.input);
    if (parsed.success) return succeed(null);
    const issue = parsed.error.issues[0];
    return fail('BAD_INPUT', `The input of ${task.agent} does not fit: ${issue?.message ?? 'unknown'}`, {
      kept: 'Nothing was queued.',
      todo: `Send what ${definition.nightdesk.input ?? 'its input schema'} asks for.`,
      where: ['input', ...(issue?.path ?? [])].join('.'),
    });
  }

  async function submit(batch: NewTask[]): Promise<Result<Submitted>[]> {
    const checks = batch.map(checkInput);
    const fit = batch.filter((_, index) => checks[index]?.ok);
    // No secret is written down, whoever sent it.
    const masked = fit.map((task) => ({ ...task, input: supplier.mask().json(task.input) }));
    const answers = (await engine.submit(masked)).values();
    return checks.map((check) => (check.ok ? (answers.next().value as Result<Submitted>) : check));
  }

  function summaryOf(definition: AgentDefinition): AgentSummary {
    const keys = definition.nightdesk;
    return {
      name: definition.name,
      description: definition.description,
      team: keys.team ?? null,
      runtime: RUNTIME_NAME,
      route: definition.model,
      tools: definition.tools,
      concurrency: keys.intake.concurrency,
      attempts: keys.retry.attempts,
      timeoutMs: keys.limits.timeout,
      deadlineMs: keys.limits.deadline,
      expectEveryMs: keys.expect?.every ?? null,
      schedule: keys.schedule?.cron ?? null,
      nextStartAt: keys.schedule === undefined ? null : nextStart(keys.schedule.cron, now()),
      budgetDailyUsd: keys.budget?.daily ?? null,
      objective: {
        success: keys.objective.success,
        p95Ms: keys.objective.p95 ?? null,
        windowMs: keys.objective.window,
        failure: keys.objective.failure,
      },
      sample: samplePlanOf(keys),
      intake: engine.laneOf(definition.name).control.intake,
      definition: definition.hash,
      file: definition.file,
      problems: loaded.problems.filter((problem) => problem.file === definition.file),
    };
  }

  const runner: Runner = {
    describe: async () => ({
      runtime: RUNTIME_NAME,
      version: options.version,
      capabilities: [
        { verb: 'pause', effect: 'cooperative', scope: 'lane', meanwhile: 'queues', idempotent: 'key' },
        { verb: 'drain', effect: 'drains', scope: 'lane', meanwhile: 'queues', idempotent: 'key' },
        { verb: 'resume', effect: 'immediate', scope: 'lane', meanwhile: 'none', idempotent: 'key' },
        { verb: 'reroute', effect: 'immediate', scope: 'lane', meanwhile: 'none', idempotent: 'key' },
        { verb: 'cancel', effect: 'cooperative', scope: 'task', meanwhile: 'none', idempotent: 'key' },
        { verb: 'retry', effect: 'immediate', scope: 'task', meanwhile: 'none', idempotent: 'key' },
        { verb: 'set', effect: 'immediate', scope: 'lane', meanwhile: 'queues', idempotent: 'key' },
        { verb: 'reset', effect: 'immediate', scope: 'runtime', meanwhile: 'none', idempotent: 'key' },
        { verb: 'requeue', effect: 'immediate', scope: 'runtime', meanwhile: 'none', idempotent: 'key' },
      ],
    }),
    snapshot: () => ({
      agents: loaded.definitions.map(summaryOf),
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
    task(id) {
      const number = taskNumber(id);
      const row = tasks.full(number);
      if (!row) {
        return fail('NOT_FOUND', `There is no task ${id}.`, {
          kept: 'Nothing was changed.',
          todo: 'Look for it: nightdesk tasks',
        });
      }
      const keys = engine.lanes.get(row.agent)?.definition?.nightdesk;
      return succeed(
        detailOf(row, steps.ofTask(number), steps.attempts(number), family.offspring(number), {
          attempts: keys?.retry.attempts ?? 0,
          timeoutMs: keys?.limits.timeout ?? 0,
          costUsd: row.limit_usd ?? keys?.limits.cost ?? null,
        }),
      );
    },
    tasks(filter, page, count = true) {
      const before = page.before === undefined ? undefined : taskNumber(page.before);
      const rows = list.page(filter, before, page.limit);
      const last = rows.at(-1);
      return {
        tasks: rows.map(taskOf),
        next: rows.length === page.limit && last ? `t${last.id}` : null,
        total: count ? list.count(filter) : 0,
        totalCap: TOTAL_CAP,
      };
    },
    plan: actions.plan,
    execute: actions.execute,
    verify: actions.verify,
    submit,
    async submitMany(many) {
      if (engine.lanes.get(many.agent)?.definition) return succeed(await submitMany(submit, many));
      return fail('NOT_FOUND', `There is no agent "${many.agent}".`, {
        kept: 'Nothing was queued.',
        todo: `Use one of: ${loaded.definitions.map((each) => each.name).join(', ')}.`,
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
    intakeTroubles: () => [...inboxes.troubles(), ...schedules.troubles()],
    problems: () => loaded.problems,
    agent(name) {
      const found = loaded.definitions.find((each) => each.name === name);
      return found && agentDetailOf(summaryOf(found), found, engine.laneOf(name).control, now());
    },
    definition: (agent) => loaded.definitions.find((each) => each.name === agent),
    taskRow: (id) => {
      const row = tasks.full(taskNumber(id));
      return row && taskOf(row);
    },
    *endedSince(from) {
      for (const row of tasks.endedSince(from)) {
        yield {
          kind: 'ended',
          task: taskOf(row),
          end: endOf(row.state, row.error),
          firstAttempt: row.failures === 0,
        };
      }
    },
    changedSince: control.changedSince,
    watched: createWatched({
      runtime: RUNTIME_NAME,
      wanted: options.workers,
      pool,
      definitions: () => loaded.definitions,
      schedules: scheduleStore,
      refusal: schedules.refusal,
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
      tellProblems();
      orphans.end();
      engine.recover();
      guards.load();
      for (const agent of engine.lanes.keys()) engine.promoteDeferred([agent], Number.POSITIVE_INFINITY);
      actions.scheduleLeases();
      clock = watchClock(now, options.passed, clockJumped);
      watch();
      stopSettings = options.onSettings(onSettings);
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
      await schedules.stop();
      await inboxes.close();
      actions.close();
      guards.close();
      await watcher?.close();
      await pool.close();
      engine.close();
    },
  };
  return runner;
}
