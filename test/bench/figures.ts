import { boardReads } from './board.ts';
import { emptyReactPage, firstLoad } from './bundle.ts';
import { against, type Measure, median, round } from './measure.ts';
import { bullmq, PeerMissing, plainjob } from './peers.ts';
import { pauseLatency, throughput } from './runner.ts';
import { coldStart, nodeStart } from './start.ts';

/** A figure of the bench: it measures, and says its progress. */
export type Figure = { name: string; measure(say: (line: string) => void): Promise<Measure[]> };

const JOBS = 30_000;
/** Both sides of a comparison take turns, so that what else the machine does falls on both. */
const RUNNER_ROUNDS = 5;
const PAUSES = 200;
const STARTS = 7;
const BOARD_TASKS = 1_000_000;
const FEW_TASKS = 10_000;

/** Every figure that has a budget in the design, in the order in which they are measured. */
export const FIGURES: Figure[] = [
  { name: 'runner.throughput', measure: measureThroughput },
  { name: 'pause.p99', measure: measurePause },
  { name: 'board.query.1M', measure: measureBoard },
  { name: 'start.cold', measure: measureStart },
  { name: 'bundle.initial', measure: measureBundle },
];

async function measureThroughput(say: (line: string) => void): Promise<Measure[]> {
  const ours: number[] = [];
  const peers = [
    { name: 'plainjob', run: plainjob, rates: [] as number[], durability: 'synchronous=NORMAL' },
    { name: 'BullMQ', run: bullmq, rates: [] as number[], durability: 'redis-server, appendfsync everysec' },
  ];
  const missing = new Set<string>();
  for (let turn = 1; turn <= RUNNER_ROUNDS; turn += 1) {
    ours.push(await throughput(JOBS));
    say(`round ${turn} of ${RUNNER_ROUNDS}: Nightdesk ${Math.round(ours.at(-1) ?? 0)} tasks/s`);
    for (const peer of peers.filter(({ name }) => !missing.has(name))) {
      try {
        peer.rates.push(await peer.run(JOBS));
        say(`round ${turn} of ${RUNNER_ROUNDS}: ${peer.name} ${Math.round(peer.rates.at(-1) ?? 0)} jobs/s`);
      } catch (error) {
        if (!(error instanceof PeerMissing)) throw error;
        missing.add(peer.name);
        say(`without ${peer.name}: ${error.message}`);
      }
    }
  }
  const measure = {
    name: 'runner.throughput',
    value: round(median(ours)),
    unit: 'tasks/s',
    note: `one journaled step a task, synchronous=FULL, 2 worker processes, ${JOBS} tasks, median of ${RUNNER_ROUNDS}; budget 10,000/s and 2x the peer`,
  };
  const compared = peers.flatMap(({ name, rates, durability }) =>
    rates.length === 0
      ? []
      : [
          against(
            { ...measure, note: `${measure.note}; ${name}: ${durability}, 2 worker processes` },
            name,
            median(rates),
            true,
          ),
        ],
  );
  return compared.length > 0 ? compared : [measure];
}

async function measurePause(): Promise<Measure[]> {
  const { pauseMs, commitMs } = await pauseLatency(PAUSES);
  const measure = {
    name: 'pause.p99',
    value: round(pauseMs),
    unit: 'ms',
    note: `asked to durably answered at full load, ${PAUSES} pauses, no task claimed after any; budget 100 ms`,
  };
  return [against(measure, 'one bare commit', commitMs, false)];
}

async function measureBoard(say: (line: string) => void): Promise<Measure[]> {
  say(`seeding ${BOARD_TASKS} tasks`);
  const many = await boardReads(BOARD_TASKS);
  for (const [question, ms] of many.reads) say(`${question}: ${ms.toFixed(1)} ms`);
  const few = await boardReads(FEW_TASKS);
  const [slowest] = many.reads.toSorted(([, a], [, b]) => b - a)[0] ?? ['nothing'];
  const measure = {
    name: 'board.query.1M',
    value: round(many.worstMs),
    unit: 'ms',
    note: `p95 of the slowest of ${many.reads.length} questions (${slowest}) over the socket, ${BOARD_TASKS} tasks of 20 agents; ${round(few.worstMs)} ms with ${FEW_TASKS} tasks; budget 50 ms`,
  };
  return [against(measure, 'SQL over the task rows', many.worstSqlMs, false)];
}

async function measureStart(): Promise<Measure[]> {
  const starts: number[] = [];
  const bare: number[] = [];
  for (let n = 0; n < STARTS; n += 1) {
    starts.push(await coldStart());
    bare.push(await nodeStart());
  }
  const measure = {
    name: 'start.cold',
    value: round(median(starts)),
    unit: 'ms',
    note: `built serve on a new data folder to the first board frame, median of ${STARTS}; budget 1,000 ms`,
  };
  return [against(measure, 'node -e 0', median(bare), false)];
}

async function measureBundle(say: (line: string) => void): Promise<Measure[]> {
  const { gzipKb, fontsKb, files } = firstLoad();
  say(`first load: ${files.join(', ')}`);
  const measure = {
    name: 'bundle.initial',
    value: round(gzipKb),
    unit: 'kB gzip',
    note: `page, scripts, styles and icon of the first load; beside them ${round(fontsKb)} kB of Latin fonts; budget 250 kB`,
  };
  return [against(measure, 'an empty React page', await emptyReactPage(), false)];
}
