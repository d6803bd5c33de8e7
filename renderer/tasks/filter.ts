import { nameSchema } from '#contract/basic.ts';
import {
  type ErrorClass,
  errorClassSchema,
  type TaskFilter,
  type TaskState,
  taskStateSchema,
  type WaitKind,
  waitKindSchema,
} from '#contract/task.ts';

/*
 * What the task table shows, as it stands in the address: `state=failed,in-doubt&agent=invoice-triage&text=INV`. A moment
 * that someone shares opens the same list. What an address holds that does not fit is left out.
 */

/** @param search the query of an address, without `?` */
export function filterOf(search: string): TaskFilter {
  const params = new URLSearchParams(search);
  const agent = nameSchema.safeParse(params.get('agent'));
  const states = (params.get('state') ?? '').split(',').filter(isState);
  const errorClass = errorClassSchema.safeParse(params.get('class'));
  const waits = (params.get('wait') ?? '').split(',').filter(isWaitKind);
  const text = params.get('text')?.slice(0, 200) ?? '';
  const from = momentOf(params.get('from'));
  const to = momentOf(params.get('to'));
  return {
    ...(agent.success ? { agent: agent.data } : {}),
    ...(states.length > 0 ? { state: [...new Set(states)] } : {}),
    ...(waits.length > 0 ? { waitKind: [...new Set(waits)] } : {}),
    ...(errorClass.success ? { errorClass: errorClass.data } : {}),
    ...(text === '' ? {} : { text }),
    ...(from === null ? {} : { endedFrom: from }),
    ...(to === null ? {} : { endedTo: to }),
  };
}

/** The query of the address that shows this filter, without `?`; empty for all tasks. */
export function searchOf(filter: TaskFilter): string {
  const params = new URLSearchParams();
  if (filter.agent !== undefined) params.set('agent', filter.agent);
  if (filter.state !== undefined && filter.state.length > 0) params.set('state', filter.state.join(','));
  if (filter.waitKind !== undefined && filter.waitKind.length > 0) params.set('wait', filter.waitKind.join(','));
  if (filter.errorClass !== undefined) params.set('class', filter.errorClass);
  if (filter.text !== undefined && filter.text !== '') params.set('text', filter.text);
  if (filter.endedFrom !== undefined) params.set('from', String(filter.endedFrom));
  if (filter.endedTo !== undefined) params.set('to', String(filter.endedTo));
  return params.toString().replaceAll('%2C', ',');
}

/** The filter with one state more or less. */
export function toggleState(filter: TaskFilter, state: TaskState): TaskFilter {
  const { state: before = [], ...rest } = filter;
  const after = before.includes(state) ? before.filter((one) => one !== state) : [...before, state];
  return after.length === 0 ? rest : { ...rest, state: after };
}

/** The filter for this agent, or for all of them. */
export function withAgent(filter: TaskFilter, agent: string | null): TaskFilter {
  const { agent: _, ...rest } = filter;
  return agent === null ? rest : { ...rest, agent };
}

/** The filter for ids and keys that hold this text. */
export function withText(filter: TaskFilter, text: string): TaskFilter {
  const { text: _, ...rest } = filter;
  return text === '' ? rest : { ...rest, text };
}

/** The filter without its span of time. */
export function anyTime(filter: TaskFilter): TaskFilter {
  const { endedFrom: _from, endedTo: _to, ...rest } = filter;
  return rest;
}

/** The filter for tasks that ended with an error of this class, or of any. */
export function withClass(filter: TaskFilter, errorClass: ErrorClass | null): TaskFilter {
  const { errorClass: _, ...rest } = filter;
  return errorClass === null ? rest : { ...rest, errorClass };
}

/** The filter whatever its tasks wait for. */
export function anyWait(filter: TaskFilter): TaskFilter {
  const { waitKind: _, ...rest } = filter;
  return rest;
}

function isWaitKind(text: string): text is WaitKind {
  return waitKindSchema.safeParse(text).success;
}

function isState(text: string): text is TaskState {
  return taskStateSchema.safeParse(text).success;
}

function momentOf(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
