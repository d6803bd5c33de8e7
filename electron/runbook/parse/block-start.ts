/** What a line of Markdown opens. `text` opens nothing: it begins a paragraph, or goes on with one. */
export type BlockStart =
  | { kind: 'heading'; depth: number; from: number; to: number }
  | { kind: 'fence'; marker: string; info: string }
  /** `until` ends it on a line; null for what ends at a blank line. */
  | { kind: 'html'; until: RegExp | null }
  /** `list` is what the next item of the same list has too; `width` that of the marker. */
  | { kind: 'item'; list: string; width: number }
  | { kind: 'quote' | 'rule' | 'indented' | 'text' };

const TEXT: BlockStart = { kind: 'text' };
/** No marker, fence or tag is looked for beyond so many characters. */
const HEAD = 2_000;

/**
 * What the line opens at its first character that is no blank, by the rules of GitHub's Markdown.
 * @param indent columns of blanks before it, counted from its container's content
 * @param inParagraph whether a paragraph is open in that container, which not everything may interrupt
 */
export function startAt(text: string, at: number, to: number, indent: number, inParagraph: boolean): BlockStart {
  if (indent >= 4) return inParagraph ? TEXT : { kind: 'indented' };
  switch (text[at]) {
    case '#':
      return headingAt(text, at, to);
    case '`':
    case '~':
      return fenceAt(text, at, to);
    case '<':
      return htmlAt(text.slice(at, Math.min(to, at + HEAD)), inParagraph);
    case '>':
      return { kind: 'quote' };
    case '*':
    case '-':
    case '_':
      return isRule(text, at, to) ? { kind: 'rule' } : itemAt(text, at, to, inParagraph);
    default:
      return itemAt(text, at, to, inParagraph);
  }
}

/** The depth of the heading that a line of `===` or `---` makes of the paragraph above it; null for another line. */
export function isSetext(text: string, at: number, to: number): 1 | 2 | null {
  const char = text[at];
  if (char !== '=' && char !== '-') return null;
  let end = at;
  while (end < to && text[end] === char) end += 1;
  while (end < to && isBlank(text.charCodeAt(end))) end += 1;
  return end < to ? null : char === '=' ? 1 : 2;
}

function headingAt(text: string, at: number, to: number): BlockStart {
  let from = at;
  while (from < to && text[from] === '#') from += 1;
  const depth = from - at;
  if (depth > 6 || (from < to && !isBlank(text.charCodeAt(from)))) return TEXT;
  let end = to;
  while (from < end && isBlank(text.charCodeAt(from))) from += 1;
  while (end > from && isBlank(text.charCodeAt(end - 1))) end -= 1;
  let marks = end;
  while (marks > from && text[marks - 1] === '#') marks -= 1;
  if (marks < end && (marks === from || isBlank(text.charCodeAt(marks - 1)))) end = marks;
  while (end > from && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return { kind: 'heading', depth, from, to: end };
}

function fenceAt(text: string, at: number, to: number): BlockStart {
  const char = text[at] ?? '';
  let end = at;
  while (end < to && text[end] === char) end += 1;
  if (end - at < 3) return TEXT;
  const info = text.slice(end, to);
  if (char === '`' && info.includes('`')) return TEXT;
  return { kind: 'fence', marker: text.slice(at, end), info };
}

function isRule(text: string, at: number, to: number): boolean {
  const char = text[at];
  let count = 0;
  for (let index = at; index < to; index += 1) {
    if (text[index] === char) count += 1;
    else if (!isBlank(text.charCodeAt(index))) return false;
  }
  return count >= 3;
}

function itemAt(text: string, at: number, to: number, inParagraph: boolean): BlockStart {
  const bullet = text[at] ?? '';
  let end = at + 1;
  let list = bullet;
  if (bullet !== '-' && bullet !== '*' && bullet !== '+') {
    end = at;
    while (end < to && end - at < 10 && isDigit(text.charCodeAt(end))) end += 1;
    const mark = text[end] ?? '';
    if (end === at || end - at > 9 || end >= to || (mark !== '.' && mark !== ')')) return TEXT;
    // A paragraph is interrupted by the first of a list only: "in\n1986. It was" is none.
    if (inParagraph && Number(text.slice(at, end)) !== 1) return TEXT;
    list = mark;
    end += 1;
  }
  if (end < to && !isBlank(text.charCodeAt(end))) return TEXT;
  if (inParagraph && isEmpty(text, end, to)) return TEXT;
  return { kind: 'item', list, width: end - at };
}

function isEmpty(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (!isBlank(text.charCodeAt(at))) return false;
  return true;
}

const RAW_TAG = /^<(?:script|pre|style|textarea)(?:[\s>]|$)/i;
const BLOCK_TAG =
  /^<\/?(?:address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul)(?:\s|\/?>|$)/i;
const WHOLE_TAG = /^<(?:\/[a-z][a-z0-9-]*\s*|[a-z][a-z0-9-]*(?:\s[^<>]*)?\/?)>\s*$/i;

/** By the seven kinds of HTML block of CommonMark. */
function htmlAt(head: string, inParagraph: boolean): BlockStart {
  if (RAW_TAG.test(head)) return { kind: 'html', until: /<\/(?:script|pre|style|textarea)>/i };
  if (head.startsWith('<!--')) return { kind: 'html', until: /-->/ };
  if (head.startsWith('<?')) return { kind: 'html', until: /\?>/ };
  if (head.startsWith('<![CDATA[')) return { kind: 'html', until: /\]\]>/ };
  if (/^<![a-z]/i.test(head)) return { kind: 'html', until: />/ };
  if (BLOCK_TAG.test(head)) return { kind: 'html', until: null };
  return !inParagraph && WHOLE_TAG.test(head) ? { kind: 'html', until: null } : TEXT;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
