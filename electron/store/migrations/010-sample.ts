import type { Migration } from './index.ts';

/** Sampled outputs and what people say of them. */
export const sample: Migration = {
  name: 'sample',
  sql: ``,
};
