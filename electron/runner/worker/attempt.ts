import type { AgentDefinition } from '#contract/agent.ts';
import type { Json } from '#contract/basic.ts';
import type { AskedToPass, DeskMessage, Ending, Verdict, WorkerMessage } from '../engine/protocol.ts';
import type { ModelMessage } from '../providers/index.ts';
import type { AgentContext, Check, Tool } from './agent-api.ts';
import { approvedEffect } from './approval.ts';
import { type AskPerson, choicesOf, createAsk } from './ask.ts';
import { judgedOutput } from './code-output.ts';
import { createCostLimit } from './cost-limit.ts';
import { createDeadline } from './deadline.ts';
import { createIntegrationGate } from './integration-gate.ts';
import { createJournal } from './journal.ts';
import { watchLoop } from './loop-watch.ts';
import type { Mcp } from './mcp.ts';
import { callModelOnce, type ModelAnswer, type ModelRequest } from './model-call.ts';
import { runModelLoop } from './model-loop.ts';
import type { AgentCode } from './modules.ts';
import { askForReview } from './review.ts';
import { createStepRunner } from './steps.ts';
import { createToolCalls } from './tool-call.ts';
import { failWith, messageOf, Refused, Unwind } from './unwind.ts';
import { createWaiting } from './waiting.ts';

type Start = Extract<DeskMessage, { t: 'start' }>;

/** What model loops and code agents are run with: every method is a journaled step. */
export type Attempt = {
  /** Of the task. */
  id: string;
  definition: AgentDefinition;
  input: Json;
  /** The tool of this name. @throws an Unwind when there is none */
  find(name: string): Promise<Tool>;
  model(name: string, request: ModelRequest): Promise<ModelAnswer>;
  tool(step: string, name: string, input: Json): Promise<Json>;
  /** Parks the task until a person answers. */
  ask: AskPerson;
  checks: Record<string, Check>;
  /** Writes the output as checked; one entry for people, in the same commit as the end. */
  output(startedAt: number, note: Json): void;
  /** Runs what is not the attempt's own time. */
  unhurried<T>(work: () => Promise<T>): Promise<T>;
  signal: AbortSignal;
  now(): number;
};

export type AttemptOptions = {
  start: Start;
  definition: AgentDefinition;
  code: AgentCode;
  mcp: Mcp;
  dataFolder: string;
  /** With the keys that settings name. */
  env(): NodeJS.ProcessEnv;
  /** @throws an Unwind when it is missing or not this agent's */
  secret(name: string): string;
  mask<T extends Json>(value: T): T;
  /** Integrations that refuse calls, as the desk said last. */
  refused(): ReadonlySet<string>;
  send(message: WorkerMessage): void;
  now(): number;
  random(): number;
};

/** One attempt of one task, from its start message to its end message. */
export function createAttempt(options: AttemptOptions) {
  const { start, definition, code, now } = options;
  const abort = new AbortController();
  const limitMs = definition.nightdesk.limits.timeout;
  const deadline = createDeadline(limitMs, () => {
    abort.abort(failWith('timeout', `the attempt took longer than its limit of ${limitMs / 1000} s`));
  });
  const journal = createJournal(start, options.send, now, deadline);
  const { signal } = abort;
  const steps = createStepRunner({
    journal,
    agent: start.agent,
    identity: start.identity,
    signal,
    mask: options.mask,
    now,
  });
  const ask = createAsk(journal, signal, steps.leave);
  const overLimit = createCostLimit(ask, journal);
  const watch = watchLoop({ definition, ask });
  const input = JSON.parse(start.input) as Json;
  let gateAnswer: ((verdict: Verdict) => void) | undefined;
  let unverified = false;

  /** One question at a time: steps of one attempt that run side by side ask in turn. */
  let gateQueue: Promise<unknown> = Promise.resolve();
  function gate(asked: AskedToPass): Promise<Verdict> {
    const answered = gateQueue.then(async () => {
      deadline.hold();
      const verdict = await new Promise<Verdict>((resolve) => {
        gateAnswer = resolve;
        options.send({ t: 'gate', task: start.task, epoch: start.epoch, ...asked });
      });
      deadline.go();
      return verdict;
    });
    gateQueue = answered;
    return answered;
  }

  async function model(name: string, request: ModelRequest): Promise<ModelAnswer> {
    return callModelOnce(name, request, {
      journal,
      mayBegin: steps.mayBegin,
      gate,
      overLimit,
      signal,
      now,
      random: options.random,
      env: options.env(),
      input,
      rehearsal: code.rehearsal,
      timeoutMs: definition.nightdesk.limits.timeout,
      maxOutput: definition.nightdesk.limits.output,
    });
  }

  const tools = createToolCalls({
    definition,
    tools: code.tools,
    mcp: options.mcp,
    steps,
    ask,
    dataFolder: options.dataFolder,
    secret: options.secret,
    journal,
    integrations: createIntegrationGate({ start, refused: options.refused, signal, send: options.send }),
    signal,
    now,
    onUnverified: () => {
      unverified = true;
    },
  });

  const counts = new Map<string, number>();
  function numbered(name: string): string {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return `${name} ${count}`;
  }

  const waiting = createWaiting({ journal, steps, signal, now });
  const { during } = waiting;

  const context: AgentContext = {
    task: { id: `t${start.task}`, attempt: start.attempt },
    step: async (name, run) =>
      (await during(() => steps.step(name, 'step', null, run))) as Awaited<ReturnType<typeof run>>,
    effect: async (name, effect) =>
      (await during(async () => {
        await approvedEffect({ ask, definition, name });
        return steps.effect(name, null, {
          recovery: effect.recovery ?? 'manual',
          run: effect.run,
          check: effect.check,
        });
      })) as Awaited<ReturnType<typeof effect.run>>,
    llm: (name, request) => during(() => llm(name, request)),
    tool: (name, given) => during(() => tools.call(name, name, given)),
    secret: options.secret,
    ask: (name, question) =>
      during(() =>
        ask(name, {
          kind: 'ask',
          text: question.text,
          choices: choicesOf(question.choices),
          details: question.details ?? null,
          deadline: question.deadline,
        }),
      ),
    review: (name, output, reason) =>
      during(async () => {
        const reviewed = await askForReview(ask, { name, text: reason, output, fault: () => null, redo: false });
        return (reviewed.kind === 'accepted' ? reviewed.value : output) as typeof output;
      }),
    sleep: waiting.sleep,
    spawn: waiting.spawn,
    now: () => during(() => steps.step(numbered('now'), 'step', null, now)) as Promise<number>,
    random: () => during(() => steps.step(numbered('random'), 'step', null, options.random)) as Promise<number>,
    signal,
  };

  async function llm(name: string, request: { system?: string; prompt: string }): Promise<string> {
    const messages: ModelMessage[] = [{ role: 'user', content: request.prompt }];
    const { text } = await model(name, { system: request.system, messages, newFrom: 0, tools: {} });
    // A code agent is not told: it would see other answers than it asked for. It is stopped all the same.
    const input = { system: request.system ?? null, prompt: request.prompt };
    await watch({ text: '', calls: [{ tool: 'the model', input, result: text, refused: false }] }, []);
    return text;
  }

  const attempt: Attempt = {
    id: `t${start.task}`,
    definition,
    input,
    find: tools.find,
    checks: code.checks,
    model,
    tool: tools.call,
    ask,
    output: (startedAt, note) => {
      journal.write({ name: 'output', kind: 'output', state: 'done', startedAt, result: JSON.stringify(note) });
    },
    async unhurried(work) {
      deadline.hold();
      try {
        return await work();
      } finally {
        deadline.go();
      }
    },
    signal,
    now,
  };

  async function run(): Promise<Json> {
    if (!code.code) return runModelLoop(attempt);
    return judgedOutput(attempt, (await code.code.run(context, input)) ?? null);
  }

  function endingOf(error: unknown): Ending {
    if (signal.aborted && signal.reason instanceof Unwind) return signal.reason.ending;
    if (error instanceof Unwind) return error.ending;
    if (error instanceof Refused) return failWith('incorrect', error.message).ending;
    return { kind: 'failed', error: { class: 'tool', message: messageOf(error) }, output: null };
  }

  return {
    acknowledge: journal.acknowledge,
    pass(verdict: Verdict): void {
      gateAnswer?.(verdict);
    },
    abort(): void {
      abort.abort(new Unwind({ kind: 'cancelled' }));
    },
    /** Runs to the end and says how it ended. */
    async run(): Promise<void> {
      deadline.start();
      let ending: Ending;
      try {
        signal.throwIfAborted();
        const output = await Promise.race([run(), whenAborted(signal)]);
        ending = steps.left()?.ending ?? { kind: 'succeeded', output: JSON.stringify(output), unverified };
      } catch (error) {
        ending = (signal.aborted ? undefined : steps.left()?.ending) ?? endingOf(error);
      }
      try {
        if (ending.kind !== 'succeeded' && !signal.aborted) {
          steps.leave(new Unwind(ending));
          await Promise.race([steps.settled(), whenAborted(signal)]);
        }
      } catch (error) {
        ending = endingOf(error);
      } finally {
        deadline.stop();
      }
      // Whatever still runs of this attempt must not start another step.
      if (!signal.aborted && ending.kind !== 'succeeded') abort.abort(new Unwind(ending));
      journal.close();
      options.send({ t: 'end', task: start.task, epoch: start.epoch, ending, replayed: journal.replayed });
    },
  };
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
