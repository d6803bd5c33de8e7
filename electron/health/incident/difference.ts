import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Json, jsonSchema } from '#contract/basic.ts';

/*
 * What differs between two definitions of an agent, or two states of the settings, in one line. Pure.
 */

/** Differences that one line names. */
const NAMED = 6;

/** What of a stored definition is compared; whichever version wrote it. */
const comparedSchema = z.object({
  prompt: z.string().default(''),
  model: z.array(z.string()).default([]),
  tools: z.array(z.string()).default([]),
  maxTurns: z.number().optional(),
  description: z.string().default(''),
  inputSchema: jsonSchema.default(null),
  outputSchema: jsonSchema.default(null),
  nightdesk: z.record(z.string(), jsonSchema).default({}),
});

/** What differs between two stored definitions: prompt, model route, tools, limits and the rest; `code` when only that does. */
export function definitionDifference(before: string, after: string): string {
  const [old, now] = [before, after].map((body) => comparedSchema.safeParse(JSON.parse(body)));
  if (!old?.success || !now?.success) return 'what differs cannot be read';
  const [a, b] = [old.data, now.data];
  const found = [
    ...(a.prompt === b.prompt ? [] : [`prompt (${linesText(a.prompt, b.prompt)})`]),
    ...(a.model.join() === b.model.join() ? [] : [`model route ${a.model.join(', ')} -> ${b.model.join(', ')}`]),
    ...membersDifference('tools', a.tools, b.tools),
    ...(a.maxTurns === b.maxTurns ? [] : [`maxTurns ${a.maxTurns ?? '-'} -> ${b.maxTurns ?? '-'}`]),
    ...leavesDifference(leavesOf(a.nightdesk), leavesOf(b.nightdesk)),
    ...(same(a.inputSchema, b.inputSchema) ? [] : ['input schema']),
    ...(same(a.outputSchema, b.outputSchema) ? [] : ['output schema']),
    ...(a.description === b.description ? [] : ['description']),
  ];
  return found.length === 0 ? 'code' : listed(found);
}

/** `listed`: the first few, and how many more. */
function listed(found: readonly string[]): string {
  const more = found.length - NAMED;
  return more > 0 ? `${found.slice(0, NAMED).join(', ')} and ${more} more` : found.join(', ');
}

function same(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function linesText(before: string, after: string): string {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const added = now.filter((line) => !old.includes(line)).length;
  const removed = old.filter((line) => !now.includes(line)).length;
  return `+${added} -${removed} lines`;
}

function membersDifference(name: string, before: readonly string[], after: readonly string[]): string[] {
  const changes = [
    ...after.filter((one) => !before.includes(one)).map((one) => `+${one}`),
    ...before.filter((one) => !after.includes(one)).map((one) => `-${one}`),
  ];
  if (changes.length > 0) return [`${name} ${changes.join(' ')}`];
  return before.join() === after.join() ? [] : [`order of ${name}`];
}

/** Path -> value of everything in a document that holds no more. */
export type Leaves = Record<string, string>;

/** The leaves of a document, texts as they are. */
function leavesOf(document: Json, path = ''): Leaves {
  return leaves(document, path, (text) => text);
}

/** The same with texts as fingerprints: what may hold an address or a secret is compared, never kept. */
export function maskedLeaves(document: Json): Leaves {
  return leaves(document, '', (text) => `#${createHash('sha256').update(text).digest('hex').slice(0, 12)}`);
}

function leaves(value: Json, path: string, show: (text: string) => string): Leaves {
  if (value === null || typeof value !== 'object') {
    return { [path]: typeof value === 'string' ? show(value) : String(value) };
  }
  const entries: [string, Json][] = Array.isArray(value)
    ? value.map((one, index) => [String(index), one])
    : Object.entries(value);
  return Object.assign({}, ...entries.map(([key, one]) => leaves(one, path === '' ? key : `${path}.${key}`, show)));
}

/** Each leaf that came, went or changed. */
function leavesDifference(before: Leaves, after: Leaves): string[] {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return paths.flatMap((path) => {
    const [old, now] = [before[path], after[path]];
    if (old === now) return [];
    if (old?.startsWith('#') || now?.startsWith('#')) return [path];
    return [`${path} ${old ?? '-'} -> ${now ?? '-'}`];
  });
}

/** What differs between two states of the settings; null when nothing does. */
export function settingsDifference(before: Leaves, after: Leaves): string | null {
  const found = leavesDifference(before, after);
  return found.length === 0 ? null : listed(found);
}
