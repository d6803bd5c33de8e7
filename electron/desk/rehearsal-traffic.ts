import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '#contract/basic.ts';
import type { Runner } from '../runner/index.ts';
import { createTraffic, type Traffic } from '../runner/traffic.ts';

/** The rehearsal's traffic, from the fixtures of every agent that has no schedule of its own. */
export function openTraffic(runner: Runner, now: () => number): Traffic {
  return createTraffic({
    submit: (agent, input, key) => void runner.submit([{ agent, input, key, rehearsal: true }]),
    fixtures: (agent) => fixturesOf(runner.definition(agent)?.folder ?? null),
    agents: () => runner.snapshot().agents.flatMap((agent) => (agent.schedule === null ? [agent.name] : [])),
    now,
    random: Math.random,
  });
}

/** The JSON files under an agent's fixtures/. */
function fixturesOf(folder: string | null): Json[] {
  if (folder === null) return [];
  const fixtures = join(folder, 'fixtures');
  if (!existsSync(fixtures)) return [];
  return readdirSync(fixtures)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(fixtures, name), 'utf8')) as Json);
}
