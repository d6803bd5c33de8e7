import { useEffect, useRef, useState } from 'react';
import type { FailureSwitch, ObjectiveChange, ObjectiveInForce, ObjectivePreview } from '#contract/objective.ts';
import { Button, clockTime, Dialog, dayText, Form, StateWord, spanText, TextField } from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import styles from './agents.module.css';
import {
  type Draft,
  draftOf,
  fromText,
  isSame,
  previewText,
  promiseText,
  rateText,
  readDraft,
  SWITCHES,
  setCommand,
  VERDICT_WORDS,
} from './objective.ts';

/** A person still writes: the past is replayed when the fields rest, ms. */
const REST_MS = 400;
/** Pages that are listed; the others are counted. */
const LISTED = 4;

type Props = {
  objective: ObjectiveInForce;
  busy: boolean;
  refusal: string | null;
  preview(change: ObjectiveChange): Promise<ObjectivePreview>;
  onSet(change: ObjectiveChange): void;
  onClear(): void;
  onClose(): void;
};

/** Sets an objective over the agent's file: what it would have done with the past is shown before it is set. */
export function ObjectiveDialog({ objective, busy, refusal, preview, onSet, onClear, onClose }: Props) {
  const { agent } = objective;
  // As it stood when the dialog opened: what a person edits must not change under the hand.
  const [draft, setDraft] = useState<Draft>(() => draftOf(objective));
  const first = useRef<HTMLInputElement>(null);
  const read = readDraft(agent, draft);
  const tried = usePreview(read.ok ? read.change : null, preview);
  const missing = !read.ok ? read.why : isSame(read.change, objective) ? 'It is in force as it stands here.' : null;

  function toggle(name: FailureSwitch, isOn: boolean): void {
    setDraft({ ...draft, failure: isOn ? [...draft.failure, name] : draft.failure.filter((each) => each !== name) });
  }

  return (
    <Dialog title={`Objective of ${agent}`} onClose={onClose} wide first={first}>
      <Form
        verb="Set it"
        busy={busy}
        refusal={refusal}
        missing={missing}
        command={read.ok ? setCommand(read.change) : undefined}
        onSend={() => {
          if (read.ok) onSet(read.change);
        }}
        onClose={onClose}
      >
        <p className={ink.weak}>
          In force: {promiseText(objective)}, {fromText(objective)}.
        </p>
        <div className={styles.objectiveFields}>
          <TextField
            label="Good tasks, %"
            value={draft.success}
            inputRef={first}
            onValue={(success) => setDraft({ ...draft, success })}
          />
          <TextField
            label="95 of 100 end within"
            value={draft.p95}
            placeholder="no bound"
            onValue={(p95) => setDraft({ ...draft, p95 })}
          />
          <TextField label="Judged over" value={draft.window} onValue={(window) => setDraft({ ...draft, window })} />
        </div>
        <fieldset>
          <legend>A task that failed, timed out, was rejected or is overdue is a failure. So is</legend>
          {SWITCHES.map(({ name, words }) => (
            <label key={name}>
              <input
                type="checkbox"
                checked={draft.failure.includes(name)}
                onChange={(event) => toggle(name, event.target.checked)}
              />
              {words}
            </label>
          ))}
        </fieldset>
        <section className={styles.tried} aria-label="With the past" aria-live="polite" aria-busy={tried.isBusy}>
          <Tried tried={tried} />
        </section>
        {objective.from === 'console' ? (
          <p className={ink.weak}>
            <Button onClick={onClear} disabled={busy}>
              Take back: the file's again
            </Button>{' '}
            <code>nightdesk objective clear {agent}</code>
          </p>
        ) : null}
      </Form>
    </Dialog>
  );
}

type Tried = { preview: ObjectivePreview | null; trouble: string | null; isBusy: boolean };

/** What a change would have done, read when the fields rest; an older answer never follows a newer one. */
function usePreview(change: ObjectiveChange | null, ask: Props['preview']): Tried {
  const [tried, setTried] = useState<Tried>({ preview: null, trouble: null, isBusy: true });
  const latest = useRef(ask);
  latest.current = ask;
  const text = change === null ? null : JSON.stringify(change);
  useEffect(() => {
    if (text === null) return;
    let isOld = false;
    setTried((before) => ({ ...before, isBusy: true }));
    const timer = setTimeout(() => {
      latest.current(JSON.parse(text) as ObjectiveChange).then(
        (preview) => isOld || setTried({ preview, trouble: null, isBusy: false }),
        (error: unknown) =>
          isOld ||
          setTried({ preview: null, trouble: error instanceof Error ? error.message : String(error), isBusy: false }),
      );
    }, REST_MS);
    return () => {
      isOld = true;
      clearTimeout(timer);
    };
  }, [text]);
  return tried;
}

function Tried({ tried: { preview, trouble, isBusy } }: { tried: Tried }) {
  if (trouble !== null) return <p className={ink.weak}>Its past could not be replayed: {trouble}</p>;
  if (preview === null) return <p className={ink.weak}>Replaying its past…</p>;
  const { pages, latency, verdict, success, notes } = preview;
  const listed = pages.slice(-LISTED).toReversed();
  return (
    <div className={styles.health} data-busy={isBusy || undefined}>
      <p className={styles.strong}>{previewText(preview)}</p>
      <p className={styles.verdict}>
        <StateWord {...VERDICT_WORDS[verdict]} />
        {rateText(success)}
        {latency === null ? null : (
          <>
            <span className={ink.weak}>in time:</span>
            <StateWord {...VERDICT_WORDS[latency.verdict]} />
            {rateText(latency.within)}
          </>
        )}
      </p>
      {listed.length === 0 ? null : (
        <ul className={styles.pages}>
          {listed.map(({ at, untilAt, value }) => (
            <li key={at}>
              {dayText(at)} {clockTime(at)}, {untilAt === null ? 'until now' : `for ${spanText(untilAt - at)}`}: {value}
            </li>
          ))}
          {pages.length > LISTED ? <li>and {pages.length - LISTED} before</li> : null}
        </ul>
      )}
      <p className={ink.weak}>Judged each minute. {notes.join(' ')}</p>
    </div>
  );
}
