import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { runbookInputSchema } from '#contract/runbook.ts';
import type { TextEdit } from '#contract/runbook-lint.ts';
import { nearest } from './grammar.ts';
import { insertAt, type Report } from './text.ts';

const inputSchema = z.strictObject({
  from: z.string().optional(),
  type: runbookInputSchema.shape.type.default('text'),
  required: z.boolean().default(false),
  default: z.union([z.string(), z.number(), z.boolean()]).transform(String).optional(),
});

/** What stands above a runbook. An unknown key is a warning: other tools keep theirs there too. */
const keysSchema = z.object({
  runbook: z.literal(1).optional(),
  title: z.string().optional(),
  failure: z.string().optional(),
  match: z
    .strictObject({ alert: z.union([z.string().transform((one) => [one]), z.array(z.string()).min(1)]) })
    .optional(),
  inputs: z
    .record(z.string().regex(/^[a-z][a-z0-9_]*$/, 'an input is named in lower-case letters'), inputSchema)
    .default({}),
  owner: z.string().optional(),
  reviewed: z.union([z.string(), z.date().transform((date) => date.toISOString().slice(0, 10))]).optional(),
});

type Keys = z.infer<typeof keysSchema>;

export type FrontMatter = {
  keys: Keys;
  /** Where the Markdown after it begins: an offset of the text, and its line. */
  bodyFrom: number;
  bodyLine: number;
  problems: Report[];
};

const NONE: Keys = { inputs: {} };
const KNOWN_KEYS = Object.keys(keysSchema.shape);
/** Front matter longer than this, in characters, is no head of a runbook; it is not read. */
const MAX_LENGTH = 20_000;

/**
 * Splits the front matter off a Markdown text: the YAML of a runbook, or what another tool keeps there, YAML or TOML.
 * Never throws. Faults are said only of what calls itself a runbook; other tools' matter is left in peace.
 * @param text with line ends of one `\n`
 * @param from where the file begins, after its byte order mark
 */
export function readFrontMatter(text: string, from: number): FrontMatter {
  const body = { keys: NONE, bodyFrom: from, bodyLine: 1, problems: [] };
  const fence = /^(?:---|\+\+\+)(?=[ \t]*\n)/.exec(text.slice(from, from + 100))?.[0];
  if (fence === undefined) return body;
  const begin = text.indexOf('\n', from) + 1;
  const end = endOf(text, begin, fence);
  if (end === null) {
    if (!isOurs(text.slice(begin, begin + MAX_LENGTH))) return body;
    const message = 'The front matter is never closed.';
    return { ...body, problems: [fault(from, from + 3, message, 'End it with a line of ---.', null)] };
  }
  const yaml = text.slice(begin, end.from);
  const split = { bodyFrom: end.to, bodyLine: countLines(text, from, end.to) };
  if (fence === '+++') return { keys: NONE, ...split, problems: [] };
  if (yaml.length > MAX_LENGTH) {
    const message = `The front matter is longer than ${MAX_LENGTH} characters.`;
    const problems = isOurs(yaml) ? [fault(from, from + 3, message, 'Keep it short.', null)] : [];
    return { keys: NONE, ...split, problems };
  }
  const read = readKeys(yaml, begin);
  return { ...(isOurs(yaml) ? read : { keys: { ...NONE, title: read.title }, problems: [] }), ...split };
}

/** Whether front matter says anything of a runbook of ours. */
function isOurs(yaml: string): boolean {
  return /^["']?runbook["']?[ \t]*:/m.test(yaml);
}

/** The line that closes front matter: where it begins, and where the next one does. */
function endOf(text: string, begin: number, fence: string): { from: number; to: number } | null {
  for (let at = begin; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    if (text.startsWith(fence, at) && text.slice(at, end).trimEnd() === fence) {
      return { from: at, to: Math.min(end + 1, text.length) };
    }
    at = end + 1;
  }
  return null;
}

function countLines(text: string, from: number, to: number): number {
  let count = 1;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

type Read = { keys: Keys; title: string | undefined; problems: Report[] };

/** @param base offset of the file at which the YAML begins */
function readKeys(yaml: string, base: number): Read {
  const document = parseYaml(yaml);
  if (document === null) return { keys: NONE, title: undefined, problems: [nestsTooDeep(base)] };
  const problems = document.errors.map((error) => {
    const [from, to] = error.pos;
    return fault(base + from, base + to, `The front matter is not YAML: ${error.message}`, 'Mend this line.', null);
  });
  const value = plainValue(document);
  const title = value !== null && 'title' in value && typeof value.title === 'string' ? value.title : undefined;
  if (problems.length > 0 || value === null) return { keys: NONE, title, problems };
  const parsed = keysSchema.safeParse(value);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const where = issue.path.map(String).join('.') || 'the front matter';
      const { from, to } = placeOf(document, issue.path, base);
      const edit = mending(issue.path, yaml.slice(from - base, to - base), { from, to });
      problems.push(fault(from, to, `${where}: ${issue.message}`, 'See runbooks/README.md.', edit));
    }
    return { keys: NONE, title, problems };
  }
  for (const key of Object.keys(value).filter((one) => !KNOWN_KEYS.includes(one))) {
    const from = keyPlace(yaml, key, base);
    const near = nearest(key, KNOWN_KEYS);
    problems.push({
      severity: 'warning',
      rule: 'unknown-key',
      range: { from, to: from + key.length },
      message: `${key} means nothing here.`,
      fix: near === null ? `Nightdesk reads ${KNOWN_KEYS.join(', ')}.` : `Write ${near}.`,
      edit: near === null ? null : { range: { from, to: from + key.length }, text: near },
    });
  }
  return { keys: parsed.data, title, problems };
}

/** What a value that does not fit was most likely meant to be. */
function mending(path: readonly PropertyKey[], text: string, range: TextEdit['range']): TextEdit | null {
  if (path.length === 1 && path[0] === 'runbook') return { range, text: '1' };
  if (path.at(-1) !== 'type') return null;
  return { range, text: nearest(text, runbookInputSchema.shape.type.options) ?? 'text' };
}

type Document = ReturnType<typeof parseDocument>;

function parseYaml(yaml: string): Document | null {
  try {
    return parseDocument(yaml, { lineCounter: new LineCounter(), prettyErrors: false, logLevel: 'silent' });
  } catch (error) {
    // The parser recurses: YAML made to nest without end exhausts the stack.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The plain value; null for nothing, and for aliases that would expand without end. */
function plainValue(document: Document): object | null {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 10 });
    return typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** Where the innermost node of a path that is there stands. */
function placeOf(document: Document, path: readonly PropertyKey[], base: number): TextEdit['range'] {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
      return { from: base + Number(node.range[0]), to: base + Number(node.range[1]) };
    }
  }
  return { from: base, to: base };
}

/** Where a key at the head of a line stands. */
function keyPlace(yaml: string, key: string, base: number): number {
  if (yaml.startsWith(key)) return base;
  const at = yaml.indexOf(`\n${key}`);
  return base + (at < 0 ? 0 : at + 1);
}

function nestsTooDeep(base: number): Report {
  return fault(base, base, 'The front matter nests too deep to be read.', 'Keep it flat.', null);
}

function fault(from: number, to: number, message: string, fix: string, edit: TextEdit | null): Report {
  return { severity: 'error', rule: 'front-matter', range: { from, to }, message, fix, edit };
}

/** Puts an input into the front matter of a live runbook, under the inputs that it has. */
export function addInput(text: string, name: string): TextEdit | null {
  const at = /^inputs:[ \t]*\r?\n/m.exec(text.slice(0, MAX_LENGTH));
  if (at !== null) return insertAt(at.index + at[0].length, `  ${name}: { type: text, required: true }\n`);
  const head = /^runbook:.*\r?\n/m.exec(text.slice(0, MAX_LENGTH));
  if (head === null || /^inputs:/m.test(text.slice(0, MAX_LENGTH))) return null;
  return insertAt(head.index + head[0].length, `inputs:\n  ${name}: { type: text, required: true }\n`);
}
