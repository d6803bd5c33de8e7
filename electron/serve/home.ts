import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import envPaths from 'env-paths';

/** Where things of this Nightdesk lie, whether it runs from its sources, built, or packaged. */
export type Home = {
  /** The folder with package.json; app.asar when packaged. */
  root: string;
  rendererFolder: string;
  /** The shipped samples; beside the asar when packaged, so that people can read them. */
  agentFolder: string;
  runbookFolder: string;
  workerEntry: string;
  /** The thread that checkpoints and backs up. */
  upkeepEntry: string;
};

/** @param from a folder inside this Nightdesk */
export function findHome(from: string): Home {
  let root = from;
  while (!existsSync(join(root, 'package.json'))) {
    const parent = dirname(root);
    if (parent === root) throw new Error(`there is no package.json above ${from}`);
    root = parent;
  }
  const shipped = root.endsWith('.asar') ? dirname(root) : root;
  const built = import.meta.filename.endsWith('.js');
  return {
    root,
    rendererFolder: join(root, 'out/renderer'),
    agentFolder: join(shipped, 'agents'),
    runbookFolder: join(shipped, 'runbooks'),
    workerEntry: join(root, built ? 'out/main/worker.js' : 'electron/runner/worker/main.ts'),
    upkeepEntry: join(root, built ? 'out/main/upkeep.js' : 'electron/store/upkeep-thread.ts'),
  };
}

/** Where a desk keeps its data unless --data says otherwise; command line and desktop agree on it. */
export function defaultDataFolder(): string {
  return envPaths('nightdesk', { suffix: '' }).data;
}
