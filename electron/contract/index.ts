/*
 * The contract: each RPC method, event and domain type, once, as zod schemas. No I/O; every other folder imports it, it
 * imports none of ours. rpc/ lists the calls, stream.ts the subscriptions, errors.ts every error.
 */
export { type Contract, contract } from './rpc.ts';
