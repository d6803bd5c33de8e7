import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { FileProblem } from '#contract/agent.ts';
import { type AlertRuleFile, type AlertRulesFile, alertRulesFileSchema } from '#contract/alert.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import { ALERT_RULES, type RulesInForce } from '../health/index.ts';
import { problemAt, problemsOf, readYaml } from '../runner/definition/index.ts';
import type { SeenRules } from './rule-changes.ts';

/*
 * Alert rules of a team: the YAML files of `alerts/` in the data folder, read, checked and watched. docs/alerts.md says what
 * stands in them.
 */

/** The folder is looked at this often, ms. */
const LOOK_MS = 500;

/** Names that rules may use; null where nobody knows them. */
export type KnownNames = { agents: readonly string[]; runbooks: readonly string[]; routes: readonly string[] } | null;

export type ParsedRules = { content: AlertRulesFile | null; problems: FileProblem[] };

/** Reads a file of rules. Never throws: whatever is wrong is told with line and column. */
export function parseAlertRules(file: string, text: string, known: KnownNames): ParsedRules {
  const read = readYaml(file, text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n'), 0);
  if (!read.ok) return { content: null, problems: [read.problem] };
  const parsed = alertRulesFileSchema.safeParse(read.raw ?? {});
  if (!parsed.success) return { content: null, problems: problemsOf(file, parsed.error, read.place, 'file') };
  const problems: FileProblem[] = [];
  function say(path: readonly PropertyKey[], rule: string, message: string, fix: string, warning = false): void {
    problems.push(
      problemAt(
        file,
        read.ok ? read.place(path) : { line: 1, column: 1 },
        rule,
        message,
        fix,
        warning ? 'warning' : 'error',
      ),
    );
  }
  const names = new Set<string>(Object.keys(ALERT_RULES));
  for (const [index, rule] of parsed.data.rules.entries()) {
    const at = ['rules', index];
    if (names.has(rule.name)) {
      say([...at, 'name'], 'duplicate-rule', `there is another rule "${rule.name}"`, 'give it a name of its own');
    }
    names.add(rule.name);
    if (rule.above === undefined && rule.below === undefined) {
      say([...at, 'measure'], 'no-bound', `rule "${rule.name}" never holds`, 'give it above: or below:');
    } else if (rule.above !== undefined && rule.below !== undefined && rule.above < rule.below) {
      say([...at, 'above'], 'always', `rule "${rule.name}" always holds`, 'let above be more than below');
    }
    if (known === null) continue;
    const { agent, runbook, routes = [] } = rule;
    if (agent !== undefined && !agent.endsWith('*') && !known.agents.includes(agent)) {
      say([...at, 'agent'], 'unknown-agent', `there is no agent "${agent}" here`, 'look at nightdesk agents', true);
    }
    if (runbook !== undefined && !known.runbooks.includes(runbook)) {
      say(
        [...at, 'runbook'],
        'unknown-runbook',
        `there is no runbook "${runbook}" here`,
        'look at nightdesk runbook list',
        true,
      );
    }
    for (const [place, route] of routes.entries()) {
      if (known.routes.includes(route)) continue;
      say(
        [...at, 'routes', place],
        'unknown-route',
        `there is no route "${route}" here`,
        'add it to routes: of nightdesk.yaml',
        true,
      );
    }
  }
  return { content: problems.some(({ severity }) => severity === 'error') ? null : parsed.data, problems };
}

/** The rules of a file's text; a broken one is refused with what is wrong first. */
export function rulesOf(file: string, text: string): Result<AlertRuleFile[]> {
  const { content, problems } = parseAlertRules(file, text, null);
  if (content !== null) return succeed(content.rules);
  const first = problems.find(({ severity }) => severity === 'error');
  return fail('BAD_FILE', `${basename(file)} is broken: ${first?.message ?? 'it cannot be read'}.`, {
    kept: 'Nothing was replayed.',
    todo: first?.fix ?? 'Mend the file at the place shown.',
    where: `${file}:${first?.line ?? 1}:${first?.column ?? 1}`,
  });
}

/** The rule files in a folder, by name. */
export function alertFilesIn(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name) && !name.startsWith('.'))
    .sort()
    .map((name) => join(folder, name));
}

/** Reads all files. A broken one keeps the rules that it had before. */
export function readAlertRules(
  folder: string,
  known: KnownNames,
  before: ReadonlyMap<string, AlertRulesFile> = new Map(),
): RulesInForce & { good: Map<string, AlertRulesFile> } {
  const good = new Map<string, AlertRulesFile>();
  const problems: FileProblem[] = [];
  const seen = new Set<string>();
  for (const file of alertFilesIn(folder)) {
    const parsed = parsedAt(file, known);
    problems.push(...parsed.problems);
    const content = parsed.content ?? before.get(file);
    if (content === undefined) continue;
    const own = content.rules.filter(({ name }) => !seen.has(name));
    for (const { name } of content.rules) {
      if (seen.has(name)) {
        const message = `there is another rule "${name}" in a file before ${basename(file)}: that one is in force`;
        problems.push(problemAt(file, { line: 1, column: 1 }, 'duplicate-rule', message, 'give it a name of its own'));
      }
      seen.add(name);
    }
    good.set(file, { ...content, rules: own });
  }
  return {
    good,
    problems,
    rules: [...good].flatMap(([file, { rules }]) => rules.map((rule) => ({ rule, file }))),
    inhibit: [...good.values()].flatMap(({ inhibit }) => inhibit),
  };
}

function parsedAt(file: string, known: KnownNames): ParsedRules {
  try {
    return parseAlertRules(file, readFileSync(file, 'utf8'), known);
  } catch (error) {
    const why = `it cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    return {
      content: null,
      problems: [problemAt(file, { line: 1, column: 1 }, 'file', why, 'check its permissions')],
    };
  }
}

export type AlertRulesFolder = {
  inForce(): RulesInForce;
  seen(): SeenRules;
  /** Reads anew, with what is known now. */
  check(): readonly FileProblem[];
  close(): void;
};

/**
 * Opens `alerts/` of a data folder, and reads it again when a file changes.
 * @param onChange called with what was seen before
 */
export function openAlertRules(
  dataFolder: string,
  known: () => KnownNames,
  log: (message: string) => void,
  onChange: (before: SeenRules) => void,
): AlertRulesFolder {
  const folder = join(dataFolder, 'alerts');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let current = readAlertRules(folder, null);
  let hashes = hashesOf(folder);
  let stamp = stampOf(folder);
  const seen = (): SeenRules => ({ inForce: current, hashes });
  function say(): void {
    for (const { file, line, column, message } of current.problems) log(`${file}:${line}:${column}: ${message}`);
  }
  say();
  // Looked at by name: editors put a new file in the old one's place.
  const look = setInterval(() => {
    const now = stampOf(folder);
    if (now === stamp) return;
    stamp = now;
    const before = seen();
    hashes = hashesOf(folder);
    current = readAlertRules(folder, known(), current.good);
    log(`alert rules were read again: ${current.rules.length} of files`);
    say();
    onChange(before);
  }, LOOK_MS);
  look.unref();
  return {
    inForce: () => current,
    seen,
    check: () => readAlertRules(folder, known(), current.good).problems,
    close: () => clearInterval(look),
  };
}

/** Of the text of each file that can be read. */
function hashesOf(folder: string): Map<string, string> {
  return new Map(
    alertFilesIn(folder).flatMap((file) => {
      try {
        return [[file, createHash('sha256').update(readFileSync(file)).digest('hex')]];
      } catch {
        // It went meanwhile, or may not be read: what is wrong with it is told with its rules.
        return [];
      }
    }),
  );
}

/** Changes when any file does. */
function stampOf(folder: string): string {
  return alertFilesIn(folder)
    .map((file) => {
      const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
      return stat === undefined ? '' : `${file} ${stat.ino} ${stat.size} ${stat.mtimeNs}`;
    })
    .join('\n');
}
