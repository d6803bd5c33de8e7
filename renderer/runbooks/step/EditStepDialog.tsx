import { useEffect, useRef, useState } from 'react';
import { type Verb, verbSchema } from '#contract/runbook.ts';
import type { StepChangeOfForm, StepField, StepForm } from '#contract/runbook-edit.ts';
import { VERBS } from '#contract/runbook-grammar.ts';
import { Button, Dialog, Form, LinesField, TextField } from '../../kit/index.ts';
import { StepDifference } from './StepDifference.tsx';
import { Says, StepFieldRow } from './StepFieldRow.tsx';
import styles from './step.module.css';
import { type StepCalls, useStepEdit } from './useStepEdit.ts';

type Props = {
  /** The id of the step in the file. */
  step: string;
  calls: StepCalls;
  /** Whether the desk can be asked. */
  connected: boolean;
  /** Where the whole file is edited. */
  addressToEdit: string;
  onClose(): void;
  /** @param said where it was written */
  onSaved(said: string): void;
};

/** One step of a runbook as a form. What changes in the file stands beside it, before it is saved. */
export function EditStepDialog({ step, calls, connected, addressToEdit, onClose, onSaved }: Props) {
  const edit = useStepEdit(step, calls, connected);
  const { base, edited, change, refusal } = edit;
  const first = useRef<HTMLInputElement>(null);
  const [asksToLeave, setAsksToLeave] = useState(false);
  const form = edited?.form ?? null;
  const ready = form !== null;

  // The dialog is there before its fields are.
  useEffect(() => {
    if (ready) first.current?.focus();
  }, [ready]);

  function leave(): void {
    if (edit.touched && !asksToLeave) setAsksToLeave(true);
    else onClose();
  }

  async function save(): Promise<void> {
    const said = await edit.save();
    if (said !== null) onSaved(said);
  }

  const errors = form === null ? 0 : countOfErrors(form);
  return (
    <Dialog title="Edit step" onClose={leave} wide>
      <Form
        verb={errors === 0 ? 'Save the step' : 'Save it as it is'}
        busy={edit.busy}
        refusal={refusal ?? edit.notSaved}
        missing={missingOf(edit)}
        lines
        onSend={() => void save()}
        onClose={leave}
        close={edit.touched ? 'Throw the change away' : 'Close'}
      >
        {asksToLeave ? (
          <div role="alert" className={styles.asked}>
            <span>The change is not saved.</span>
            <Button onClick={onClose}>Throw it away</Button>
            <Button onClick={() => setAsksToLeave(false)}>Go on editing</Button>
          </div>
        ) : null}
        {edit.moved ? (
          <p role="status" className={styles.moved}>
            The file was changed by somebody else meanwhile. This is your change on the file as it is now: look at it,
            then save again.
          </p>
        ) : null}
        {form === null ? (
          <p className={styles.weak}>
            {refusal === null ? 'reading…' : <a href={addressToEdit}>Open the whole file</a>}
          </p>
        ) : (
          <div className={styles.columns}>
            <div className={styles.fields}>
              <TextField
                label="Title"
                value={plainTitle(change.title ?? form.title)}
                longest={500}
                inputRef={first}
                onValue={(title) => edit.put({ title: likeBefore(form.title, title) })}
              />
              <label className={styles.field}>
                <span>What it does</span>
                <select
                  value={(change.verb === undefined ? form.verb : change.verb) ?? ''}
                  onChange={(event) => edit.putVerb(verbOf(event.target.value))}
                  aria-describedby="step-verb-says"
                >
                  <option value="">by hand</option>
                  {verbSchema.options.map((verb) => (
                    <option key={verb} value={verb}>
                      {verb}
                    </option>
                  ))}
                </select>
                <span id="step-verb-says" className={styles.says}>
                  {form.verb === null ? 'a person does it and checks it off' : VERBS[form.verb].says}
                </span>
              </label>
              <Fields
                key={form.verb}
                fields={[...form.fields, ...form.keys]}
                writtenOf={(key) => writtenIn(change, key)}
                isKey={(key) => form.keys.some((one) => one.key === key)}
                onField={edit.putField}
                onKey={edit.putKey}
              />
              <LinesField
                label="Text under it, in Markdown"
                text={change.prose ?? form.prose}
                fault={null}
                onText={(prose) => edit.put({ prose })}
              />
            </div>
            <div className={styles.beside}>
              <h3>What changes in the file</h3>
              <StepDifference before={edit.before} after={edited?.text ?? edit.before} />
              {errors === 0 ? null : (
                <p className={styles.wrong}>
                  {errors === 1 ? 'One error' : `${errors} errors`}: the runbook does not start before that is mended.
                </p>
              )}
              {form.problems.length === 0 ? null : (
                <div className={styles.problems}>
                  <h3>What else is to be said of it</h3>
                  <Says problems={form.problems} />
                </div>
              )}
              {form.elsewhere.length === 0 ? null : (
                <div className={styles.problems}>
                  <h3>What it breaks elsewhere in the file</h3>
                  {form.elsewhere.map((problem) => (
                    <span key={`${problem.line} ${problem.message}`} data-severity={problem.severity}>
                      line {problem.line}: {problem.message} {problem.fix}
                    </span>
                  ))}
                </div>
              )}
              <p className={styles.weak}>
                {base?.own === false
                  ? 'Shipped with Nightdesk: saving writes a copy of your own that stands over it.'
                  : `In ${base?.file}`}
              </p>
              <p className={styles.weak}>
                <a href={addressToEdit}>Open the whole file</a>
              </p>
            </div>
          </div>
        )}
      </Form>
    </Dialog>
  );
}

type FieldsProps = {
  fields: readonly StepField[];
  writtenOf(key: string): string | undefined;
  isKey(key: string): boolean;
  onField(key: string, value: string): void;
  onKey(key: string, value: string): void;
};

/** The fields; those that are seldom needed wait under one line. Which those are is settled when the form opens. */
function Fields({ fields, writtenOf, isKey, onField, onKey }: FieldsProps) {
  const [hidden] = useState(() => new Set(fields.filter(({ seldom }) => seldom).map(({ key }) => key)));
  const row = (field: StepField) => (
    <StepFieldRow
      key={field.key}
      field={field}
      written={writtenOf(field.key) ?? null}
      onValue={(value) => (isKey(field.key) ? onKey : onField)(field.key, value)}
    />
  );
  const out = fields.filter(({ key }) => hidden.has(key));
  const wrong = out.filter(({ problems }) => problems.length > 0).length;
  return (
    <>
      {fields.filter(({ key }) => !hidden.has(key)).map(row)}
      {out.length === 0 ? null : (
        <details className={styles.more}>
          <summary>
            Seldom needed{wrong === 0 ? '' : ` · ${wrong === 1 ? 'one has a problem' : `${wrong} have problems`}`}
          </summary>
          {out.map(row)}
        </details>
      )}
    </>
  );
}

function writtenIn({ fields, keys }: StepChangeOfForm, key: string): string | undefined {
  const written = new Map([...Object.entries(fields), ...Object.entries(keys)]);
  return written.get(key);
}

function countOfErrors({ fields, keys, problems, elsewhere }: StepForm): number {
  const all = [...fields, ...keys].flatMap((field) => field.problems);
  return [...all, ...problems, ...elsewhere].filter(({ severity }) => severity === 'error').length;
}

/** Why it cannot be saved as it stands; null where nothing is in the way. */
function missingOf({ changed, pending, refusal, touched }: ReturnType<typeof useStepEdit>): string | null {
  if (refusal !== null) return 'Not like this.';
  if (pending) return 'looking …';
  if (changed) return null;
  return touched ? 'The file has it so already.' : 'Nothing is changed yet.';
}

function verbOf(text: string): Verb | null {
  const verb = verbSchema.safeParse(text);
  return verb.success ? verb.data : null;
}

const BOLD = /^\*\*([^*]+)\*\*$/;

/** A title that is bold as a whole is written without its marks. */
function plainTitle(title: string): string {
  return BOLD.exec(title)?.[1] ?? title;
}

function likeBefore(before: string, title: string): string {
  return BOLD.test(before) && !title.includes('*') && title.trim() !== '' ? `**${title}**` : title;
}
