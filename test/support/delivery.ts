import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Alert } from '#contract/alert.ts';
import type { Delivery as DeliveryView } from '#contract/delivery.ts';
import { type Settings, settingsSchema } from '#contract/settings.ts';
import { ATTEMPT_MS } from '../../electron/health/delivery/courier.ts';
import { PING_MS } from '../../electron/health/delivery/deadman.ts';
import { createDelivery, type Delivery, type DeliveryOptions } from '../../electron/health/delivery/index.ts';
import { createCommitter } from '../../electron/store/committer.ts';
import { openDatabase } from '../../electron/store/open.ts';

import { NIGHT, type VirtualTime, virtualTime } from './time.ts';
import { until } from './until.ts';

export type TestDelivery = {
  delivery: Delivery;
  time: VirtualTime;
  log: string[];
  /** While full it refuses every write. */
  disk: { full: boolean };
  /** Puts other settings in force. */
  set(settings: object): void;
  /** Writes a message in a commit of its own. */
  put: Delivery['put'] extends (notice: infer Notice) => infer Ids ? (notice: Notice) => Promise<Ids> : never;
  /** Waits for it while time goes on, from one timer to the next; it stands still while an attempt is under way. */
  when<T>(ready: () => T | undefined | false | null): Promise<T>;
  /** Waits until nothing is under way: commits and attempts have come to their end. */
  settled(): Promise<void>;
  /** All messages, oldest first. */
  rows(): DeliveryView[];
  /** Ends it and starts another on the same data. */
  restart(): Promise<void>;
  close(): Promise<void>;
};

/** Delivery on a real database, with a clock that tests move. @param settings of nightdesk.yaml */
export async function startDelivery(
  settings: object,
  given: Partial<DeliveryOptions> & { secrets?: Record<string, string> } = {},
): Promise<TestDelivery> {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-delivery-'));
  const time = virtualTime(NIGHT);
  /** Attempts under way: time stands still for them, however slow the machine is. */
  let attempts = 0;
  const log: string[] = [];
  const disk = { full: false };
  const listeners = new Set<() => void>();
  const hidden = new Set<string>();
  let current: Settings = settingsSchema.parse(settings);
  let ids = 0;

  async function open() {
    const opened = openDatabase(folder, time.now());
    if (!opened.ok) throw new Error(opened.error.message);
    const { db } = opened.value;
    const committer = createCommitter(db);
    const commit = <T>(work: () => T): Promise<T> =>
      committer.commit(() => {
        if (disk.full) throw new Error('database or disk is full');
        return work();
      });
    const delivery = createDelivery({
      store: { db, commit, touch: () => commit(() => {}) },
      settings: () => current,
      onSettings(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      findSecrets: async (names) =>
        names.map((name) => {
          const value = given.secrets?.[name] ?? null;
          return { name, value, problem: value === null ? 'it is in no keychain' : null };
        }),
      hide(values) {
        for (const value of values) hidden.add(value);
      },
      mask: (text) => [...hidden].reduce((masked, value) => masked.replaceAll(value, '***'), text),
      runbooksFor: (rule) =>
        rule === 'provider-breaker-open' ? [{ name: 'provider-down', title: 'Provider down' }] : [],
      address: () => 'http://127.0.0.1:7000',
      host: 'desk-1',
      rehearsal: false,
      now: time.now,
      passed: time.passed,
      random: () => 0.5,
      newId: () => {
        ids += 1;
        return `m-${ids}`;
      },
      after(ms, work) {
        if (ms !== ATTEMPT_MS && ms !== PING_MS) return time.after(ms, work);
        attempts += 1;
        let over = false;
        const end = (): void => {
          if (!over) attempts -= 1;
          over = true;
        };
        const prevent = time.after(ms, () => {
          end();
          work();
        });
        return () => {
          end();
          prevent();
        };
      },
      log: (line) => log.push(line),
      onChange: () => {},
      ...given,
    });
    await delivery.start();
    return {
      delivery,
      commit,
      async close() {
        const closed = delivery.close();
        time.advance(5_000);
        await closed;
        db.close();
      },
    };
  }

  let desk = await open();
  return {
    get delivery() {
      return desk.delivery;
    },
    time,
    log,
    disk,
    set(next) {
      current = settingsSchema.parse(next);
      for (const listener of listeners) listener();
    },
    put: (notice) => desk.commit(() => desk.delivery.put(notice)),
    when: (ready) =>
      until(() => {
        const value = ready();
        if (value !== undefined && value !== false && value !== null) return value;
        const next = time.next();
        if (attempts === 0 && next !== undefined) time.advance(next);
        return undefined;
      }),
    async settled() {
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      await until(() => attempts === 0);
    },
    rows: () => desk.delivery.deliveries({ limit: 1_000 }).toReversed(),
    async restart() {
      await desk.close();
      desk = await open();
    },
    close: () => desk.close(),
  };
}

/** An alert as it fires. */
export function firing(change: Partial<Alert> = {}): Alert {
  return {
    id: 'provider-breaker-open:anthropic:1',
    key: 'k-anthropic',
    rule: 'provider-breaker-open',
    subject: 'anthropic',
    severity: 'page',
    state: 'firing',
    covers: [],
    summary: 'anthropic is down: invoice-triage and 1 more affected',
    labels: { provider: 'anthropic', agent: 'invoice-triage' },
    value: '5 calls failed in a row; 80 % errors of 20 calls in 1 min',
    error: 'overloaded <529> & more',
    incident: 12,
    pendingSince: null,
    firedAt: NIGHT - 90_000,
    acknowledgedBy: null,
    acknowledgedUntil: null,
    escalated: 0,
    resolvedAt: null,
    ...change,
  };
}
