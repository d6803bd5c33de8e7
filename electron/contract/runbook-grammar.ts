// biome-ignore-all lint/suspicious/noTemplateCurlyInString: runbooks write ${name} in plain text
import { z } from 'zod';
import { REQUEUE_MAX } from './action.ts';
import { nameSchema, parseSpan } from './basic.ts';
import type { Check, Verb } from './runbook.ts';

/*
 * The words of directives: one table of verbs, modifiers and measures with their arguments. The parser, the lint, the
 * completion of the editor and the docs read it; `runbooks/README.md` shows it with examples.
 */

/** One argument, `key=value`. */
export type ArgumentShape = {
  need: 'required' | 'optional';
  /** What a value must be, once every `${name}` in it is filled in. */
  value: z.ZodType<string>;
  /** The things on this desk that it names, for completion and for the lint. */
  names: 'agent' | 'provider' | 'alert' | null;
  /** The words it may be; empty where it is free. */
  words: readonly string[];
  /** In a few words, for completion and the docs. */
  says: string;
};

/** What a verb takes. */
export type VerbShape = {
  args: Record<string, ArgumentShape>;
  /** Changes a runtime or the world: needs a confirmation. */
  mutates: boolean;
  /** A lease: needs `for=` or an undo. */
  leased: boolean;
  /** Whether it takes its body from the fence of the step. */
  fence: 'required' | 'optional' | 'none';
  says: string;
  /** A whole directive, as the docs and the editor's snippets show it. */
  example: string;
};

const spanText = z.string().refine((text) => parseSpan(text) !== undefined, 'write for example 30s, 5m or 2h');
const countText = (max: number): z.ZodType<string> =>
  z
    .string()
    .refine(
      (text) => /^\d{1,9}$/.test(text) && Number(text) >= 1 && Number(text) <= max,
      `write a number, 1 to ${max}`,
    );
const free = z.string().min(1, 'write something');
/** `default` is what the agent's file says. */
const countOrDefault = z.union([z.literal('default'), countText(10_000)], 'write a number, or default');
const usdOrDefault = z
  .string()
  .regex(/^(?:default|\$?\d{1,9}(?:\.\d{1,4})?)$/, 'write an amount in US dollars, or default');
const webAddress = z.string().regex(/^https?:\/\/\S+$/i, 'write an address that begins with https://');

function argument(need: ArgumentShape['need'], says: string, value: z.ZodType<string>): ArgumentShape {
  return { need, value, names: null, words: [], says };
}
function named(need: ArgumentShape['need'], names: 'agent' | 'provider' | 'alert', says: string): ArgumentShape {
  return { need, value: nameSchema, names, words: [], says };
}
function oneOf(need: ArgumentShape['need'], words: readonly string[], says: string): ArgumentShape {
  return { need, value: z.enum(words, `write ${words.join(' or ')}`), names: null, words, says };
}

const agent = named('required', 'agent', 'whose');
const anyAgent = named('optional', 'agent', 'whose');
const task = argument('required', 'the id of a task', free);
const errorClass = argument('optional', 'class of the error', free);
const within = argument('optional', 'how far it looks back', spanText);
const limit = argument('optional', 'the newest so many', countText(REQUEUE_MAX));

const READS = { mutates: false, leased: false, fence: 'none' } as const;
const ACTS = { mutates: true, leased: false, fence: 'none' } as const;
const LEASES = { mutates: true, leased: true, fence: 'none' } as const;

/** Every verb. */
export const VERBS: Record<Verb, VerbShape> = {
  verify: {
    ...READS,
    args: {},
    says: 'measures until the check holds or its deadline is there',
    example: 'verify success_rate(agent=${agent}) >= 99% for 10m within 30m every 30s',
  },
  ask: {
    ...READS,
    args: {},
    says: 'asks for a choice or a text, which later steps may use',
    example: 'ask choice cause',
  },
  wait: { ...READS, args: {}, says: 'lets time pass', example: 'wait 5m' },
  show: {
    ...READS,
    args: {
      agent: anyAgent,
      provider: named('optional', 'provider', 'which'),
      incident: argument('optional', 'its number', free),
      state: argument('optional', 'state of the tasks', free),
      class: errorClass,
      within,
      limit,
    },
    says: 'shows tasks, an agent, a provider, an incident or a queue',
    example: 'show tasks(agent=${agent}, state=failed, within=15m)',
  },
  pause: { ...LEASES, args: { agent }, says: 'closes intake at once', example: 'pause agent=${agent} for=30m confirm' },
  resume: { ...ACTS, args: { agent }, says: 'opens intake again', example: 'resume agent=${agent} confirm' },
  drain: {
    ...LEASES,
    args: { agent },
    says: 'closes intake, and lets what runs come to its end',
    example: 'drain agent=${agent} for=30m confirm',
  },
  reroute: {
    ...LEASES,
    args: { agent, to: named('required', 'provider', 'a provider of its route, or default') },
    says: 'lets another provider serve an agent',
    example: 'reroute agent=${agent} to=${fallback} for=2h confirm',
  },
  requeue: {
    ...ACTS,
    args: { agent, state: oneOf('optional', ['failed', 'cancelled'], 'how they ended'), class: errorClass, limit },
    says: 'puts dead letters back into the queue, the newest first',
    example: 'requeue agent=${agent} state=failed limit=50 confirm',
  },
  cancel: { ...ACTS, args: { task }, says: 'ends a task', example: 'cancel task=${task} confirm' },
  retry: {
    ...ACTS,
    args: { task },
    says: 'tries a task now that backs off or waits',
    example: 'retry task=${task} confirm',
  },
  set: {
    ...LEASES,
    args: {
      agent,
      concurrency: argument('optional', 'tasks at once, or default', countOrDefault),
      budget: argument('optional', 'US dollars a day, or default', usdOrDefault),
    },
    says: 'sets how much an agent does at once, and what it may spend a day',
    example: 'set agent=${agent} concurrency=2 for=1h confirm',
  },
  reset: {
    ...ACTS,
    args: { breaker: argument('required', 'of a provider or an integration', free) },
    says: 'closes a breaker',
    example: 'reset breaker=${provider} confirm',
  },
  run: {
    ...ACTS,
    fence: 'optional',
    args: { agent },
    says: 'runs one task, its input in the fence, and waits for it',
    example: 'run agent=${agent} confirm',
  },
  scale: {
    ...LEASES,
    args: { agent, to: argument('required', 'tasks at once, or default', countOrDefault) },
    says: 'changes how much an agent does at once',
    example: 'scale agent=${agent} to=4 for=1h confirm',
  },
  notify: {
    ...READS,
    args: { channel: argument('required', 'a route', free), text: argument('required', 'what it says', free) },
    says: 'sends a message',
    example: 'notify channel=ops text="${agent} runs on ${fallback}"',
  },
  http: {
    ...ACTS,
    fence: 'optional',
    args: {
      method: oneOf('required', ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'], 'of the request'),
      url: argument('required', 'where to', webAddress),
      headers: argument('optional', 'name: value; name: value', free),
    },
    says: 'sends a request, its body in the fence',
    example: 'http method=POST url="https://status.example.com/api" confirm',
  },
  shell: {
    ...ACTS,
    fence: 'required',
    args: {},
    says: 'runs the fence of the step; inputs are variables of its environment',
    example: 'shell timeout=1m confirm',
  },
};

/** Methods of `http` that come with a body. */
export const WITH_BODY: readonly string[] = ['POST', 'PUT', 'PATCH'];

/** Words of `key=value` form that every directive may have beside its arguments. */
export const MODIFIERS = ['confirm', 'approve', 'timeout', 'for', 'id', 'when', 'ramp', 'hold'] as const;
/** What each of them says, with an example. */
export const MODIFIER_WORDS: Record<(typeof MODIFIERS)[number], { says: string; example: string }> = {
  confirm: { says: 'somebody confirms it; confirm=type has them type its name', example: 'confirm' },
  approve: { says: 'so many people agree', example: 'approve=2' },
  timeout: { says: 'its effect must be seen by then', example: 'timeout=2m' },
  for: { says: 'it ends by itself', example: 'for=30m' },
  id: { says: 'the name it goes by', example: 'id=stop' },
  when: { says: 'the step is passed over where it does not hold', example: 'when=${cause}==vendor' },
  ramp: { says: 'shares of the traffic, one after the other', example: 'ramp=10%,50%,100%' },
  hold: { says: 'how long each share is watched', example: 'hold=2m' },
};
/** Words that stand alone. */
export const FLAGS = ['confirm', 'required'] as const;

/** What `show` can show. */
export const SHOWN = ['tasks', 'agent', 'provider', 'incident', 'queue'] as const;
/** Arguments of `show` by what is shown. */
export const SHOW_ARGS: Record<(typeof SHOWN)[number], readonly string[]> = {
  tasks: ['agent', 'state', 'class', 'within', 'limit'],
  agent: ['agent'],
  provider: ['provider'],
  incident: ['incident'],
  queue: ['agent'],
};

/** What a measure takes and what it is compared with. */
export type MeasureShape = {
  args: Record<string, ArgumentShape>;
  /** `name`: any word, compared with == or !=; a list: one of these words; `number`, `share` and `span` also by order. */
  compares: 'number' | 'share' | 'span' | 'name' | readonly string[];
  example: string;
};

const provider = named('required', 'provider', 'which');

export const MEASURES: Record<Check['measure'], MeasureShape> = {
  breaker: {
    args: { provider },
    compares: ['closed', 'open', 'half-open'],
    example: 'breaker(provider=${provider}) == closed within 5m',
  },
  running_tasks: { args: { agent }, compares: 'number', example: 'running_tasks(agent=${agent}) == 0 within 5m' },
  queued_tasks: { args: { agent }, compares: 'number', example: 'queued_tasks(agent=${agent}) <= 10 within 15m' },
  integration: {
    args: { name: argument('required', 'what tools reach', free) },
    compares: ['closed', 'open', 'half-open'],
    example: 'integration(name=${integration}) == closed within 5m',
  },
  looping_tasks: { args: { agent }, compares: 'number', example: 'looping_tasks(agent=${agent}) == 0 within 15m' },
  oldest: { args: { agent }, compares: 'span', example: 'oldest(agent=${agent}) <= 5m within 30m' },
  p95: { args: { agent, within }, compares: 'span', example: 'p95(agent=${agent}) <= 30s for 2m within 30m' },
  spend: { args: { agent }, compares: 'share', example: 'spend(agent=${agent}) < 80% within 10m' },
  worker_deaths: { args: {}, compares: 'number', example: 'worker_deaths() == 0 for 30s within 10m' },
  success_rate: {
    args: { agent, within },
    compares: 'share',
    example: 'success_rate(agent=${agent}) >= 99% for 10m within 30m every 30s',
  },
  intake: {
    args: { agent },
    compares: ['open', 'paused', 'draining'],
    example: 'intake(agent=${agent}) == open within 1m',
  },
  route: { args: { agent }, compares: 'name', example: 'route(agent=${agent}) == ${fallback} within 1m' },
  alert: {
    args: {
      rule: named('required', 'alert', 'which'),
      provider: named('optional', 'provider', 'of which'),
      integration: argument('optional', 'of which', free),
      agent: anyAgent,
      about: argument('optional', 'its subject, where it is none of these', free),
    },
    compares: ['firing', 'resolved'],
    example: 'alert(rule=queue-backlog, agent=${agent}) == resolved within 10m',
  },
};
