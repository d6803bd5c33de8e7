/*
 * The same desk for a browser: HTTP and WebSocket host, tokens, one desk a data folder. `runServe` is `nightdesk serve`;
 * `startDesk` is the part that the desktop shares; `findDesk` tells command lines where a desk answers.
 */
export { type DeskFile, findDesk } from './claim.ts';
export { defaultDataFolder } from './home.ts';
export { type RunningDesk, type RunOptions, runServe, startDesk } from './run.ts';
