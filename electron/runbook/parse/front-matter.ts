import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import type { FileProblem } from '#contract/agent.ts';
import { runbookInputSchema } from '#contract/runbook.ts';

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
  /** The Markdown after it, and the line it begins at. */
  body: string;
  bodyLine: number;
  problems: Omit<FileProblem, 'file'>[];
};

const NONE: Keys = { inputs: {} };
const KNOWN_KEYS = Object.keys(keysSchema.shape);

/** Splits the YAML front matter off a Markdown text (with \n line ends). Never throws: faults come with their line. */
export function readFrontMatter(text: string): FrontMatter {
  if (!text.startsWith('---\n')) return { keys: NONE, body: text, bodyLine: 1, problems: [] };
  const end = text.indexOf('\n---', 3);
  const after = end < 0 ? '' : text.slice(end + 4);
  if (end < 0 || (after !== '' && !after.startsWith('\n'))) {
    const problem = report(1, 1, 'front-matter', 'The front matter is never closed.', 'End it with a line of ---.');
    return { keys: NONE, body: text, bodyLine: 1, problems: [problem] };
  }
  const yaml = end < 4 ? '' : text.slice(4, end + 1);
  const bodyLine = yaml.split('\n').length + 2;
  const { keys, problems } = readKeys(yaml);
  return { keys, body: after.slice(1), bodyLine, problems };
}

/** Of YAML that begins at line 2 of its file. */
function readKeys(yaml: string): Pick<FrontMatter, 'keys' | 'problems'> {
  const counter = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: counter, prettyErrors: false });
  const at = (offset: number): [number, number] => {
    const { line, col } = counter.linePos(offset);
    return [Math.max(1, line) + 1, Math.max(1, col)];
  };
  const problems = document.errors.map((error) =>
    report(...at(error.pos[0]), 'front-matter', `The front matter is not YAML: ${error.message}`, 'Mend this line.'),
  );
  if (problems.length > 0) return { keys: NONE, problems };
  const value = plainValue(document);
  if (value === null) return { keys: NONE, problems: [] };
  const parsed = keysSchema.safeParse(value);
  const lineOfPath = (path: readonly PropertyKey[]): [number, number] => at(offsetOf(document, path));
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const where = issue.path.map(String).join('.') || 'the front matter';
      problems.push(
        report(...lineOfPath(issue.path), 'front-matter', `${where}: ${issue.message}`, 'See runbooks/README.md.'),
      );
    }
    return { keys: NONE, problems };
  }
  for (const key of Object.keys(value).filter((one) => !KNOWN_KEYS.includes(one))) {
    const fix = `Nightdesk reads ${KNOWN_KEYS.join(', ')}.`;
    problems.push({
      ...report(...lineOfPath([key]), 'unknown-key', `${key} means nothing here.`, fix),
      severity: 'warning',
    });
  }
  return { keys: parsed.data, problems };
}

/** The plain value; null for nothing, and for aliases that would expand without end. */
function plainValue(document: ReturnType<typeof parseDocument>): object | null {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 10 });
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

/** Where the innermost node of a path that is there begins. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
      return Number(node.range[0]);
    }
  }
  return 0;
}

function report(line: number, column: number, rule: string, message: string, fix: string): Omit<FileProblem, 'file'> {
  return { line, column, severity: 'error', rule, message, fix };
}
