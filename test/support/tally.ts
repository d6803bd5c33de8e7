import type { Reporter, TestModule } from 'vitest/node';
import { whyNoRealElectron } from './electron/real.ts';

/** How a whole test run ended. */
export type Tally = {
  passed: number;
  /** Tests that failed, files that could not be read or set up, and errors outside of any test. */
  failed: number;
  skipped: number;
};

/** `463 passed, 0 failed`, with what was skipped, if anything. */
export function tallyLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}

/** Ends a test run with its tally on a line of its own, for scripts to read; before it, what the desktop's specs ran on. */
export default class TallyReporter implements Reporter {
  onTestRunEnd(
    modules: readonly Pick<TestModule, 'moduleId' | 'state' | 'errors' | 'children'>[],
    errors: readonly unknown[],
  ): void {
    const tally: Tally = { passed: 0, failed: errors.length, skipped: 0 };
    for (const module of modules) {
      tally.failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== 'pending') tally[state] += 1;
      }
    }
    if (modules.some((module) => module.moduleId.includes('/test/shell/'))) {
      const reason = whyNoRealElectron();
      const ranOn =
        reason === undefined ? 'the real Electron and its stand-in' : `the stand-in of Electron (${reason})`;
      process.stdout.write(`The desktop ran on ${ranOn}.\n`);
    }
    process.stdout.write(`${tallyLine(tally)}\n`);
  }
}
