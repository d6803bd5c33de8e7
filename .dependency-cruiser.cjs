/*
 * Who may import whom, as the design says. A file's path tells which process runs it and what it may import.
 */

/** The parts that the desk wires together: each knows the contract and the store, and of each other only an index. */
const PARTS = ['runner', 'runtimes', 'health', 'runbook', 'drill'];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      // A circle of types alone is no circle when the program runs.
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'electron-only-in-shell',
      severity: 'error',
      from: { path: '^(electron|renderer|agents)/', pathNot: '^electron/shell/' },
      to: { path: ['^electron$', 'node_modules/electron/'] },
    },
    {
      name: 'contract-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^electron/contract/' },
      to: { path: '^(electron|renderer|agents|test)/', pathNot: '^electron/contract/' },
    },
    {
      name: 'renderer-imports-contract-only',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(electron|agents|test)/', pathNot: '^electron/contract/' },
    },
    {
      name: 'renderer-runs-in-a-browser',
      severity: 'error',
      from: { path: '^(renderer|electron/contract)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'electron-imports-no-renderer',
      severity: 'error',
      from: { path: '^electron/' },
      to: { path: '^(renderer|agents|test)/' },
    },
    {
      name: 'sqlite-only-in-store',
      severity: 'error',
      from: { path: '^electron/', pathNot: '^electron/store/' },
      to: { path: '(^|node_modules/)better-sqlite3' },
    },
    {
      name: 'store-imports-contract-only',
      severity: 'error',
      from: { path: '^electron/store/' },
      to: { path: '^electron/', pathNot: '^electron/(store|contract)/' },
    },
    ...PARTS.map((part) => ({
      name: `${part}-imports-contract-and-store`,
      severity: 'error',
      from: { path: `^electron/${part}/` },
      to: {
        path: '^electron/',
        pathNot: `^electron/(${part}|contract|store)/|^electron/(${PARTS.join('|')})/index\\.ts$`,
      },
    })),
    {
      name: 'desk-knows-no-host',
      severity: 'error',
      from: { path: '^electron/desk/' },
      to: { path: '^electron/(shell|serve|cli)/' },
    },
    {
      name: 'serve-imports-desk',
      severity: 'error',
      from: { path: '^electron/serve/' },
      to: { path: '^electron/', pathNot: '^electron/(serve|desk|contract)/' },
    },
    {
      // Both hosts share everything but the transport; a worker host is the runner's worker in Electron's clothes.
      name: 'shell-imports-desk-and-serve',
      severity: 'error',
      from: { path: '^electron/shell/' },
      to: { path: '^electron/', pathNot: '^electron/(shell|serve|desk|contract)/|^electron/runner/worker/main\\.ts$' },
    },
    {
      name: 'cli-imports-desk-and-serve',
      severity: 'error',
      from: { path: '^electron/cli/' },
      to: { path: '^electron/', pathNot: '^electron/(cli|serve|desk|contract)/' },
    },
    {
      name: 'no-test-code-in-the-product',
      severity: 'error',
      from: { path: '^(electron|renderer|agents)/' },
      to: { dependencyTypes: ['npm-dev'], path: 'node_modules/(vitest|fast-check|playwright-core|@copilotkit)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // TypeScript 7 has no API yet that dependency-cruiser could parse with.
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json', '.css'],
    },
  },
};
