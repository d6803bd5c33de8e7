import type { Json } from '#contract/basic.ts';
import type { Attempt, Step, TaskError } from '#contract/task.ts';
import { clockTime, spanText, usdText } from '../kit/index.ts';
import type { TimelineRow } from './timeline.ts';

/** The colour of a bar by its meaning; `plain` is ink, `act` what is at work or was not run again. */
export type RowTone = 'met' | 'now' | 'soon' | 'act' | 'plain';

/** What a row of the waterfall says. */
export type RowText = {
  title: string;
  /** Behind the title, weaker: what kind, where. */
  detail: string;
  /** Beside the bar: how it went, how long, how dear. */
  label: string;
  tone: RowTone;
  /** The state in a word, for its shape and for those who do not see it; null for what has no state. */
  word: string | null;
};

/** @param now ms since the Unix epoch */
export function textOf(row: TimelineRow, now: number): RowText {
  switch (row.kind) {
    case 'attempt':
      return attemptText(row.attempt, row.spanMs);
    case 'replay':
      return replayText(row.steps);
    case 'step':
      return stepText(row.step, row.attempt, row.spanMs);
    case 'wait':
      return waitText(row, now);
  }
}

const ATTEMPT_WORD: Record<Attempt['outcome'], { word: string; tone: RowTone }> = {
  running: { word: 'Running', tone: 'act' },
  succeeded: { word: 'Succeeded', tone: 'met' },
  failed: { word: 'Failed', tone: 'now' },
  retried: { word: 'Failed, retried', tone: 'now' },
  deferred: { word: 'Deferred', tone: 'plain' },
  paused: { word: 'Paused', tone: 'plain' },
  lost: { word: 'Worker lost', tone: 'soon' },
  cancelled: { word: 'Cancelled', tone: 'plain' },
  'in-doubt': { word: 'In doubt', tone: 'soon' },
  parked: { word: 'Asked a person', tone: 'act' },
};

function attemptText(attempt: Attempt, spanMs: number): RowText {
  const { word, tone } = ATTEMPT_WORD[attempt.outcome];
  const how = attempt.error === null ? attemptWord(attempt.outcome) : errorWord(attempt.error);
  return {
    title: `Attempt ${attempt.number}`,
    detail: attempt.worker,
    label: joined(how, spanText(spanMs)),
    tone,
    word,
  };
}

function attemptWord(outcome: Attempt['outcome']): string {
  return outcome === 'succeeded' ? '' : ATTEMPT_WORD[outcome].word.toLowerCase();
}

function replayText(steps: readonly [Step, ...Step[]]): RowText {
  const title = steps.length === 1 ? steps[0].name : `${steps.length} steps`;
  return { title, detail: 'replayed from journal', label: 'not run again', tone: 'act', word: 'Replayed' };
}

function stepText(step: Step, attempt: Attempt, spanMs: number): RowText {
  const title = step.name;
  const detail = detailOf(step);
  const open = step.state === 'intent' && attempt.endedAt === null;
  const asked = step.kind === 'ask' && step.state === 'intent';
  if (asked) return { title, detail, label: 'waits for an answer', tone: 'act', word: 'Waiting' };
  if (open) return { title, detail, label: joined('running', spanText(spanMs)), tone: 'act', word: 'Running' };
  switch (step.state) {
    case 'done':
      return { title, detail, label: doneLabel(step, spanMs), tone: 'met', word: 'Done' };
    case 'failed': {
      const why = step.error === null ? 'failed' : errorWord(step.error);
      return { title, detail, label: joined(why, spanText(spanMs)), tone: 'now', word: 'Failed' };
    }
    case 'intent':
    case 'in-doubt':
      return { title, detail, label: 'no result: in doubt', tone: 'soon', word: 'In doubt' };
  }
}

function detailOf(step: Step): string {
  if (step.call !== null) return `${step.call.provider}/${step.call.model}`;
  switch (step.kind) {
    case 'effect':
      return step.state === 'done' ? 'effect' : 'effect · intent journaled';
    case 'check':
      return 'asked whether it landed';
    case 'output': {
      const fits = field(step.result, 'fits');
      return typeof fits === 'string' ? fits : 'output';
    }
    case 'ask':
      return 'asked a person';
    case 'spawn':
      return 'another task';
    case 'model':
    case 'tool':
    case 'step':
    case 'sleep':
      return step.kind;
  }
}

function doneLabel(step: Step, spanMs: number): string {
  if (step.call !== null) return `${spanText(spanMs)} · ${usdText(step.call.costUsd)}`;
  const landed = step.kind === 'check' ? field(step.result, 'landed') : undefined;
  if (typeof landed === 'boolean') return landed ? 'yes: not done twice' : 'no: it was not done';
  return spanText(spanMs);
}

function waitText(row: Extract<TimelineRow, { kind: 'wait' }>, now: number): RowText {
  const { after, nextAt, over } = row.wait;
  const detail =
    after.backoffMs !== null
      ? `backoff ${spanText(after.backoffMs)}`
      : after.outcome === 'paused'
        ? 'its agent was paused'
        : after.outcome === 'parked'
          ? 'for a person'
          : 'until a provider may be called';
  const next = nextAt === null || nextAt <= now ? 'waiting' : `next attempt at ${clockTime(nextAt)}`;
  return { title: 'wait', detail, label: over ? spanText(row.spanMs) : next, tone: 'plain', word: null };
}

/** The longest error that stands beside a bar, in characters; the panel has the whole. */
const SHORT_ERROR = 34;

function errorWord(error: TaskError): string {
  const text = error.status === undefined ? error.message : `${error.status} ${withoutStatus(error)}`;
  return text.length > SHORT_ERROR ? `${text.slice(0, SHORT_ERROR - 1).trimEnd()}…` : text;
}

function withoutStatus(error: TaskError): string {
  return error.message.replace(new RegExp(`^(HTTP )?${error.status}[:\\s]*`), '');
}

function joined(...parts: string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}

function field(value: Json, name: string): Json | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value[name] : undefined;
}
