import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  completionKeymap,
  snippet,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, indentUnit } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorSelection, EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import type { Finding } from '#contract/runbook-lint.ts';
import { type Suggestion, type Surroundings, suggestionsAt } from './complete.ts';
import { LANGUAGE } from './language.ts';
import { THEME } from './theme.ts';

/** What the text asks of the view around it. */
export type TextKeys = { onSave(): void; onTry(): void };

/** The text with everything that helps to write it. Tab goes on to what stands after it, as in every other field. */
export function setUp(around: () => Surroundings, keys: () => TextKeys): Extension {
  return [
    lineNumbers(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    history(),
    drawSelection(),
    indentUnit.of('  '),
    bracketMatching(),
    closeBrackets(),
    highlightSelectionMatches(),
    EditorState.allowMultipleSelections.of(true),
    EditorView.lineWrapping,
    lintGutter(),
    autocompletion({ override: [(context) => complete(context, around())], icons: false }),
    keymap.of([
      { key: 'Mod-s', preventDefault: true, run: told(() => keys().onSave()) },
      { key: 'Mod-Enter', run: told(() => keys().onTry()) },
      { key: 'Mod-.', run: fixHere },
      ...completionKeymap,
      ...lintKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...defaultKeymap,
    ]),
    EditorView.contentAttributes.of({ 'aria-label': 'Text of the runbook', tabindex: '0' }),
    ...readable(),
  ];
}

/** How every text of a runbook looks, edited or read. */
export function readable(): Extension[] {
  return [LANGUAGE, THEME];
}

function told(call: () => void): () => boolean {
  return () => {
    call();
    return true;
  };
}

function complete(context: CompletionContext, around: Surroundings): CompletionResult | null {
  const found = suggestionsAt(context.state.doc.toString(), context.pos, around);
  if (found === null) return null;
  // Whole steps come when they are asked for, or begun.
  if (!context.explicit && context.pos === found.from) return null;
  const typed = context.state.sliceDoc(found.from, context.pos);
  return {
    from: found.options[0]?.kind === 'step' ? context.pos - (/[a-z]*$/.exec(typed)?.[0].length ?? 0) : found.from,
    options: found.options.map((one, index) => completionOf(one, found.from, index)),
  };
}

/** @param rank its place: what is needed stands first, not what begins with an a */
function completionOf(suggestion: Suggestion, from: number, rank: number): Completion {
  const { label, says, insert, kind } = suggestion;
  const base = { label, detail: says, boost: Math.max(0, 99 - rank) };
  if (insert === undefined) return base;
  if (!insert.includes('#{')) return { ...base, apply: insert };
  const fillIn = snippet(insert);
  // A step takes the place of its whole line: of the bullet and box that were typed, too.
  return { ...base, apply: (view, completion, at, to) => fillIn(view, completion, kind === 'step' ? from : at, to) };
}

/** What the lint found, under the text and in the gutter. */
export function showFindings(view: EditorView, findings: readonly Finding[]): void {
  const { length } = view.state.doc;
  const diagnostics = findings.map((finding): Diagnostic => {
    const from = Math.min(finding.range.from, length);
    const { edit } = finding;
    return {
      from,
      to: Math.max(from, Math.min(finding.range.to, length)),
      severity: finding.severity,
      source: finding.rule,
      message: finding.fix === null ? finding.message : `${finding.message} ${finding.fix}`,
      actions: edit === null ? [] : [{ name: 'Fix', apply: (target) => applyFinding(target, finding) }],
    };
  });
  view.dispatch(setDiagnostics(view.state, diagnostics));
  shown.set(view, findings);
}

/** What was shown last, for the key that fixes. */
const shown = new WeakMap<EditorView, readonly Finding[]>();

/** Mends what a finding is about. */
export function applyFinding(view: EditorView, { edit }: Finding): void {
  if (edit === null || edit.range.to > view.state.doc.length) return;
  view.dispatch({
    changes: { from: edit.range.from, to: edit.range.to, insert: edit.text },
    selection: EditorSelection.cursor(edit.range.from + edit.text.length),
    scrollIntoView: true,
    userEvent: 'input.fix',
  });
}

/** Mends the first thing that can be mended on the line of the cursor. */
function fixHere(view: EditorView): boolean {
  const line = view.state.doc.lineAt(view.state.selection.main.head);
  const here = shown
    .get(view)
    ?.find(({ edit, range }) => edit !== null && range.from <= line.to && range.to >= line.from);
  if (here === undefined) return false;
  shown.set(view, []);
  applyFinding(view, here);
  return true;
}
