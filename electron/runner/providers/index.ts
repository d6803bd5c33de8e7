/*
 * Models: config.ts says which providers there are, call.ts makes one call through the AI SDK and classifies how it
 * ended, rehearsal.ts plays a vendor from an agent's script. Retries and failover are not here: the engine routes.
 */
export { callModel } from './call.ts';
export { keyVariable, listProviders, type ProviderConfig } from './config.ts';
export type { ModelMessage, ToolCall } from './message.ts';
export { priceOf } from './price.ts';
