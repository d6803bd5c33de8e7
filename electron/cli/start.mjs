/*
 * `npm start`, from the version check on.
 */
import { onNode24 } from './on-node-24.mjs';

await onNode24(() => import('./start.ts'));
