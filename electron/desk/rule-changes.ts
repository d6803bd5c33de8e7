import { basename } from 'node:path';
import type { AuditEntry } from '#contract/audit.ts';
import { type Actor, canonicalJson, jsonSchema } from '#contract/basic.ts';
import type { RulesInForce } from '../health/index.ts';

/** The rule files of a folder as the desk saw them: what is in force, and the hash of each file's text by its path. */
export type SeenRules = { inForce: RulesInForce; hashes: ReadonlyMap<string, string> };

const BY_DESK: Actor = { name: 'Nightdesk', via: 'desk' };

/** What the audit log is told of rule files that are not as they were: of each, which rules came into force otherwise. Pure. */
export function ruleChanges(before: SeenRules, after: SeenRules): AuditEntry[] {
  const files = [...new Set([...before.hashes.keys(), ...after.hashes.keys()])].sort();
  return files.flatMap((file) => {
    const hashes = { before: before.hashes.get(file) ?? null, after: after.hashes.get(file) ?? null };
    if (hashes.before === hashes.after) return [];
    const problems = after.inForce.problems.filter((each) => each.file === file && each.severity === 'error');
    return [
      {
        by: BY_DESK,
        what: 'rules.changed',
        subject: basename(file),
        details: {
          hashBefore: hashes.before,
          hashAfter: hashes.after,
          rules: differing(rulesOf(before, file), rulesOf(after, file)),
          ...inhibitions(before, after),
          // A broken file keeps the rules that it had.
          ...(problems.length === 0 ? {} : { broken: problems.map(({ line, message }) => `${line}: ${message}`) }),
        },
      },
    ];
  });
}

/** Hashes by the names of files, for what was in force at a start. */
export function ruleHashes({ hashes }: SeenRules): Record<string, string> {
  return Object.fromEntries([...hashes].map(([file, hash]) => [basename(file), hash]));
}

function rulesOf({ inForce }: SeenRules, file: string): Map<string, object> {
  return new Map(inForce.rules.flatMap((each) => (each.file === file ? [[each.rule.name, each.rule]] : [])));
}

function differing(before: ReadonlyMap<string, object>, after: ReadonlyMap<string, object>): object {
  const names = [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => !isSame(before.get(name), after.get(name)),
  );
  return Object.fromEntries(
    names.map((name) => [name, { before: before.get(name) ?? null, after: after.get(name) ?? null }]),
  );
}

/** Those of all files together: one may stand in another file than the rules that it names. */
function inhibitions({ inForce: before }: SeenRules, { inForce: after }: SeenRules): object {
  return isSame(before.inhibit, after.inhibit) ? {} : { inhibit: { before: before.inhibit, after: after.inhibit } };
}

function isSame(one: unknown, other: unknown): boolean {
  const text = (value: unknown): string => canonicalJson(jsonSchema.parse(value ?? null));
  return text(one) === text(other);
}
