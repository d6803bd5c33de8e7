import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { type RefObject, useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import type { Finding } from '#contract/runbook-lint.ts';
import type { Surroundings } from './complete.ts';
import styles from './editor.module.css';
import { applyFinding, setUp, showFindings, type TextKeys } from './setup.ts';
import { shadowOf } from './shadow.ts';

/** What the view around the text does to it. */
export type TextHandle = {
  /** Puts another text in its place; what both have stays where it is, the cursor too. It can be undone. */
  replace(text: string): void;
  goTo(offset: number): void;
  fix(finding: Finding): void;
};

type Props = TextKeys & {
  handle: RefObject<TextHandle | null>;
  /** What it begins with; later ones come by `handle`. */
  text: string;
  findings: readonly Finding[];
  /** The text that the findings are about. */
  checked: string | null;
  around: Surroundings;
  onText(text: string): void;
  onCursor(offset: number): void;
};

/** The text of a runbook, to write in. */
export function TextPane(props: Props) {
  const { handle, findings, checked } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  useLayoutEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    if (host.current === null) return;
    const root = shadowOf(host.current);
    const made = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: latest.current.text,
        extensions: [
          setUp(
            () => latest.current.around,
            () => latest.current,
          ),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onText(update.state.doc.toString());
            if (update.docChanged || update.selectionSet) latest.current.onCursor(update.state.selection.main.head);
          }),
        ],
      }),
    });
    view.current = made;
    made.focus();
    return () => {
      made.destroy();
      view.current = null;
    };
  }, []);

  useEffect(() => {
    const made = view.current;
    if (made !== null && made.state.doc.toString() === checked) showFindings(made, findings);
  }, [findings, checked]);

  useImperativeHandle(
    handle,
    () => ({
      replace(text) {
        const made = view.current;
        if (made === null) return;
        made.dispatch({ changes: changeBetween(made.state.doc.toString(), text), userEvent: 'input.replace' });
      },
      goTo(offset) {
        const made = view.current;
        if (made === null) return;
        const anchor = Math.min(offset, made.state.doc.length);
        made.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
        made.focus();
      },
      fix(finding) {
        if (view.current !== null) applyFinding(view.current, finding);
      },
    }),
    [],
  );

  return <div ref={host} className={styles.text} data-typing />;
}

/** The piece between the common beginning and the common end of two texts. */
function changeBetween(before: string, after: string): { from: number; to: number; insert: string } {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return { from: start, to: before.length - end, insert: after.slice(start, after.length - end) };
}
