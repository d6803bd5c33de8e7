import { randomUUID } from 'node:crypto';
import { implement } from '@orpc/server';
import type { Actor } from '#contract/basic.ts';
import { ERRORS, type ErrorCode, type ErrorData, type Result } from '#contract/errors.ts';
import { contract } from '#contract/index.ts';
import type { SecretView } from '#contract/secret.ts';
import { rulesOf } from './alert-rules.ts';
import type { Parts } from './parts.ts';
import { frames } from './topic.ts';
import { readBoard, readIncident, readNotices, readRun, readTask, tasksReader } from './topics.ts';
import type { Connection } from './types.ts';

type ErrorMakers = Record<ErrorCode, (options: { message: string; data: ErrorData }) => Error>;

/** A module's result as the answer of a call: its value, or the typed error. */
function answer<T>(result: Result<T>, errors: ErrorMakers): T {
  if (result.ok) return result.value;
  const { code, message, ...data } = result.error;
  throw errors[code]({ message, data });
}

/** A value that may be missing, as the answer of a call. */
function found<T>(value: T | undefined, what: string, errors: ErrorMakers): T {
  if (value !== undefined) return value;
  throw errors.NOT_FOUND({
    message: `There is no ${what}. ${ERRORS.NOT_FOUND.message}`,
    data: { kept: 'Nothing was changed.', todo: 'Look at the list again: it may have ended or been renamed.' },
  });
}

/** The actor of a call: a command line says who it is for, within its connection. */
function actorOf(connection: Connection, claimed: Actor | undefined): Actor {
  return claimed ?? connection.actor;
}

/** The one router, the same for every host. */
export function createRouter(parts: Parts) {
  const os = implement(contract)
    .$context<Connection>()
    .use(({ context, next }) => {
      parts.runbooks.met(context.person);
      return next();
    });
  const { runner, health, runbooks, editing } = parts;
  const incidentDesk = health.incidentPart.desk;

  function watch<State extends Record<string, Record<string, unknown>>>(
    read: () => State,
    { context, signal }: { context: Connection; signal: AbortSignal | undefined },
  ) {
    return frames({ read, subscribe: parts.changed.subscribe, drained: context.drained, signal, now: parts.now });
  }

  async function readSecrets(): Promise<SecretView[]> {
    await runner.refreshSecrets();
    await parts.delivery.refreshSecrets();
    return parts.secrets.views();
  }

  return os.router({
    about: os.about.handler(({ context }) => ({ ...parts.about(), user: context.person })),
    board: {
      watch: os.board.watch.handler(({ input, context, signal }) =>
        watch(() => readBoard(parts, input.window), { context, signal }),
      ),
    },
    health: {
      ingest: os.health.ingest.handler(async ({ input, errors }) => answer(await health.ingest(input.events), errors)),
      rebuild: os.health.rebuild.handler(() => health.rebuild()),
    },
    agents: {
      list: os.agents.list.handler(() => runner.snapshot().agents),
      get: os.agents.get.handler(({ input, errors }) =>
        found(runner.agent(input.name), `agent "${input.name}"`, errors),
      ),
      problems: os.agents.problems.handler(() => runner.problems()),
    },
    tasks: {
      list: os.tasks.list.handler(({ input }) => {
        const { before, limit, ...filter } = input;
        return runner.tasks(filter, { before, limit });
      }),
      get: os.tasks.get.handler(({ input, errors }) => answer(runner.task(input.id), errors)),
      submit: os.tasks.submit.handler(async ({ input, errors }) => {
        const [result] = await runner.submit([input]);
        return answer(found(result, 'answer', errors), errors);
      }),
      submitMany: os.tasks.submitMany.handler(async ({ input, errors }) =>
        answer(await runner.submitMany(input), errors),
      ),
      wait: os.tasks.wait.handler(async ({ input, signal, errors }) =>
        answer(await runner.wait(input.id, input.withinMs, signal), errors),
      ),
      resolve: os.tasks.resolve.handler(async ({ input, context, errors }) =>
        answer(await runner.people.resolve(input.id, input.resolution, input.step, actorOf(context, input.by)), errors),
      ),
      requeue: os.tasks.requeue.handler(async ({ input, context, errors }) => {
        const by = actorOf(context, input.by);
        answer(await runner.execute({ verb: 'requeue', tasks: [input.id] }, randomUUID(), by), errors);
        return found(runner.taskRow(input.id), `task ${input.id}`, errors);
      }),
      retry: os.tasks.retry.handler(async ({ input, context, errors }) => {
        answer(await runner.retryNow(input.id, actorOf(context, input.by)), errors);
        return found(runner.taskRow(input.id), `task ${input.id}`, errors);
      }),
      resubmit: os.tasks.resubmit.handler(async ({ input, context, errors }) => {
        const tell = (made: number) =>
          parts.audit.write({
            by: context.actor,
            what: 'task.resubmitted',
            subject: input.id,
            details: { made: `t${made}`, input: input.input },
          });
        return answer(await runner.resubmit(input.id, input.input, input.key, tell), errors);
      }),
      fork: os.tasks.fork.handler(async ({ input, context, errors }) => {
        const tell = (made: number) =>
          parts.audit.write({
            by: context.actor,
            what: 'task.forked',
            subject: input.id,
            details: { made: `t${made}`, step: input.step },
          });
        return answer(await runner.fork(input.id, input.step, input.key, tell), errors);
      }),
      watch: os.tasks.watch.handler(({ input, context, signal }) => {
        const { limit, ...filter } = input;
        return watch(tasksReader(parts, filter, limit), { context, signal });
      }),
      watchOne: os.tasks.watchOne.handler(({ input, context, signal, errors }) => {
        answer(runner.task(input.id), errors);
        return watch(() => readTask(parts, input.id), { context, signal });
      }),
    },
    questions: {
      list: os.questions.list.handler(({ input }) => runner.people.questions(input)),
      answer: os.questions.answer.handler(async ({ input, context, errors }) =>
        answer(await runner.people.answer(input.id, input.answer, actorOf(context, input.by)), errors),
      ),
    },
    samples: {
      list: os.samples.list.handler(({ input }) => health.samples.list(input)),
      get: os.samples.get.handler(({ input, errors }) => answer(health.samples.get(input.id), errors)),
      judge: os.samples.judge.handler(async ({ input, context, errors }) => {
        const { id, verdict, note, by } = input;
        return answer(await health.samples.judge(id, verdict, note ?? null, actorOf(context, by)), errors);
      }),
      undo: os.samples.undo.handler(async ({ input, context, errors }) =>
        answer(await health.samples.undo(input.id, context.actor), errors),
      ),
      correctness: os.samples.correctness.handler(({ input }) => health.samples.correctness(input.agent)),
    },
    actions: {
      plan: os.actions.plan.handler(({ input, errors }) => answer(runner.plan(input.action), errors)),
      execute: os.actions.execute.handler(async ({ input, context, errors }) =>
        answer(await runner.execute(input.action, input.key, actorOf(context, input.by), input.planHash), errors),
      ),
      verify: os.actions.verify.handler(({ input }) => runner.verify(input.receipt)),
      interventions: os.actions.interventions.handler(() => runner.snapshot().interventions),
    },
    providers: {
      list: os.providers.list.handler(() => runner.snapshot().providers),
      events: os.providers.events.handler(({ input }) => runner.providerEvents(input.provider, input.limit)),
      routes: os.providers.routes.handler(() => runner.routes()),
      fault: os.providers.fault.handler(({ input, context, errors }) => {
        const { provider, fault } = input;
        const set = answer(runner.setFault(provider, fault), errors);
        parts.audit.note({ by: context.actor, what: 'fault.set', subject: provider, details: { fault } });
        return set;
      }),
    },
    settings: {
      get: os.settings.get.handler(() => parts.settings.view()),
      secrets: os.settings.secrets.handler(readSecrets),
      secretChanged: os.settings.secretChanged.handler(({ input, context }) => {
        parts.audit.note({ by: actorOf(context, input.by), what: `secret.${input.change}`, subject: input.name });
        return readSecrets();
      }),
    },
    alertRoutes: {
      list: os.alertRoutes.list.handler(() => parts.delivery.standings()),
      deliveries: os.alertRoutes.deliveries.handler(({ input }) => parts.delivery.deliveries(input)),
      delivery: os.alertRoutes.delivery.handler(({ input, errors }) =>
        found(parts.delivery.delivery(input.id), `message ${input.id}`, errors),
      ),
      test: os.alertRoutes.test.handler(async ({ input, context, errors }) =>
        answer(
          await parts.delivery.test(input.name, context.actor.name, () =>
            parts.audit.write({ by: context.actor, what: 'route.tested', subject: input.name }),
          ),
          errors,
        ),
      ),
      watch: os.alertRoutes.watch.handler(({ context, signal }) =>
        watch(() => readNotices(parts), { context, signal }),
      ),
      receive: os.alertRoutes.receive.handler(async ({ input, errors }) =>
        answer(await parts.delivery.receive(input), errors),
      ),
    },
    budgets: { list: os.budgets.list.handler(() => runner.snapshot().spends) },
    integrations: { list: os.integrations.list.handler(() => runner.snapshot().integrations) },
    backups: {
      list: os.backups.list.handler(() => parts.keeping.backups()),
      make: os.backups.make.handler(async ({ context, errors }) =>
        answer(await parts.keeping.backUp(context.actor), errors),
      ),
    },
    database: {
      get: os.database.get.handler(() => parts.keeping.database()),
    },
    rehearsal: {
      traffic: os.rehearsal.traffic.handler(({ input, errors }) => {
        if (!parts.rehearsal) {
          throw errors.NOT_REHEARSAL({
            message: 'This desk works with real providers: it makes no rehearsal traffic.',
            data: {
              kept: 'Nothing was changed.',
              todo: 'Start a rehearsal: nightdesk serve --rehearsal --data ./rehearsal',
            },
          });
        }
        parts.traffic.dial(input.perMinute);
        return { perMinute: input.perMinute };
      }),
    },
    incidents: {
      list: os.incidents.list.handler(({ input }) => health.incidents(input.open)),
      get: os.incidents.get.handler(({ input, errors }) =>
        found(health.incident(input.id), `incident ${input.id}`, errors),
      ),
      watch: os.incidents.watch.handler(({ input, context, signal, errors }) => {
        found(health.incident(input.id), `incident ${input.id}`, errors);
        return watch(() => readIncident(parts, input.id), { context, signal });
      }),
      acknowledge: os.incidents.acknowledge.handler(async ({ input, context, errors }) =>
        answer(await health.acknowledge(input.id, context.actor), errors),
      ),
      note: os.incidents.note.handler(async ({ input, context, errors }) =>
        answer(await health.note(input.id, input.text, context.actor), errors),
      ),
      open: os.incidents.open.handler(async ({ input, context, errors }) =>
        answer(await incidentDesk.open(input, context.actor), errors),
      ),
      severity: os.incidents.severity.handler(async ({ input, context, errors }) =>
        answer(await incidentDesk.severity(input, context.actor), errors),
      ),
      take: os.incidents.take.handler(async ({ input, context, errors }) =>
        answer(await incidentDesk.take(input, context.actor), errors),
      ),
      release: os.incidents.release.handler(async ({ input, context, errors }) =>
        answer(await incidentDesk.release(input, context.actor), errors),
      ),
      handOver: os.incidents.handOver.handler(async ({ input, context, errors }) =>
        answer(await incidentDesk.handOver(input, context.actor), errors),
      ),
      handoverDraft: os.incidents.handoverDraft.handler(({ input, errors }) =>
        answer(incidentDesk.handoverDraft(input.id), errors),
      ),
      merge: os.incidents.merge.handler(async ({ input, context, errors }) =>
        answer(await incidentDesk.merge(input, context.actor), errors),
      ),
      split: os.incidents.split.handler(async ({ input, context, errors }) =>
        answer(await incidentDesk.split(input, context.actor), errors),
      ),
      undo: os.incidents.undo.handler(async ({ input, context, errors }) =>
        answer(await incidentDesk.undo(input, context.actor), errors),
      ),
      resolve: os.incidents.resolve.handler(async ({ input, context, errors }) =>
        answer(await incidentDesk.resolve(input, context.actor), errors),
      ),
      reopen: os.incidents.reopen.handler(async ({ input, context, errors }) =>
        answer(await incidentDesk.reopen(input, context.actor), errors),
      ),
      stats: os.incidents.stats.handler(({ input }) => health.incidentPart.stats(input.days, input.rehearsal)),
      changes: os.incidents.changes.handler(({ input }) => health.incidentPart.changes(input.from, input.to)),
      chart: os.incidents.chart.handler(({ input, errors }) =>
        found(health.incidentPart.chart(input.id), `incident ${input.id}`, errors),
      ),
      draft: os.incidents.draft.handler(({ input, errors }) => answer(incidentDesk.draft(input), errors)),
      saveDraft: os.incidents.saveDraft.handler(async ({ input, context, errors }) =>
        answer(await incidentDesk.saveDraft(input, context.actor), errors),
      ),
    },
    objectives: {
      list: os.objectives.list.handler(() => health.objectives.standings()),
      get: os.objectives.get.handler(({ input, errors }) => answer(health.objectives.standing(input.name), errors)),
      set: os.objectives.set.handler(async ({ input, context, errors }) =>
        answer(await health.objectives.set(input, context.actor), errors),
      ),
      clear: os.objectives.clear.handler(async ({ input, context, errors }) =>
        answer(await health.objectives.clear(input.name, context.actor), errors),
      ),
      preview: os.objectives.preview.handler(async ({ input, errors }) =>
        answer(await health.objectives.preview(input), errors),
      ),
    },
    alerts: {
      list: os.alerts.list.handler(({ input }) => (input.all ? health.alerts.all() : health.alerts.open())),
      rules: os.alerts.rules.handler(() => health.alerts.rules()),
      rule: os.alerts.rule.handler(({ input, errors }) =>
        found(health.alerts.rule(input.name), `alert rule "${input.name}"`, errors),
      ),
      lint: os.alerts.lint.handler(() => [...parts.alertRules.check()]),
      test: os.alerts.test.handler(async ({ input, errors }) => {
        const given = input.text === undefined ? null : answer(rulesOf(input.file, input.text), errors);
        return await health.alerts.test(given, input.from, input.to);
      }),
      acknowledge: os.alerts.acknowledge.handler(async ({ input, context, errors }) =>
        answer(await health.alerts.people.acknowledge(input.id, actorOf(context, input.by)), errors),
      ),
      snooze: os.alerts.snooze.handler(async ({ input, context, errors }) =>
        answer(await health.alerts.people.snooze(input.id, input.forMs, actorOf(context, input.by)), errors),
      ),
      escalate: os.alerts.escalate.handler(async ({ input, context, errors }) =>
        answer(await health.alerts.people.escalate(input.id, actorOf(context, input.by)), errors),
      ),
      silences: os.alerts.silences.handler(() => health.alerts.silences()),
      silence: os.alerts.silence.handler(async ({ input, context, errors }) =>
        answer(await health.alerts.people.silence(input, actorOf(context, input.by)), errors),
      ),
      unsilence: os.alerts.unsilence.handler(async ({ input, context, errors }) =>
        answer(await health.alerts.people.unsilence(input.id, actorOf(context, input.by)), errors),
      ),
    },
    silence: {
      list: os.silence.list.handler(() => health.silence.view()),
      relearn: os.silence.relearn.handler(({ input, context, errors }) => {
        found(runner.agent(input.agent), `agent "${input.agent}"`, errors);
        health.silence.relearn(input.agent);
        parts.audit.note({ by: context.actor, what: 'watch.relearned', subject: input.agent });
        return health.silence.view();
      }),
    },
    reports: {
      list: os.reports.list.handler(() => health.reports.list()),
      get: os.reports.get.handler(({ input, errors }) =>
        found(health.reports.get(input.id), `report ${input.id}`, errors),
      ),
      make: os.reports.make.handler(async ({ input, context, errors }) =>
        answer(await health.reports.make(input, context.actor), errors),
      ),
      file: os.reports.file.handler(async ({ input, errors }) =>
        answer(await health.reports.file(input.id, input.format), errors),
      ),
      send: os.reports.send.handler(async ({ input, context, errors }) =>
        answer(await health.reports.send(input.id, input.to, context.actor), errors),
      ),
    },
    audit: {
      list: os.audit.list.handler(({ input: { before, limit, ...filter } }) => parts.audit.list(filter, before, limit)),
      verify: os.audit.verify.handler(({ input }) => parts.audit.verify(input.expected ?? null)),
    },
    runbooks: {
      list: os.runbooks.list.handler(() => runbooks.list()),
      get: os.runbooks.get.handler(({ input, errors }) => answer(runbooks.get(input.name), errors)),
      lint: os.runbooks.lint.handler(() => runbooks.lint()),
      metrics: os.runbooks.metrics.handler(() => ({
        runbooks: parts.runbookUse.all(),
        unanswered: health.alerts
          .rules()
          .filter((rule) => rule.runbooks.length === 0)
          .map(({ name, title, severity, firing }) => ({ rule: name, title, severity, firing })),
      })),
      stepMetrics: os.runbooks.stepMetrics.handler(({ input, errors }) =>
        answer(parts.runbookUse.one(input.name), errors),
      ),
      source: os.runbooks.source.handler(({ input, errors }) => answer(editing.source(input.name), errors)),
      check: os.runbooks.check.handler(({ input }) => editing.check(input.name, input.text)),
      save: os.runbooks.save.handler(({ input, context, errors }) => {
        const saved = answer(editing.save(input.name, input.text, input.baseHash), errors);
        if (saved.saved) {
          const details = { file: saved.file, before: input.baseHash, after: saved.hash };
          parts.audit.note({ by: context.actor, what: 'runbook.saved', subject: input.name, details });
        }
        return saved;
      }),
      history: os.runbooks.history.handler(async ({ input, errors }) =>
        answer(await editing.history(input.name), errors),
      ),
      version: os.runbooks.version.handler(async ({ input, errors }) => ({
        text: answer(await editing.version(input.name, input.commit), errors),
      })),
      draft: os.runbooks.draft.handler(({ input, errors }) => ({
        text: answer(editing.draft(input.name, input.origin), errors),
      })),
      tryStep: os.runbooks.tryStep.handler(({ input, errors }) =>
        answer(editing.tryStep(input.name, input.text, input.step, input.inputs), errors),
      ),
      editStep: os.runbooks.editStep.handler(({ input, errors }) =>
        answer(editing.editStep(input.name, input.text, input.step, input.change), errors),
      ),
      names: os.runbooks.names.handler(() => editing.names()),
    },
    runs: {
      start: os.runs.start.handler(async ({ input, context, errors }) =>
        answer(await runbooks.start(input, context.actor), errors),
      ),
      list: os.runs.list.handler(({ input }) =>
        input.incident === undefined
          ? runbooks.listRuns()
          : health.incidentPart.family(input.incident).flatMap((id) => runbooks.listRuns(id)),
      ),
      get: os.runs.get.handler(({ input, errors }) => answer(runbooks.getRun(input.id), errors)),
      watch: os.runs.watch.handler(({ input, context, signal, errors }) => {
        answer(runbooks.getRun(input.id), errors);
        const leave = runbooks.viewed(input.id, context.person);
        signal?.addEventListener('abort', leave, { once: true });
        return watch(() => readRun(parts, input.id), { context, signal });
      }),
      command: os.runs.command.handler(async ({ input, context, errors }) =>
        answer(await runbooks.command(input.id, input.command, context.actor, context.person), errors),
      ),
      dryRun: os.runs.dryRun.handler(({ input, errors }) => answer(runbooks.dryRun(input), errors)),
      rollBackPlan: os.runs.rollBackPlan.handler(({ input, errors }) =>
        answer(runbooks.rollBackPlan(input.id, input.step), errors),
      ),
      report: os.runs.report.handler(({ input, errors }) => ({ text: answer(runbooks.report(input.id), errors) })),
    },
  });
}
