import type { Account } from '#contract/canary.ts';
import type { About, Look } from './look.ts';

/*
 * The minute's account: every task that was accepted has ended, is in flight, or was dropped, and what the desk shows is
 * what lies on the disk. Pure.
 */

/** So many minutes one after the other page. */
const BAD_MINUTES = 3;

/** What was counted, from one and the same instant. */
export type Counted = {
  /** When the oldest of the tasks looked at was accepted. */
  since: number;
  /** Ids given out since then. */
  accepted: number;
  ended: number;
  /** In flight, and something will take them on: they are queued, run, or wait for something that comes. */
  inFlight: number;
  /** In flight by their state, but nothing will ever take them on. */
  stranded: number;
  /** Told by other runtimes, refused, and in no number; `accepted` counts them as having come. */
  dropped: number;
  /** All tasks in flight, by the disk and by what the board shows, whatever their age. */
  allInFlight: { disk: number; shown: number };
  /** Ends of the last whole minutes, by the disk and as health counted them. */
  ends: { disk: number; counted: number };
};

/** @param before the account of the minute before */
export function accountOf(counted: Counted, before: Account | undefined, at: number): Account {
  const { since, accepted, ended, inFlight, stranded, dropped, allInFlight, ends } = counted;
  const missing = accepted - ended - inFlight - stranded - dropped;
  const differences = [
    ...(missing === 0
      ? []
      : [`${Math.abs(missing)} of ${accepted} accepted tasks ${missing > 0 ? 'are nowhere' : 'too many'}`]),
    ...(stranded === 0 ? [] : [`${stranded} in flight wait for nothing that comes`]),
    ...(allInFlight.disk === allInFlight.shown
      ? []
      : [`${allInFlight.shown} in flight are shown, ${allInFlight.disk} are on the disk`]),
    // A task that was requeued since has its end taken back: health may count more, never less.
    ...(ends.counted >= ends.disk ? [] : [`${ends.counted} ends were counted, ${ends.disk} are on the disk`]),
  ];
  const badMinutes = differences.length === 0 ? 0 : (before?.badMinutes ?? 0) + 1;
  return { at, since, accepted, ended, inFlight: inFlight + stranded, dropped, differences, badMinutes };
}

export function reconciliation(account: Account | undefined): Look {
  const look: About = {
    rule: 'reconciliation',
    subject: 'desk',
    agents: [],
    title: 'Accepted tasks are not accounted for',
    clears: 'accepted = ended + in flight + dropped',
  };
  if (!account) return { ...look, state: 'unsure', says: 'not yet counted' };
  const { accepted, ended, inFlight, dropped, differences, badMinutes } = account;
  if (differences.length === 0) {
    return {
      ...look,
      state: 'quiet',
      says: `${accepted} accepted = ${ended} ended + ${inFlight} in flight + ${dropped} dropped`,
    };
  }
  const says = `${differences.join('; ')} (for ${badMinutes} min)`;
  return { ...look, state: badMinutes >= BAD_MINUTES ? 'holds' : 'unsure', says };
}
