/*
 * Delivery: what people outside the console are told. outbox.ts writes messages in the commit that made them due,
 * courier.ts carries them to their routes (channel.ts, format/), standing.ts says how each route stands, deadman.ts asks
 * the address outside, outside.ts takes in the alerts of an Alertmanager.
 */
import type {
  AlertmanagerPayload,
  AlertsTaken,
  DeliveryFilter,
  Delivery as DeliveryView,
  Notice,
  RouteStanding,
} from '#contract/delivery.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { Settings } from '#contract/settings.ts';
import type { Database } from '../../store/open.ts';
import { type DeliveryRow, prepareOutbox, prepareOutside } from '../../store/outbox.ts';
import type { Signal } from '../alert/rules.ts';
import { type Channel, channelOf, type RouteSecret, routeSecretNames, routesOf, valuesToHide } from './channel.ts';
import { createCourier } from './courier.ts';
import { createDeadman } from './deadman.ts';
import { RESEND_MS } from './format/alertmanager.ts';
import { bodyLines, composeMessage, type Message } from './message.ts';
import { contentSchema, createOutbox, type OutgoingNotice } from './outbox.ts';
import { createOutside } from './outside.ts';
import { createStandings, routeSignal } from './standing.ts';

export type { OutgoingNotice } from './outbox.ts';

/** Consoles are shown what was said in this time, the newest of it, ms. */
const NOTICES_MS = 24 * 3_600_000;
const NOTICES_MOST = 50;
/** Old messages are looked for this often, ms, and removed so many in a commit. */
const FORGET_MS = 3_600_000;
const FORGET_ROWS = 500;

export type DeliveryOptions = {
  store: { db: Database; commit<T>(work: () => T): Promise<T>; touch(): Promise<void> };
  settings(): Settings;
  onSettings(listener: () => void): () => void;
  findSecrets(names: string[]): Promise<RouteSecret[]>;
  /** These values are masked from now on. */
  hide(values: string[]): void;
  mask(text: string): string;
  runbooksFor(rule: string): { name: string; title: string }[];
  /** `http://…` of the console; null while it is not served. */
  address(): string | null;
  host: string;
  rehearsal: boolean;
  now(): number;
  /** Ms on a clock that nobody sets. */
  passed(): number;
  random(): number;
  /** A text that nobody else gives. */
  newId(): string;
  after(ms: number, work: () => void): () => void;
  log(message: string): void;
  onChange(): void;
};

export type Delivery = {
  /** Writes a message for each route, inside the caller's commit. @returns their numbers */
  put(notice: OutgoingNotice): number[];
  /** What of the routes, of the dead-man's ping and of other systems is wrong. It says that the desk's tick runs, too. */
  signals(now: number): Signal[];
  standings(): RouteStanding[];
  deliveries(filter: DeliveryFilter): DeliveryView[];
  delivery(id: number): DeliveryView | undefined;
  /** What native routes showed lately, oldest first. */
  notices(): Notice[];
  /** Writes a test message. @param alongside done in its commit */
  test(route: string, by: string, alongside?: () => void): Promise<Result<DeliveryView>>;
  /** Alerts of an Alertmanager. They are on the disk when this settles. */
  receive(payload: AlertmanagerPayload): Promise<Result<AlertsTaken>>;
  /** Looks for the secrets of routes anew. */
  refreshSecrets(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
};

export function createDelivery(options: DeliveryOptions): Delivery {
  const { settings, now, passed, after, log, mask } = options;
  const { db, commit } = options.store;
  const store = prepareOutbox(db);
  const standings = createStandings(store, now);
  let secrets: ReadonlyMap<string, RouteSecret> = new Map();
  let channels = new Map<string, Channel>();
  let notices: Notice[] = [];
  let closed = false;
  let stopSettings = (): void => {};
  const timers = new Map<string, () => void>();

  const outbox = createOutbox({
    store,
    newId: options.newId,
    // In a turn of its own: the commit it is called in has ended by then.
    wake: (routes) => setImmediate(() => routes.forEach(courier.look)),
  });
  const courier = createCourier({
    store,
    commit,
    standings,
    channel: (route) => channels.get(route),
    messageOf,
    now,
    passed,
    random: options.random,
    after,
    mask,
    log,
    onChange: options.onChange,
  });
  const deadman = createDeadman({
    setting: () => settings().alerts.deadman,
    secrets: () => secrets,
    touch: options.store.touch,
    passed,
    after,
    mask,
    log,
  });
  const outside = createOutside({ store: prepareOutside(db), commit, now });

  function messageOf(row: DeliveryRow): Message {
    const told = row.kind === 'resolve' ? store.told(row.route, row.dedup) : undefined;
    const content = told === undefined ? null : contentSchema.parse(JSON.parse(told.body));
    return composeMessage(
      {
        uid: row.uid,
        kind: row.kind,
        dedup: row.dedup,
        at: row.made_at,
        title: row.title,
        incident: row.incident,
        repeat: row.in_doubt === 1,
        content: contentSchema.parse(JSON.parse(row.body)),
        told: content?.about === 'alert' ? content.alert : null,
      },
      {
        environment: settings().alerts.environment,
        host: options.host,
        rehearsal: options.rehearsal,
        address: options.address(),
        runbooksFor: options.runbooksFor,
      },
    );
  }

  function show(message: Message): void {
    notices = [...notices, noticeOf(message)].slice(-NOTICES_MOST);
    options.onChange();
  }

  /** @returns whether another value was found than before */
  async function readSecrets(): Promise<boolean> {
    const found = await options.findSecrets(routeSecretNames(settings()));
    const changed = found.some(({ name, value }) => secrets.get(name)?.value !== value);
    secrets = new Map(found.map((secret) => [secret.name, secret]));
    options.hide(valuesToHide(settings(), secrets));
    channels = new Map(
      Object.entries(routesOf(settings())).map(([name, route]) => [
        name,
        channelOf(route, { secrets, now, show, mask }),
      ]),
    );
    return changed;
  }

  /** By the settings and secrets as they are now: what waited for them need not wait any more. */
  async function begin(): Promise<void> {
    deadman.start();
    const routes = new Set([...channels.keys(), ...store.due().map(({ route }) => route)]);
    await Promise.all([...routes].map(courier.retry));
  }

  /** Every Alertmanager hears again of what fires. */
  async function refresh(): Promise<void> {
    await Promise.all(
      [...channels].map(async ([route, { refresh: again, problem }]) => {
        if (again === null || problem !== null) return;
        const rows = store.firing(route);
        if (rows.length === 0) return;
        const late = new AbortController();
        const prevent = after(RESEND_MS / 2, () => late.abort());
        const outcome = await again(rows.map(messageOf), late.signal);
        prevent();
        if ('why' in outcome) log(`the route ${route} was not told again what fires: ${mask(outcome.why)}`);
      }),
    );
  }

  async function forget(): Promise<void> {
    const before = now() - settings().retention.keep;
    while (!closed && (await commit(() => store.forget(before, FORGET_ROWS))) === FORGET_ROWS);
    await outside.forget();
  }

  /** Runs `work` again and again; what it fails with is told, and it goes on. */
  function repeat(name: string, everyMs: number, work: () => Promise<void>): void {
    timers.set(
      name,
      after(everyMs, () => {
        void work()
          .catch((error: unknown) => log(`${name} failed: ${String(error)}`))
          .finally(() => (closed ? undefined : repeat(name, everyMs, work)));
      }),
    );
  }

  function dueOf(): Map<string, number> {
    return new Map(store.due().map(({ route, due }) => [route, due]));
  }

  return {
    put: outbox.put,
    signals(at) {
      deadman.tick();
      const failing = standings.all();
      // Counted only where something is wrong: this runs every second.
      const due = failing.some((row) => row.failing_since !== null) ? dueOf() : new Map<string, number>();
      return [
        ...failing.map((row) => routeSignal(row, due.get(row.route) ?? 0, channels.has(row.route), at)),
        ...deadman.signals(),
        ...outside.signals(at),
      ];
    },
    standings() {
      const due = dueOf();
      const names = new Set([...channels.keys(), ...due.keys()]);
      return [...names].map((name) => {
        const row = standings.of(name);
        return {
          name,
          kind: channels.get(name)?.kind ?? 'gone',
          due: due.get(name) ?? 0,
          failingSince: row.failing_since,
          lastSentAt: row.last_sent_at,
          lastError: row.failing_since === null ? (channels.get(name)?.problem ?? null) : row.last_error,
        };
      });
    },
    deliveries: ({ route, state, limit }) => store.list(route ?? null, state ?? null, limit).map(viewOf),
    delivery(id) {
      const row = store.one(id);
      return row && viewOf(row);
    },
    notices: () => notices,
    async test(route, by, alongside = () => {}) {
      if (!channels.has(route)) {
        return fail('NOT_FOUND', `There is no route "${route}".`, {
          kept: 'Nothing was sent.',
          todo: 'Name one of nightdesk.yaml: nightdesk route list',
        });
      }
      const [id] = await commit(() => {
        alongside();
        return outbox.put({ kind: 'test', routes: [route], by, at: now() });
      });
      const row = id === undefined ? undefined : store.one(id);
      if (row === undefined) throw new Error('the test message that was written is not there');
      return succeed(viewOf(row));
    },
    receive: outside.receive,
    async refreshSecrets() {
      if ((await readSecrets()) && !closed) await begin();
    },
    async start() {
      const native = Object.entries(routesOf(settings())).filter(([, route]) => route.kind === 'native');
      notices = native
        .flatMap(([name]) => store.newestSent(name, now() - NOTICES_MS, NOTICES_MOST))
        .toSorted((a, b) => a.id - b.id)
        .map((row) => noticeOf(messageOf(row)));
      stopSettings = options.onSettings(() => {
        readSecrets()
          .then(() => (closed ? undefined : begin()))
          .catch((error: unknown) => log(`the routes could not be read anew: ${String(error)}`));
      });
      await readSecrets();
      await begin();
      repeat('telling what fires', RESEND_MS, refresh);
      repeat('removing old messages', FORGET_MS, forget);
    },
    async close() {
      closed = true;
      stopSettings();
      for (const prevent of timers.values()) prevent();
      await deadman.close();
      await courier.close();
    },
  };
}

function viewOf(row: DeliveryRow): DeliveryView {
  return {
    id: row.id,
    route: row.route,
    kind: row.kind,
    title: row.title,
    alert: row.alert,
    incident: row.incident,
    state: row.state,
    attempts: row.attempts,
    madeAt: row.made_at,
    nextAt: row.state === 'due' ? row.next_at : null,
    sentAt: row.state === 'sent' ? row.ended_at : null,
    error: row.error,
  };
}

function noticeOf(message: Message): Notice {
  return {
    id: message.id,
    at: message.at,
    kind: message.kind,
    severity: message.severity,
    title: `${message.state}: ${message.title}`,
    body: bodyLines({ ...message, repeat: false, incident: null, runbook: null }).join('\n'),
    incident: message.incident?.number ?? null,
  };
}
