import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '#contract/basic.ts';
import { type Settings, settingsSchema } from '#contract/settings.ts';
import { type Changelog, createChangelog } from '../../../electron/health/incident/changelog.ts';
import { prepareChanges } from '../../../electron/store/change.ts';
import { createCommitter } from '../../../electron/store/committer.ts';
import { prepareControl } from '../../../electron/store/lane.ts';
import { type Database, openDatabase } from '../../../electron/store/open.ts';
import { prepareProviderEvents } from '../../../electron/store/provider-event.ts';
import { NIGHT } from '../../support/health.ts';
import { until } from '../../support/until.ts';

const BEN: Actor = { name: 'ben', via: 'cli' };
const MINUTE = 60_000;

let db: Database;
let now: number;
let definition: string;
let settings: Settings;
let full: boolean;
let log: Changelog;

beforeEach(() => {
  const opened = openDatabase(mkdtempSync(join(tmpdir(), 'nightdesk-changes-')), NIGHT);
  if (!opened.ok) throw new Error(opened.error.message);
  db = opened.value.db;
  [now, definition, settings, full] = [NIGHT, 'aaaaaaaaaa', settingsSchema.parse({}), false];
  log = start();
});
afterEach(() => {
  db.close();
});

function start(): Changelog {
  const committer = createCommitter(db);
  const started = createChangelog({
    store: prepareChanges(db),
    commit: (work) =>
      committer.commit(() => {
        if (full) throw new Error('database or disk is full');
        work();
      }),
    agents: () => [{ name: 'invoice-triage', definition }],
    settings: () => settings,
    now: () => now,
    log: () => {},
  });
  started.load();
  return started;
}

/** What was in force is on the disk. */
async function looked(): Promise<void> {
  log.look();
  await until(() => {
    log.look();
    const seen = prepareChanges(db).seen();
    return seen.some(({ value }) => value === definition) && seen.length === 2;
  });
}

/** A definition as the runner keeps it from its first attempt on. */
function ran(hash: string, prompt: string): void {
  const body = JSON.stringify({ prompt, model: ['anthropic/claude'], tools: [], nightdesk: {} });
  prepareControl(db).writeDefinition(hash, 'invoice-triage', body, now);
}

describe('a deploy', () => {
  it('is none at a first start: what is there was not changed', async () => {
    await looked();
    expect(log.between(0, now)).toEqual([]);
  });

  it('is named by its hashes, and by what differs once the new one ran', async () => {
    await looked();
    [now, definition] = [NIGHT + MINUTE, 'bbbbbbbbbb'];
    await looked();
    expect(log.between(0, now)).toEqual([
      {
        at: NIGHT + MINUTE,
        kind: 'definition',
        subject: 'invoice-triage',
        text: 'aaaaaa -> bbbbbb: not run yet',
        by: null,
      },
    ]);
    ran('aaaaaaaaaa', 'Be careful.');
    ran('bbbbbbbbbb', 'Be quick.');
    expect(log.between(0, now)[0]?.text).toBe('aaaaaa -> bbbbbb: prompt (+1 -1 lines)');
  });

  it('that goes back to an older one is a change, too', async () => {
    await looked();
    for (const next of ['bbbbbbbbbb', 'aaaaaaaaaa']) {
      [now, definition] = [now + MINUTE, next];
      await looked();
    }
    expect(log.between(0, now).map(({ text }) => text.slice(0, 16))).toEqual(['bbbbbb -> aaaaaa', 'aaaaaa -> bbbbbb']);
  });

  it('made while the desk was down is seen at its next start', async () => {
    await looked();
    [now, definition] = [now + MINUTE, 'bbbbbbbbbb'];
    log = start();
    await looked();
    expect(log.between(0, now)).toMatchObject([{ kind: 'definition', at: NIGHT + MINUTE }]);
  });

  it('that the disk refuses is written when it takes writes again, once', async () => {
    await looked();
    [full, definition] = [true, 'bbbbbbbbbb'];
    log.look();
    await new Promise(setImmediate);
    full = false;
    await looked();
    expect(log.between(0, now)).toHaveLength(1);
  });
});

describe('the settings', () => {
  it('say which of them changed', async () => {
    await looked();
    settings = settingsSchema.parse({ providers: { anthropic: { concurrency: 4 } } });
    await until(() => {
      log.look();
      return log.between(0, now).find(({ kind }) => kind === 'settings');
    });
    expect(log.between(0, now)).toEqual([
      {
        at: now,
        kind: 'settings',
        subject: 'nightdesk.yaml',
        text: 'providers.anthropic.concurrency - -> 4',
        by: null,
      },
    ]);
  });
});

it('interventions and what befell providers stand among them, the newest first, within their span', () => {
  log.write({ at: now, kind: 'intervention', subject: 'invoice-triage', text: 'ben paused invoice-triage', by: BEN });
  prepareProviderEvents(db).write({ at: now + 1, provider: 'anthropic', kind: 'breaker', text: 'breaker opens' });
  expect(log.between(now, now + 1)).toEqual([
    { at: now + 1, kind: 'provider', subject: 'anthropic', text: 'breaker opens', by: null },
    { at: now, kind: 'intervention', subject: 'invoice-triage', text: 'ben paused invoice-triage', by: BEN },
  ]);
  expect(log.own(now, now + 1)).toHaveLength(1);
  expect(log.between(now + 2, now + 9)).toEqual([]);
});
