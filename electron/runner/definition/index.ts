/*
 * Agent files: parse.ts reads one (pure), load.ts a folder of them with their schemas and code, watch.ts reads again on
 * a change. A broken file never takes down the agent that worked before.
 */
export { keepLastGood, type LoadedAgents, loadAgents } from './load.ts';
export { watchAgents } from './watch.ts';
export { type PlaceOf, problemAt, problemsOf, readYaml } from './yaml.ts';
