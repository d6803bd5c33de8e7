import { parseSpan } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import { errorClassSchema, taskFilterSchema, taskStateSchema } from '#contract/task.ts';
import type { RunbooksOptions } from '../types.ts';
import { fillArguments } from './compile.ts';
import { tame } from './outside/end.ts';
import { afterEvent, lookupIn, type RunRecord, type StepRecord } from './record.ts';
import { clockTime, percent, spanInWords } from './words.ts';

/** What a `show` step saw. */
type Shown = { seen: string; output: string; value: string };

type Sources = Pick<RunbooksOptions, 'runtime' | 'measure' | 'incident' | 'now'>;

/** Tasks that one snapshot holds when it does not say. */
const LIMIT = 20;
const RATE_MS = 300_000;

/** Takes the snapshot of a step, kept as what the step came to. */
export function look(record: RunRecord, step: StepRecord, sources: Sources & Pick<RunbooksOptions, 'mask'>): RunRecord {
  const { directive } = step.source;
  const args = fillArguments(directive?.args ?? {}, lookupIn(record));
  const shown = args.ok ? show(directive?.positional[0] ?? '', args.value, record.run.incident, sources) : args;
  const endedAt = sources.now();
  if (!shown.ok) return afterEvent(record, step.index, 'diverged', { seen: shown.error.message, endedAt });
  const { seen, output, value } = tame({ ok: true, ...shown.value }, sources.mask);
  return afterEvent(record, step.index, 'done', { seen, output, value, endedAt });
}

/**
 * A snapshot for the record of a run.
 * @param args with their values
 * @param incident of the run
 */
function show(what: string, args: Record<string, string>, incident: number | null, sources: Sources): Result<Shown> {
  switch (what) {
    case 'tasks':
      return showTasks(args, sources);
    case 'agent':
      return showAgent(args.agent ?? '', sources);
    case 'provider':
      return showProvider(args.provider ?? '', sources);
    case 'incident':
      return showIncident(args.incident === undefined ? incident : Number(args.incident), sources);
    default:
      return showQueue(args.agent, sources);
  }
}

function nothing(message: string): ReturnType<typeof fail> {
  return fail('BAD_INPUT', message, { kept: 'Nothing was changed.', todo: 'Look by hand, and skip it with a reason.' });
}

function showTasks(
  { agent, state, class: errorClass, within, limit }: Record<string, string>,
  sources: Sources,
): Result<Shown> {
  const states = state === undefined ? undefined : taskStateSchema.array().safeParse(state.split(','));
  const errors = errorClass === undefined ? undefined : errorClassSchema.safeParse(errorClass);
  const span = within === undefined ? undefined : parseSpan(within);
  if (states?.success === false) return nothing(`${state} is no state of a task.`);
  if (errors?.success === false) return nothing(`${errorClass} is no class of errors.`);
  if (within !== undefined && span === undefined) return nothing(`${within} is not a span.`);
  const filter = taskFilterSchema.parse({
    ...(agent === undefined ? {} : { agent }),
    ...(states === undefined ? {} : { state: states.data }),
    ...(errors === undefined ? {} : { errorClass: errors.data }),
    ...(span === undefined ? {} : { endedFrom: Math.max(0, sources.now() - span) }),
  });
  const most = Math.min(100, Math.max(1, Number(limit ?? LIMIT) || LIMIT));
  const { tasks, total } = sources.runtime.tasks(filter, { limit: most });
  const lines = tasks.map(
    (task) =>
      `${task.id}  ${task.state}  ${clockTime(task.acceptedAt)}  ${task.agent}${task.reason === null ? '' : `  ${task.reason}`}`,
  );
  const count = Math.max(total, tasks.length);
  const seen = `${count} ${count === 1 ? 'task' : 'tasks'}${span === undefined ? '' : ` that ended in ${spanInWords(span)}`}`;
  return succeed({ seen, output: [seen, ...lines].join('\n'), value: String(count) });
}

function showAgent(agent: string, { runtime, measure }: Sources): Result<Shown> {
  const { lanes, interventions } = runtime.snapshot();
  const lane = lanes.find((one) => one.agent === agent);
  if (lane === undefined) return nothing(`No agent is called ${agent}.`);
  const rate = measure.rate(agent, RATE_MS);
  const good =
    rate.estimate === null ? 'no task ended in 5 min' : `${percent(rate.estimate)} good of ${rate.total} in 5 min`;
  const seen = `intake ${lane.intake}, ${lane.queued} queued, ${lane.running} running, ${good}`;
  const lines = [
    `Agent ${agent}`,
    `intake   ${lane.intake}${lane.intakeUntil === null ? '' : ` until ${clockTime(lane.intakeUntil)}`}`,
    `route    ${lane.route.join(' → ')}`,
    `tasks    ${lane.queued} queued, ${lane.running} running, ${lane.waiting} waiting`,
    `success  ${good}`,
    ...interventions
      .filter((one) => one.agent === agent)
      .map((one) => `in force ${one.verb}${one.to === null ? '' : ` ${one.to}`} by ${one.by.name}`),
  ];
  return succeed({ seen, output: lines.join('\n'), value: lane.intake });
}

function showProvider(name: string, { runtime }: Sources): Result<Shown> {
  const provider = runtime.snapshot().providers.find((one) => one.name === name);
  if (provider === undefined) return nothing(`No provider is called ${name}.`);
  const seen = `breaker ${provider.breaker}, ${provider.errors} errors in ${provider.calls} calls`;
  const lines = [
    `Provider ${name}`,
    `breaker  ${provider.breaker}`,
    `calls    ${provider.calls} in the last minute, ${provider.errors} with an error`,
    `load     ${provider.inFlight} in flight, ${provider.atGate} waiting for it`,
    ...(provider.lastError === null ? [] : [`error    ${JSON.stringify(provider.lastError)}`]),
  ];
  return succeed({ seen, output: lines.join('\n'), value: provider.breaker });
}

function showIncident(id: number | null, { incident, now }: Sources): Result<Shown> {
  const found = id === null || Number.isNaN(id) ? undefined : incident(id);
  if (found === undefined)
    return nothing(id === null ? 'The run is bound to no incident.' : `There is no incident ${id}.`);
  const seen = `${found.severity}, ${found.state} for ${spanInWords(Math.max(0, now() - found.openedAt))}`;
  const alerts = found.alerts.map((alert) => `${alert.state}  ${alert.rule}  ${alert.summary} (${alert.value})`);
  return succeed({ seen, output: [`Incident ${id}: ${found.title}`, seen, ...alerts].join('\n'), value: found.state });
}

function showQueue(agent: string | undefined, { runtime }: Sources): Result<Shown> {
  const lanes = runtime.snapshot().lanes.filter((lane) => agent === undefined || lane.agent === agent);
  if (agent !== undefined && lanes.length === 0) return nothing(`No agent is called ${agent}.`);
  const queued = lanes.reduce((sum, lane) => sum + lane.queued, 0);
  const running = lanes.reduce((sum, lane) => sum + lane.running, 0);
  const seen = `${queued} queued, ${running} running`;
  const lines = lanes
    .toSorted((a, b) => b.queued - a.queued)
    .map(
      (lane) =>
        `${lane.agent}  ${lane.queued} queued  ${lane.running} running  ${lane.waiting} waiting  ${lane.intake}`,
    );
  return succeed({ seen, output: [seen, ...lines].join('\n'), value: String(queued) });
}
