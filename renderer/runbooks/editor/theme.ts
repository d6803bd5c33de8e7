import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** The editor in the console's own colours and type: tokens reach it as they reach everything, so it follows the theme. */
const FRAME = EditorView.theme({
  '&': { height: '100%', color: 'var(--ink)', backgroundColor: 'var(--surface)', fontSize: 'var(--t-m)' },
  '&.cm-focused': { outline: '2px solid var(--act)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', fontVariantLigatures: 'none', lineHeight: '1.6', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--act)', paddingBlock: 'var(--s3)' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--act)', borderLeftWidth: '2px' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, .cm-content ::selection':
    { backgroundColor: 'var(--act-wash)' },
  '.cm-gutters': {
    backgroundColor: 'var(--surface)',
    color: 'var(--ink-3)',
    borderRight: '1px solid var(--line-soft)',
  },
  '.cm-activeLine': { backgroundColor: 'color-mix(in oklab, var(--raised) 60%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--raised)', color: 'var(--ink-2)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--act-wash)', color: 'inherit' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--now)',
    textUnderlineOffset: '3px',
  },
  '.cm-lintRange-warning': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--soon)',
    textUnderlineOffset: '3px',
  },
  '.cm-lint-marker': { width: '0.9em', height: '0.9em' },
  '.cm-lint-marker-error': { content: 'none', background: 'var(--now)', borderRadius: '2px' },
  '.cm-lint-marker-warning': {
    content: 'none',
    background: 'var(--soon)',
    clipPath: 'polygon(50% 0, 100% 100%, 0 100%)',
  },
  '.cm-diagnostic': { padding: 'var(--s2) var(--s3)', borderLeft: '3px solid var(--line)', whiteSpace: 'normal' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--now)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--soon)' },
  '.cm-diagnosticAction': {
    marginInlineStart: 'var(--s3)',
    padding: '2px var(--s2)',
    borderRadius: 'var(--r1)',
    backgroundColor: 'var(--act)',
    color: 'var(--act-ink)',
    font: 'inherit',
  },
  '.cm-tooltip': {
    color: 'var(--ink)',
    backgroundColor: 'var(--raised)',
    border: '1px solid var(--line)',
    borderRadius: 'var(--r1)',
    fontFamily: 'var(--font)',
    maxWidth: '34rem',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '16em' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--act-wash)', color: 'var(--ink)' },
  '.cm-completionDetail': { fontFamily: 'var(--font)', fontStyle: 'normal', color: 'var(--ink-2)' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600' },
  '.cm-snippetField': { backgroundColor: 'var(--act-wash)' },
  '.cm-panels': { color: 'var(--ink)', backgroundColor: 'var(--raised)', fontFamily: 'var(--font)' },
  '.cm-panels.cm-panels-bottom': { borderTop: '1px solid var(--line)' },
  '.cm-textfield': { color: 'var(--ink)', backgroundColor: 'var(--ground)', border: '1px solid var(--line)' },
  '.cm-button': {
    color: 'var(--ink)',
    backgroundImage: 'none',
    backgroundColor: 'var(--surface)',
    border: '1px solid var(--line)',
    borderRadius: 'var(--r1)',
  },
  '.cm-searchMatch': { backgroundColor: 'var(--soon-wash)' },
  '.cm-searchMatch-selected': { outline: '1px solid var(--soon)' },
  '.cm-changedLine, &.cm-merge-b .cm-changedLine': { backgroundColor: 'var(--met-wash)' },
  '&.cm-merge-a .cm-changedLine, .cm-deletedChunk': { backgroundColor: 'var(--now-wash)' },
  '&.cm-merge-b .cm-changedText, .cm-insertedLine .cm-changedText': {
    background: 'none',
    borderBottom: '2px solid var(--met)',
  },
  '&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText': {
    background: 'none',
    borderBottom: '2px solid var(--now)',
  },
  '.cm-deletedChunk del, .cm-deletedChunk .cm-deletedLine': { textDecoration: 'none' },
  '.cm-collapsedLines': {
    color: 'var(--ink-2)',
    background: 'var(--raised)',
    fontFamily: 'var(--font)',
    '&::before, &::after': { content: 'none' },
  },
  // Directives.
  '.nd-verb, .nd-verb span': { color: 'var(--act)', fontWeight: '600' },
  '.nd-key, .nd-key span': { color: 'var(--ink-2)' },
  '.nd-word, .nd-word span': { color: 'var(--soon)' },
  '.nd-value, .nd-value span': { color: 'var(--met)' },
  '.nd-child, .nd-child span': { color: 'var(--ink-2)', fontWeight: '600' },
});

const WORDS = HighlightStyle.define([
  { tag: tags.heading, fontWeight: '600', color: 'var(--ink)' },
  { tag: tags.strong, fontWeight: '600' },
  { tag: tags.emphasis, fontStyle: 'italic' },
  { tag: tags.link, color: 'var(--act)' },
  { tag: tags.url, color: 'var(--ink-3)' },
  { tag: tags.monospace, color: 'var(--ink-2)' },
  { tag: tags.quote, color: 'var(--ink-2)' },
  { tag: [tags.processingInstruction, tags.meta, tags.contentSeparator], color: 'var(--ink-3)' },
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--act)' },
  { tag: [tags.string, tags.number, tags.bool, tags.atom], color: 'var(--met)' },
  { tag: tags.comment, color: 'var(--ink-3)' },
]);

export const THEME = [FRAME, syntaxHighlighting(WORDS)];
