import type { Json } from '#contract/basic.ts';
import type { Attempt, Step, TaskError } from '#contract/task.ts';
import {
  CopyButton,
  clockTime,
  countText,
  type Fact,
  Facts,
  JsonBlock,
  jsonText,
  Panel,
  StateWord,
  spanText,
  usdText,
} from '../kit/index.ts';
import styles from './task.module.css';
import type { TimelineRow } from './timeline.ts';
import { textOf } from './timeline-text.ts';

type Props = { row: TimelineRow; attempts: readonly Attempt[]; now: number };

/** What the selected row of the waterfall is made of: where it was sent, what came back, what happened then. */
export function StepPanel({ row, attempts, now }: Props) {
  const text = textOf(row, now);
  return (
    <div className={styles.panels}>
      <Panel
        title={text.title}
        under={'attempt' in row && row.kind !== 'attempt' ? `attempt ${row.attempt.number}` : text.detail}
        end={
          text.word === null ? null : <StateWord tone={text.tone === 'plain' ? 'quiet' : text.tone} word={text.word} />
        }
        strong
      >
        <Facts facts={factsOf(row, attempts)} />
      </Panel>
      {row.kind === 'step' ? <Bodies step={row.step} /> : null}
      {row.kind === 'replay' && row.steps.length === 1 ? <Bodies step={row.steps[0]} /> : null}
    </div>
  );
}

function factsOf(row: TimelineRow, attempts: readonly Attempt[]): Fact[] {
  switch (row.kind) {
    case 'attempt':
      return attemptFacts(row.attempt, row.spanMs);
    case 'step':
      return stepFacts(row.step, row.attempt, attempts, row.spanMs);
    case 'replay':
      return [
        { name: 'Steps', value: row.steps.map((step) => step.name).join(', ') },
        { name: 'Run in', value: `attempt ${[...new Set(row.steps.map((step) => step.attempt))].join(', ')}` },
        { name: 'Then', value: 'their journaled results were taken; nothing was sent again' },
      ];
    case 'wait':
      return [
        { name: 'After', value: `attempt ${row.wait.after.number}` },
        { name: 'For', value: spanText(row.spanMs) },
        ...(row.wait.nextAt === null ? [] : [{ name: 'Until', value: clockTime(row.wait.nextAt, 'seconds') }]),
      ];
  }
}

function attemptFacts(attempt: Attempt, spanMs: number): Fact[] {
  return [
    { name: 'Worker', value: attempt.worker },
    { name: 'Began', value: clockTime(attempt.startedAt, 'seconds') },
    { name: 'Took', value: spanText(spanMs) },
    ...errorFacts(attempt.error),
    ...(attempt.backoffMs === null
      ? []
      : [{ name: 'Then', value: `waited ${spanText(attempt.backoffMs)}, tried again` }]),
  ];
}

function stepFacts(step: Step, attempt: Attempt, attempts: readonly Attempt[], spanMs: number): Fact[] {
  const { call } = step;
  return [
    ...(call === null
      ? []
      : [{ name: 'Sent to', value: `${call.provider}/${call.model}${call.rehearsal ? ' (rehearsal)' : ''}` }]),
    ...(step.effectKey === null ? [] : [{ name: 'Sent with', value: <code>{step.effectKey}</code> }]),
    { name: 'Began', value: clockTime(step.startedAt, 'seconds') },
    { name: 'Took', value: step.endedAt === null ? `${spanText(spanMs)}, no answer` : spanText(spanMs) },
    ...(call === null || step.state !== 'done'
      ? []
      : [
          { name: 'Tokens', value: `${countText(call.tokensIn)} in · ${countText(call.tokensOut)} out` },
          { name: 'Cost', value: usdText(call.costUsd) },
        ]),
    ...errorFacts(step.error),
    ...thenFact(step, attempt, attempts),
  ];
}

function errorFacts(error: TaskError | null): Fact[] {
  if (error === null) return [];
  const answer = error.status === undefined ? error.message : `${error.status} ${error.message}`;
  return [
    { name: 'Class', value: error.class },
    { name: 'Answer', value: <code>{answer}</code> },
    { name: 'Retry-After', value: error.retryAfterMs === undefined ? 'none' : spanText(error.retryAfterMs) },
    ...(error.source === undefined ? [] : [{ name: 'From', value: error.source }]),
  ];
}

function thenFact(step: Step, attempt: Attempt, attempts: readonly Attempt[]): Fact[] {
  const next = attempts.find((one) => one.number === attempt.number + 1);
  if (step.state === 'failed' && attempt.backoffMs !== null) {
    const then = next === undefined ? '' : `, then attempt ${next.number}`;
    return [{ name: 'Then', value: `waited ${spanText(attempt.backoffMs)}${then}` }];
  }
  if (step.state === 'failed' && next === undefined) return [{ name: 'Then', value: 'the task failed' }];
  if (step.replayedBy.length > 0) {
    return [{ name: 'Then', value: `not run again in attempt ${step.replayedBy.join(', ')}` }];
  }
  if (step.state === 'in-doubt' || (step.state === 'intent' && attempt.endedAt !== null)) {
    return [
      { name: 'Then', value: next === undefined ? 'a person has to look' : 'the next attempt asked whether it landed' },
    ];
  }
  return [];
}

function Bodies({ step }: { step: Step }) {
  return (
    <>
      <Body title="Request" value={step.request} />
      {step.state === 'done' ? <Body title="Answer" value={step.result} /> : null}
    </>
  );
}

/** JSON as it was journaled, pretty-printed, to copy as it is. */
export function Body({ title, value }: { title: string; value: Json }) {
  if (value === null) return null;
  return (
    <Panel title={title}>
      <div className={styles.body}>
        <JsonBlock label={title} value={value} />
        <CopyButton text={jsonText(value)} label="Copy as JSON" />
      </div>
    </Panel>
  );
}
