import { type Document, isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { FileProblem } from '#contract/agent.ts';

/** Where something stands in a file, both from 1. */
export type Place = { line: number; column: number };
/** The place of a path's value, or of its key; of the nearest one above it where it does not stand in the file. */
export type PlaceOf = (path: readonly PropertyKey[], of?: 'key' | 'value') => Place;

/** YAML, read: its value and where each key of it stands; or the one fault that makes it unreadable. */
export type ReadYaml = { ok: true; raw: unknown; place: PlaceOf } | { ok: false; problem: FileProblem };

/** @param linesAbove of the file, before the YAML begins: front matter stands below its --- */
export function readYaml(file: string, text: string, linesAbove: number): ReadYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  function at(offset: number): Place {
    const { line, col } = lines.linePos(offset);
    return { line: line + linesAbove, column: col };
  }
  const broken = document.errors[0];
  if (broken) {
    return {
      ok: false,
      problem: problemAt(file, at(broken.pos[0]), 'yaml', yamlMessage(broken.message), 'mend the YAML'),
    };
  }
  let raw: unknown;
  try {
    raw = document.toJS();
  } catch (error) {
    // An alias without its anchor is seen only now: `tools: *all`.
    const why = yamlMessage(error instanceof Error ? error.message : String(error));
    const place = { line: linesAbove + 1, column: 1 };
    return { ok: false, problem: problemAt(file, place, 'yaml', why, 'put text that begins with * in quotes') };
  }
  return {
    ok: true,
    raw,
    place(path, of = 'value') {
      for (let length = path.length; length > 0; length -= 1) {
        const node = nodeAt(document, path.slice(0, length), of);
        if (node?.range) return at(node.range[0]);
      }
      return { line: linesAbove + 1, column: 1 };
    },
  };
}

/** Its first line, without the place: that counts from the YAML's first line, not from the file's. */
function yamlMessage(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
}

/** A map's or list's place is its key's: its own begins on the line below. */
function nodeAt(document: Document, path: readonly PropertyKey[], of: 'key' | 'value'): Node | undefined {
  const value = document.getIn(path, true);
  if (isScalar(value) && of === 'value') return value;
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const pair = isMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(path.at(-1)))
    : undefined;
  if (isNode(pair?.key)) return pair.key;
  return isNode(value) ? value : undefined;
}

/** What a schema says against a file, each fault where it stands. */
export function problemsOf(file: string, error: z.core.$ZodError, place: PlaceOf, whole: string): FileProblem[] {
  return error.issues.flatMap((issue) => problemsOfIssue(file, issue, [], place, whole));
}

function problemsOfIssue(
  file: string,
  issue: z.core.$ZodIssue,
  above: PropertyKey[],
  place: PlaceOf,
  whole: string,
): FileProblem[] {
  const path = [...above, ...issue.path];
  const key = path.join('.') || whole;
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((name) =>
        problemAt(
          file,
          place([...path, name], 'key'),
          'unknown-key',
          `"${key}.${name}" is not a key of this version`,
          'correct its spelling, or remove it',
        ),
      );
    case 'invalid_union': {
      // Of several shapes the one that is nearly met is the one that was meant.
      const [meant] = [...issue.errors].sort((a, b) => a.length - b.length);
      if (meant && meant.length > 0) return meant.flatMap((each) => problemsOfIssue(file, each, path, place, whole));
      return [problemAt(file, place(path), 'schema', `${key}: ${issue.message}`, null)];
    }
    default:
      return [problemAt(file, place(path), 'schema', `${key}: ${issue.message}`, null)];
  }
}

export function problemAt(
  file: string,
  { line, column }: Place,
  rule: string,
  message: string,
  fix: string | null,
  severity: FileProblem['severity'] = 'error',
): FileProblem {
  return { file, line, column, severity, rule, message, fix };
}
