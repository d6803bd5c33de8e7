import { markdownOf } from './difference.ts';
import type { RunRecord, StepRecord } from './record.ts';
import { titleOf } from './view.ts';
import { clockTime, percent, spanInWords } from './words.ts';

/**
 * The story of a run in Markdown, for its incident's review: what was done, how long each section took, what was skipped
 * or failed, and what that says about the runbook. Pure.
 */
export function reportOf(record: RunRecord, now: number): string {
  const { run } = record;
  const lasted = spanInWords((run.endedAt ?? now) - run.startedAt);
  const end =
    run.endedAt === null
      ? `open for ${lasted}`
      : run.outcome === 'recovered'
        ? `recovered after ${lasted}: its verify steps held`
        : `ended after ${lasted} without proof of recovery`;
  const facts = [
    `Run ${run.id} of \`${run.runbook}\` (${run.hash.slice(0, 12)}): ${end}`,
    `Begun at ${clockTime(run.startedAt)}, held by ${run.holder.name}${record.handedOver === null ? '' : `; ${record.handedOver}`}`,
    ...(run.alert === null ? [] : [`Fired: ${run.alert}`]),
    ...(run.endReason === null ? [] : [`Reason: ${run.endReason}`]),
    ...(run.rehearsal ? ['A rehearsal: no real work was touched'] : []),
  ];
  return [
    `### ${run.title}`,
    list(facts),
    `#### What was done\n\n${list(record.steps.flatMap((step) => done(record, step))) || 'Nothing yet.'}`,
    `#### Time by section\n\n${list(sections(record, now)) || 'No section was begun.'}`,
    `#### Skipped or failed\n\n${list(record.steps.flatMap((step) => missed(record, step))) || 'No step.'}`,
    `#### Proposed edit of the runbook\n\n${proposal(record)}`,
  ].join('\n\n');
}

function list(lines: string[]): string {
  return lines.map((line) => `- ${line.replace(/\s*\n\s*/g, ' ')}`).join('\n');
}

function done(record: RunRecord, step: StepRecord): string[] {
  if (step.endedAt === null || step.state === 'skipped') return [];
  const before = step.before?.estimate ?? null;
  const after = step.after?.estimate ?? null;
  const health =
    before === null || after === null ? '' : `; success ${percent(before)} before, ${percent(after)} since`;
  const who = step.by === null ? '' : ` (${step.by.name})`;
  const seen = step.seen ?? 'done by hand';
  return [`${clockTime(step.endedAt)} ${titleOf(record, step)}: ${step.state}, ${seen}${health}${who}`];
}

/** From the first step of a section that was begun to the last that ended. */
function sections(record: RunRecord, now: number): string[] {
  const names = [...new Set(record.steps.map((step) => step.section))];
  return names.flatMap((name) => {
    const steps = record.steps.filter((step) => step.section === name && step.state !== 'skipped');
    const begun = steps.flatMap((step) => step.startedAt ?? []);
    if (begun.length === 0) return [];
    const ended = Math.max(...steps.map((step) => step.endedAt ?? (step.startedAt === null ? 0 : now)));
    return [
      `${name}: ${spanInWords(Math.max(0, ended - Math.min(...begun)))}, ${begun.length} of ${steps.length} steps`,
    ];
  });
}

const isMissed = (step: StepRecord): boolean =>
  step.state === 'failed' || step.state === 'no-data' || (step.state === 'skipped' && step.by !== null);

function missed(record: RunRecord, step: StepRecord): string[] {
  if (!isMissed(step)) return [];
  return [`${titleOf(record, step)}: ${step.state}, ${step.reason ?? step.seen ?? ''}`];
}

/** The lines of the file that did not serve, each with why, for its owner to mend. */
function proposal(record: RunRecord): string {
  const lines = record.steps.filter(isMissed).map((step) => {
    const why = step.reason ?? step.seen ?? step.state;
    const word = step.state === 'skipped' ? 'was skipped' : step.state === 'failed' ? 'failed' : 'had no data';
    const old = markdownOf(step.source)
      .split('\n')
      .map((line) => `-${line}`);
    const note =
      step.source.note === null
        ? `Run ${record.run.id} ${word}: ${why}`
        : `${step.source.note} Run ${record.run.id} ${word}: ${why}`;
    const mended = markdownOf({ ...step.source, note: note.replace(/\s*\n\s*/g, ' ').slice(0, 300) })
      .split('\n')
      .map((line) => `+${line}`);
    return [`@@ line ${step.source.line}: ${titleOf(record, step)}`, ...old, ...mended].join('\n');
  });
  if (lines.length === 0) return 'None: every step served.';
  return `Each of these did not serve. Mend it, or keep the note that says why.\n\n\`\`\`diff\n${lines.join('\n').replaceAll('```', "'''")}\n\`\`\``;
}
