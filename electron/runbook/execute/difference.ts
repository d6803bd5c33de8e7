import { fail, type Result, succeed } from '#contract/errors.ts';
import type { Runbook, RunbookStep, RunCommand, StepChange } from '#contract/runbook.ts';
import { stepsOf } from './begin.ts';
import { skipped } from './path.ts';
import { type RunRecord, type StepRecord, withSteps } from './record.ts';

/*
 * A run keeps its runbook as it was when it began. What the file has otherwise by now is shown step by step, to adopt or
 * ignore. Pure.
 */

/** Steps that the file has otherwise and that nobody has decided on; what is behind is no longer changed. */
export function differenceOf(
  record: RunRecord,
  file: Runbook | undefined,
): { hash: string; changes: StepChange[] } | null {
  if (file === undefined || file.hash === record.run.hash || record.run.endedAt !== null) return null;
  const now = stepsOf(file);
  const changes: StepChange[] = [];
  for (const step of record.steps) {
    if (step.state !== 'todo') continue;
    const other = now.find((one) => one.source.id === step.source.id);
    if (other !== undefined && same(step, other)) continue;
    changes.push({
      step: step.source.id,
      kind: other === undefined ? 'removed' : 'changed',
      title: other?.source.title ?? step.source.title,
      before: markdownOf(step.source),
      after: other === undefined ? null : markdownOf(other.source),
    });
  }
  for (const step of now) {
    if (record.steps.some((one) => one.source.id === step.source.id)) continue;
    changes.push({
      step: step.source.id,
      kind: 'added',
      title: step.source.title,
      before: null,
      after: markdownOf(step.source),
    });
  }
  const open = changes.filter((change) => !record.ignored.includes(`${file.hash} ${change.step}`));
  return open.length === 0 ? null : { hash: file.hash, changes: open };
}

/** Takes steps over from the file, or keeps the run's own from now on. */
export function decideOnEdit(
  record: RunRecord,
  command: Extract<RunCommand, { do: 'adopt' | 'ignore' }>,
  file: Runbook | undefined,
  now: number,
): Result<RunRecord> {
  const difference = differenceOf(record, file);
  if (file === undefined || difference === null || difference.hash !== command.hash) {
    return fail('CONFLICT', 'The file has changed again since this difference was shown.', {
      kept: 'Nothing was changed.',
      todo: 'Look at the difference as it is now.',
    });
  }
  const chosen = difference.changes.filter((change) => command.steps.includes(change.step));
  if (command.do === 'ignore') {
    const ignored = chosen.map((change) => `${file.hash} ${change.step}`);
    return succeed({ ...record, ignored: [...record.ignored, ...ignored] });
  }
  return succeed(chosen.reduce((before, change) => adopt(before, change, file, now), record));
}

function adopt(record: RunRecord, change: StepChange, file: Runbook, now: number): RunRecord {
  const places = stepsOf(file);
  const at = places.findIndex((one) => one.source.id === change.step);
  const place = places[at];
  switch (change.kind) {
    case 'removed':
      return withSteps(
        record,
        record.steps.map((step) =>
          step.source.id === change.step ? skipped(step, 'no longer in the runbook', now) : step,
        ),
      );
    case 'changed':
      if (place === undefined) return record;
      return withSteps(
        record,
        record.steps.map((step) =>
          step.source.id === change.step
            ? // Who approved the step as it was has not seen this one.
              { ...step, ...placeOf(place), approvers: [], plan: null, seen: null }
            : step,
        ),
      );
    case 'added': {
      if (place === undefined) return record;
      // After the nearest step before it in the file that the run has, too.
      const before = places
        .slice(0, at)
        .findLast((one) => record.steps.some((step) => step.source.id === one.source.id));
      const after = record.steps.findIndex((step) => step.source.id === before?.source.id);
      const serial = 1 + Math.max(...record.steps.map((step) => step.serial));
      const steps = record.steps.toSpliced(after + 1, 0, { ...place, serial });
      return withSteps(
        record,
        steps.map((step, index) => (step.index === index ? step : { ...step, index })),
      );
    }
  }
}

function placeOf({ source, section, sectionId, sectionKind, detour }: StepRecord) {
  return { source, section, sectionId, sectionKind, detour };
}

function same(a: StepRecord, b: StepRecord): boolean {
  return a.section === b.section && textOf(a.source) === textOf(b.source);
}

/** Everything of a step but where it stands. */
function textOf(source: RunbookStep): string {
  return JSON.stringify(Object.entries(source).filter(([name]) => name !== 'line' && name !== 'places'));
}

/** A step as its file has it, near enough to read. */
export function markdownOf(step: RunbookStep): string {
  const head = `- [ ] ${step.title}${step.directive === null ? '' : ` \`${step.directive.text}\``}`;
  const keys = [
    step.verifyText === null ? null : `verify: \`${step.verifyText}\``,
    step.undo === null ? null : `undo: \`${step.undo}\``,
    step.else === null ? null : `else: #${step.else}`,
    step.note === null ? null : `note: ${step.note}`,
    ...step.choices.map((choice) => `\`${choice.value}\`${choice.goto === null ? '' : `: #${choice.goto}`}`),
  ].filter((line) => line !== null);
  const prose = step.prose === '' ? [] : step.prose.split('\n').map((line) => `  ${line}`);
  // What is sent or run is what is to be read before it is adopted.
  const fence = step.body === null ? [] : ['  ````', ...step.body.split('\n').map((line) => `  ${line}`), '  ````'];
  return [head, ...keys.map((line) => `  - ${line}`), ...prose, ...fence].join('\n');
}
