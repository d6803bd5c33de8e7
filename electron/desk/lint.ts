/*
 * Checking runbook files without a desk that runs, for the command line.
 */
export { formatFindings, lintLibrary, lintRunbook, parseRunbook } from '../runbook/index.ts';
