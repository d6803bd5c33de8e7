import { createHash } from 'node:crypto';
import { quoted } from '#contract/action.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { StepPlan } from '#contract/runbook.ts';
import type { RunbooksOptions } from '../types.ts';
import { canaryOf } from './canary.ts';
import { compileAction, fillArguments } from './compile.ts';
import { compileRequest, contentHeaders, type Request, refusedHost } from './outside/http.ts';
import { shellCommand } from './outside/shell.ts';
import { rampCommand } from './ramp.ts';
import { lookupIn, type RunRecord, type StepRecord } from './record.ts';
import { nextTry } from './undo.ts';
import { variablesOf } from './variables.ts';
import { mannerOf } from './verb.ts';

type Desk = Pick<RunbooksOptions, 'runtime' | 'settings' | 'canaries'>;

/** What a step would do, from live state; null for one that changes nothing. */
export function planStep(record: RunRecord, step: StepRecord, desk: Desk): Result<StepPlan> | null {
  const { directive } = step.source;
  if (directive === null) return null;
  switch (mannerOf(step)) {
    case 'action': {
      const action = compileAction(directive, lookupIn(record));
      if (!action.ok) return action;
      const planned = desk.runtime.plan(action.value);
      if (!planned.ok || directive.ramp.length < 2) return planned;
      const shares = directive.ramp.map((share) => `${Math.round(share * 100)} %`).join(', ');
      return succeed({
        ...planned.value,
        willChange: `${planned.value.willChange}; then ${shares} in all, step by step`,
        command: rampCommand(action.value, directive),
      });
    }
    case 'message':
      return planMessage(record, step);
    case 'canary':
      return planCanary(record, step, desk);
    case 'job':
      return directive.verb === 'shell' ? planShell(record, step, desk) : planRequest(record, step, desk);
    default:
      return null;
  }
}

/** The plan of a step that waits for its confirmation; null for one that is none. */
export function livePlan(record: RunRecord, step: StepRecord, desk: Desk): Result<StepPlan> | null {
  return step.state === 'todo' ? planStep(record, step, desk) : null;
}

function planOf(willChange: string, touches: string, undoneBy: string, command: string): StepPlan {
  const hash = createHash('sha256')
    .update(JSON.stringify([willChange, touches, command]))
    .digest('hex')
    .slice(0, 16);
  return { action: null, willChange, touches, headroom: null, undoneBy, undo: null, command, hash };
}

function planMessage(record: RunRecord, step: StepRecord): Result<StepPlan> {
  const args = fillArguments(step.source.directive?.args ?? {}, lookupIn(record));
  if (!args.ok) return args;
  const { channel = '', text = '' } = args.value;
  return succeed(
    // No command line sends it.
    planOf(`Tells ${channel}: “${text}”`, 'people, nothing that runs', 'nothing: what is said is said', ''),
  );
}

function planCanary(record: RunRecord, step: StepRecord, desk: Desk): Result<StepPlan> {
  const canary = canaryOf(record, step, desk.canaries);
  if (!canary.ok) return canary;
  const { agent, input, expect } = canary.value;
  const lane = desk.runtime.snapshot().lanes.find((one) => one.agent === agent);
  if (lane === undefined) {
    return fail('NOT_FOUND', `There is no agent "${agent}".`, { kept: 'Nothing was run.', todo: 'See the agents.' });
  }
  const touches = `one task of its own; intake ${lane.intake}, ${lane.queued} queued before it. What its tools do they really do`;
  const sought = expect === null ? 'that it succeeds' : JSON.stringify(expect);
  const command = `printf %s ${quoted(JSON.stringify(input))} | nightdesk submit ${agent} --input - --wait`;
  return succeed(
    planOf(`Gives ${agent} a task with a known answer, and expects ${sought}`, touches, 'nothing', command),
  );
}

function planRequest(record: RunRecord, step: StepRecord, desk: Desk): Result<StepPlan> {
  const request = compileRequest(step.source.directive?.args ?? {}, step.source.body, lookupIn(record));
  if (!request.ok) return request;
  const { method, url, body } = request.value;
  const allowed = refusedHost(url, desk.settings().http);
  if (!allowed.ok) return allowed;
  const size = body === null ? 'no body' : `a body of ${Buffer.byteLength(body)} bytes`;
  const undoneBy =
    method === 'GET' || method === 'HEAD' ? 'nothing: it only reads' : 'what the other side offers for it';
  return succeed(planOf(`Sends ${method} ${url.href} with ${size}`, url.host, undoneBy, curlOf(request.value)));
}

/** The same request for curl; its key is ours, so that the other side takes it for another one. */
function curlOf({ method, url, headers, body }: Request): string {
  const sent = { ...contentHeaders(body), ...headers };
  return [
    'curl --globoff',
    // With -X HEAD it would wait for a body.
    method === 'HEAD' ? '--head' : `-X ${method}`,
    quoted(url.href),
    ...Object.entries(sent).map(([name, value]) => `-H ${quoted(value === '' ? `${name};` : `${name}: ${value}`)}`),
    // What begins with @ is no name of a file.
    ...(body === null ? [] : [`--data-raw ${quoted(body)}`]),
  ].join(' ');
}

function planShell(record: RunRecord, step: StepRecord, desk: Desk): Result<StepPlan> {
  const { body } = step.source;
  if (!desk.settings().shell) {
    return fail('BAD_INPUT', 'Shell steps are off at this desk.', {
      kept: 'Nothing was run.',
      todo: 'Do it by hand, or allow them with runbooks: { shell: true } in nightdesk.yaml.',
      where: 'runbooks.shell',
    });
  }
  if (body === null || body.trim() === '') {
    return fail('BAD_INPUT', 'The step has no fence with what to run.', {
      kept: 'Nothing was run.',
      todo: 'Do it by hand, and put the commands into a fence under the step.',
    });
  }
  const lines = body.trim().split('\n').length;
  const env = variablesOf(record, step, nextTry(record, step).key);
  const touches = `the machine of this desk, as the user it runs as; ${Object.keys(env).length} variables, a clean environment`;
  const willChange = `Runs ${lines} ${lines === 1 ? 'line' : 'lines'} in a shell`;
  return succeed(planOf(willChange, touches, 'nothing', shellCommand(body, env)));
}
