import { type FormEvent, useRef, useState } from 'react';
import type { SampleVerdict } from '#contract/sample.ts';
import { Button, Key, Refusal, useKeys } from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import styles from './samples.module.css';
import { VERDICTS } from './words.ts';

type Props = {
  busy: boolean;
  refusal: string | null;
  onJudge(verdict: SampleVerdict, note: string | null): void;
};

/** y, n or u, then Enter: two keystrokes a verdict. */
export function SampleForm({ busy, refusal, onJudge }: Props) {
  const [chosen, setChosen] = useState<SampleVerdict | null>(null);
  const [note, setNote] = useState('');
  const form = useRef<HTMLFormElement>(null);
  const noteField = useRef<HTMLInputElement>(null);
  const choice = VERDICTS.find(({ verdict }) => verdict === chosen);

  useKeys({
    ...Object.fromEntries(VERDICTS.map(({ key, verdict }) => [key, () => setChosen(verdict)])),
    w: () => noteField.current?.focus(),
    Enter: () => {
      if (chosen === null) form.current?.querySelector('input')?.focus();
      else form.current?.requestSubmit();
    },
  });

  function send(event: FormEvent): void {
    event.preventDefault();
    if (busy || chosen === null) return;
    onJudge(chosen, note.trim() === '' ? null : note.trim());
  }

  return (
    <form ref={form} className={styles.form} onSubmit={send}>
      <fieldset className={styles.verdicts}>
        <legend className={ink.hidden}>Is the output right?</legend>
        {VERDICTS.map(({ verdict, key, word, label }) => (
          <label key={verdict} data-chosen={verdict === chosen || undefined}>
            <input type="radio" name="verdict" checked={verdict === chosen} onChange={() => setChosen(verdict)} />
            <span className={styles.verdict}>{word}</span>
            <Key>{key}</Key>
            <span className={styles.label}>{label}</span>
          </label>
        ))}
      </fieldset>
      <div className={styles.buttons}>
        <Button type="submit" variant="primary" keys="Enter" disabled={busy || choice === undefined}>
          {choice === undefined ? 'Choose a verdict' : `${choice.word}, next`}
        </Button>
        <label className={styles.note}>
          <span>A word on it, if you like</span>
          <Key>w</Key>
          <input ref={noteField} value={note} maxLength={2_000} onChange={(event) => setNote(event.target.value)} />
        </label>
      </div>
      <Refusal why={refusal} />
    </form>
  );
}
