import type { Parts } from '../parts.ts';
import { readRun } from '../topics.ts';
import { answer, type Base, watchOf } from './base.ts';

/** The calls of runbooks and runs. */
export function answerRunbooks(os: Base, parts: Parts) {
  const { health, runbooks, editing } = parts;
  const watch = watchOf(parts);

  return {
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
  };
}
