import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { LongFirst } from './test/support/order.ts';

export default defineConfig({
  plugins: [react()],
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    // `npm test` builds first: desks and commands are then started from what it built.
    env: { NIGHTDESK_TEST_BUILT: process.env.npm_lifecycle_event === 'test' ? '1' : '' },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A machine of CI may stand still for seconds: what fails there is tried once more, and said to have been.
    retry: process.env.CI ? 1 : 0,
    pool: 'forks',
    // Most specs wait on processes and pages: more files than cores fill the gaps.
    maxWorkers: 4,
    sequence: { sequencer: LongFirst },
    reporters: ['default', './test/support/tally.ts'],
  },
});
