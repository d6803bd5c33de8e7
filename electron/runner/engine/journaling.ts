import { hasEnded } from '#contract/task.ts';
import type { Steps } from '../../store/step.ts';
import { markBits, type Tasks } from '../../store/task.ts';
import { paceAfterEnd } from '../guard/pace.ts';
import type { Delivery } from './delivery.ts';
import { endedEvent } from './ended.ts';
import type { FamilyDesk } from './family.ts';
import type { EngineGuards } from './guards.ts';
import type { Memory } from './memory.ts';
import type { Parking } from './park.ts';
import type { Pool } from './pool.ts';
import type { JournalEntry } from './protocol.ts';
import { countFailedCall, type Running } from './running.ts';
import { type AttemptEnd, settle, type WorkerEnd } from './settle.ts';
import type { TurnDesk } from './turn.ts';

export type JournalingOptions = {
  tasks: Tasks;
  steps: Steps;
  family: FamilyDesk;
  memory: Memory;
  delivery: Delivery;
  guards: EngineGuards;
  turns: TurnDesk;
  parking: Parking;
  pool(): Pool;
  now(): number;
  random(): number;
  mendClock(): void;
  wakeAt(moment: number | null): void;
};

/** Writes what becomes of an attempt: its steps, and its end. Both are called inside a commit. */
export function createJournaling(options: JournalingOptions) {
  const { tasks, steps, family, memory, delivery, guards, turns, now } = options;

  function journal(run: Running, entry: JournalEntry): void {
    steps.write({
      task: run.id,
      seq: entry.seq,
      attempt: run.attempt,
      name: entry.name,
      kind: entry.kind,
      state: entry.state,
      started_at: entry.startedAt,
      ended_at: entry.endedAt,
      fingerprint: entry.fingerprint,
      effect_key: entry.effectKey,
      request: entry.request,
      result: entry.result,
      error: entry.error && JSON.stringify(entry.error),
      call: entry.call && JSON.stringify(entry.call),
    });
    delivery.task(run.id, run.agent);
    if (entry.call === null || entry.state === 'intent') return;
    const { call } = entry;
    memory.remember(run);
    run.costUsd += call.costUsd;
    run.tokensIn += call.tokensIn;
    run.tokensOut += call.tokensOut;
    if (entry.kind === 'model') run.model = `${call.provider}/${call.model}`;
    if (call.rehearsal) run.marks |= markBits('rehearsal');
    if (entry.error) countFailedCall(run, call.provider);
    if (entry.kind === 'model') {
      const { calls } = memory.laneOf(run.agent);
      calls.set(call.provider, (calls.get(call.provider) ?? 0) + 1);
    }
    guards.spent(run, call);
    delivery.after(() => guards.called(run, call, entry.error));
  }

  function finish(run: Running, ended: WorkerEnd, replayed: number[]): void {
    options.mendClock();
    const at = now();
    const end: AttemptEnd = ended.kind === 'until' ? family.waits(run, ended, at) : ended;
    const verdict = settle(run, guards.wouldServe(run, end) ? { kind: 'paused' } : end, at, options.random());
    const { settled } = verdict;
    if (settled.state === 'succeeded') tasks.succeed(settled);
    else tasks.settle(settled);
    steps.writeAttempt({
      task: run.id,
      number: run.attempt,
      worker: run.worker,
      started_at: run.claimedAt,
      ended_at: at,
      outcome: verdict.outcome,
      error: verdict.error && JSON.stringify(verdict.error),
      backoff_ms: verdict.backoffMs,
      replayed: replayed.length > 0 ? JSON.stringify(replayed) : null,
    });
    memory.leave(run);
    delivery.after(() => guards.left(run, end));
    options.pool().get(run.worker)?.assigned.delete(run.id);
    const lane = memory.laneOf(run.agent);
    lane.running -= 1;
    if (settled.state === 'queued') lane.queued += 1;
    else if (settled.waitKind !== null) lane.waiting += 1;
    delivery.lane(lane);
    if (settled.state !== 'queued' && settled.state !== 'retrying') turns.left(run);
    if (end.kind === 'parked' && settled.waitKind === 'person') options.parking.park(run, end.question, at);
    options.wakeAt(settled.runAt);
    delivery.task(run.id, run.agent);
    if (hasEnded(settled.state)) {
      lane.pace = paceAfterEnd(lane.pace, at);
      delivery.event(endedEvent(run, settled));
      family.ended(run.id, run.parent);
    }
  }

  return { journal, finish };
}
