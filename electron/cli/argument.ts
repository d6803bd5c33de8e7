import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { nameSchema, parseSpan } from '#contract/basic.ts';
import { type TaskState, taskIdSchema, taskStateSchema } from '#contract/task.ts';

/*
 * What people type, read and checked; each refusal says what would be right. Commander puts the argument's name before it.
 */

/** The name of an agent, provider or runbook. */
export function readName(text: string): string {
  const name = nameSchema.safeParse(text);
  if (!name.success) throw new InvalidArgumentError(`A name is written in ${name.error.issues[0]?.message.slice(4)}.`);
  return name.data;
}

/** A task's id. */
export function readTaskId(text: string): string {
  const id = taskIdSchema.safeParse(text);
  if (!id.success) throw new InvalidArgumentError('A task id looks like t123.');
  return id.data;
}

/** A span longer than nothing, in ms. */
export function readSpan(text: string): number {
  const ms = parseSpan(text);
  if (ms === undefined || ms === 0) {
    throw new InvalidArgumentError('Write a span longer than nothing, for example 500ms, 30s, 5m, 2h or 1d.');
  }
  return ms;
}

/** A moment, as a date and time with its offset or as a span from now on; ms since the epoch. */
export function readMoment(text: string, now: number): number {
  if (text.startsWith('+')) return now + readSpan(text.slice(1));
  const moment = z.iso.datetime({ offset: true }).safeParse(text);
  if (!moment.success) {
    throw new InvalidArgumentError('Write a date and time with its offset, as 2026-11-30T08:00:00Z, or +30m.');
  }
  return Date.parse(moment.data);
}

/** A share between 0 and 1. */
export function readShare(text: string): number {
  const share = Number(text);
  if (text.trim() === '' || !(share >= 0 && share <= 1)) {
    throw new InvalidArgumentError('Write a share from 0 to 1, for example 0.3 for 30%.');
  }
  return share;
}

/** A share of something that is not none of it: `0.1` or `10%`. */
export function readPart(text: string): number {
  const percent = text.trim().endsWith('%');
  const share = Number(percent ? text.trim().slice(0, -1) : text) / (percent ? 100 : 1);
  if (text.trim() === '' || !(share > 0 && share <= 1)) {
    throw new InvalidArgumentError('Write a share above 0 and up to 1, for example 0.1 or 10%.');
  }
  return share;
}

/** An amount in US dollars, with or without its sign. */
export function readUsd(text: string): number {
  const usd = Number(text.replace(/^\$/, ''));
  if (text.trim() === '' || !(usd > 0) || !Number.isFinite(usd)) {
    throw new InvalidArgumentError('Write an amount in US dollars, for example 12.50.');
  }
  return usd;
}

/** A reader of whole numbers from `low` to `high`. */
export function readWhole(low: number, high: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < low || number > high) {
      throw new InvalidArgumentError(`Write a whole number from ${low} to ${high}.`);
    }
    return number;
  };
}

/** The number of an incident or a run, with or without its `#`. */
export function readNumber(text: string): number {
  const number = Number(text.replace(/^#/, ''));
  if (!/^#?[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('Write its number, for example 3.');
  return number;
}

/** Task states, separated by commas; the option may be repeated. */
export function readStates(text: string, before: TaskState[] = []): TaskState[] {
  const found = text.split(',').map((word) => {
    const state = taskStateSchema.options.find((each) => each === word.trim());
    if (state === undefined) throw new InvalidArgumentError(`States are ${taskStateSchema.options.join(', ')}.`);
    return state;
  });
  return [...before, ...found];
}

/** `--agents FOLDER`: may be repeated. */
export function agentsOption(): Option {
  return new Option(
    '--agents <folder>',
    'a folder with agents, beside the shipped ones and those of the data folder; may be repeated',
  )
    .argParser(readFolder)
    .default([], 'none');
}

function readFolder(text: string, before: string[]): string[] {
  if (statSync(text, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new InvalidArgumentError('Name a folder that is there.');
  }
  return [...before, resolve(text)];
}

/** `name=value` pairs; the option may be repeated. */
export function readPair(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1)
    throw new InvalidArgumentError('Write name=value, for example agent=reply-drafts.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
