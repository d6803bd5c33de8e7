import type { KnipConfig } from 'knip';

export default {
  entry: [
    'electron/shell/{main,desk-host,worker-host,preload}.ts',
    'electron/runner/worker/{main,agent-api}.ts',
    'electron/store/upkeep-thread.ts',
    'electron/cli/main.ts',
    'renderer/app/main.tsx',
    'agents/**/*.ts',
    'build/*.{cjs,ts}',
    'test/**/*.test.{ts,tsx}',
    'test/support/**/*.{ts,tsx}',
    'test/runbook/collections.ts',
  ],
  project: [
    'electron/**/*.{ts,mjs}',
    'renderer/**/*.{ts,tsx,css}',
    'agents/**/*.ts',
    'build/**/*.{cjs,ts}',
    'test/**/*.{ts,tsx}',
  ],
  ignoreDependencies: [
    // Loaded by @datadog/sketches-js, which names it as a development dependency only.
    'protobufjs',
  ],
  // Of the operating system: means of the tests to fill a disk and to have a keychain, and a peer of the bench.
  ignoreBinaries: ['dbus-run-session', 'prlimit', 'redis-server'],
  ignoreExportsUsedInFile: true,
  compilers: {
    // Fonts come into the console through @import.
    css: (text: string) => [...text.matchAll(/@import\s+["'][^"']+["']/g)].map(([rule]) => rule.slice(1)).join('\n'),
  },
} satisfies KnipConfig;
