import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { LongFirst } from './test/support/order.ts';

const PURE = [
  'test/renderer/**/*.test.{ts,tsx}',
  'test/runbook/{edit,lint,metrics,parse}/**/*.test.ts',
  'test/health/{indicator,objective}/**/*.test.ts',
  'test/runner/{definition,guard,schedule}/**/*.test.ts',
];

export default defineConfig({
  plugins: [react()],
  test: {
    projects: [
      // Pure logic shares its modules: loading them took as long as the tests.
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
      { extends: true, test: { name: 'parts', include: ['test/**/*.test.{ts,tsx}'], exclude: PURE } },
    ],
    // `npm test` builds first: desks and commands are then started from what it built.
    env: { NIGHTDESK_TEST_BUILT: process.env.npm_lifecycle_event === 'test' ? '1' : '' },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A machine of CI may stand still for seconds: what fails there is tried once more, and said to have been.
    retry: process.env.CI ? 1 : 0,
    pool: 'forks',
    // Most specs wait on processes and pages: more files than cores fill the gaps.
    maxWorkers: 3,
    sequence: { sequencer: LongFirst },
    reporters: ['default', './test/support/tally.ts'],
  },
});
