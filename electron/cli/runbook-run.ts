import { ORPCError } from '@orpc/client';
import { errorDataSchema } from '#contract/errors.ts';
import type { RunCommand, RunDetail, RunStep } from '#contract/runbook.ts';
import type { Client } from './client.ts';
import { plain } from './format.ts';
import { HELP, type Meaning, meaningOf, questionFor } from './runbook-ask.ts';
import { decide, type Instructions } from './runbook-decide.ts';
import { currentOf, eventsBetween, isAtWork, type RunEvent } from './runbook-event.ts';
import { followRun } from './runbook-feed.ts';
import type { Screen } from './runbook-screen.ts';
import { planLines } from './runbook-text.ts';

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
  /** Each thing that happens, in order. */
  onEvent(event: RunEvent): void;
  /** Null where there is nobody to ask. */
  screen: Screen | null;
  /** Ends the drive; the run stays open. */
  signal: AbortSignal;
};

const UNPROVEN = 'All steps are behind and the recovery is not proven: nightdesk runbook end takes a reason.';
const LEFT_OPEN = 'It was left open.';

/** Takes a run from step to step, by what was said beforehand or by asking, until it ends or waits for a person. */
export async function driveRun(begun: RunDetail, options: DriverOptions): Promise<Driven> {
  const { client, screen, signal, onEvent } = options;
  const instructions: Instructions = {
    yes: options.yes,
    answers: options.answers,
    skips: options.skips,
    confirmed: new Set(),
  };
  onEvent({ event: 'begun', at: Date.now(), run: begun });
  for (const event of eventsBetween(null, begun, Date.now())) onEvent(event);
  const feed = followRun(client, begun, (before, after) => {
    for (const event of eventsBetween(before, after, Date.now())) onEvent(event);
  });

  async function send(run: RunDetail, command: RunCommand): Promise<void> {
    try {
      feed.put(await client.runs.command({ id: run.id, command }));
    } catch (error) {
      // Somebody who looks on is told what changed meanwhile, or what does not fit, and asked again.
      if (screen === null || !(error instanceof ORPCError) || !ASK_AGAIN.includes(error.code)) throw error;
      const data = errorDataSchema.safeParse(error.data);
      screen.say([plain(error.message), ...(data.success ? [plain(data.data.todo)] : [])].join(' '));
      feed.put(await client.runs.get({ id: run.id }));
    }
  }

  /** @returns why it stops, or null to go on */
  async function bySaid(run: RunDetail): Promise<Driven | null> {
    if (signal.aborted) return stopped(run, LEFT_OPEN);
    if (isAtWork(run)) {
      await feed.changed(run, signal);
      return null;
    }
    const step = currentOf(run);
    if (step === null) return stopped(run, UNPROVEN);
    const next = decide(run.id, step, instructions);
    if ('waitsFor' in next) return { run, open: step, ...next };
    await send(run, next.command);
    return null;
  }

  async function byAsking(run: RunDetail, shown: Screen): Promise<Driven | null> {
    const moved = new AbortController();
    const watched = feed
      .changed(run, AbortSignal.any([moved.signal, signal]))
      .then(
        () => null,
        (error: unknown) => ({ error }),
      )
      .finally(() => moved.abort());
    const line = await shown.ask(run, questionFor(run), moved.signal);
    const changed = moved.signal.aborted;
    moved.abort();
    const broken = await watched;
    if (broken !== null) throw broken.error;
    if (line === undefined) return changed && !signal.aborted ? null : stopped(feed.latest(), LEFT_OPEN);
    return carryOut(run, meaningOf(line, run), shown);
  }

  async function carryOut(run: RunDetail, meaning: Meaning, shown: Screen): Promise<Driven | null> {
    switch (meaning.kind) {
      case 'leave':
        return stopped(run, LEFT_OPEN);
      case 'help':
        shown.say(HELP);
        return null;
      case 'nothing':
        shown.say(meaning.says);
        return null;
      case 'command':
        await send(run, meaning.command);
        return null;
      case 'more': {
        const said = await shown.more(meaning.question);
        if (said !== undefined && said.length >= meaning.shortest) await send(run, meaning.make(said));
        return null;
      }
      case 'roll-back':
        await rollBack(run, meaning.step, shown);
        return null;
    }
  }

  async function rollBack(run: RunDetail, step: RunStep, shown: Screen): Promise<void> {
    const steps = await client.runs.rollBackPlan({ id: run.id, step: step.id });
    const lines = steps.flatMap(({ title, plan, says }) => [
      `${plain(title)}: ${plain(says)}`,
      ...(plan === null ? [] : planLines(plan).map((line) => `  ${line}`)),
    ]);
    shown.say(lines.length === 0 ? 'Nothing was done from there on that can be undone.' : lines.join('\n'));
    if (lines.length === 0) return;
    const agreed = await shown.more(`Roll back to step ${step.index + 1}? y, or anything else goes back`);
    if (agreed?.toLowerCase() === 'y') await send(run, { do: 'roll-back', step: step.id });
  }

  try {
    for (;;) {
      const run = feed.latest();
      if (run.endedAt !== null) return { run, open: null, waitsFor: null, failed: false };
      const driven = screen === null ? await bySaid(run) : await byAsking(run, screen);
      if (driven !== null) return driven;
    }
  } finally {
    feed.close();
  }
}

/** Refusals that leave the step as it was. */
const ASK_AGAIN = ['CONFLICT', 'BAD_INPUT', 'NOT_FOUND'];

function stopped(run: RunDetail, waitsFor: string): Driven {
  const ended = run.endedAt !== null;
  return { run, open: currentOf(run), waitsFor: ended ? null : waitsFor, failed: false };
}
