#!/usr/bin/env node
/*
 * The `nightdesk` command: goes on in the built command line or, in a clone, in its source.
 */
import { root } from './bring-node.mjs';
import { onNode24 } from './on-node-24.mjs';

await onNode24(async () => {
  // An installed package holds the built files alone.
  const { whyNotBuilt } = await import('./built.ts').catch(() => ({ whyNotBuilt: () => undefined }));
  await import(whyNotBuilt(root) === undefined ? '../../out/main/cli.js' : './main.ts');
});
