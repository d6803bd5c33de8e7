import type { Json } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { Submitted } from '#contract/task.ts';
import type { Runner } from '../runner/index.ts';

/** Tasks with a known answer, as health watches by them and runbooks prove with them. */
export function createCanaries(runner: Pick<Runner, 'submit' | 'watched'>) {
  const { watched } = runner;
  return {
    async submit(agent: string, input: Json, key: string): Promise<Result<Submitted>> {
      const [result] = await runner.submit([{ agent, input, key }]);
      if (result === undefined) throw new Error('a canary got no answer');
      return result;
    },
    /** The one that an agent's file names. */
    known(agent: string): Result<{ input: Json; expect: Json }> {
      const keys = watched.canaries().find((one) => one.agent === agent)?.keys;
      if (keys === undefined) {
        return fail('NOT_FOUND', `${agent} names no task with a known answer.`, {
          kept: 'Nothing was run.',
          todo: 'Give the agent a nightdesk.canary, or the step a fence with {"input": …, "expect": …}.',
        });
      }
      const input = watched.canaryInput(agent);
      return input.ok ? succeed({ input: input.value, expect: keys.expect }) : input;
    },
  };
}
