import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createParking, type Parking } from '../../../electron/runner/engine/park.ts';
import type { Database } from '../../../electron/store/open.ts';
import { openDatabase } from '../../../electron/store/open.ts';
import { prepareQuestions } from '../../../electron/store/question.ts';
import { prepareSteps } from '../../../electron/store/step.ts';
import { prepareTasks } from '../../../electron/store/task.ts';
import { ada } from '../../support/people.ts';

const NOON = 1_800_000_000_000;
const HOUR = 3_600_000;

let db: Database;
let parking: Parking;
let clock: number;
let diskFull: boolean;
let requeued: number[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  clock = NOON;
  diskFull = false;
  requeued = [];
  const opened = openDatabase(mkdtempSync(join(tmpdir(), 'nightdesk-test-')), NOON);
  if (!opened.ok) throw new Error(opened.error.message);
  db = opened.value.db;
  const questions = prepareQuestions(db);
  questions.insert({
    task: 1,
    agent: 'asking',
    step: 'pay?',
    seq: 0,
    kind: 'ask',
    text: 'Pay it?',
    choices: JSON.stringify([
      { value: 'yes', label: 'Yes', takes: 'nothing' },
      { value: 'no', label: 'No', takes: 'nothing' },
    ]),
    details: null,
    asked_at: NOON,
    deadline: NOON + HOUR,
    on_deadline: 'no',
    rehearsal: 0,
  });
  parking = createParking({
    questions,
    tasks: prepareTasks(db),
    steps: prepareSteps(db),
    rehearsal: false,
    now: () => clock,
    audit: () => {},
    onRequeued: (task) => requeued.push(task),
    commit: (work) => (diskFull ? Promise.reject(new Error('database or disk is full')) : Promise.resolve(work())),
    onDiskRefused: () => {},
  });
  parking.rebuild();
});
afterEach(() => {
  parking.stop();
  db.close();
  vi.useRealTimers();
});

const answerGiven = () => parking.ofTask(1)[0]?.answer;

describe('the deadline of a question', () => {
  it('answers at its moment, not before', async () => {
    await vi.advanceTimersByTimeAsync(29_000);
    clock = NOON + HOUR - 1;
    await vi.advanceTimersByTimeAsync(1_010);
    expect(answerGiven()).toBeNull();
    clock = NOON + HOUR;
    await vi.advanceTimersByTimeAsync(30_001);
    expect(answerGiven()).toEqual({ choice: 'no' });
    expect(requeued).toEqual([1]);
  });

  it('is seen within half a minute after the clock jumped over it, as on a laptop that slept', async () => {
    clock = NOON + 5 * HOUR;
    await vi.advanceTimersByTimeAsync(30_001);
    expect(answerGiven()).toEqual({ choice: 'no' });
  });

  it('is tried again until the disk takes it', async () => {
    diskFull = true;
    clock = NOON + HOUR;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(answerGiven()).toBeNull();
    diskFull = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(answerGiven()).toEqual({ choice: 'no' });
    expect(requeued).toEqual([1]);
  });
});

it('an answer that the disk refuses leaves the question open, and says so', async () => {
  diskFull = true;
  const id = parking.open()[0]?.id ?? 0;
  expect(await parking.answer(id, { choice: 'yes' }, ada)).toMatchObject({
    ok: false,
    error: { code: 'STORAGE', kept: 'The question stays open.' },
  });
  diskFull = false;
  expect(await parking.answer(id, { choice: 'yes' }, ada)).toMatchObject({ ok: true, value: { answeredAt: NOON } });
  expect(parking.open()).toEqual([]);
});
