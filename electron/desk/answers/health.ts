import { rulesOf } from '../alert-rules.ts';
import type { Parts } from '../parts.ts';
import { readNotices } from '../topics.ts';
import { actorOf, answer, type Base, found, watchOf } from './base.ts';

/** The calls of how the work stands. */
export function answerHealth(os: Base, parts: Parts) {
  const { runner, health } = parts;
  const watch = watchOf(parts);

  return {
    health: {
      ingest: os.health.ingest.handler(async ({ input, errors }) => answer(await health.ingest(input.events), errors)),
      rebuild: os.health.rebuild.handler(async ({ context }) => {
        const rebuilt = await health.rebuild();
        parts.audit.note({ by: context.actor, what: 'health.rebuilt', subject: 'health', details: rebuilt });
        return rebuilt;
      }),
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
  };
}
