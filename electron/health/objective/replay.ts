import type { Objective, ObjectivePreview } from '#contract/objective.ts';
import { REOPEN_MS } from '../alert/life.ts';
import { MINUTE_MS } from '../indicator/rollups.ts';
import { BURN_WINDOWS, type Judgement, judgeLatency, judgeSuccess } from './burn.ts';
import { createRing, latencyCounts, type Tally } from './ring.ts';
import { burnValue } from './signals.ts';

type Page = ObjectivePreview['pages'][number];

/** Whether the latency rule can be judged of what was counted. */
export type ReplayOptions = Pick<Objective, 'success' | 'p95Ms'> & { latency: boolean };

/**
 * Runs an objective's rules over the past, minute by minute, as the tick would have: an alert holds from the first `holds` to the
 * first `cleared`, and one that comes again within 15 minutes is the same. Pure.
 */
export function createReplay({ success, p95Ms, latency }: ReplayOptions) {
  const ring = createRing(BURN_WINDOWS);
  const budget = 1 - success;
  const pages: Page[] = [];
  let open: Page | undefined;
  let tickets = 0;
  const firing = { slow: false, latency: false };
  const endedAt = { slow: Number.NEGATIVE_INFINITY, latency: Number.NEGATIVE_INFINITY };

  function page(minute: number, rule: string, judged: Judgement): void {
    const at = minute * MINUTE_MS;
    const last = pages.at(-1);
    if (last !== undefined && last.untilAt !== null && at - last.untilAt <= REOPEN_MS) {
      open = last;
      last.untilAt = null;
    } else {
      open = { at, untilAt: null, rule, value: burnValue(judged, ring.sums[judged.window]) };
      pages.push(open);
    }
  }

  function ticket(minute: number, kind: 'slow' | 'latency', judged: Judgement): void {
    const at = minute * MINUTE_MS;
    if (firing[kind] && judged.event === 'cleared') {
      firing[kind] = false;
      endedAt[kind] = at;
    } else if (!firing[kind] && judged.event === 'holds') {
      firing[kind] = true;
      // A page of the same trouble is one alert with it.
      if (at - endedAt[kind] > REOPEN_MS && (kind === 'latency' || open === undefined)) tickets += 1;
    }
  }

  return {
    /** The next minute, with what ended in it. */
    step(minute: number, tally: Tally | undefined): void {
      ring.moveTo(minute);
      if (tally !== undefined) ring.set(minute, tally);
      const judged = judgeSuccess(ring.sums, budget);
      const fast = judged['success-burn-fast'];
      const collapse = judged['success-collapse'];
      if (open === undefined) {
        if (fast.event === 'holds') page(minute, 'success-burn-fast', fast);
        else if (collapse.event === 'holds') page(minute, 'success-collapse', collapse);
      } else if (fast.event === 'cleared' && collapse.event === 'cleared') {
        open.untilAt = minute * MINUTE_MS;
        open = undefined;
      }
      ticket(minute, 'slow', judged['success-burn-slow']);
      if (p95Ms !== null && latency) ticket(minute, 'latency', judgeLatency(latencyCounts(ring.sums)));
    },
    result: (): Pick<ObjectivePreview, 'pages' | 'tickets'> => ({ pages, tickets }),
  };
}
