import type { AgentDefinition } from '#contract/agent.ts';
import { keepLastGood, keepSnapshot, type LoadedAgents, loadAgents, trialOf, watchAgents } from './definition/index.ts';
import { folderOf } from './folder/index.ts';
import type { RunnerOptions } from './types.ts';

export type AgentsOptions = Pick<RunnerOptions, 'agentFolders' | 'trial' | 'dataFolder' | 'settings' | 'log'> & {
  /** Definitions came into force, or may be read otherwise since settings changed. */
  onDefined(): void;
  /** After that: what they name may be missing yet. */
  onChange(): void;
  onDiskRefused(error: unknown): void;
};

/** The agents in force, as their files say: read, watched, and kept as they were when a file breaks. */
export function createAgents(options: AgentsOptions) {
  let folders = agentFolders();
  let loaded = ofTrial(loadAgents(folders));
  let watcher: { close(): Promise<void> } | undefined;
  let toldProblems = new Set<string>();

  /** Says each fault of a file once, for as long as it stands. */
  function tellProblems(): void {
    const lines = loaded.problems.map(
      ({ file, line, column, severity, message, fix }) =>
        `${file}:${line}:${column} ${severity}: ${message}${fix === null ? '' : `; ${fix}`}`,
    );
    for (const line of lines) if (!toldProblems.has(line)) options.log(line);
    toldProblems = new Set(lines);
  }

  function ofTrial(found: LoadedAgents): LoadedAgents {
    return options.trial === null ? found : trialOf(found, options.trial);
  }

  function agentFolders(): string[] {
    return [...options.agentFolders, ...options.settings().agents];
  }

  /** Attempts that start now run these texts for as long as they need, whatever becomes of the files. */
  function keepSnapshots(): void {
    for (const { hash, name } of loaded.definitions) {
      const sources = loaded.sources.get(hash);
      try {
        if (sources) keepSnapshot(options.dataFolder, hash, sources);
      } catch (error) {
        // They run what lies in the agent's folder until there is space.
        options.log(`the files of ${name} could not be kept: ${String(error)}`);
        options.onDiskRefused(error);
      }
    }
  }

  function onAgents(next: LoadedAgents): void {
    loaded = keepLastGood(loaded, ofTrial(next));
    options.onDefined();
    tellProblems();
    options.onChange();
  }

  function watch(): void {
    watcher = watchAgents(folders, onAgents, () => loaded.definitions.flatMap((each) => folderOf(each) ?? []));
  }

  return {
    /** All in force. */
    all: (): AgentDefinition[] => loaded.definitions,
    find: (name: string): AgentDefinition | undefined => loaded.definitions.find((each) => each.name === name),
    problems: () => loaded.problems,
    keepSnapshots,
    tellProblems,
    watch,
    /** Settings changed: they may name other folders. */
    settingsChanged(): void {
      const next = agentFolders();
      if (next.join('\n') !== folders.join('\n')) {
        folders = next;
        void watcher?.close();
        watch();
        onAgents(loadAgents(folders));
        return;
      }
      options.onDefined();
      options.onChange();
    },
    async close(): Promise<void> {
      await watcher?.close();
    },
  };
}
