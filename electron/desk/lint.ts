/*
 * Checking runbook files without a desk that runs, for the command line.
 */
export { lintRunbook, parseRunbook } from '../runbook/index.ts';
