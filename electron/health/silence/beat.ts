import type { RuntimeBeats } from '#contract/runtime.ts';
import { type Look, spanWords } from './look.ts';

/*
 * Heartbeats: late after two, lost after four. A worker that died and has no successor by then is lost as one that says
 * nothing is. Pure.
 */

const LATE = 2;
const LOST = 4;
/** Workers of a desk that has just started need not be there before, ms. */
const START_MS = 60_000;

export type BeatMemory = {
  /** Since when fewer workers than wanted are heard; null while all are. */
  shortSince: number | null;
};

/** @param heardSince since when it looks without the shortest stall, in which beats would wait to be read */
export function beatLooks(
  beats: RuntimeBeats,
  memory: BeatMemory,
  { since, heardSince, now, agents }: { since: number; heardSince: number; now: number; agents: string[] },
): { looks: Look[]; memory: BeatMemory /** Since when its numbers are unknown. */; lostSince: number | null } {
  const { runtime, beatMs, wanted, workers } = beats;
  const age = ({ ageMs }: { ageMs: number }): number => Math.min(ageMs, now - heardSince);
  const ready = workers.filter((worker) => worker.ready);
  const heard = ready.filter((worker) => age(worker) < LATE * beatMs);
  const shortSince = heard.length >= wanted ? null : (memory.shortSince ?? now);
  const starting = now - since < START_MS;
  const silent = ready.filter((worker) => age(worker) >= LOST * beatMs);
  const missing = Math.max(0, wanted - ready.length);
  const missingLong = missing > 0 && shortSince !== null && now - shortSince >= LOST * beatMs && !starting;
  // The runtime speaks through its workers: it is as fresh as the freshest of them.
  const freshest = ready.length === 0 ? null : Math.min(...ready.map(age));
  const quietFor = freshest ?? (shortSince === null || starting ? 0 : now - shortSince);
  const isLost = quietFor >= LOST * beatMs;
  const isLate = quietFor >= LATE * beatMs;
  const beat = `beats every ${spanWords(beatMs)}`;
  const gone = [
    ...silent.map((worker) => `${worker.name} silent for ${spanWords(age(worker))}`),
    ...(missing === 0 ? [] : [`${missing} of ${wanted} not there`]),
  ];
  const common = { subject: runtime, agents, clears: `${runtime} beats again`, labels: { runtime } };
  return {
    memory: { shortSince },
    lostSince: isLost ? Math.round(now - quietFor) : null,
    looks: [
      {
        ...common,
        rule: 'runtime-late',
        state: isLost ? 'unsure' : isLate ? 'holds' : 'quiet',
        says: isLate ? `no beat for ${spanWords(quietFor)}, ${beat}` : `${heard.length} of ${wanted} workers beat`,
        title: `${runtime} is late`,
      },
      {
        ...common,
        rule: 'heartbeat-lost',
        state: isLost ? 'holds' : isLate ? 'unsure' : 'quiet',
        says: isLate ? `no beat for ${spanWords(quietFor)}, ${beat}` : `${heard.length} of ${wanted} workers beat`,
        title: `${runtime} is lost: its numbers are unknown`,
      },
      {
        ...common,
        rule: 'worker-lost',
        state: silent.length > 0 || missingLong ? 'holds' : shortSince === null ? 'quiet' : 'unsure',
        says: gone.length === 0 ? `${heard.length} of ${wanted} workers beat` : gone.join(', '),
        title: `Workers of ${runtime} are lost: ${Math.max(silent.length + missing, 1)} of ${wanted}`,
        clears: `all workers of ${runtime} beat`,
      },
    ],
  };
}

/** Whether a worker's beat is not lost. */
export function isHeard({ ageMs }: { ageMs: number }, beatMs: number): boolean {
  return ageMs < LOST * beatMs;
}
