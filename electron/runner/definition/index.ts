/*
 * Agent files: parse.ts reads one (pure), load.ts a folder of them with their schemas and code, watch.ts reads again on
 * a change. A broken file never takes down the agent that worked before.
 */
export { agentFilesIn, keepLastGood, type LoadedAgents, loadAgent, loadAgents } from './load.ts';
export { placesIn } from './parse.ts';
export { keepSnapshot } from './snapshot.ts';
export { readStored } from './stored.ts';
export { trialOf } from './trial.ts';
export { watchAgents } from './watch.ts';
export { type PlaceOf, problemAt, problemsOf, readYaml } from './yaml.ts';
