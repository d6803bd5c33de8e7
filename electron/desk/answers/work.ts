import { randomUUID } from 'node:crypto';
import type { Parts } from '../parts.ts';
import { readTask, tasksReader } from '../topics.ts';
import { actorOf, answer, type Base, found, watchOf } from './base.ts';

/** The calls of the work. */
export function answerWork(os: Base, parts: Parts) {
  const { runner, health } = parts;
  const watch = watchOf(parts);

  return {
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
    budgets: { list: os.budgets.list.handler(() => runner.snapshot().spends) },
    integrations: { list: os.integrations.list.handler(() => runner.snapshot().integrations) },
  };
}
