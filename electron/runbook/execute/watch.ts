import type { RuntimeEvent } from '#contract/runtime.ts';
import type { RunbooksOptions, Schedule } from '../types.ts';
import { livePlan } from './plan-step.ts';
import { afterEvent, currentStep, type RunRecord, type StepRecord, withStep } from './record.ts';

/** How often at most a plan on screen is brought up to date, ms. */
const REPLAN_MS = 1_000;

type Lane = Extract<RuntimeEvent, { kind: 'lane' }>['lane'];

/** The runs in progress, as far as the watch has its hand on them. */
type Watched = {
  /** By id; what is put there is in memory alone, and is seen again after a restart. */
  records: Map<number, RunRecord>;
  /** Changes a run in its turn, and on the disk. */
  change(id: number, make: (record: RunRecord) => RunRecord): Promise<void>;
};

/**
 * What the runtime does that runs have to know of: a paused agent that runs a task reopens its step, and the plan of a
 * step that is next is made again when the state it came from changes.
 */
export function watchRuntime(
  options: Pick<RunbooksOptions, 'runtime' | 'settings' | 'canaries' | 'now' | 'onChange'>,
  schedule: Schedule,
  runs: Watched,
) {
  /** The plan last shown for each run's next step: a new one is told. */
  const plans = new Map<number, string>();
  let cancelReplan: (() => void) | null = null;

  function onEvents(events: RuntimeEvent[]): void {
    if (runs.records.size === 0) return;
    let plansMayDiffer = false;
    for (const event of events) {
      if (event.kind === 'lane') for (const record of runs.records.values()) watchPauses(record, event.lane);
      if (event.kind === 'lane' || event.kind === 'provider' || event.kind === 'intervention') plansMayDiffer = true;
    }
    if (plansMayDiffer && cancelReplan === null) cancelReplan = schedule(REPLAN_MS, replan);
  }

  function watchPauses(record: RunRecord, lane: Lane): void {
    const { id } = record.run;
    for (const step of record.steps) {
      if (step.runningSeen === null || !isPausing(step, lane, options.now())) continue;
      if (lane.running < step.runningSeen) {
        runs.records.set(id, withStep(record, { ...step, runningSeen: lane.running }));
      } else if (lane.running > step.runningSeen) {
        runs
          .change(id, (latest) => reopened(latest, step.index, lane.running))
          .catch((error: unknown) => console.error(`run ${id}, step ${step.source.id}:`, error));
      }
    }
  }

  function replan(): void {
    cancelReplan = null;
    const changed: number[] = [];
    for (const record of runs.records.values()) {
      const step = currentStep(record);
      const plan = step === undefined ? null : livePlan(record, step, options);
      const text = JSON.stringify(plan);
      if (plan !== null && plans.get(record.run.id) !== text) changed.push(record.run.id);
      plans.set(record.run.id, text);
    }
    if (changed.length > 0) options.onChange(changed);
  }

  const unwatch = options.runtime.watch(onEvents);
  return {
    /** A run that has ended. */
    forget: (id: number) => plans.delete(id),
    close(): void {
      unwatch();
      cancelReplan?.();
    },
  };
}

/** Whether a step holds an agent's intake closed, as far as the run knows. */
function isPausing(step: StepRecord, lane: Lane, now: number): boolean {
  const action = step.receipt?.action;
  if (step.state !== 'passed' || lane.intake === 'open' || action === undefined) return false;
  return 'agent' in action && action.agent === lane.agent && (step.until === null || now < step.until);
}

/** A paused agent that runs a task again reopens the step that paused it. */
function reopened(record: RunRecord, index: number, running: number): RunRecord {
  const step = record.steps[index];
  if (step?.state !== 'passed' || running <= (step.runningSeen ?? 0)) return record;
  const seen = `reopened: ${running} running while it should be paused, ${step.runningSeen} when the step passed`;
  return afterEvent(record, index, 'reopen', { seen });
}
