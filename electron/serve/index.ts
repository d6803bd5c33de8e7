/*
 * The same desk for a browser: HTTP and WebSocket host, tokens, one desk a data folder. `runServe` is `nightdesk serve`;
 * run.ts holds `startDesk`, the part that the desktop shares; `findDesk` tells command lines where a desk answers.
 */
export { findDesk } from './claim.ts';
export { defaultDataFolder } from './home.ts';
export { runServe } from './run.ts';
