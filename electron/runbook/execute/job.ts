import type { RunbooksOptions } from '../types.ts';
import { type End, tame } from './outside/end.ts';
import { compileRequest, isSafe, refusedHost, sendRequest } from './outside/http.ts';
import { runShell } from './outside/shell.ts';
import { afterEvent, lookupIn, type RunRecord, type StepRecord } from './record.ts';
import { variablesOf } from './variables.ts';

/** How long a request or a shell may take when the step does not say, ms. */
const HTTP_TIMEOUT_MS = 30_000;
const SHELL_TIMEOUT_MS = 60_000;

type Ended = (record: RunRecord, step: StepRecord) => RunRecord;

/** What steps run outside the desk, beside their runs: a run takes commands meanwhile, so that it can be cancelled. */
export function openJobs(options: Pick<RunbooksOptions, 'settings' | 'mask' | 'now' | 'log'>) {
  /** By key: what stops it, and its end. */
  const running = new Map<string, { controller: AbortController; over: Promise<End> }>();

  /** The step once the job has ended. */
  function ended(end: End): Ended {
    const { ok, ...told } = tame(end, options.mask);
    return (record, step) =>
      afterEvent(record, step.index, ok ? 'done' : 'diverged', { ...told, endedAt: options.now() });
  }

  async function run(record: RunRecord, step: StepRecord, key: string, signal: AbortSignal): Promise<End> {
    const { source } = step;
    const timeoutMs = source.directive?.timeoutMs ?? null;
    if (source.directive?.verb === 'shell') {
      if (!options.settings().shell || source.body === null) return refused('shell steps are off at this desk');
      const env = variablesOf(record, step, key);
      return runShell(source.body, { env, timeoutMs: timeoutMs ?? SHELL_TIMEOUT_MS, signal });
    }
    const request = compileRequest(source.directive?.args ?? {}, source.body, lookupIn(record));
    if (!request.ok) return refused(request.error.message);
    const allowed = refusedHost(request.value.url, options.settings().http);
    if (!allowed.ok) return refused(allowed.error.message);
    return sendRequest(request.value, { key, timeoutMs: timeoutMs ?? HTTP_TIMEOUT_MS, signal });
  }

  return {
    /** Begins the job of a step whose intent and key are on the disk; one that runs already is let be. */
    begin(record: RunRecord, step: StepRecord, onEnd: (end: Ended) => Promise<void>): void {
      const { key } = step;
      if (key === null || running.has(key)) return;
      const controller = new AbortController();
      const over = run(record, step, key, controller.signal).catch((error: unknown) =>
        refused(error instanceof Error ? error.message : String(error)),
      );
      running.set(key, { controller, over });
      void over.then(async (end) => {
        try {
          await onEnd(ended(end));
          // Not before its end is on the disk: the step would be taken for one that has not begun, and run a second time.
          running.delete(key);
        } catch (error) {
          options.log(`the end of ${key} could not be kept: ${error instanceof Error ? error.message : String(error)}`);
        }
      });
    },
    cancel(record: RunRecord, stepId: string): void {
      const key = record.steps.find((step) => step.source.id === stepId)?.key ?? '';
      running.get(key)?.controller.abort();
    },
    /**
     * A job that was under way when the desk went down. What only reads stands open again; of anything else nobody can say
     * whether it landed, so it has failed, and a retry goes out under the same key.
     */
    lost(record: RunRecord, step: StepRecord): RunRecord {
      const { directive } = step.source;
      const request = compileRequest(directive?.args ?? {}, step.source.body, lookupIn(record));
      const safe = directive?.verb === 'http' && request.ok && isSafe(request.value);
      const seen = safe
        ? 'the desk went down before the answer came; it only reads, so try it again'
        : 'the desk went down while it was on its way: look whether it landed before you try again, under the same key';
      return afterEvent(record, step.index, 'diverged', { seen, inDoubt: true, endedAt: options.now() });
    },
    /** Stops them all, and waits until nothing of them runs any more: a shell that does not heed the polite signal gets the other. */
    async close(): Promise<void> {
      const jobs = [...running.values()];
      for (const { controller } of jobs) controller.abort();
      await Promise.all(jobs.map(({ over }) => over));
    },
  };
}

function refused(seen: string): End {
  return { ok: false, seen, output: null, value: null };
}
