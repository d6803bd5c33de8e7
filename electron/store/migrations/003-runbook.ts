import type { Migration } from './index.ts';

export const runbook: Migration = { name: 'runbook', sql: '' };
