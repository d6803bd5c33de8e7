import { tickTimes } from './alerts.ts';
import { auditCost } from './audit.ts';
import { boardReads } from './board.ts';
import { emptyReactPage, firstLoad } from './bundle.ts';
import { callTimes } from './call.ts';
import { duckReads } from './duckdb.ts';
import { bareInserts, ingestRate } from './ingest.ts';
import { lintTimes, longFileTime } from './lint.ts';
import { against, inFolder, type Measure, median, round, toBest } from './measure.ts';
import { deskMemory } from './memory.ts';
import { PeerMissing } from './peer-rate.ts';
import { PEERS, plainjob } from './peers.ts';
import { firstTask, recovery } from './recovery.ts';
import { openingTimes, stepTimes } from './runbook.ts';
import { CLAIMED, claimCost, pauseLatency, throughput } from './runner.ts';
import { coldStart, nodeStart } from './start.ts';

/** A figure of the bench: it measures, and says its progress. `short`: a shorter run, for a look rather than a record. */
export type Figure = { name: string; measure(say: (line: string) => void, short: boolean): Promise<Measure[]> };

const JOBS = 30_000;
/** Both sides of a comparison take turns, so that what else the machine does falls on both. */
const RUNNER_ROUNDS = 5;
const PAUSES = 200;
const AUDITED = 5_000;
const STARTS = 7;
const BOARD_TASKS = 1_000_000;
const FEW_TASKS = 10_000;
const MANY_TASKS = 1_000_000;
const GROWN_TASKS = 10_000_000;
const INGEST_MS = 60_000;
const INGEST_SHORT_MS = 10_000;
const GROWTH_ROUNDS = 3;
const RECOVERIES = 5;
const QUEUED = 10_000;
const IN_FLIGHT = 100;
const RUN_STEPS = 200;
const FEW_STEPS = 10;
const RUNBOOKS = 1_000;
const LONG_FILE = 5_000_000;
const CALLS = 1_000;
const CALL_ROUNDS = 3;

/** Every figure that has a budget in the design, in the order in which they are measured. */
export const FIGURES: Figure[] = [
  { name: 'runner.throughput', measure: measureThroughput },
  { name: 'runner.recovery', measure: measureRecovery },
  { name: 'runner.claim.growth', measure: measureGrowth },
  { name: 'runner.call.overhead', measure: measureCall },
  { name: 'runner.memory', measure: measureMemory },
  { name: 'pause.p99', measure: measurePause },
  { name: 'audit.entry', measure: measureAudit },
  { name: 'runbook.step.p95', measure: measureStep },
  { name: 'runbook.open.200', measure: measureOpening },
  { name: 'runbook.lint.1000', measure: measureLint },
  { name: 'board.query.1M', measure: measureBoard },
  { name: 'board.query.growth', measure: measureBoardGrowth },
  { name: 'health.ingest', measure: measureIngest },
  { name: 'alerts.tick', measure: measureTick },
  { name: 'start.cold', measure: measureStart },
  { name: 'bundle.initial', measure: measureBundle },
];

async function measureThroughput(say: (line: string) => void): Promise<Measure[]> {
  const ours: number[] = [];
  const peers = PEERS.map((peer) => ({ ...peer, rates: [] as number[] }));
  const missing = new Set<string>();
  for (let turn = 1; turn <= RUNNER_ROUNDS; turn += 1) {
    ours.push(await throughput(JOBS));
    say(`round ${turn} of ${RUNNER_ROUNDS}: Nightdesk ${Math.round(ours.at(-1) ?? 0)} tasks/s`);
    for (const peer of peers.filter(({ name }) => !missing.has(name))) {
      try {
        peer.rates.push(await peer.rate(JOBS));
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
    note: `one journaled step a task, synchronous=FULL, 2 worker processes, ${JOBS} tasks, median of ${RUNNER_ROUNDS}; budget 10,000/s and 2x the best peer that journals`,
  };
  const compared = peers.flatMap(({ name, rates, durability, journaled }) =>
    rates.length === 0
      ? []
      : [
          against(
            { ...measure, journaled, note: `${measure.note}; ${name}: ${durability}, 2 worker processes` },
            name,
            median(rates),
            true,
          ),
        ],
  );
  if (compared.length === 0) return [measure];
  const alike = compared.filter((each) => each.journaled);
  return [
    ...compared,
    toBest(
      'runner.throughput.ratio',
      alike,
      'of those that have each result on the disk, as a journaled step is; budget 2',
    ),
    toBest('runner.throughput.ratio.any', compared, 'of all, whatever it keeps'),
  ].filter((each) => each !== undefined);
}

async function measureRecovery(say: (line: string) => void): Promise<Measure[]> {
  const ours: number[] = [];
  const starts: number[] = [];
  for (let turn = 0; turn < RECOVERIES; turn += 1) {
    ours.push(await recovery(QUEUED, IN_FLIGHT));
    starts.push(await firstTask());
    say(
      `after a kill ${Math.round(ours.at(-1) ?? 0)} ms, with nothing to recover ${Math.round(starts.at(-1) ?? 0)} ms`,
    );
  }
  const measure = {
    name: 'runner.recovery',
    value: round(median(ours)),
    unit: 'ms',
    note: `kill -9 of the built desk to the first task ended again, ${QUEUED} queued and ${IN_FLIGHT} in flight, median of ${RECOVERIES}; budget 2,000 ms`,
  };
  return [against(measure, 'a new desk with one task', median(starts), false)];
}

async function measureGrowth(say: (line: string) => void): Promise<Measure[]> {
  const few: number[] = [];
  const many: number[] = [];
  const peer: number[] = [];
  for (let turn = 0; turn < GROWTH_ROUNDS; turn += 1) {
    few.push(await claimCost(FEW_TASKS));
    many.push(await claimCost(MANY_TASKS));
    peer.push((await plainjob(CLAIMED, FEW_TASKS)) / (await plainjob(CLAIMED, MANY_TASKS)));
    say(`ms a task: ${few.at(-1)?.toFixed(4)} with ${FEW_TASKS} queued, ${many.at(-1)?.toFixed(4)} with ${MANY_TASKS}`);
  }
  const measure = {
    name: 'runner.claim.growth',
    value: round(median(many) / median(few)),
    unit: 'times',
    note: `cost of a claimed task with ${MANY_TASKS} queued (${round(median(many))} ms) over that with ${FEW_TASKS} (${round(median(few))} ms), median of ${GROWTH_ROUNDS}; budget 1.5`,
  };
  return [against(measure, 'plainjob', median(peer), false)];
}

async function measureCall(say: (line: string) => void): Promise<Measure[]> {
  const times = [];
  for (let turn = 0; turn < CALL_ROUNDS; turn += 1) {
    const { ours, bare } = await callTimes(CALLS);
    times.push({ ours, bare });
    say(`p95 of a call: ${ours.toFixed(2)} ms, of the AI SDK alone ${bare.toFixed(2)} ms`);
  }
  const bare = median(times.map((each) => each.bare));
  const measure = {
    name: 'runner.call.overhead',
    value: round(median(times.map((each) => each.ours - each.bare))),
    unit: 'ms',
    note: `at p95 of ${CALLS} calls in turn to a local server, until the answer is in the journal (synchronous=FULL), over the AI SDK alone (${round(bare)} ms), median of ${CALL_ROUNDS}; budget 2 ms`,
  };
  return [against(measure, 'the AI SDK alone', bare, false)];
}

async function measureMemory(): Promise<Measure[]> {
  const measure = {
    name: 'runner.memory',
    value: round(await deskMemory(MANY_TASKS)),
    unit: 'MB',
    note: `resident memory of the built desk at its most, 20,000 tasks done and more than ${MANY_TASKS} queued; budget 300 MB`,
  };
  return [against(measure, 'with 10,000 queued', await deskMemory(FEW_TASKS), false)];
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

async function measureAudit(): Promise<Measure[]> {
  const { withMs, withoutMs, entryMs, entryBytes, verifyMs } = await auditCost(AUDITED);
  const measure = {
    name: 'audit.entry',
    value: round(withMs),
    unit: 'ms',
    note: `an action committed with its audit entry, of which the entry is ${round(entryMs)} ms (budget 0.2 ms) and ${Math.round(entryBytes)} bytes; ${AUDITED} verified in ${Math.round(verifyMs)} ms`,
  };
  return [against(measure, 'the same without', withoutMs, false)];
}

async function measureStep(): Promise<Measure[]> {
  const { step, bare } = await stepTimes(RUN_STEPS);
  const measure = {
    name: 'runbook.step.p95',
    value: round(step),
    unit: 'ms',
    note: `a step of a run from its command over the socket until the embedded runner has taken its action, journaled before (synchronous=FULL), p95 of ${RUN_STEPS} in a run of as many; budget 100 ms`,
  };
  return [against(measure, 'the action alone', bare, false)];
}

async function measureOpening(): Promise<Measure[]> {
  const { many, few } = await openingTimes(RUN_STEPS, FEW_STEPS);
  const measure = {
    name: 'runbook.open.200',
    value: round(many),
    unit: 'ms',
    note: `a run of ${RUN_STEPS} steps from its start to the first frame of its subscription, over the socket, p95; budget 200 ms`,
  };
  return [against(measure, `a run of ${FEW_STEPS} steps`, few, false)];
}

async function measureLint(): Promise<Measure[]> {
  const { ours, marked, characters, findings } = lintTimes(RUNBOOKS);
  const long = longFileTime(LONG_FILE);
  const many = {
    name: 'runbook.lint.1000',
    value: round(ours),
    unit: 'ms',
    note: `${RUNBOOKS} runbooks like the shipped ones (${(characters / 1e6).toFixed(1)} MB) parsed and linted, ${findings} findings; marked only cuts them into tokens`,
  };
  const one = {
    name: 'runbook.parse.5MB',
    value: round(long.ours),
    unit: 'ms',
    note: 'one file of 5 MB parsed as a runbook; marked only cuts it into tokens; budget 1,000 ms',
  };
  return [against(many, 'marked', marked, false), against(one, 'marked', long.marked, false)];
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

/** The dearest question at a thousand times the tasks; the peer reads the raw rows. */
async function measureBoardGrowth(say: (line: string) => void, short: boolean): Promise<Measure[]> {
  const most = short ? BOARD_TASKS : GROWN_TASKS;
  const few = await boardReads(FEW_TASKS);
  say(`${FEW_TASKS} tasks: ${few.worstMs.toFixed(1)} ms`);
  const many = await boardReads(most);
  for (const [question, ms] of many.reads) say(`${question}: ${ms.toFixed(1)} ms`);
  const seconds = (ms: number) => `${Math.round(ms / 1_000)} s`;
  const cost = `${most} tasks take ${(many.bytes / 1e9).toFixed(2)} GB, ${seconds(many.seedMs)} to make and ${seconds(many.startMs)} to count at the first start`;
  say(cost);
  const duckFew = await inFolder((folder) => duckReads(folder, FEW_TASKS));
  const duckMany = await inFolder((folder) => duckReads(folder, most));
  say(`DuckDB: ${duckFew.worstMs.toFixed(1)} ms and ${duckMany.worstMs.toFixed(1)} ms`);
  const growth = {
    name: 'board.query.growth',
    value: round(many.worstMs / few.worstMs),
    unit: 'times',
    note: `p95 of the dearest board question with ${most} tasks (${round(many.worstMs)} ms) over that with ${FEW_TASKS} (${round(few.worstMs)} ms); ${cost}; budget 2`,
  };
  const query = {
    name: 'board.query.rows',
    value: round(many.worstMs),
    unit: 'ms',
    note: `the same at ${most} tasks, beside DuckDB over the raw rows: the dearest window's counts, bars and approximate percentiles, without socket or console`,
  };
  return [
    against(growth, 'DuckDB over the raw rows', duckMany.worstMs / duckFew.worstMs, false),
    against(query, 'DuckDB over the raw rows', duckMany.worstMs, false),
  ];
}

async function measureIngest(say: (line: string) => void, short: boolean): Promise<Measure[]> {
  const forMs = short ? INGEST_SHORT_MS : INGEST_MS;
  const { perSecond, events, frames, frameGapMs } = await ingestRate(forMs);
  say(`${Math.round(perSecond)} events/s, ${frames} frames of the board, ${Math.round(frameGapMs)} ms apart at p95`);
  const measure = {
    name: 'health.ingest',
    value: round(perSecond),
    unit: 'events/s',
    note: `${events} events over HTTP for ${forMs / 1_000} s, checked, durable (synchronous=FULL), counted once, a board of 20 agents read beside it: ${frames} frames, ${round(frameGapMs)} ms apart at p95; budget 20,000`,
  };
  return [against(measure, 'bare inserts of the same rows', await bareInserts(Math.min(forMs, INGEST_SHORT_MS)), true)];
}

async function measureTick(): Promise<Measure[]> {
  const { p95, slowest, firing, signals } = await tickTimes();
  return [
    {
      name: 'alerts.tick',
      value: round(p95),
      unit: 'ms',
      note: `p95 of 150 ticks: the objectives of 1,000 agents judged (${signals} signals, ${firing} alerts fire) while 200 tasks end a second, writes included; slowest ${round(slowest)} ms; budget 100`,
    },
  ];
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
