import type { Json } from '#contract/basic.ts';
import { fail, type Result } from '#contract/errors.ts';
import { hasEnded, type Origin, type Submit, type Submitted } from '#contract/task.ts';
import type { Family } from '../store/family.ts';
import type { Steps } from '../store/step.ts';
import { type FullTaskRow, markBits, type Tasks, taskNumber } from '../store/task.ts';
import type { NewTask } from './engine/accept.ts';
import { noTask } from './engine/dead-letter.ts';
import type { Engine } from './engine/engine.ts';

export type OffspringOptions = {
  engine: Engine;
  tasks: Tasks;
  steps: Steps;
  family: Family;
  checkInput(task: Submit): Result<null>;
};

/** New tasks out of one that was: its work with another input, or its work from a finished step on. */
export function createOffspring({ engine, tasks, steps, family, checkInput }: OffspringOptions) {
  function taskFrom(row: FullTaskRow, origin: Origin, input: Json, key: string | undefined): NewTask {
    return {
      agent: row.agent,
      input,
      ...(key === undefined ? {} : { key }),
      priority: row.priority,
      rehearsal: (row.marks & markBits('rehearsal')) !== 0,
      origin,
    };
  }

  async function submit(task: NewTask): Promise<Result<Submitted>> {
    const [submitted] = await engine.submit([task]);
    if (!submitted) throw new Error('a submitted task got no answer');
    return submitted;
  }

  return {
    /**
     * The same work with another input: a new task that names its origin, which stays as it ended.
     * @param alongside done in the commit that makes it
     */
    async resubmit(
      id: string,
      input: Json,
      key?: string,
      alongside: (made: number) => void = () => {},
    ): Promise<Result<Submitted>> {
      const row = tasks.full(taskNumber(id));
      if (!row) return { ok: false, error: noTask(id) };
      if (!hasEnded(row.state) || row.state === 'in-doubt') {
        return fail('CONFLICT', `${id} is ${row.state}: its work may still be done with its own input.`, {
          kept: 'Nothing was changed.',
          todo:
            row.state === 'in-doubt'
              ? `Resolve it first: nightdesk resolve ${id}`
              : `Cancel it first: nightdesk cancel ${id}`,
        });
      }
      const task = taskFrom(row, { kind: 'edited', task: id, step: null }, input, key);
      const fits = checkInput(task);
      return fits.ok ? submit({ ...task, alongside }) : fits;
    },
    /**
     * The same work from a finished step on: a new task with a copy of the journal up to that step. What finished is not
     * run again; what follows runs under keys of the new task's own.
     * @param alongside done in the commit that makes it
     */
    async fork(
      id: string,
      step: string,
      key?: string,
      alongside: (made: number) => void = () => {},
    ): Promise<Result<Submitted>> {
      const row = tasks.full(taskNumber(id));
      if (!row) return { ok: false, error: noTask(id) };
      const rows = steps.ofTask(row.id);
      const last = rows.find((each) => each.name === step && each.state === 'done');
      if (!last) {
        const names = rows.flatMap((each) => (each.state === 'done' ? [`"${each.name}"`] : []));
        return fail('BAD_INPUT', `${id} has no finished step "${step}".`, {
          kept: 'Nothing was changed.',
          todo:
            names.length === 0 ? 'It finished no step: submit its input again.' : `Use one of: ${names.join(', ')}.`,
          where: 'step',
        });
      }
      const done = new Set(rows.flatMap((each) => (each.state === 'done' ? [each.name] : [])));
      const open = rows.find(
        (each) => each.kind === 'effect' && each.seq < last.seq && each.state !== 'failed' && !done.has(each.name),
      );
      if (open) {
        return fail('CONFLICT', `Whether "${open.name}" of ${id} landed is not known: a fork would send it again.`, {
          kept: 'Nothing was changed.',
          todo:
            row.state === 'in-doubt'
              ? `Resolve it first: nightdesk resolve ${id}`
              : `Wait for its end: nightdesk task ${id}`,
        });
      }
      const input = JSON.parse(row.input) as Json;
      const task = taskFrom(row, { kind: 'fork', task: id, step }, input, key);
      return submit({
        ...task,
        alongside(number) {
          family.fork(number, row, last.seq);
          alongside(number);
        },
      });
    },
  };
}
export type OffspringDesk = ReturnType<typeof createOffspring>;
