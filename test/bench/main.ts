import { parseArgs } from 'node:util';
import { build, whyNotBuilt } from '../../electron/cli/built.ts';
import { ROOT } from './desk.ts';
import { FIGURES } from './figures.ts';
import type { Measure } from './measure.ts';

/*
 * `npm run bench`: the figures that the design sets budgets for, each beside a peer measured in the same run. `--json`
 * prints one line of JSON for each, `--only NAME` (more than once, if need be) picks, `--short` measures for less long where that
 * is possible. Progress goes to standard error. A
 * figure that cannot be measured ends the run with 1; one that misses its budget does not: that is for its reader to judge.
 */

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function inWords({ name, value, unit, peer, peer_value, ratio, note }: Measure): string {
  const compared = peer === undefined ? '' : `   ${peer} ${peer_value} ${unit}, ratio ${ratio}`;
  return `${name.padEnd(20)}${`${value} ${unit}`.padEnd(20)}${compared}\n${' '.repeat(20)}${note}`;
}

async function main(): Promise<number> {
  const { json, only, short } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      short: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
    },
  }).values;
  const unknown = only.filter((name) => FIGURES.every((figure) => figure.name !== name));
  if (unknown.length > 0) {
    say(
      `There is no figure ${unknown.join(', ')}. Use --only with: ${FIGURES.map((figure) => figure.name).join(', ')}.`,
    );
    return 1;
  }
  const reason = whyNotBuilt(ROOT);
  if (reason !== undefined) {
    say(`Building Nightdesk (${reason}) ...`);
    if (!build(ROOT)) return 1;
  }
  let broken = 0;
  for (const figure of FIGURES.filter(({ name }) => only.length === 0 || only.includes(name))) {
    say(`${figure.name} ...`);
    try {
      for (const measure of await figure.measure((line) => say(`  ${line}`), short)) {
        console.log(json ? JSON.stringify(measure) : inWords(measure));
      }
    } catch (error) {
      broken += 1;
      say(`${figure.name} is broken: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }
  return broken === 0 ? 0 : 1;
}

process.exitCode = await main();
