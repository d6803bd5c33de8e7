import { type AgentFile, agentFileSchema, type FileProblem } from '#contract/agent.ts';
import { cronFault } from '../schedule/cron.ts';
import { type PlaceOf, problemAt, problemsOf, readYaml } from './yaml.ts';

/** An agent file, read: its front matter checked, the rest is the prompt. No file without errors has `agent: null`. */
export type ParsedAgent = { agent: AgentFile | null; prompt: string; problems: FileProblem[]; place: PlaceOf };

const FRONT_MATTER = /^---\n([\s\S]*?)\n---[ \t]*(?:\n|$)/;
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
  const normal = normalOf(text);
  const match = FRONT_MATTER.exec(normal);
  if (!match) {
    return refused(
      problemAt(
        file,
        { line: 1, column: 1 },
        'front-matter',
        'the file has no front matter',
        'begin it with --- and at least name, description and model',
      ),
    );
  }
  const prompt = normal.slice(match[0].length).trim();
  const read = readYaml(file, match[1] ?? '', 1);
  if (!read.ok) return refused(read.problem);
  const { place } = read;
  const raw = translate(read.raw);
  const parsed = agentFileSchema.safeParse(raw);
  const problems: FileProblem[] = [];
  for (const key of typeof raw === 'object' && raw !== null ? Object.keys(raw) : []) {
    if (key in agentFileSchema.shape || FOREIGN_KEYS.has(key)) continue;
    problems.push(
      problemAt(
        file,
        place([key], 'key'),
        'unknown-key',
        `"${key}" means nothing here`,
        `remove it, or put it under nightdesk if it belongs there`,
        'warning',
      ),
    );
  }
  if (!parsed.success) {
    problems.push(...problemsOf(file, parsed.error, place, 'front matter'));
    return { agent: null, prompt, problems, place };
  }
  const { schedule } = parsed.data.nightdesk;
  const fault = schedule === undefined ? undefined : cronFault(schedule.cron);
  if (fault === undefined) return { agent: parsed.data, prompt, problems, place };
  const start = place(['nightdesk', 'schedule', 'cron']);
  const quoted = /^["']/.test(normal.split('\n')[start.line - 1]?.slice(start.column - 1) ?? '') ? 1 : 0;
  const at = { line: start.line, column: start.column + quoted + fault.offset };
  problems.push(problemAt(file, at, 'schedule', `nightdesk.schedule: ${fault.message}`, null));
  return { agent: null, prompt, problems, place };
}

/** Where the keys of a file stand that was read without errors. */
export function placesIn(file: string, text: string): PlaceOf {
  const read = readYaml(file, FRONT_MATTER.exec(normalOf(text))?.[1] ?? '', 1);
  return read.ok ? read.place : () => ({ line: 1, column: 1 });
}

function normalOf(text: string): string {
  return text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
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
