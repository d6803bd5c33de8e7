/*
 * The link to the desk: one typed client over a WebSocket or a MessagePort, connected again by itself, and the stores
 * that its topics feed. Screens in app/ read them; views get data and callbacks.
 */
export { readDeskClock, useNow } from './clock.ts';
export { type Client, createConnection } from './connection.ts';
export { DeskProvider, useAnswer, useCall, useClient, useConnection } from './desk.ts';
export { orNull, refusalText } from './refusal.ts';
export { useBoard, useIncident, useNotices, useRun, useTask, useTasks } from './topics.ts';
export { connectPorts, connectSocket } from './transport.ts';
