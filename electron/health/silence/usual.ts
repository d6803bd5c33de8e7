import { z } from 'zod';
import type { About, Look } from './look.ts';

/*
 * Success that comes far too fast, says far too little, or was reached without the tool calls that always were there: the
 * way in which an agent breaks without failing. Each success is such or not, and a Bernoulli CUSUM over them tells a
 * change of the rate from chance. Pure.
 *
 * The CUSUM tests 10 % against 1 % and rings at 9: four in a row, or 62 tasks on average when one in ten is such. Where
 * one in a hundred always was, it rings falsely once in more than 100,000 tasks.
 */

/** Successes before anything is said. */
export const LEARN = 100;
/** A sign that rarer successes show is watched, until twice as many do. */
const USUAL_SHARE = 0.01;
const LEAVE_SHARE = 0.02;
/** So many times as often as usual is what it looks for. */
const WORSE = 10;
const RING = 9;
/** From here on nothing is learnt: what is suspicious must not become the custom. */
const SUSPECT = 3;
/** The custom is that of about so many successes. */
const MEMORY = 2_000;
/** Far: this many standard deviations of the logarithm, and a quarter at most. */
const FAR_SIGMA = 3;
const FAR_LOG = Math.log(4);
/** Outputs this small vary by chance, tokens. */
const SMALL_TOKENS = 20;

const SIGNS = ['toolless', 'fast', 'small'] as const;
type Sign = (typeof SIGNS)[number];

const streamSchema = z.object({
  /** Successes that told. */
  n: z.number(),
  /** Of those: the share that showed the sign. */
  share: z.number(),
  score: z.number(),
  watched: z.boolean(),
});
type Stream = z.infer<typeof streamSchema>;
const momentsSchema = z.object({ mean: z.number(), variance: z.number() });

/** What is usual of an agent's successes, and how much of late was not. */
export const usualSchema = z.object({
  n: z.number(),
  logMs: momentsSchema,
  logTokens: momentsSchema,
  toolless: streamSchema,
  fast: streamSchema,
  small: streamSchema,
});
export type Usual = z.infer<typeof usualSchema>;

/** A success: from start to end, and whether it called no tool (undefined: not known). */
export type Success = { runMs: number; tokensOut: number; toolless: boolean | undefined };

export function unknownUsual(): Usual {
  const stream = { n: 0, share: 0, score: 0, watched: false };
  const moments = { mean: 0, variance: 0 };
  return { n: 0, logMs: moments, logTokens: moments, toolless: stream, fast: stream, small: stream };
}

/** Judges a success by what is usual, then learns from it. */
export function afterSuccess(usual: Usual, { runMs, tokensOut, toolless }: Success): Usual {
  const logMs = Math.log(1 + runMs);
  const logTokens = Math.log(1 + tokensOut);
  const known = usual.n >= LEARN;
  const next = {
    toolless: toolless === undefined ? usual.toolless : step(usual.toolless, toolless),
    fast: known ? step(usual.fast, isFar(usual.logMs, logMs)) : usual.fast,
    small:
      known && usual.logTokens.mean >= Math.log(1 + SMALL_TOKENS)
        ? step(usual.small, isFar(usual.logTokens, logTokens))
        : usual.small,
  };
  if (SIGNS.some((sign) => next[sign].score >= SUSPECT)) return { ...usual, ...next };
  const n = usual.n + 1;
  return { ...next, n, logMs: learn(usual.logMs, logMs, n), logTokens: learn(usual.logTokens, logTokens, n) };
}

function isFar({ mean, variance }: Usual['logMs'], log: number): boolean {
  return log < mean - Math.max(FAR_LOG, FAR_SIGMA * Math.sqrt(variance));
}

/** Mean and variance with a fading memory (West, 1979). */
function learn({ mean, variance }: Usual['logMs'], value: number, n: number): Usual['logMs'] {
  const weight = 1 / Math.min(n, MEMORY);
  const off = value - mean;
  return { mean: mean + weight * off, variance: (1 - weight) * (variance + weight * off * off) };
}

function step(stream: Stream, shows: boolean): Stream {
  const { n, share, score } = stream;
  const watched = n >= LEARN && share <= (stream.watched ? LEAVE_SHARE : USUAL_SHARE);
  // What is usual of this agent may be a little more than one in a hundred: the test moves with it.
  const usually = Math.max(USUAL_SHARE, share);
  const gain = shows ? Math.log(WORSE) : Math.log((1 - WORSE * usually) / (1 - usually));
  const next = watched ? Math.min(RING + 1, Math.max(0, score + gain)) : 0;
  const learns = next < SUSPECT;
  const weight = 1 / Math.min(n + 1, MEMORY);
  return { n: n + 1, share: learns ? share + weight * ((shows ? 1 : 0) - share) : share, score: next, watched };
}

const WORDS: Record<Sign, string> = {
  toolless: 'without a tool call',
  fast: 'far faster than usual',
  small: 'with far less output than usual',
};

/** What the custom says of the agent now. */
export function fastAndEmpty(agent: string, usual: Usual): Look {
  const look: About = {
    rule: 'fast-and-empty',
    subject: agent,
    agents: [agent],
    title: `${agent} succeeds fast and empty`,
    clears: `successes of ${agent} are as usual`,
  };
  const rings = SIGNS.filter((sign) => usual[sign].score >= RING);
  if (rings.length > 0) {
    return { ...look, state: 'holds', says: `successes ${rings.map((sign) => WORDS[sign]).join(', ')}` };
  }
  if (usual.n < LEARN)
    return { ...look, state: 'unsure', says: `learning what is usual: ${usual.n} of ${LEARN} successes` };
  const watched = SIGNS.filter((sign) => usual[sign].watched);
  const suspect = watched.filter((sign) => usual[sign].score > 0);
  if (suspect.length > 0) {
    return { ...look, state: 'unsure', says: `a few successes ${suspect.map((sign) => WORDS[sign]).join(', ')}` };
  }
  return { ...look, state: 'quiet', says: `as usual in ${usual.n} successes` };
}
