import { type RefObject, useEffect, useRef, useState } from 'react';
import type { RunbookSource, SavedRunbook } from '#contract/runbook-edit.ts';
import type { Answered } from '../answered.ts';
import { dropEdit, keepEdit } from './kept.ts';
import { toEditor } from './line-ends.ts';
import { type Base, fileOf, isEdited, meet, type Session } from './session.ts';
import type { TextHandle } from './TextPane.tsx';

type Said = { tone: 'act' | 'soon'; text: string; restored?: boolean };

type Options = {
  name: string;
  begin: Session;
  outside: RunbookSource | null;
  storage: Storage;
  word: string | null;
  handle: RefObject<TextHandle | null>;
};

/** How long nothing is typed before the text is kept for a page that is loaded again, ms. */
const KEEP_MS = 300;

/** An edit from its beginning to its save: kept meanwhile, and met with whatever else happens to the file. */
export function useSession({ name, begin, outside, storage, word, handle }: Options) {
  const [session, setSession] = useState(begin);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<Said | null>(() =>
    word === null ? null : { tone: 'act', text: word, restored: word.startsWith('Restored') },
  );
  const [refusal, setRefusal] = useState<string | null>(null);
  const [overlap, setOverlap] = useState<(Base & { text: string }) | null>(null);
  const now = useRef(begin);
  const saving = useRef(false);
  const edited = isEdited(session);

  function put(next: Session): void {
    now.current = next;
    setSession(next);
  }
  /** Puts a text into the editor, too. */
  function replace(next: Session): void {
    put(next);
    handle.current?.replace(next.text);
  }

  function meetOutside(theirs: Base): void {
    const meeting = meet(now.current, theirs);
    switch (meeting.kind) {
      case 'same':
        return;
      case 'taken':
        replace(meeting.session);
        setSaid({ tone: 'act', text: 'The file changed outside, and is shown as it is now.' });
        return;
      case 'merged':
        replace(meeting.session);
        setSaid({
          tone: 'soon',
          text: 'The file changed outside, in other lines than yours: both stand in the text. Look at it, then save.',
        });
        return;
      case 'overlap':
        setOverlap({ ...theirs, text: toEditor(theirs.file) });
        setSaid({
          tone: 'soon',
          text: 'The file changed outside, in lines that you edited. Nothing of yours is lost.',
        });
    }
  }

  const meeting = useRef(meetOutside);
  meeting.current = meetOutside;
  const outsideHash = outside?.hash ?? null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the hash stands for the file
  useEffect(() => {
    if (outside !== null && !saving.current) meeting.current({ file: outside.text, hash: outside.hash });
  }, [outsideHash]);

  useEffect(() => {
    const keep = (): void => {
      if (!isEdited(session)) dropEdit(storage, name);
      else if (!keepEdit(storage, name, session)) {
        setSaid({
          tone: 'soon',
          text: 'This browser has no room to keep the text: it is lost when the page is closed.',
        });
      }
    };
    function hold(event: BeforeUnloadEvent): void {
      keep();
      if (isEdited(session)) event.preventDefault();
    }
    const timer = setTimeout(keep, KEEP_MS);
    window.addEventListener('beforeunload', hold);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('beforeunload', hold);
    };
  }, [session, storage, name]);

  async function save(
    call: (text: string, baseHash: string | null) => Promise<Answered<SavedRunbook>>,
  ): Promise<boolean> {
    if (saving.current || !isEdited(now.current)) return false;
    saving.current = true;
    setBusy(true);
    setRefusal(null);
    const file = fileOf(now.current);
    const { value, refusal: why } = await call(file, now.current.base?.hash ?? null);
    saving.current = false;
    setBusy(false);
    if (value === null) {
      setRefusal(why);
      return false;
    }
    if (!value.saved) {
      meetOutside({ file: value.text, hash: value.hash });
      return false;
    }
    // What was typed meanwhile stays, and is not saved yet.
    put({ base: { file, hash: value.hash }, text: now.current.text });
    const over = value.over === null ? '' : ` It stands over the shipped ${value.over}.`;
    setSaid({ tone: 'act', text: `Saved in ${value.file}.${over}` });
    return true;
  }

  return {
    ...{ session, edited, busy, said, refusal, overlap },
    write: (text: string) => put({ base: now.current.base, text }),
    save,
    /** What was edited goes; the file's text comes back. */
    throwAway() {
      const { base } = now.current;
      dropEdit(storage, name);
      replace({ base, text: base === null ? '' : toEditor(base.file) });
      setSaid(null);
    },
    /** The left text, as an edit of the file as it is now. */
    keepMine() {
      if (overlap === null) return;
      put({ base: { file: overlap.file, hash: overlap.hash }, text: now.current.text });
      setOverlap(null);
      setSaid({ tone: 'soon', text: 'Saving writes this text over the file as it is now.' });
    },
    takeTheirs() {
      if (overlap === null) return;
      put({ base: { file: overlap.file, hash: overlap.hash }, text: overlap.text });
      setOverlap(null);
      setSaid(null);
    },
  };
}
