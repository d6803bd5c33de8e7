import { canonicalJson, type Json } from '#contract/basic.ts';

/*
 * The loop guard of a model that repeats itself. Pure, and a function of the message log alone, so that a replay comes to
 * the same verdicts. A turn counts by its result: the same tool with the same arguments and another result is progress,
 * and so is the same tool with other arguments, however often: batch work is never halted.
 *
 * Compared with the field: OpenHands' stuck detector (software-agent-sdk, conversation/stuck_detector.py) looks at the last
 * 20 events for 4 equal action-observation pairs, 3 equal actions with errors, 3 equal messages in a row and 6 events of
 * A-B-A-B; Gemini CLI's loop detection (packages/core/src/services/loopDetectionService.ts) for 5 equal tool calls in a row,
 * arguments included and results not, and for a 50-character chunk that comes 10 times in one answer. Ours compares
 * results, as OpenHands does, knows cycles of three, takes its thresholds from the agent's file, and tells the model first.
 */

/** One turn of a model, as far as a repeat can be told from it. */
export type Turn = {
  text: string;
  calls: {
    tool: string;
    input: Json;
    result: Json;
    /** The tool never ran: there is none of that name, or the input does not fit. */
    refused: boolean;
  }[];
};

export type LoopThresholds = { nudge: number; stop: number };

export type LoopKind = 'same call' | 'cycle' | 'same error' | 'same text' | 'chant';
export type LoopVerdict =
  | { level: 'fine' }
  | { level: 'nudge' | 'stop'; kind: LoopKind; repeats: number; period: number; text: string };

/** What was seen since the start, or since a person said to go on. */
export type LoopState = { turns: string[]; errors: string[]; chants: number; repeats: number };

export const NO_TURNS: LoopState = { turns: [], errors: [], chants: 0, repeats: 0 };

const LONGEST_CYCLE = 3;
/** A unit of text this long, so often at the end of an answer, is a chant, not a list. */
const CHANT_UNIT = { from: 8, to: 400 };
const CHANT_TIMES = 10;

/** What a model says beside its calls varies in words and means nothing; without calls the text is all there is. */
function signatureOf(turn: Turn): string {
  if (turn.calls.length === 0) return `text ${turn.text.trim()}`;
  return turn.calls
    .map((call) => `${call.tool} ${canonicalJson(call.input)} -> ${canonicalJson(call.result)}`)
    .sort()
    .join('\n');
}

/** The error that all calls of a turn were refused with; empty when one of them ran. */
function errorOf(turn: Turn): string {
  if (turn.calls.length === 0 || turn.calls.some((call) => !call.refused)) return '';
  return turn.calls
    .map((call) => `${call.tool} -> ${canonicalJson(call.result)}`)
    .sort()
    .join('\n');
}

/** How often the last `period` turns stand one after the other at the end. */
function repeatsOf(turns: string[], period: number): number {
  const last = turns.slice(-period);
  if (last.length < period || (period > 1 && new Set(last).size === 1)) return 0;
  let repeats = 1;
  for (let end = turns.length - period; end >= period; end -= period) {
    if (turns.slice(end - period, end).some((turn, index) => turn !== last[index])) break;
    repeats += 1;
  }
  return repeats;
}

/** Whether a text ends in the same unit over and over. */
export function chants(text: string): boolean {
  const tail = text.trimEnd();
  for (let unit = CHANT_UNIT.from; unit <= CHANT_UNIT.to && unit * CHANT_TIMES <= tail.length; unit += 1) {
    const end = tail.slice(-unit * CHANT_TIMES);
    // A rule of one character (----) is formatting.
    if (new Set(end).size > 3 && end.slice(unit) === end.slice(0, -unit)) return true;
  }
  return false;
}

/** @returns the state with this turn in it, and what to do about it */
export function seeTurn(
  state: LoopState,
  turn: Turn,
  thresholds: LoopThresholds,
): { state: LoopState; verdict: LoopVerdict } {
  const keep = thresholds.stop * LONGEST_CYCLE;
  const turns = [...state.turns, signatureOf(turn)].slice(-keep);
  const errors = [...state.errors, errorOf(turn)].slice(-keep);
  const chanted = turn.calls.length === 0 && chants(turn.text);
  const counted = state.chants + (chanted ? 1 : 0);

  let found: { kind: LoopKind; repeats: number; period: number } = { kind: 'same call', repeats: 0, period: 1 };
  for (let period = 1; period <= LONGEST_CYCLE; period += 1) {
    const repeats = repeatsOf(turns, period);
    const kind = period > 1 ? 'cycle' : turn.calls.length === 0 ? 'same text' : 'same call';
    if (repeats > found.repeats) found = { kind, repeats, period };
  }
  const sameErrors = errors.at(-1) === '' ? 0 : repeatsOf(errors, 1);
  if (sameErrors > found.repeats) found = { kind: 'same error', repeats: sameErrors, period: 1 };

  const next: LoopState = { turns, errors, chants: counted, repeats: found.repeats };
  if (chanted) {
    const level = counted === 1 ? 'nudge' : 'stop';
    const verdict = {
      level,
      kind: 'chant',
      repeats: counted,
      period: 1,
      text: describe('chant', counted, 1, turn),
    } as const;
    return { state: next, verdict };
  }
  const { kind, repeats, period } = found;
  const text = describe(kind, repeats, period, turn);
  if (repeats >= thresholds.stop) return { state: next, verdict: { level: 'stop', kind, repeats, period, text } };
  // Told once when it begins to repeat itself, not at every turn of it.
  if (repeats >= thresholds.nudge && state.repeats < thresholds.nudge) {
    return { state: next, verdict: { level: 'nudge', kind, repeats, period, text } };
  }
  return { state: next, verdict: { level: 'fine' } };
}

/** What repeats, in one sentence. */
function describe(kind: LoopKind, repeats: number, period: number, turn: Turn): string {
  const tools = [...new Set(turn.calls.map((call) => call.tool))].join(', ');
  switch (kind) {
    case 'same call':
      return `the same call of ${tools} gave the same result ${repeats} times in a row`;
    case 'cycle':
      return `the same ${period} turns came ${repeats} times in a row, with the same results`;
    case 'same error':
      return `${tools} refused ${repeats} calls in a row with the same error`;
    case 'same text':
      return `the same answer came ${repeats} times in a row`;
    case 'chant':
      return 'the answer repeats the same words over and over';
  }
}
