/*
 * Runbooks: Markdown files that read as checklists and act. parse/ turns a file into a Runbook, lint/ says what is wrong
 * with it, edit/ reads and writes its text, execute/ runs it against a runtime and keeps each run in the store. Runs in the desk process; imports
 * contract/ and store/ only.
 */
export { createRunbookEditing, type RunbookEditing } from './edit/editing.ts';
export { createNotify } from './execute/notify.ts';
export { createRunbooks } from './execute/runbooks.ts';
export { formatFindings } from './lint/format.ts';
export { lintLibrary, lintRunbook } from './lint/lint.ts';
export { createRunbookUse, type RunbookUse } from './metrics/metrics.ts';
export { parseRunbook } from './parse/runbook.ts';
export type { Runbooks } from './types.ts';
