import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';

/*
 * One build for every host. out/main holds what runs in Node: the Electron main process, the desk, the worker and the
 * command line. Everything is bundled but what must stay a file of its own: the SQLite addon, and zod, which agents' own
 * files import from here, and the keychain's addon.
 */

const EXTERNAL = ['better-sqlite3', 'zod', '@napi-rs/keyring'];

/** Parts of the console's first load that change less often than its own code. */
const VENDOR = /node_modules\/(react|react-dom|scheduler|zustand|@orpc|zod|@base-ui|@floating-ui)\//;

/**
 * Addresses have folders (/tasks/ID): the page's files stand under the root, whatever its address. electron-vite sets a
 * relative base by a plugin of its own, so one that comes after it sets it back.
 */
const filesUnderRoot: Plugin = { name: 'nightdesk:files-under-root', config: () => ({ base: '/' }) };

export default defineConfig({
  main: {
    build: {
      externalizeDeps: false,
      rolldownOptions: {
        external: EXTERNAL,
        input: {
          main: 'electron/shell/main.ts',
          desk: 'electron/shell/desk-host.ts',
          'desktop-worker': 'electron/shell/worker-host.ts',
          worker: 'electron/runner/worker/main.ts',
          upkeep: 'electron/store/upkeep-thread.ts',
          cli: 'electron/cli/main.ts',
        },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: 'electron/shell/preload.ts' },
        // A sandboxed preload is one CommonJS file.
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    root: 'renderer',
    plugins: [react(), filesUnderRoot],
    build: {
      minify: true,
      // The policy allows no data: fonts.
      assetsInlineLimit: 0,
      rolldownOptions: {
        input: 'renderer/index.html',
        output: { codeSplitting: { groups: [{ name: 'vendor', test: VENDOR }] } },
      },
    },
  },
});
