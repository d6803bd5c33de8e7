import { ORPCError } from '@orpc/client';
import type { RunCommand, RunDetail, RunStep } from '#contract/runbook.ts';
import type { Client } from './client.ts';
import { plain } from './format.ts';
import type { Ask } from './prompt.ts';
import { askEnd, askPerson } from './runbook-ask.ts';
import { decide, type Instructions } from './runbook-decide.ts';
import { openStepText, titleOf } from './runbook-text.ts';

/** How far a run was driven. */
export type Driven = {
  run: RunDetail;
  /** The step it waits at; null when all are behind or it has ended. */
  open: RunStep | null;
  /** Why it went no further; null when it ended. */
  waitsFor: string | null;
  failed: boolean;
};

/** What a driver works with: the desk, what was said beforehand, and who can be asked. */
export type DriverOptions = Omit<Instructions, 'confirmed'> & {
  client: Client;
  note(line: string): void;
  /** Null where there is nobody to ask. */
  ask: Ask | null;
};

const UNPROVEN = 'All steps are behind and the recovery is not proven: ending the run takes a reason.';

/** Takes a run from step to step, by what was said beforehand or by asking, until it ends or waits for a person. */
export function createDriver({ client, note, ask, ...said }: DriverOptions) {
  const instructions: Instructions = { ...said, confirmed: new Set() };

  async function drive(begun: RunDetail): Promise<Driven> {
    let run = begun;
    for (;;) {
      if (run.endedAt !== null) return { run, open: null, waitsFor: null, failed: false };
      const step = currentOf(run);
      if (step !== null && isInProgress(step)) {
        run = await seeThrough(run, step);
        continue;
      }
      const next = await nextCommand(run, step);
      if ('waitsFor' in next) return { run, open: step, ...next };
      run = await send(run, next.command);
    }
  }

  async function nextCommand(run: RunDetail, step: RunStep | null) {
    if (ask === null) return step === null ? { waitsFor: UNPROVEN, failed: false } : decide(step, instructions);
    note(step === null ? UNPROVEN : `\n${openStepText(run, step)}`);
    const command = step === null ? await askEnd(ask) : await askPerson(step, ask);
    return command === undefined ? { waitsFor: 'It was left open.', failed: false } : { command };
  }

  async function send(run: RunDetail, command: RunCommand): Promise<RunDetail> {
    try {
      const step = currentOf(run);
      if (step !== null && ask === null && command.do !== 'end') note(`${titleOf(step)}: ${command.do}`);
      return await client.runs.command({ id: run.id, command });
    } catch (error) {
      // Somebody who looks on is shown what changed meanwhile, or what does not fit, and asked again.
      if (ask === null || !(error instanceof ORPCError) || !ASK_AGAIN.includes(error.code)) throw error;
      note(plain(error.message));
      return client.runs.get({ id: run.id });
    }
  }

  /** Follows a step in progress until it is no longer. */
  async function seeThrough(run: RunDetail, { id }: RunStep): Promise<RunDetail> {
    let said: string | null = null;
    for await (const _ of await client.runs.watch({ id: run.id })) {
      const now = await client.runs.get({ id: run.id });
      const step = now.steps.find((each) => each.id === id);
      const seen = step === undefined ? null : `  ${step.state}${step.seen === null ? '' : `: ${plain(step.seen)}`}`;
      if (seen !== null && seen !== said) note(seen);
      said = seen;
      if (now.endedAt !== null || step === undefined || !isInProgress(step)) return now;
    }
    return client.runs.get({ id: run.id });
  }

  return { drive };
}

/** Refusals that leave the step as it was. */
const ASK_AGAIN = ['CONFLICT', 'BAD_INPUT'];

function currentOf(run: RunDetail): RunStep | null {
  return run.steps.find((step) => step.id === run.current) ?? null;
}

function isInProgress(step: RunStep): boolean {
  return step.state === 'acting' || step.state === 'checking';
}
