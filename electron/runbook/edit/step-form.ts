import { type Result, succeed } from '#contract/errors.ts';
import type { Runbook, RunbookStep } from '#contract/runbook.ts';
import type { EditedStep, StepChangeOfForm, StepField } from '#contract/runbook-edit.ts';
import { VERBS } from '#contract/runbook-grammar.ts';
import type { Finding, Range, StepEdit } from '#contract/runbook-lint.ts';
import { directiveIn, editStep, titleIn } from '../parse/edit.ts';
import type { Known } from '../types.ts';
import { readDirectiveWords, withVerb, withWord } from './directive-words.ts';
import { type Asked, fieldsOf, keyFieldsOf } from './step-fields.ts';

/** A text as the library would have it, with its faults. */
type Check = (text: string) => Runbook;

/** A text with one step changed as its form says, and the form as it is then. Pure, as `check` is. */
export function editStepByForm(
  text: string,
  stepId: string,
  change: StepChangeOfForm,
  known: Known,
  check: Check,
): Result<EditedStep> {
  const before = check(text);
  const index = stepsOf(before).findIndex(({ id }) => id === stepId);
  const step = stepsOf(before)[index];
  const edited = editStep(text, stepId, step === undefined ? {} : editFor(step, text, change));
  if (!edited.ok) return edited;
  const after = edited.value === text ? before : check(edited.value);
  const changed = stepsOf(after)[index];
  // editStep has found it, and has seen that no step came or went.
  if (changed === undefined) throw new Error(`the step ${stepId} is gone`);
  return succeed({ text: edited.value, form: formOf(edited.value, changed, after, before, known) });
}

function stepsOf(runbook: Runbook): RunbookStep[] {
  return runbook.sections.flatMap((section) => section.steps);
}

function editFor(step: RunbookStep, text: string, { title, prose, verb, fields, keys }: StepChangeOfForm): StepEdit {
  const written = directiveIn(text, step);
  const chosen =
    verb === undefined || verb === null ? written : written === null ? VERBS[verb].example : withVerb(written, verb);
  const asked = chosen === null ? [] : fieldsOf(chosen, { runbook: EMPTY, known: NOBODY }).map(({ key }) => key);
  const directive =
    chosen === null
      ? null
      : Object.entries(fields)
          .filter(([key]) => asked.includes(key))
          .reduce((made, [key, value]) => withWord(made, key, value), chosen);
  const wanted = verb === null ? null : directive;
  return {
    ...(title === undefined ? {} : { title }),
    ...(prose === undefined ? {} : { prose }),
    ...(wanted === written ? {} : { directive: wanted }),
    ...Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, value === '' ? null : value])),
  };
}

const EMPTY = { inputs: [], sections: [] };
const NOBODY: Known = { agents: [], providers: [], alerts: [] };

function formOf(text: string, step: RunbookStep, runbook: Runbook, before: Runbook, known: Known): EditedStep['form'] {
  const directive = directiveIn(text, step);
  const around = { runbook, known };
  const { words, verb } = readDirectiveWords(directive ?? '');
  const own = runbook.problems.filter(({ range }) => isWithin(range, step.places.step));
  const from = step.places.directive?.from ?? 0;
  const ranges = new Map(words.map((word) => [word.key, { from: from + word.range.from, to: from + word.range.to }]));
  const left = new Set(own);
  const take = (fields: Asked[], rangeOf: (key: string) => Range | null): StepField[] =>
    fields.map((field) => {
      const range = rangeOf(field.key);
      const problems = [...left].filter(
        (finding) => fieldOf(finding) === field.key || (range !== null && isAt(finding, range)),
      );
      for (const finding of problems) left.delete(finding);
      return { ...field, problems, seldom: field.seldom && problems.length === 0 };
    });
  const places = step.places;
  const keys = take(keyFieldsOf(step, around), (key) => {
    switch (key) {
      case 'verify':
      case 'undo':
      case 'else':
      case 'note':
        return places[key];
      default:
        return null;
    }
  });
  const fields = take(directive === null ? [] : fieldsOf(directive, around), (key) => ranges.get(key) ?? null);
  const told = new Set(before.problems.map(sayingOf));
  return {
    step: step.id,
    title: titleIn(text, step),
    prose: step.prose,
    verb,
    fields,
    keys,
    problems: [...left],
    elsewhere: runbook.problems.filter((finding) => !own.includes(finding) && !told.has(sayingOf(finding))),
  };
}

function isWithin(range: Range, whole: Range): boolean {
  return range.from >= whole.from && range.from < whole.to;
}

function isAt({ range }: Finding, place: Range): boolean {
  return range.from >= place.from && range.from < Math.max(place.to, place.from + 1);
}

/** The field that a finding misses: what its remedy would add. */
function fieldOf({ edit }: Finding): string | null {
  if (edit === null || edit.range.from !== edit.range.to) return null;
  return /^,?\s*([a-z]+)(?=[= ]|$)/.exec(edit.text)?.[1] ?? null;
}

function sayingOf({ rule, message }: Finding): string {
  return `${rule} ${message}`;
}
