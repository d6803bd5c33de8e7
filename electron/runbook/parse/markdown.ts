import { Lexer, type Token, type Tokens } from 'marked';

/** A block of a Markdown text, with the line it begins at. */
export type Block =
  | { kind: 'heading'; line: number; depth: number; text: string }
  | { kind: 'list'; line: number; items: Item[]; raw: string }
  | { kind: 'code'; line: number; text: string; raw: string }
  | { kind: 'other'; line: number; raw: string };

/** One list item: its first paragraph, and the blocks under it. */
export type Item = {
  line: number;
  /** Null for an item without a box. */
  checked: boolean | null;
  /** Inline Markdown of its first paragraph, on one line, without the box. */
  text: string;
  /** Inline code of that paragraph; `last` is true when nothing follows it. */
  codes: { text: string; raw: string; last: boolean }[];
  /** The first link of that paragraph. */
  link: { text: string; href: string } | null;
  children: Block[];
  raw: string;
};

/** Markers and indent in front of a line: what nests. Longer ones are cut, so that nesting stays shallow. */
const NESTING = /^(?:[ \t>*+-]|\d{1,9}[.)])+/;
const DEEPEST = 80;

/**
 * Reads Markdown (with \n line ends) into blocks with their lines. Never throws: what the lexer cannot take comes back
 * as one block of reading matter.
 */
export function readBlocks(text: string, firstLine: number): Block[] {
  const tame = text
    .split('\n')
    .map((line) => line.replace(NESTING, (nesting) => nesting.slice(0, DEEPEST)))
    .join('\n');
  try {
    return blocksOf(new Lexer({ gfm: true }).lex(tame), firstLine);
  } catch (error) {
    // The lexer recurses: text made to nest without end exhausts the stack. That is no runbook.
    if (error instanceof RangeError) return [{ kind: 'other', line: firstLine, raw: text }];
    throw error;
  }
}

function blocksOf(tokens: Token[], firstLine: number): Block[] {
  const blocks: Block[] = [];
  let line = firstLine;
  for (const token of tokens) {
    const block = blockOf(token, line);
    if (block !== null) blocks.push(block);
    line += newlinesIn(token.raw);
  }
  return blocks;
}

function blockOf(token: Token, line: number): Block | null {
  if (token.type === 'heading') {
    const heading = token as Tokens.Heading;
    return {
      kind: 'heading',
      line: line + leadingNewlines(token.raw),
      depth: heading.depth,
      text: plainText(heading.tokens),
    };
  }
  if (token.type === 'list') {
    const items: Item[] = [];
    let itemLine = line;
    for (const item of (token as Tokens.List).items) {
      items.push(itemOf(item, itemLine));
      itemLine += newlinesIn(item.raw);
    }
    return { kind: 'list', line, items, raw: token.raw };
  }
  if (token.type === 'space' || token.type === 'checkbox') return null;
  if (token.type === 'code') return { kind: 'code', line, text: (token as Tokens.Code).text, raw: token.raw };
  return { kind: 'other', line, raw: token.raw };
}

function itemOf(item: Tokens.ListItem, line: number): Item {
  const at = item.tokens.findIndex((token) => token.type === 'text' || token.type === 'paragraph');
  const before = item.tokens
    .slice(0, Math.max(at, 0))
    .some((token) => token.type !== 'space' && token.type !== 'checkbox');
  const first = at < 0 || before ? undefined : item.tokens[at];
  const rest = first === undefined ? item.tokens : item.tokens.slice(at + 1);
  const skipped = item.tokens.slice(0, item.tokens.length - rest.length);
  const inline = (first !== undefined && 'tokens' in first ? (first.tokens ?? []) : []).filter(
    (token) => token.type !== 'checkbox',
  );
  const link = inline.find((token) => token.type === 'link') as Tokens.Link | undefined;
  const lastIndex = inline.findLastIndex((token) => token.raw.trim() !== '');
  return {
    line,
    checked: item.task ? item.checked === true : null,
    text: oneLine(inline.map((token) => token.raw).join('')),
    codes: inline.flatMap((token, index) =>
      token.type === 'codespan'
        ? [{ text: (token as Tokens.Codespan).text, raw: token.raw, last: index === lastIndex }]
        : [],
    ),
    link: link === undefined ? null : { text: plainText(link.tokens), href: link.href },
    raw: item.raw.trimEnd(),
    children: blocksOf(rest, line + newlinesIn(skipped.map((token) => token.raw).join(''))),
  };
}

/** The words of inline Markdown, without its marks. */
function plainText(tokens: Token[]): string {
  return tokens
    .map((token) => {
      if ('tokens' in token && Array.isArray(token.tokens)) return plainText(token.tokens);
      return 'text' in token && typeof token.text === 'string' ? token.text : token.raw;
    })
    .join('');
}

/** @param text any Markdown on several lines */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function newlinesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

function leadingNewlines(text: string): number {
  return newlinesIn(/^\s*/.exec(text)?.[0] ?? '');
}
