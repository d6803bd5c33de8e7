import type { BoardWindow, DeskState } from '#contract/health.ts';
import type {
  BoardState,
  IncidentState,
  NoticesState,
  RunState,
  TasksState,
  TaskTopicState,
} from '#contract/stream.ts';
import type { TaskFilter } from '#contract/task.ts';
import type { Parts } from './parts.ts';

/** The total of a filtered list is counted at most this often, ms: it is the dear part of the read. */
const COUNT_EVERY_MS = 2_000;

function byId<T>(records: T[], id: (record: T) => string): Record<string, T> {
  return Object.fromEntries(records.map((record) => [id(record), record]));
}

function deskState(parts: Parts, bucketMs: number): DeskState {
  const problems = [...parts.runner.problems(), ...parts.runbooks.lint()];
  return {
    at: parts.now(),
    rehearsal: parts.rehearsal,
    bucketMs,
    waitingForPerson: parts.runner.people.waiting(),
    fileProblems: problems.filter((problem) => problem.severity === 'error').length,
    ingest: parts.health.ingested(),
    troubles: parts.troubles(),
  };
}

/** What the board shows now. */
export function readBoard(parts: Parts, window: BoardWindow): BoardState {
  const board = parts.health.board(window);
  const snapshot = parts.runner.snapshot();
  return {
    desk: { desk: deskState(parts, board.bucketMs) },
    agents: board.agents,
    providers: byId(snapshot.providers, (provider) => provider.name),
    incidents: byId(parts.health.incidents(true), (incident) => String(incident.id)),
    alerts: byId(parts.health.alerts.open(), (alert) => alert.id),
    silences: byId(parts.health.alerts.silences(), (silence) => String(silence.id)),
    interventions: byId(snapshot.interventions, (intervention) => intervention.id),
    questions: byId(parts.runner.people.open(), (question) => String(question.id)),
    integrations: byId(snapshot.integrations, (integration) => integration.name),
    spends: byId(snapshot.spends, (spend) => `${spend.scope}:${spend.name}`),
    ends: board.ends,
  };
}

/** A reader of the newest tasks that match; it remembers when it last counted. */
export function tasksReader(parts: Parts, filter: TaskFilter, limit: number): () => TasksState {
  let counted = { total: 0, totalCap: 0 };
  let countedAt = Number.NEGATIVE_INFINITY;
  return () => {
    const at = parts.now();
    const recount = at - countedAt >= COUNT_EVERY_MS || at < countedAt;
    const page = parts.runner.tasks(filter, { limit }, recount);
    if (recount) {
      counted = { total: page.total, totalCap: page.totalCap };
      countedAt = at;
    }
    return { tasks: byId(page.tasks, (task) => task.id), counts: { counts: counted } };
  };
}

/** One task with its attempts and steps; empty collections when it is gone. */
export function readTask(parts: Parts, id: string): TaskTopicState {
  const found = parts.runner.task(id);
  if (!found.ok) return { task: {}, attempts: {}, steps: {}, questions: {} };
  const { attemptList, steps, ...task } = found.value;
  return {
    task: { [id]: task },
    attempts: byId(attemptList, (attempt) => String(attempt.number)),
    steps: byId(steps, (step) => String(step.seq)),
    questions: byId(parts.runner.people.questions({ open: false, task: id, limit: 200 }), (question) =>
      String(question.id),
    ),
  };
}

export function readRun(parts: Parts, id: number): RunState {
  const found = parts.runbooks.getRun(id);
  if (!found.ok) return { run: {}, steps: {} };
  const { steps, ...run } = found.value;
  return { run: { [String(id)]: run }, steps: byId(steps, (step) => step.id) };
}

/** What native routes showed lately. */
export function readNotices(parts: Parts): NoticesState {
  return { notices: byId(parts.delivery.notices(), (notice) => notice.id) };
}

export function readIncident(parts: Parts, id: number): IncidentState {
  const incident = parts.health.incident(id);
  return { incident: incident ? { [String(id)]: incident } : {} };
}
