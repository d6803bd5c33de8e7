import { useMemo } from 'react';
import type { Notice } from '#contract/delivery.ts';
import type { BoardWindow } from '#contract/health.ts';
import type { IncidentDetail } from '#contract/incident.ts';
import type { Question } from '#contract/question.ts';
import type { RunDetail } from '#contract/runbook.ts';
import type { BoardState, TasksState } from '#contract/stream.ts';
import type { TaskDetail, TaskFilter } from '#contract/task.ts';
import { useTopic } from './desk.ts';
import type { TopicState } from './topic.ts';

/** One record of a topic: `undefined` before the first frame, null when the desk has no such thing. */
export type Followed<T> = { record: T | null | undefined; trouble: string | null };

/** The board, live. */
export function useBoard(window: BoardWindow): TopicState<BoardState> {
  return useTopic(`board ${window}`, (client, signal) => client.board.watch({ window }, { signal }));
}

/** How many of the newest tasks are followed; older ones are read by the page. */
const LIVE_TASKS = 200;

/** The newest tasks that match, live. */
export function useTasks(filter: TaskFilter): TopicState<TasksState> {
  return useTopic(`tasks ${JSON.stringify(filter)}`, (client, signal) =>
    client.tasks.watch({ ...filter, limit: LIVE_TASKS }, { signal }),
  );
}

/** One task with its attempts, steps and questions (newest first), live. */
export function useTask(id: string): Followed<TaskDetail> & { questions: Question[] } {
  const { state, trouble } = useTopic(`task ${id}`, (client, signal) => client.tasks.watchOne({ id }, { signal }));
  if (state === null) return { record: undefined, trouble, questions: [] };
  const task = state.task[id];
  if (task === undefined) return { record: null, trouble, questions: [] };
  const attemptList = Object.values(state.attempts).toSorted((a, b) => a.number - b.number);
  const steps = Object.values(state.steps).toSorted((a, b) => a.seq - b.seq);
  const questions = Object.values(state.questions).toSorted((a, b) => b.id - a.id);
  return { record: { ...task, attemptList, steps }, trouble, questions };
}

const NO_NOTICES: readonly Notice[] = [];

/** What the desk tells everybody, as long as it shows it. */
export function useNotices(): readonly Notice[] {
  const { state } = useTopic('notices', (client, signal) => client.alertRoutes.watch(undefined, { signal }));
  const notices = state?.notices;
  return useMemo(() => (notices === undefined ? NO_NOTICES : Object.values(notices)), [notices]);
}

/** A run with its steps, live. */
export function useRun(id: number): Followed<RunDetail> {
  const { state, trouble } = useTopic(`run ${id}`, (client, signal) => client.runs.watch({ id }, { signal }));
  if (state === null) return { record: undefined, trouble };
  const run = state.run[String(id)];
  return {
    record:
      run === undefined ? null : { ...run, steps: Object.values(state.steps).toSorted((a, b) => a.index - b.index) },
    trouble,
  };
}

/** An incident with its timeline, live. */
export function useIncident(id: number): Followed<IncidentDetail> {
  const { state, trouble } = useTopic(`incident ${id}`, (client, signal) => client.incidents.watch({ id }, { signal }));
  if (state === null) return { record: undefined, trouble };
  return { record: state.incident[String(id)] ?? null, trouble };
}
