import type { Migration } from './index.ts';

export const health: Migration = { name: 'health', sql: '' };
