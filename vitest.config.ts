import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react()],
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Most specs wait on processes and pages: a third file fills the gaps of two cores.
    maxWorkers: 3,
    reporters: ['default', './test/support/tally.ts'],
  },
});
