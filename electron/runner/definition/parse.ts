import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { type AgentFile, agentFileSchema, type FileProblem } from '#contract/agent.ts';

/** Where a key of the front matter stands. */
type Place = (path: readonly PropertyKey[]) => { line: number; column: number };

/** An agent file, read: its front matter checked, the rest is the prompt. No file without errors has `agent: null`. */
export type ParsedAgent = { agent: AgentFile | null; prompt: string; problems: FileProblem[]; place: Place };

/** Models by the names that other tools use alone, as `model: sonnet`. */
const ALIASES: Record<string, string> = {
  sonnet: 'anthropic/claude-sonnet-4-5',
  opus: 'anthropic/claude-opus-4-1',
  haiku: 'anthropic/claude-haiku-4-5',
};
/** Keys of other tools' dialects, known and without meaning here. */
const FOREIGN_KEYS = new Set(['color', 'permissionMode', 'argument-hint', 'target', 'handoffs', 'disallowedTools']);

/**
 * Reads an agent file. Never throws: whatever is wrong is told with line and column. An unknown key is an error under
 * `nightdesk`, where it would be a promise not kept, and a warning above it.
 */
export function parseAgent(file: string, text: string): ParsedAgent {
  const normal = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const match = /^---\n([\s\S]*?)\n---[ \t]*(?:\n|$)/.exec(normal);
  if (!match) {
    return refused(
      problem(
        file,
        1,
        1,
        'front-matter',
        'the file has no front matter',
        'begin it with --- and at least name, description and model',
      ),
    );
  }
  const prompt = normal.slice(match[0].length).trim();
  const lines = new LineCounter();
  const document = parseDocument(match[1] ?? '', { lineCounter: lines });
  /** The file's line is one below the YAML's: --- stands above it. */
  function at(offset: number): { line: number; column: number } {
    const position = lines.linePos(offset);
    return { line: position.line + 1, column: position.col };
  }
  const broken = document.errors[0];
  if (broken) {
    const { line, column } = at(broken.pos[0]);
    return refused(problem(file, line, column, 'yaml', yamlMessage(broken.message), 'mend the YAML'));
  }
  let raw: unknown;
  try {
    raw = translate(document.toJS());
  } catch (error) {
    // An alias without its anchor is seen only now: `tools: *all`.
    const why = error instanceof Error ? error.message : String(error);
    return refused(problem(file, 2, 1, 'yaml', yamlMessage(why), 'put text that begins with * in quotes'));
  }
  const parsed = agentFileSchema.safeParse(raw);
  const problems: FileProblem[] = [];
  function place(path: readonly PropertyKey[]): { line: number; column: number } {
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined;
      if (node?.range) return at(node.range[0]);
    }
    return { line: 2, column: 1 };
  }
  for (const key of typeof raw === 'object' && raw !== null ? Object.keys(raw) : []) {
    if (key in agentFileSchema.shape || FOREIGN_KEYS.has(key)) continue;
    const { line, column } = place([key]);
    problems.push(
      problem(
        file,
        line,
        column,
        'unknown-key',
        `"${key}" means nothing here`,
        `remove it, or put it under nightdesk if it belongs there`,
        'warning',
      ),
    );
  }
  if (!parsed.success) {
    for (const issue of parsed.error.issues) problems.push(problemOf(file, issue, place));
    return { agent: null, prompt, problems, place };
  }
  return { agent: parsed.data, prompt, problems, place };
}

/** Its first line, without the place: that counts from the YAML's first line, not from the file's. */
function yamlMessage(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
}

function refused(one: FileProblem): ParsedAgent {
  return { agent: null, prompt: '', problems: [one], place: () => one };
}

/** The shared keys in the words of other tools: `tools: a, b` in one string, a model's bare alias. */
function translate(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null) return raw;
  const record = { ...(raw as Record<string, unknown>) };
  if (typeof record.tools === 'string')
    record.tools = record.tools
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean);
  if (typeof record.model === 'string') record.model = ALIASES[record.model] ?? record.model;
  return record;
}

function problemOf(file: string, issue: z.core.$ZodIssue, place: Place): FileProblem {
  const key = issue.path.join('.') || 'front matter';
  if (issue.code === 'unrecognized_keys') {
    const name = issue.keys[0] ?? '';
    const { line, column } = place([...issue.path, name]);
    return problem(
      file,
      line,
      column,
      'unknown-key',
      `"${key}.${name}" is not a key of this version`,
      'correct its spelling, or remove it',
    );
  }
  const { line, column } = place(issue.path);
  return problem(file, line, column, 'schema', `${key}: ${closestOf(issue).message}`, null);
}

/** Of the ways a value may be written, what is wrong by the one it comes closest to. */
function closestOf(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const [first, ...others] = issue.errors.flatMap((ways) => ways.slice(0, 1));
  if (first === undefined) return issue;
  return others.reduce((closest, each) => (each.path.length > closest.path.length ? each : closest), first);
}

function problem(
  file: string,
  line: number,
  column: number,
  rule: string,
  message: string,
  fix: string | null,
  severity: FileProblem['severity'] = 'error',
): FileProblem {
  return { file, line, column, severity, rule, message, fix };
}
