import { useEffect, useRef, useState } from 'react';
import type { Verb } from '#contract/runbook.ts';
import type { EditedStep, RunbookSource, SavedRunbook, StepChangeOfForm } from '#contract/runbook-edit.ts';
import type { Answered } from '../answered.ts';

/** What the desk does for the form of a step. What was refused says why. */
export type StepCalls = {
  source(): Promise<Answered<RunbookSource>>;
  edit(text: string, step: string, change: StepChangeOfForm): Promise<Answered<EditedStep>>;
  save(text: string, baseHash: string): Promise<Answered<SavedRunbook>>;
};

/** How long nothing is typed before the desk is asked what it comes to, ms. */
const PAUSE_MS = 150;
export const NO_CHANGE: StepChangeOfForm = { fields: {}, keys: {} };

/** The file that the change is of, as it is on the disk. */
type Base = Pick<RunbookSource, 'text' | 'hash' | 'file' | 'own'>;

/** One step from its form to its file. The desk reads and writes; what is shown is its answer to exactly this change. */
export function useStepEdit(step: string, calls: StepCalls, connected: boolean) {
  const [base, setBase] = useState<Base | null>(null);
  const [change, setChange] = useState(NO_CHANGE);
  const [answer, setAnswer] = useState<{ of: StepChangeOfForm; base: Base; edited: EditedStep } | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  /** Why the last save was not done: a matter of the moment, that bars no other. */
  const [notSaved, setNotSaved] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [moved, setMoved] = useState(false);
  const latest = useRef(calls);
  latest.current = calls;

  useEffect(() => {
    let gone = false;
    void latest.current.source().then(({ value, refusal: why }) => {
      if (gone) return;
      if (value === null) setRefusal(why);
      else setBase(value);
    });
    return () => {
      gone = true;
    };
  }, []);

  useEffect(() => {
    // What was refused because the desk was away is asked again once it is back.
    if (base === null || !connected) return;
    setNotSaved(null);
    let gone = false;
    const ask = async (): Promise<void> => {
      const { value, refusal: why } = await latest.current.edit(base.text, step, change);
      if (gone) return;
      setRefusal(why);
      if (value !== null) setAnswer({ of: change, base, edited: value });
    };
    const timer = setTimeout(() => void ask(), change === NO_CHANGE ? 0 : PAUSE_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [base, change, step, connected]);

  const current = answer !== null && answer.of === change && answer.base === base && refusal === null ? answer : null;
  const changed = current !== null && current.edited.text !== current.base.text;

  return {
    ...{ base, change, refusal, notSaved, busy, moved, changed },
    /** The desk is asked what the change comes to. */
    pending: current === null,
    /** The form as the desk has it; of the change before while the desk is asked about the next one. */
    edited: answer?.edited ?? null,
    before: answer?.base.text ?? '',
    touched: change !== NO_CHANGE,
    put: (next: Partial<Omit<StepChangeOfForm, 'fields' | 'keys' | 'verb'>>) =>
      setChange((before) => ({ ...before, ...next })),
    putVerb: (verb: Verb | null) => setChange((before) => ({ ...before, verb })),
    putField: (key: string, value: string) =>
      setChange((before) => ({ ...before, fields: { ...before.fields, [key]: value } })),
    putKey: (key: string, value: string) =>
      setChange((before) => ({ ...before, keys: { ...before.keys, [key]: value } })),
    /** Writes the text that is shown. @returns what was said of it; null where it was not written */
    async save(): Promise<string | null> {
      if (current === null || !changed || busy) return null;
      setBusy(true);
      setNotSaved(null);
      const { value, refusal: why } = await latest.current.save(current.edited.text, current.base.hash);
      setBusy(false);
      if (value === null) {
        setNotSaved(why);
        return null;
      }
      if (!value.saved) {
        // The same change, on the file as it is now: shown again before it is saved.
        setMoved(true);
        setBase({ ...current.base, file: value.file, text: value.text, hash: value.hash });
        return null;
      }
      return `Saved in ${value.file}.${value.over === null ? '' : ` It stands over the shipped ${value.over}.`}`;
    },
  };
}
