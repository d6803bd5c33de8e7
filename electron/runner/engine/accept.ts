import { canonicalJson, type Json } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { Origin, Submit, Submitted } from '#contract/task.ts';
import type { Family } from '../../store/family.ts';
import { inputHash } from '../../store/retention.ts';
import { markBits, type Tasks } from '../../store/task.ts';
import { placeInMs } from '../guard/pace.ts';
import { perText } from '../guard/per.ts';
import type { Lane } from './lane.ts';

/** A task as the desk takes it; `rehearsal`: made up, whatever the providers are. `alongside`: done in the same commit. */
export type NewTask = Submit & { rehearsal?: boolean; origin?: Origin; alongside?(id: number): void };

/** A paused agent without an end of its pause is asked again after this, ms. */
const ASK_AGAIN_MS = 60_000;

export type AcceptOptions = {
  tasks: Tasks;
  family: Family;
  lanes: ReadonlyMap<string, Lane>;
  rehearsal: boolean;
  /** A task was written: the lane's counts follow it. */
  onAccepted(id: number, lane: Lane): void;
  wakeAt(moment: number): void;
};

/**
 * Takes tasks into the queue: an idempotency key is done once and stands for one input; a full queue and, where the
 * submitter wants it so, a paused agent refuse.
 * @returns a function to call inside a commit
 */
export function acceptInto(options: AcceptOptions): (one: NewTask, at: number) => Result<Submitted> {
  const { tasks, lanes } = options;

  function sameKey(first: { id: number; input: string }, one: NewTask): Result<Submitted> {
    const id = `t${first.id}`;
    const input = JSON.stringify(one.input);
    if (first.input === input || canonicalJson(JSON.parse(first.input) as Json) === canonicalJson(one.input)) {
      return succeed({ id, duplicate: true });
    }
    return otherInput(id, one);
  }

  function otherInput(id: string, one: NewTask): Result<never> {
    return fail('CONFLICT', `The key ${JSON.stringify(one.key)} stands for ${id}, which has another input.`, {
      kept: `${id} is kept as it was submitted; nothing new was queued.`,
      todo: `Use a new key for other work, or look at ${id}.`,
      where: 'key',
    });
  }

  return (one, at) => {
    const lane = lanes.get(one.agent);
    if (!lane?.definition) {
      return fail('NOT_FOUND', `There is no agent "${one.agent}".`, {
        kept: 'Nothing was queued.',
        todo: `Use one of: ${[...lanes.values()].flatMap((each) => (each.definition ? [each.agent] : [])).join(', ')}.`,
      });
    }
    if (one.key !== undefined) {
      const first = tasks.findByKey(one.agent, one.key);
      if (first !== undefined) return sameKey(first, one);
      const spent = tasks.spentKey(one.agent, one.key, at);
      if (spent !== undefined) {
        const id = `t${spent.task}`;
        const isSame = spent.input === inputHash(JSON.stringify(one.input));
        return isSame ? succeed({ id, duplicate: true }) : otherInput(id, one);
      }
    }
    const { intake, intake_until: until } = lane.control;
    if (one.ifPaused === 'refuse' && intake !== 'open') {
      return fail('NOT_ACCEPTING', `${one.agent} takes no new tasks: its intake is ${intake}.`, {
        kept: 'Everything accepted before is safe; this task was not queued.',
        todo: 'Submit again later with the same key.',
        retryAfterMs: until === null ? ASK_AGAIN_MS : Math.max(1_000, until - at),
      });
    }
    const keys = lane.definition.nightdesk.intake;
    // What a task in flight spawns was let in with it.
    if (one.origin?.kind !== 'spawn' && lane.queued + lane.waiting >= keys.queue) {
      return fail('QUEUE_FULL', `The queue of ${one.agent} holds its limit of ${keys.queue} tasks.`, {
        kept: 'Everything accepted before is safe; this task was not queued.',
        todo: 'Submit again later with the same key, or raise nightdesk.intake.queue in its agent file.',
        retryAfterMs: placeInMs(lane.pace, at),
      });
    }
    const delayed = one.runAt !== undefined && one.runAt > at;
    const id = tasks.insert({
      agent: one.agent,
      key: one.key ?? null,
      state: delayed ? 'waiting' : 'queued',
      priority: one.priority ?? 0,
      acceptedAt: at,
      runAt: delayed ? (one.runAt ?? null) : null,
      waitKind: delayed ? 'delayed' : null,
      marks: options.rehearsal || one.rehearsal ? markBits('rehearsal') : 0,
      per: keys.per === undefined ? null : perText(keys.per, one.input),
      input: JSON.stringify(one.input),
    });
    if (one.origin) options.family.setOrigin(id, one.origin);
    one.alongside?.(id);
    if (delayed) {
      lane.waiting += 1;
      options.wakeAt(one.runAt ?? at);
    } else {
      lane.queued += 1;
    }
    options.onAccepted(id, lane);
    return succeed({ id: `t${id}`, duplicate: false });
  };
}
