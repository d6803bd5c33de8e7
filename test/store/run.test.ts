import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../electron/store/open.ts';
import { prepareRuns } from '../../electron/store/run.ts';

describe('runs in the store', () => {
  let folder: string;
  let db: Database;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nightdesk-runs-'));
    const opened = openDatabase(folder, 0);
    if (!opened.ok) throw new Error(opened.error.message);
    db = opened.value.db;
  });
  afterEach(() => {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const row = (runbook: string, incident: number | null, startedAt: number) => ({
    ...{ runbook, incident, body: '{}' },
    started_at: startedAt,
  });

  it('come back with their steps, in order', () => {
    const runs = prepareRuns(db);
    const id = runs.insert(row('a', 7, 1));
    runs.writeStep({ run: id, idx: 1, state: 'todo', body: '"two"' });
    runs.writeStep({ run: id, idx: 0, state: 'todo', body: '"one"' });
    runs.writeStep({ run: id, idx: 0, state: 'passed', body: '"one again"' });
    expect(runs.one(id)).toEqual({
      id,
      runbook: 'a',
      incident: 7,
      started_at: 1,
      ended_at: null,
      outcome: null,
      body: '{}',
    });
    expect(runs.steps(id).map(({ state, body }) => [state, body])).toEqual([
      ['passed', '"one again"'],
      ['todo', '"two"'],
    ]);
  });

  it('are in progress until they end', () => {
    const runs = prepareRuns(db);
    const [first, second] = [runs.insert(row('a', null, 1)), runs.insert(row('a', 7, 2))];
    runs.update({ id: first, ended_at: 5, outcome: 'recovered', body: '{"x":1}' });
    expect(runs.open().map((one) => one.id)).toEqual([second]);
    expect(runs.one(first)).toMatchObject({ ended_at: 5, outcome: 'recovered', body: '{"x":1}' });
  });

  it('are listed newest first, all or of one incident', () => {
    const runs = prepareRuns(db);
    const ids = [runs.insert(row('a', 7, 1)), runs.insert(row('b', 8, 2)), runs.insert(row('a', 7, 3))];
    expect(runs.newest(2).map((one) => one.id)).toEqual([ids[2], ids[1]]);
    expect(runs.ofIncident(7, 9).map((one) => one.id)).toEqual([ids[2], ids[0]]);
    expect(runs.lastOf('a')).toMatchObject({ started_at: 3 });
    expect(runs.lastOf('c')).toBeUndefined();
  });

  it('never give an id twice', () => {
    const runs = prepareRuns(db);
    const first = runs.insert(row('a', null, 1));
    db.exec('DELETE FROM run');
    expect(runs.insert(row('a', null, 2))).toBeGreaterThan(first);
  });

  it('do not hold steps of a run that is not there', () => {
    const runs = prepareRuns(db);
    expect(() => runs.writeStep({ run: 99, idx: 0, state: 'todo', body: '{}' })).toThrow(/FOREIGN KEY/);
  });
});
