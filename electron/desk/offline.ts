/*
 * Looking after the files of a desk that need not run, for the command line.
 */
export { readAnchor } from '../store/audit-anchor.ts';
export { addPending, type PendingEntry } from '../store/audit-pending.ts';
export { verifyFolder } from '../store/audit-verify.ts';
export { backupFile, writeBackup } from '../store/backup.ts';
export { restoreFrom } from '../store/restore.ts';
export { openAuditFolder } from './audit-folder.ts';
export { examine } from './doctor.ts';
