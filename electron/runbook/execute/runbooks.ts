import type { Actor } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { Runbook, RunbookSummary } from '#contract/runbook.ts';
import type { Runbooks, RunbooksOptions, Schedule, StartRequest } from '../types.ts';
import { beginRun } from './begin.ts';
import { dryRun } from './dry-run.ts';
import { openJournal } from './journal.ts';
import { openLibrary } from './library.ts';
import type { RunRecord } from './record.ts';
import { openRuns } from './runs.ts';

const systemTimers: Schedule = (ms, call) => {
  const timer = setTimeout(call, ms);
  return () => clearTimeout(timer);
};

/** Opens the runbooks of some folders and the runs in the store. Call `resumeAll` once everything else is up. */
export function createRunbooks(options: RunbooksOptions): Runbooks {
  const journal = openJournal(options.store);
  const library = openLibrary(options.folders, options.known, options.now);
  const runs = openRuns(options, journal, options.schedule ?? systemTimers, library.get);

  function summarize(runbook: Runbook): RunbookSummary {
    const last = journal.lastOf(runbook.name);
    const { name, title, live, failure, matchAlerts, owner, reviewed, file } = runbook;
    return {
      ...{ name, title, live, failure, matchAlerts, owner, reviewed, file },
      steps: runbook.sections.reduce((sum, section) => sum + section.steps.length, 0),
      errors: runbook.problems.filter((problem) => problem.severity === 'error').length,
      warnings: runbook.problems.filter((problem) => problem.severity === 'warning').length,
      lastRunAt: last?.at ?? null,
      lastOutcome: last?.outcome ?? null,
    };
  }

  function notFound(name: string): ReturnType<typeof fail> {
    const names = library.all().map((runbook) => runbook.name);
    return fail('NOT_FOUND', `There is no runbook ${name}.`, {
      kept: 'Nothing was changed.',
      todo: names.length === 0 ? 'No folder here holds one.' : `Here are ${names.join(', ')}.`,
    });
  }

  function begin(request: StartRequest, by: Actor): Result<RunRecord> {
    const runbook = library.get(request.runbook);
    return runbook === undefined ? notFound(request.runbook) : beginOf(runbook, request, by);
  }

  function beginOf(runbook: Runbook, request: StartRequest, by: Actor): Result<RunRecord> {
    const alert = request.incident === undefined ? undefined : options.alertFor(request.incident, runbook.matchAlerts);
    return beginRun(runbook, {
      ...{ request, alert, by },
      known: options.known(),
      rehearsal: options.rehearsal,
      now: options.now(),
    });
  }

  return {
    list: () => library.all().map(summarize),
    get: (name) => {
      const runbook = library.get(name);
      return runbook === undefined ? notFound(name) : succeed(runbook);
    },
    lint: () => library.problems(),
    forAlert: (rule) =>
      library
        .all()
        .filter((runbook) => runbook.matchAlerts.includes(rule))
        .map(({ name, title }) => ({ name, title })),
    start: async (request, by) => {
      const begun = begin(request, by);
      return begun.ok ? runs.begin(begun.value) : begun;
    },
    dryRun: (request) => {
      const begun = begin(request, { name: 'dry run', via: 'runbook' });
      return begun.ok ? succeed(dryRun(begun.value, options)) : begun;
    },
    tryOut: (runbook, inputs) => {
      const begun = beginOf(runbook, { runbook: runbook.name, inputs }, { name: 'dry run', via: 'runbook' });
      return begun.ok ? succeed(dryRun(begun.value, options)) : begun;
    },
    getRun: (id) => runs.get(id),
    listRuns: (incident) => runs.list(incident),
    command: runs.command,
    rollBackPlan: runs.rollBackPlan,
    report: runs.report,
    reportsOf: runs.reportsOf,
    viewed: runs.viewed,
    met: runs.met,
    openRun: (incident) => runs.openRun(incident),
    resumeAll: () => runs.resumeAll(),
    close: async () => {
      await Promise.all([runs.close(), library.close()]);
    },
  };
}
