import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openLogFile } from '../../electron/serve/log.ts';
import { scratchFolder } from './desk.ts';

function messages(file: string): string[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).msg);
}

it('keeps each line as JSON with its moment and process, on the disk when the call returns', () => {
  const file = join(scratchFolder(), 'logs/desk.log');
  const write = openLogFile(file, 1_000_000, () => {});
  write('worker 7: said "hello"\nand more');
  const [line] = readFileSync(file, 'utf8').split('\n');
  expect(JSON.parse(String(line))).toEqual({
    level: 30,
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    pid: process.pid,
    msg: 'worker 7: said "hello"\nand more',
  });
});

it('is for the eyes of its owner', () => {
  const file = join(scratchFolder(), 'desk.log');
  openLogFile(file, 1_000_000, () => {});
  expect(statSync(file).mode & 0o077).toBe(0);
});

it('goes on where the last process ended', () => {
  const file = join(scratchFolder(), 'desk.log');
  openLogFile(file, 1_000_000, () => {})('before');
  openLogFile(file, 1_000_000, () => {})('after');
  expect(messages(file)).toEqual(['before', 'after']);
});

it('begins a new file when it grew too large, keeps the one before and loses no line between them', () => {
  const file = join(scratchFolder(), 'desk.log');
  const write = openLogFile(file, 500, () => {});
  const said = Array.from({ length: 9 }, (_, index) => `line ${index} ${'x'.repeat(100)}`);
  for (const line of said) write(line);
  const kept = [...messages(`${file}.1`), ...messages(file)];
  expect(kept).toEqual(said.slice(-kept.length));
  expect(messages(file).length).toBeLessThan(said.length);
  expect(statSync(`${file}.1`).size).toBeLessThan(1_000);
  expect(existsSync(`${file}.2`)).toBe(false);
});

it('throws for a file that cannot be opened', () => {
  expect(() => openLogFile('/dev/null/desk.log', 500, () => {})).toThrow('/dev/null');
});

it.runIf(existsSync('/dev/full'))('tells of a full disk and does not throw', () => {
  const troubles: string[] = [];
  openLogFile('/dev/full', 500, (trouble) => troubles.push(trouble))('lost');
  expect(troubles[0]).toContain('ENOSPC');
});
