import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import styles from './editor.module.css';
import { readable } from './setup.ts';
import { shadowOf } from './shadow.ts';

type SidesProps = {
  mine: string;
  theirs: string;
  /** What the left side holds by now. */
  onMine(text: string): void;
};

/** Two texts side by side. The left one can be written in, and takes from the right what its arrows bring over. */
export function Sides({ mine, theirs, onMine }: SidesProps) {
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef({ mine, onMine });
  latest.current.onMine = onMine;

  useEffect(() => {
    if (host.current === null) return;
    const root = shadowOf(host.current);
    const common = [...readable(), EditorView.lineWrapping];
    const view = new MergeView({
      parent: root,
      root,
      a: {
        doc: latest.current.mine,
        extensions: [
          common,
          EditorView.contentAttributes.of({ 'aria-label': 'Your text', tabindex: '0' }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onMine(update.state.doc.toString());
          }),
        ],
      },
      b: {
        doc: theirs,
        extensions: [
          common,
          EditorState.readOnly.of(true),
          EditorView.contentAttributes.of({ 'aria-label': 'The file as it is now', tabindex: '0' }),
        ],
      },
      revertControls: 'b-to-a',
      renderRevertControl: takeButton,
      collapseUnchanged: { margin: 3 },
    });
    root.adoptedStyleSheets.push(arrowSheet());
    // The page's policy forbids styles in markup; script may set them.
    view.dom.style.height = '100%';
    view.dom.style.overflow = 'auto';
    return () => view.destroy();
  }, [theirs]);

  return <div ref={host} className={styles.diff} data-typing />;
}

/** The arrows between the sides, large enough to be hit. */
function arrowSheet(): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    .cm-merge-revert { width: var(--s6); }
    .cm-merge-revert button {
      width: var(--s5);
      height: var(--s5);
      color: var(--act-ink);
      background: var(--act);
      border-radius: var(--r1);
    }
  `);
  return sheet;
}

function takeButton(): HTMLElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = '←';
  button.title = 'Take this from the file';
  button.setAttribute('aria-label', 'Take this from the file');
  return button;
}

/** What became of one text in another, to read. */
export function Difference({ before, after, label }: { before: string; after: string; label: string }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (host.current === null) return;
    const root = shadowOf(host.current);
    const view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: after,
        extensions: [
          ...readable(),
          EditorView.lineWrapping,
          EditorState.readOnly.of(true),
          EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
          unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged: { margin: 3 } }),
        ],
      }),
    });
    return () => view.destroy();
  }, [before, after, label]);
  return <div ref={host} className={styles.diff} data-typing />;
}
