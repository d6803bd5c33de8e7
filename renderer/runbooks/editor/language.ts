import { markdown, markdownLanguage } from '@codemirror/lang-markdown';
import { yamlFrontmatter } from '@codemirror/lang-yaml';
import { syntaxTree } from '@codemirror/language';
import type { Range } from '@codemirror/state';
import { Decoration, type DecorationSet, type EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view';
import { verbSchema } from '#contract/runbook.ts';
import { FLAGS, MEASURES, MODIFIERS } from '#contract/runbook-grammar.ts';

/** Markdown with front matter, and the directives in it. */
export const LANGUAGE = [
  yamlFrontmatter({ content: markdown({ base: markdownLanguage, completeHTMLTags: false }) }),
  ViewPlugin.fromClass(
    class {
      decorations: DecorationSet;
      constructor(view: EditorView) {
        this.decorations = markDirectives(view);
      }
      update(update: ViewUpdate): void {
        if (update.docChanged || update.viewportChanged || syntaxTree(update.startState) !== syntaxTree(update.state)) {
          this.decorations = markDirectives(update.view);
        }
      }
    },
    { decorations: (plugin) => plugin.decorations },
  ),
];

const MARKS = {
  verb: Decoration.mark({ class: 'nd-verb' }),
  key: Decoration.mark({ class: 'nd-key' }),
  word: Decoration.mark({ class: 'nd-word' }),
  value: Decoration.mark({ class: 'nd-value' }),
  child: Decoration.mark({ class: 'nd-child' }),
};

const CHILD = /^\s*[-*+]\s+(verify|undo|else|note):/;
const MODIFYING: ReadonlySet<string> = new Set([...MODIFIERS, ...FLAGS, 'for', 'within', 'every']);
const MEASURED: ReadonlySet<string> = new Set(Object.keys(MEASURES));
const TOKEN = /\$\{[^}`\s]*\}|[a-z_]+(?==)|[a-z_]+/g;

/** What is on screen of directives: their verbs, keys, modifiers and values. */
function markDirectives(view: EditorView): DecorationSet {
  const marks: Range<Decoration>[] = [];
  for (const { from, to } of view.visibleRanges) {
    syntaxTree(view.state).iterate({
      from,
      to,
      enter(node) {
        if (node.name !== 'InlineCode') return;
        const line = view.state.doc.lineAt(node.from);
        const code = view.state.sliceDoc(node.from, node.to);
        const child = CHILD.exec(line.text)?.[1];
        marks.push(...marksOf(code, node.from, child === 'verify'));
      },
    });
    for (let at = from; at <= to; ) {
      const line = view.state.doc.lineAt(at);
      const child = CHILD.exec(line.text);
      const key = child?.[1];
      if (child !== null && key !== undefined) {
        const end = line.from + child[0].length;
        marks.push(MARKS.child.range(end - key.length - 1, end));
      }
      at = line.to + 1;
    }
  }
  return Decoration.set(marks, true);
}

/** @param code with its ticks */
function marksOf(code: string, at: number, isCheck: boolean): Range<Decoration>[] {
  const first = /^`+\s*([a-z_]+)/.exec(code)?.[1] ?? '';
  if (!isCheck && !verbSchema.safeParse(first).success) return [];
  let begun = false;
  return [...code.matchAll(TOKEN)].flatMap((match) => {
    const [token] = match;
    const mark = markOf(token, begun, code[match.index + token.length] === '=');
    begun = true;
    return mark === null ? [] : [mark.range(at + match.index, at + match.index + token.length)];
  });
}

function markOf(token: string, begun: boolean, isKey: boolean): Decoration | null {
  if (token.startsWith('$')) return MARKS.value;
  if (!begun || MEASURED.has(token)) return MARKS.verb;
  if (MODIFYING.has(token)) return MARKS.word;
  return isKey ? MARKS.key : null;
}
