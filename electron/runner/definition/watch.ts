import { sep } from 'node:path';
import { watch } from 'chokidar';
import { type LoadedAgents, loadAgents } from './load.ts';

/** Edits come in bursts: an editor writes a file in several steps, ms. */
const SETTLE_MS = 150;

/**
 * Reads the folders again when something in them changed. Fixtures and what agents write there do not count.
 *
 * @param intakeFolders whose files are tasks
 */
export function watchAgents(
  folders: string[],
  onChange: (loaded: LoadedAgents) => void,
  intakeFolders: () => string[],
): { close(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(folders, {
    ignoreInitial: true,
    depth: 2,
    ignored: (path) =>
      /[\\/](fixtures|node_modules|\.git|\.nightdesk)([\\/]|$)/.test(path) ||
      intakeFolders().some((folder) => path === folder || path.startsWith(`${folder}${sep}`)),
  });
  function readSoon(): void {
    clearTimeout(timer);
    timer = setTimeout(() => onChange(loadAgents(folders)), SETTLE_MS);
  }
  watcher.on('all', readSoon);
  // What changed between the first reading and the moment when the watch stands is not told: it is read once more.
  watcher.on('ready', readSoon);
  return {
    async close() {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}
