import type { AgentSummary } from '#contract/agent.ts';
import { jsonSchema } from '#contract/basic.ts';
import type { Change } from '#contract/incident.ts';
import type { Changes } from '../../store/change.ts';
import { definitionDifference, type Leaves, maskedLeaves, settingsDifference } from './difference.ts';
import { actorOf } from './incident.ts';

export type ChangelogOptions = {
  store: Changes;
  commit(work: () => void): Promise<void>;
  /** The agents, each with the hash of its definition in force. */
  agents(): Pick<AgentSummary, 'name' | 'definition'>[];
  /** The settings in force; the same object as long as nothing changed. */
  settings(): object;
  now(): number;
  log(message: string): void;
};

/** Characters of a hash that people compare. */
const SHORT = 6;

/**
 * What changed and when: deploys of definitions, the settings, what people did to lanes, objectives; with what befell
 * providers. It knows what was in force when the desk stopped, so that a change made meanwhile is seen at the next start.
 */
export function createChangelog(options: ChangelogOptions) {
  const { store, now } = options;
  const definitions = new Map<string, string>();
  let settings: { document: object | null; leaves: Leaves } | undefined;
  let busy = false;
  const differences = new Map<string, string>();

  function load(): void {
    for (const { kind, subject, value } of store.seen()) {
      if (kind === 'definition') definitions.set(subject, value);
      if (kind === 'settings') settings = { document: null, leaves: JSON.parse(value) as Leaves };
    }
  }

  /** Runs inside a commit. */
  function write({ at, kind, subject, text, by }: Change): void {
    const actor = by === null ? null : JSON.stringify(by);
    store.write({ at, kind, subject, text, before: null, after: null, actor });
  }

  /** Compares what is in force with what was. Cheap when nothing changed. */
  function look(): void {
    const document = options.settings();
    const deployed = options.agents().filter((agent) => definitions.get(agent.name) !== agent.definition);
    const resettled = settings === undefined || settings.document !== document;
    if (busy || (deployed.length === 0 && !resettled)) return;
    busy = true;
    const at = now();
    const leaves = resettled ? maskedLeaves(jsonSchema.parse(JSON.parse(JSON.stringify(document)))) : undefined;
    const difference =
      leaves === undefined || settings === undefined ? null : settingsDifference(settings.leaves, leaves);
    const common = { at, actor: null };
    options
      .commit(() => {
        for (const { name, definition } of deployed) {
          const before = definitions.get(name);
          if (before !== undefined) {
            store.write({ ...common, kind: 'definition', subject: name, text: '', before, after: definition });
          }
          store.see('definition', name, definition);
        }
        if (leaves === undefined) return;
        if (difference !== null) {
          store.write({
            ...common,
            kind: 'settings',
            subject: 'nightdesk.yaml',
            text: difference,
            before: null,
            after: null,
          });
        }
        store.see('settings', 'nightdesk.yaml', JSON.stringify(leaves));
      })
      .then(
        () => {
          for (const { name, definition } of deployed) definitions.set(name, definition);
          if (leaves !== undefined) settings = { document, leaves };
        },
        // Looked at again with the next tick.
        (error: unknown) => options.log(`what changed could not be written: ${String(error)}`),
      )
      .finally(() => {
        busy = false;
      });
  }

  /** A definition is on the disk from its first attempt on: until then only its hash is known. */
  function deployText(before: string, after: string): string {
    const name = `${before} ${after}`;
    const known = differences.get(name);
    if (known !== undefined) return known;
    const [old, current] = [store.definition(before), store.definition(after)];
    const hashes = `${before.slice(0, SHORT)} -> ${after.slice(0, SHORT)}`;
    if (old === undefined || current === undefined) return `${hashes}: not run yet`;
    const text = `${hashes}: ${definitionDifference(old, current)}`;
    differences.set(name, text);
    return text;
  }

  /** What people and files changed in [from, to], newest first. */
  function own(from: number, to: number): Change[] {
    return store.between(from, to).map(({ at, kind, subject, text, before, after, actor }) => ({
      at,
      kind,
      subject,
      text: before === null || after === null ? text : deployText(before, after),
      by: actorOf(actor),
    }));
  }

  return {
    load,
    look,
    write,
    own,
    /** The same with what befell providers. */
    between(from: number, to: number): Change[] {
      const providers = store
        .providerEvents(from, to)
        .map(({ at, provider, text }): Change => ({ at, kind: 'provider', subject: provider, text, by: null }));
      return [...own(from, to), ...providers].toSorted((a, b) => b.at - a.at);
    },
  };
}
export type Changelog = ReturnType<typeof createChangelog>;
