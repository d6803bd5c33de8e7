/** The inline Markdown of a paragraph, with what a runbook reads of it. */
export type Inline = {
  /** As written, on one line each, joined by `\n`. */
  text: string;
  codes: Code[];
  /** The first link. */
  link: { text: string; href: string } | null;
  /** Where an offset of `text` stands in the file. */
  source(at: number): number;
};

/** Inline code; `from` and `to` are offsets in the paragraph's text, ticks and all. */
export type Code = {
  text: string;
  from: number;
  to: number;
  /** Offset in the paragraph's text of the first character of `text`. */
  textAt: number;
  /** Nothing follows it. */
  last: boolean;
};

/** A piece of a line: [from, to) in the file. */
export type Piece = { from: number; to: number };

/** Reads a paragraph. Linear: each tick and bracket is looked at a fixed number of times. */
export function readInline(file: string, pieces: Piece[]): Inline {
  let read: { text: string; starts: number[] } | null = null;
  let scanned: Scanned | null = null;
  const reading = (): { text: string; starts: number[] } => {
    read ??= joinLines(pieces.map(({ from, to }) => file.slice(from, to).trimEnd()));
    return read;
  };
  const scan = (): Scanned => {
    scanned ??= scanInline(reading().text);
    return scanned;
  };
  return {
    get text() {
      return reading().text;
    },
    get codes() {
      return scan().codes;
    },
    get link() {
      return scan().link;
    },
    source: (at) => sourceOf(at, reading().starts, pieces),
  };
}

/** The file's offset of a place in the joined lines; `starts` are where each line begins in them. */
function sourceOf(at: number, starts: number[], pieces: Piece[]): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return (pieces[low]?.from ?? 0) + at - (starts[low] ?? 0);
}

function joinLines(lines: string[]): { text: string; starts: number[] } {
  let at = 0;
  const starts = lines.map((line) => {
    const start = at;
    at += line.length + 1;
    return start;
  });
  return { text: lines.join('\n'), starts };
}

type Scanned = { codes: Code[]; link: Inline['link'] };

/** Tags, comments and addresses in angle brackets: what stands in them is no Markdown. */
const TAG = /<(?:[a-zA-Z/!?][^<>]{0,1000})>/y;
const LONGEST_ADDRESS = 2_000;

function scanInline(text: string): Scanned {
  const closers = tickRuns(text);
  const codes: Code[] = [];
  const brackets: number[] = [];
  let link: (Inline['link'] & { at: number }) | null = null;
  const end = text.trimEnd().length;
  let at = 0;
  while (at < text.length) {
    switch (text[at]) {
      case '\\':
        at += 2;
        break;
      case '`': {
        const code = codeAt(text, at, closers);
        if (code.to > 0) {
          const last = code.to >= end;
          codes.push({ ...code, last });
        }
        at = code.to > 0 ? code.to : code.after;
        break;
      }
      case '<':
        TAG.lastIndex = at;
        at = TAG.test(text) ? TAG.lastIndex : at + 1;
        break;
      case '[':
        brackets.push(at);
        at += 1;
        break;
      case ']': {
        const open = brackets.pop();
        const address = open === undefined || text[open - 1] === '!' ? null : addressAt(text, at + 1);
        if (open !== undefined && address !== null && (link === null || open < link.at)) {
          link = { at: open, text: plain(text.slice(open + 1, at)), href: address };
        }
        at += 1;
        break;
      }
      default:
        at += 1;
    }
  }
  return { codes, link: link === null ? null : { text: link.text, href: link.href } };
}

/** Where runs of so many ticks begin, in order, and the next one that was not passed yet. */
type Runs = Map<number, { at: number[]; next: number }>;

function tickRuns(text: string): Runs {
  const runs: Runs = new Map();
  for (let at = text.indexOf('`'); at >= 0; ) {
    let end = at;
    while (text[end] === '`') end += 1;
    const run = runs.get(end - at);
    if (run === undefined) runs.set(end - at, { at: [at], next: 0 });
    else run.at.push(at);
    at = text.indexOf('`', end);
  }
  return runs;
}

/** The inline code that opens here; `to` is 0 when it is never closed, and `after` is past its ticks. */
function codeAt(text: string, at: number, runs: Runs): Omit<Code, 'last'> & { after: number } {
  let after = at;
  while (text[after] === '`') after += 1;
  const run = runs.get(after - at);
  while (run !== undefined && (run.at[run.next] ?? Number.POSITIVE_INFINITY) < after) run.next += 1;
  const close = run?.at[run.next];
  if (close === undefined) return { text: '', from: at, to: 0, textAt: after, after };
  const inner = text.slice(after, close).replaceAll('\n', ' ');
  const padded = inner.startsWith(' ') && inner.endsWith(' ') && inner.trim() !== '';
  return {
    text: padded ? inner.slice(1, -1) : inner,
    from: at,
    to: close + (after - at),
    textAt: padded ? after + 1 : after,
    after,
  };
}

/** The address of `(address "title")` that begins here; null where none does. */
function addressAt(text: string, at: number): string | null {
  if (text[at] !== '(') return null;
  const match = /^\(\s*(?:<([^<>\n]*)>|([^\s()<]*(?:\([^\s()]*\)[^\s()]*)*))(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/.exec(
    text.slice(at, at + LONGEST_ADDRESS),
  );
  return match === null ? null : (match[1] ?? match[2] ?? '');
}

/** The words of inline Markdown without its marks, as they stand in a heading's anchor. */
export function plain(text: string): string {
  return text
    .replace(/!?\[([^[\]]{0,500})\]\([^()\s]{0,2000}\)/g, '$1')
    .replace(/<[a-zA-Z/!?][^<>]{0,1000}>/g, '')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(/`|\*|~~/g, '')
    .replace(/(^|[^\p{L}\p{N}_])_{1,3}(?=\S)|(?<=\S)_{1,3}(?=$|[^\p{L}\p{N}_])/gu, '$1');
}

/** @param text any Markdown on several lines */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
