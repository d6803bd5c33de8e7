import type { AlertRuleDetail } from '#contract/alert.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { DryRun, Runbook } from '#contract/runbook.ts';
import type {
  EditedStep,
  RunbookHistory,
  RunbookNames,
  RunbookOrigin,
  RunbookSource,
  SavedRunbook,
  StepChangeOfForm,
  TriedStep,
} from '#contract/runbook-edit.ts';
import { lintRunbook } from '../lint/lint.ts';
import { parseRunbook } from '../parse/runbook.ts';
import type { Known } from '../types.ts';
import { draftFromAlert, draftFromTemplate } from './draft.ts';
import { openRunbookFiles } from './file.ts';
import { draftFromIncident, type IncidentStory } from './from-incident.ts';
import { readHistory, readVersion } from './history.ts';
import { editStepByForm } from './step-form.ts';

export type EditingOptions = {
  /** The team's own folder: the only one that is ever written. */
  ownFolder: string;
  /** The file that the library has for a name; undefined for none. */
  fileOf(name: string): string | undefined;
  known(): Known;
  rule(name: string): AlertRuleDetail | undefined;
  incident(id: number): IncidentStory | undefined;
  /** What a run of a runbook would do now; nothing is changed. */
  dryRun(runbook: Runbook, inputs: Record<string, string>): Result<DryRun>;
  now(): number;
};

/** Runbooks as text: read, checked, tried, written, and where their versions came from. */
export type RunbookEditing = {
  source(name: string): Result<RunbookSource>;
  /** A text as the library would have it, with its faults. Nothing is written. */
  check(name: string, text: string): Runbook;
  save(name: string, text: string, baseHash: string | null): Result<SavedRunbook>;
  history(name: string): Promise<Result<RunbookHistory>>;
  version(name: string, commit: string): Promise<Result<string>>;
  draft(name: string, origin: RunbookOrigin): Result<string>;
  /** One step of a text. Plans, and changes nothing. */
  tryStep(name: string, text: string, step: string, inputs: Record<string, string>): Result<TriedStep>;
  /** A text with one step changed as its form says, and the form as it is then. Nothing is written. */
  editStep(name: string, text: string, step: string, change: StepChangeOfForm): Result<EditedStep>;
  names(): RunbookNames;
};

export function createRunbookEditing(options: EditingOptions): RunbookEditing {
  const { known, now } = options;
  const files = openRunbookFiles(options);

  function fileOf(name: string): string {
    const source = files.source(name);
    return source.ok ? source.value.file : `${name}.md`;
  }

  function check(name: string, text: string): Runbook {
    const parsed = parseRunbook(fileOf(name), text);
    return { ...parsed, problems: lintRunbook(parsed, text, known(), now()) };
  }

  return {
    ...files,
    check,
    editStep: (name, text, step, change) => editStepByForm(text, step, change, known(), (read) => check(name, read)),
    async history(name) {
      const source = files.source(name);
      return source.ok ? succeed(await readHistory(source.value.file)) : source;
    },
    async version(name, commit) {
      const source = files.source(name);
      return source.ok ? await readVersion(source.value.file, commit) : source;
    },
    draft(name, origin) {
      switch (origin.from) {
        case 'template':
          return succeed(draftFromTemplate(name, now()));
        case 'alert': {
          const rule = options.rule(origin.rule);
          return rule === undefined
            ? notThere(`alert rule ${origin.rule}`, 'See the rules: nightdesk alert rules')
            : succeed(draftFromAlert(rule, now()));
        }
        case 'incident': {
          const incident = options.incident(origin.incident);
          return incident === undefined
            ? notThere(`incident ${origin.incident}`, 'See the incidents: nightdesk incident list --all')
            : succeed(draftFromIncident(name, incident, now()));
        }
      }
    },
    tryStep(name, text, step, inputs) {
      const tried = options.dryRun(parseRunbook(fileOf(name), text), inputs);
      if (!tried.ok) return tried;
      const found = tried.value.steps.find((one) => one.id === step);
      return found === undefined ? notThere(`step ${step} in this text`, 'Choose another step.') : succeed(found);
    },
    names: () => known(),
  };
}

function notThere(what: string, todo: string): ReturnType<typeof fail> {
  return fail('NOT_FOUND', `There is no ${what}.`, { kept: 'Nothing was changed.', todo });
}
