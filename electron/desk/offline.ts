/*
 * Looking after the files of a desk that need not run, for the command line.
 */
export { backupFile, writeBackup } from '../store/backup.ts';
export { restoreFrom } from '../store/restore.ts';
export { examine } from './doctor.ts';
