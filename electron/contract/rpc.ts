import { deskCalls } from './rpc/desk.ts';
import { healthCalls } from './rpc/health.ts';
import { incidentsCalls } from './rpc/incidents.ts';
import { runbooksCalls } from './rpc/runbooks.ts';
import { workCalls } from './rpc/work.ts';

/*
 * Every call between the console (or the command line) and the desk. Both sides validate by these schemas; the hosts
 * (Electron MessagePort, WebSocket) carry the same router.
 */

export { type About, aboutSchema } from './rpc/desk.ts';

export const contract = { ...deskCalls, ...workCalls, ...healthCalls, ...incidentsCalls, ...runbooksCalls };
export type Contract = typeof contract;
