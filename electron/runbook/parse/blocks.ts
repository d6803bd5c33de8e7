import { type BlockStart, isSetext, startAt } from './block-start.ts';
import type { Piece } from './inline.ts';

/** Where a piece of a file stands: [from, to) in UTF-16 units of the text as it is on disk, and its first line. */
export type Place = { from: number; to: number; line: number };
type Indented = Place & { indent: number };

/** A block of a Markdown text. `indent` is the column it begins at: what is cut of its lines for reading. */
export type Block = Indented &
  (
    | { kind: 'heading'; depth: number; pieces: Piece[] }
    | { kind: 'list'; items: Item[] }
    | { kind: 'code'; fenced: boolean; language: string; text: string }
    | { kind: 'paragraph'; pieces: Piece[] }
    | { kind: 'other' }
  );

/** One list item: its first paragraph, and the blocks under it. */
export type Item = Place & {
  /** The column of its marker. */
  indent: number;
  /** Offset of the `[` of its box; null for an item without one. */
  box: number | null;
  checked: boolean;
  /** Its first paragraph without the box; null when it begins with something else. */
  pieces: Piece[] | null;
  children: Block[];
};

/** Lists in lists deeper than this are read as text: no person nests so deep. */
const DEEPEST = 40;

type Leaf =
  | { kind: 'paragraph'; place: Indented; pieces: Piece[] }
  | { kind: 'fence'; place: Indented; marker: string; indent: number; info: string; lines: Piece[] }
  | { kind: 'indented'; place: Indented; lines: Piece[] }
  | { kind: 'html'; place: Indented; until: RegExp | null }
  | { kind: 'quote'; place: Indented };

type Container = {
  indent: number;
  blocks: Block[];
  leaf: Leaf | null;
  /** The list that a next item goes on with. */
  list: { kind: string; block: Extract<Block, { kind: 'list' }> } | null;
  /** The item this container is; null for the document. */
  item: Item | null;
};

/**
 * Reads Markdown into blocks with their places, in one pass over its lines: each line is matched against the open list
 * items by its indent alone, so no text takes longer than its length. Quotes, tables and HTML stay whole.
 * @param text with line ends of one `\n`; see `oneLineEnd`, which keeps every offset
 * @param from where the Markdown begins, after front matter
 * @param line the number of the line that begins there
 */
export function readBlocks(text: string, from: number, line: number): Block[] {
  const reader = openReader(text);
  let at = from;
  for (let number = line; at < text.length; number += 1) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    reader.read(at, end, number);
    at = end + 1;
  }
  return reader.close();
}

function openReader(text: string): { read(from: number, to: number, line: number): void; close(): Block[] } {
  const stack: Container[] = [{ indent: 0, blocks: [], leaf: null, list: null, item: null }];
  /** End of the last line that was not blank. */
  let lastEnd = 0;
  const top = (): Container => stack.at(-1) as Container;

  function add(container: Container, block: Block): void {
    container.list = null;
    container.blocks.push(block);
  }

  function closeLeaf(container: Container): void {
    const { leaf } = container;
    container.leaf = null;
    if (leaf === null) return;
    const { place } = leaf;
    switch (leaf.kind) {
      case 'paragraph':
        closeParagraph(container, leaf, place);
        return;
      case 'fence':
      case 'indented': {
        const fenced = leaf.kind === 'fence';
        const body = leaf.lines.map(({ from, to }) => text.slice(from, to).trimEnd()).join('\n');
        const language = fenced ? (leaf.info.trim().split(/\s/, 1)[0] ?? '').slice(0, 40) : '';
        add(container, { ...place, kind: 'code', fenced, language, text: body.replace(/\n+$/, '') });
        return;
      }
      case 'html':
      case 'quote':
        add(container, { ...place, kind: 'other' });
    }
  }

  function closeParagraph(container: Container, leaf: Extract<Leaf, { kind: 'paragraph' }>, place: Indented): void {
    const { item } = container;
    if (item !== null && item.pieces === null && container.blocks.length === 0) item.pieces = leaf.pieces;
    else add(container, { ...place, kind: 'paragraph', pieces: leaf.pieces });
  }

  function popTo(size: number): void {
    while (stack.length > size) {
      const container = top();
      closeLeaf(container);
      stack.pop();
      const { item } = container;
      if (item === null) continue;
      item.children = container.blocks;
      item.to = Math.max(item.to, lastEnd);
      const list = top().list;
      if (list !== null) list.block.to = item.to;
    }
  }

  function readBlank(): void {
    const container = top();
    const { leaf } = container;
    if (leaf?.kind === 'fence' || leaf?.kind === 'indented') {
      leaf.lines.push({ from: 0, to: 0 });
      return;
    }
    if (leaf?.kind === 'html' && leaf.until !== null) return;
    closeLeaf(container);
    const { item } = container;
    // An item that begins with a blank line ends at a second one.
    if (item !== null && item.pieces === null && item.box === null && container.blocks.length === 0)
      popTo(stack.length - 1);
  }

  /** @returns whether the line belonged to the fence or HTML that is open */
  function goesOn(leaf: Leaf | null, at: number, indent: number, line: Piece): boolean {
    if (leaf?.kind === 'fence') {
      const rest = text.slice(at, line.to).trimEnd();
      if (indent < 4 && rest.length >= leaf.marker.length && isRunOf(rest, leaf.marker[0] ?? '')) {
        leaf.place.to = line.to;
        closeLeaf(top());
      } else {
        leaf.lines.push({ from: Math.max(line.from, at - Math.max(0, indent - leaf.indent)), to: line.to });
        leaf.place.to = line.to;
      }
      return true;
    }
    if (leaf?.kind !== 'html') return false;
    leaf.place.to = line.to;
    if (leaf.until?.test(text.slice(at, line.to)) === true) closeLeaf(top());
    return true;
  }

  function read(from: number, to: number, line: number): void {
    const start = indentAt(text, from, to, 0);
    if (start.at >= to) {
      readBlank();
      return;
    }
    let keep = stack.length;
    while (keep > 1 && (stack[keep - 1]?.indent ?? 0) > start.column) keep -= 1;
    const container = stack[keep - 1] as Container;
    const indent = start.column - container.indent;
    if (keep === stack.length && goesOn(container.leaf, start.at, indent, { from, to })) {
      lastEnd = to;
      return;
    }
    const lazy = keep < stack.length && top().leaf;
    if (lazy && goesOnLazily(lazy, startAt(text, start.at, to, indent, false), { from: start.at, to })) {
      lastEnd = to;
      return;
    }
    popTo(keep);
    readFrom(from, start, to, line);
    lastEnd = to;
  }

  /** Reads what begins at a place of a line: markers of items first, then one leaf. */
  function readFrom(lineFrom: number, start: { at: number; column: number }, to: number, line: number): void {
    let { at, column } = start;
    for (;;) {
      const container = top();
      const indent = column - container.indent;
      const { leaf } = container;
      const place = { from: at, to, line, indent: column };
      if (leaf?.kind === 'indented' && indent >= 4) {
        leaf.lines.push({ from: Math.max(lineFrom, at - (indent - 4)), to });
        leaf.place.to = to;
        return;
      }
      if (leaf?.kind === 'paragraph' && indent < 4) {
        const depth = isSetext(text, at, to);
        if (depth !== null) {
          container.leaf = null;
          add(container, { ...leaf.place, to, kind: 'heading', depth, pieces: leaf.pieces });
          return;
        }
      }
      const found = startAt(text, at, to, indent, leaf?.kind === 'paragraph');
      if (leaf !== null && goesOnLazily(leaf, found, { from: at, to })) return;
      if (leaf?.kind === 'quote' && found.kind === 'quote') {
        leaf.place.to = to;
        return;
      }
      closeLeaf(container);
      if (found.kind !== 'item' || stack.length > DEEPEST) {
        openLeaf(container, found, place, indent, lineFrom);
        return;
      }
      const next = openItem(container, found, place, column);
      if (next.at >= to) return;
      ({ at, column } = next);
    }
  }

  function openLeaf(container: Container, found: BlockStart, place: Indented, indent: number, lineFrom: number): void {
    switch (found.kind) {
      case 'heading': {
        const pieces = [{ from: found.from, to: found.to }];
        add(container, { ...place, kind: 'heading', depth: found.depth, pieces });
        return;
      }
      case 'fence':
        container.leaf = { kind: 'fence', place, marker: found.marker, indent, info: found.info, lines: [] };
        return;
      case 'html':
        container.leaf = { kind: 'html', place, until: found.until };
        if (found.until?.test(text.slice(place.from + 2, place.to)) === true) closeLeaf(container);
        return;
      case 'quote':
        container.leaf = { kind: 'quote', place };
        return;
      case 'rule':
        add(container, { ...place, kind: 'other' });
        return;
      case 'indented':
        // Its four blanks belong to it: without them it would be read as text.
        container.leaf = {
          kind: 'indented',
          place: { ...place, from: Math.max(lineFrom, place.from - indent), indent: container.indent },
          lines: [{ from: Math.max(lineFrom, place.from - (indent - 4)), to: place.to }],
        };
        return;
      case 'item':
      case 'text':
        container.leaf = { kind: 'paragraph', place, pieces: [{ from: place.from, to: place.to }] };
    }
  }

  /** @returns where the item's content begins */
  function openItem(
    container: Container,
    found: Extract<BlockStart, { kind: 'item' }>,
    place: Indented,
    column: number,
  ): { at: number; column: number } {
    const after = indentAt(text, place.from + found.width, place.to, column + found.width);
    const space = after.column - column - found.width;
    const empty = after.at >= place.to;
    const wide = empty || space > 4;
    const indent = wide ? column + found.width + 1 : after.column;
    const item: Item = { ...place, box: null, checked: false, pieces: null, children: [] };
    if (container.list?.kind === found.list) container.list.block.items.push(item);
    else {
      const block = { ...place, kind: 'list' as const, items: [item] };
      add(container, block);
      container.list = { kind: found.list, block };
    }
    stack.push({ indent, blocks: [], leaf: null, list: null, item });
    if (wide) return { at: empty ? place.to : after.at, column: after.column };
    const box = BOX.exec(text.slice(after.at, Math.min(after.at + 4, place.to)));
    if (box === null) return after;
    item.box = after.at;
    item.checked = box[1] !== ' ';
    // What stands after a box begins the item, however far right that is.
    return { at: indentAt(text, after.at + 3, place.to, 0).at, column: indent };
  }

  return {
    read,
    close: () => {
      popTo(1);
      const document = top();
      closeLeaf(document);
      return document.blocks;
    },
  };
}

const BOX = /^\[([ xX])\](?:[ \t]|$)/;

/** Whether a line that opens nothing goes on with the paragraph, or the quote, that is open. */
function goesOnLazily(leaf: Leaf, found: BlockStart, piece: Piece): boolean {
  if (found.kind !== 'text') return false;
  if (leaf.kind === 'paragraph') leaf.pieces.push(piece);
  else if (leaf.kind !== 'quote') return false;
  leaf.place.to = piece.to;
  return true;
}

function isRunOf(text: string, char: string): boolean {
  for (const one of text) if (one !== char) return false;
  return true;
}

/** Runs over the blanks of a line. @returns where they end, and the column there, tabs counted to the next fourth */
function indentAt(text: string, from: number, to: number, column: number): { at: number; column: number } {
  let at = from;
  let reached = column;
  for (; at < to; at += 1) {
    const char = text.charCodeAt(at);
    if (char === 32) reached += 1;
    else if (char === 9) reached += 4 - (reached % 4);
    else break;
  }
  return { at, column: reached };
}
