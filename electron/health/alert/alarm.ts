import { createHash } from 'node:crypto';
import type { Alert, AlertRulesFile, Silence } from '#contract/alert.ts';
import type { Actor } from '#contract/basic.ts';
import { createClock } from '#contract/clock.ts';
import type { AlertsSettings } from '#contract/delivery.ts';
import type { Alerts } from '../../store/alert.ts';
import type { Incidents } from '../../store/incident.ts';
import { type CausesOf, coversOf, inhibitions, type Party, partyOf } from './cover.ts';
import type { Kept } from './kept.ts';
import { createKnown } from './known.ts';
import { type Effect, isLive, isPast, NEW, newestMoment, type Standing } from './life.ts';
import { createRecord } from './record.ts';
import type { Signal } from './rules.ts';
import { byAbout, hear, judge } from './speaker.ts';
import { type Due, tell } from './tell.ts';
import { liveAlert, silenceOf } from './view.ts';

/** What a route is to be told. */
export type Notice = { routes: string[]; kind: Due['kind']; alert: Alert; incident: number | null; at: number };

/** What the files of rules add to the shipped ones. */
export type FileRouting = { inhibit: AlertRulesFile['inhibit']; routesOf(rule: string): string[] | undefined };

export type AlarmOptions = {
  alerts: Alerts;
  incidents: Incidents;
  rehearsal: boolean;
  now(): number;
  /** Ms on a clock that nobody sets. */
  passed(): number;
  settings(): AlertsSettings;
  files(): FileRouting;
  causesOf: CausesOf;
  /** Puts a message into the outbox, inside the commit that made it due. */
  put(notice: Notice): void;
  /** Runs `work` in a commit, after those before; `onDurable` gets what it returned. */
  write<T>(work: () => T, onDurable: (value: T) => void): void;
  /** The same, as often as it takes. */
  keep<T>(work: () => T, onDurable?: (value: T) => void): void;
};

/** One step of one alert, decided but not yet written. */
export type Change = {
  before: Kept;
  after: Kept;
  effects: Effect[];
  due: Due[];
  covers: Alert['covers'];
  by: Actor | null;
};
/** What is done to an alert: where it leads, and by which steps. */
export type Deed = (kept: Kept, at: number) => { kept: Kept; effects: Effect[]; due?: Due[]; by?: Actor };

/** The slowest rules look once a minute: what was not spoken of for so long is judged by nothing, ms. */
const UNHEARD_MS = 150_000;
/** What is past is looked for this often, ms, and so much of it forgotten in a commit. */
const FORGET_EVERY_MS = 60_000;
const FORGET_ROWS = 500;
/** What lies over what is worked out again after this, though nothing changed, ms. */
const MUTED_MS = 1_000;
const IDLE: readonly Standing['state'][] = ['inactive', 'resolved'];

/**
 * Turns what the rules say, what people do and what time brings into alerts, incidents and notices. It decides twice: in
 * memory, whether anything changes at all, and in the commit, by what is on the disk then.
 */
export function createAlarm(options: AlarmOptions) {
  const { alerts, now } = options;
  const record = createRecord(options);
  const known = createKnown();
  /** What was said last of each, and when. */
  const latest = new Map<string, { signal: Signal; event: Signal['event']; at: number }>();
  /** Changed by people: read again from the disk before they are looked at. */
  const stale = new Set<string>();
  let silences: Silence[] = [];
  let clock = createClock(now, options.passed);
  let muted: { changes: number; inhibit: FileRouting['inhibit']; at: number; of: Map<string, Party> } | undefined;
  let forgotAt = Number.NEGATIVE_INFINITY;

  function keyOf(about: string): string {
    return createHash('sha256').update(`${options.settings().environment}\n${about}`).digest('hex').slice(0, 16);
  }

  function fresh(about: string, signal: Signal): Kept {
    return { about, key: keyOf(about), alert: null, signal, standing: NEW };
  }

  /** Why it cannot be judged, null when it can. */
  function frozen({ about, standing }: Kept, at: number): string | null {
    if (IDLE.includes(standing.state)) return null;
    const said = latest.get(about);
    if (said?.event === 'no-data') return 'no data to judge it by: it stays as it was';
    return said !== undefined && at - said.at > UNHEARD_MS ? 'nothing judges it any more: it stays as it was' : null;
  }

  function partiesWith(changes: readonly { after: Kept }[]): Party[] {
    const planned = new Map(changes.map(({ after }) => [after.about, after]));
    const live = known.values().filter((kept) => isLive(kept.standing) && !planned.has(kept.about));
    return [...live, ...planned.values()].map((kept) => partyOf(kept.about, kept.signal, kept.standing));
  }

  /** What `deed` would change of these, with the messages due. */
  function plan(abouts: Iterable<string>, deed: Deed, read: (about: string) => Kept | undefined, at: number): Change[] {
    const steps = [...abouts].flatMap((about) => {
      const before = read(about);
      if (before === undefined) return [];
      const { kept, effects, due = [], by = null } = deed(before, at);
      return [{ before, after: kept, effects, due, by }];
    });
    if (steps.every(({ after }) => IDLE.includes(after.standing.state) && after.standing.told === null)) {
      return steps.filter(({ before, after }) => before !== after).map((step) => ({ ...step, covers: [] }));
    }
    const parties = partiesWith(steps);
    const muted = inhibitions(parties, options.causesOf, options.files().inhibit);
    return steps.flatMap((step) => {
      const { after, before } = step;
      const party = partyOf(after.about, after.signal, after.standing);
      const covers = coversOf(party, silences, muted.get(after.about), frozen(after, at), at);
      const routing = { ...options.settings(), routes: options.files().routesOf(after.signal.rule) };
      const told = tell(after.standing, covers, routing, at);
      const due = [...step.due, ...told.due];
      const changed = before !== after || told.standing !== after.standing || due.length > 0;
      return changed ? [{ ...step, after: { ...after, standing: told.standing }, due, covers }] : [];
    });
  }

  /** Writes it, decided again by what is on the disk. */
  function carry(abouts: readonly string[], deed: Deed, born: Map<string, Kept>): Kept[] {
    const at = now();
    const read = (about: string) => record.read(about) ?? born.get(about) ?? known.get(about);
    const changes = plan(abouts, deed, read, at);
    // Causes first: what they mute goes to their incident.
    const muted = inhibitions(partiesWith(changes), options.causesOf, options.files().inhibit);
    const sorted = changes.toSorted((a, b) => Number(muted.has(a.after.about)) - Number(muted.has(b.after.about)));
    const alertOf = new Map<string, string | null>();
    record.begin();
    return sorted.map((change) => {
      const source = muted.get(change.after.about)?.about;
      const cause = source === undefined ? null : (alertOf.get(source) ?? known.get(source)?.alert ?? null);
      const kept = record.write(change, at, cause);
      alertOf.set(kept.about, kept.alert);
      return kept;
    });
  }

  function view(kept: Kept, muted: Map<string, Party>): Alert {
    const said = latest.get(kept.about)?.signal;
    // The value moves on while it fires; what is kept of it does not.
    const signal = said?.rule === kept.signal.rule ? { ...kept.signal, value: said.value } : kept.signal;
    const party = partyOf(kept.about, signal, kept.standing);
    const covers = coversOf(party, silences, muted.get(kept.about), frozen(kept, now()), now());
    return liveAlert({ ...kept, signal }, kept.alert === null ? undefined : alerts.one(kept.alert), covers);
  }

  /** What lies over what, as long as nothing changed: asked for with each incident of each frame of the board. */
  function mutedNow(): Map<string, Party> {
    const { inhibit } = options.files();
    const [changes, at] = [known.changes(), now()];
    // Routes of agents may change, too.
    if (muted?.changes !== changes || muted.inhibit !== inhibit || Math.abs(at - muted.at) >= MUTED_MS) {
      muted = { changes, inhibit, at, of: inhibitions(partiesWith([]), options.causesOf, inhibit) };
    }
    return muted.of;
  }

  function freshen(): void {
    for (const about of stale) {
      const kept = record.read(about);
      if (kept) known.keep([kept]);
    }
    stale.clear();
  }

  /** The clock was set back: nobody is told later for it. */
  function mendClock(byMs: number): void {
    options.keep(
      () => record.setBack(byMs, now()),
      (moved) => {
        known.keep(moved);
        readSilences();
      },
    );
  }

  function readSilences(): void {
    silences = alerts.silences(now()).map(silenceOf);
  }

  /** Lets go of what is past: each thing that an alert was ever about would be kept for ever. */
  function forget(at: number): void {
    if (at >= forgotAt && at < forgotAt + FORGET_EVERY_MS) return;
    const past = [...known.values()].filter(({ standing }) => isPast(standing, at)).slice(0, FORGET_ROWS);
    // Where there is more, with the next look.
    if (past.length < FORGET_ROWS) forgotAt = at;
    if (past.length === 0) return;
    options.write(
      () =>
        record.forget(
          past.map(({ about }) => about),
          now(),
        ),
      (gone) => {
        for (const about of gone) {
          known.lose(about);
          latest.delete(about);
        }
      },
    );
  }

  /** Deed of what the rules say now. */
  function judged(groups: Map<string, Signal[]>): Deed {
    return (kept, at) => {
      const heard = hear(groups.get(kept.about) ?? [], kept.standing, at);
      const { standing, effects } = judge(kept.standing, heard, at);
      if (standing === kept.standing) return { kept, effects };
      // While it fires, the rule that makes it fire speaks for it; a rule that is over has the last word.
      const speaks =
        heard !== undefined &&
        heard.event !== 'uncertain' &&
        heard.event !== 'no-data' &&
        (effects.length > 0 || heard.event === 'ripe');
      const severity = effects.includes('open') && heard ? heard.speaker.severity : standing.severity;
      return {
        kept: { ...kept, standing: { ...standing, severity }, signal: speaks ? heard.speaker : kept.signal },
        effects,
      };
    };
  }

  return {
    load(): void {
      const { kept, doubles } = record.load(keyOf);
      known.keep(kept);
      readSilences();
      for (const pair of doubles) options.keep(() => record.join(pair, now()));
      // It may have been set back while no desk looked.
      const moments = [...kept.map(({ standing }) => newestMoment(standing)), ...silences.map(({ from }) => from)];
      const newest = moments.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
      clock = createClock(now, options.passed);
      if (newest > now()) mendClock(newest - now());
    },

    /** Judges these; signals of one kind about one thing must come together. `whole`: they are all there are now. */
    judge(signals: readonly Signal[], whole: boolean): void {
      const setBackMs = clock.setBack();
      if (setBackMs > 0) mendClock(setBackMs);
      freshen();
      const at = now();
      if (whole) forget(at);
      const groups = byAbout(signals);
      const born = new Map<string, Kept>();
      for (const [about, group] of groups) {
        const said = hear(group, known.get(about)?.standing ?? NEW, at);
        if (said === undefined) continue;
        if (!known.has(about)) {
          // Of what never held, nothing is kept.
          if (said.event !== 'ripe' && said.event !== 'holds') continue;
          born.set(about, fresh(about, said.speaker));
        }
        const event = group.every((one) => one.event === 'no-data') ? 'no-data' : 'uncertain';
        latest.set(about, { signal: said.speaker, event, at });
      }
      const abouts = new Set([...groups.keys()].filter((about) => known.has(about) || born.has(about)));
      if (whole) for (const { about, standing } of known.values()) if (isWatched(standing)) abouts.add(about);
      const deed = judged(groups);
      const changed = plan(abouts, deed, (about) => known.get(about) ?? born.get(about), at);
      if (changed.length === 0) return;
      options.write(
        () =>
          carry(
            changed.map(({ after }) => after.about),
            deed,
            born,
          ),
        known.keep,
      );
    },

    /** Does something to alerts that are known. Call inside a commit. */
    change(abouts: readonly string[], deed: Deed): void {
      for (const { about } of carry(abouts, deed, new Map())) stale.add(about);
    },

    /** After silences were written. */
    readSilences,
    silences: (): Silence[] => silences.filter(({ until }) => until > now()),

    /** By its key, or the id of its newest firing. */
    find(id: string): Kept | undefined {
      freshen();
      return known.values().find(({ key, alert }) => key === id || alert === id);
    },
    kept(): Kept[] {
      freshen();
      return [...known.values()];
    },
    /** By the id of its newest firing. */
    ofAlert(id: string): Kept | undefined {
      freshen();
      return known.ofAlert(id);
    },
    /** As people see them, with what lies over them. */
    views(which: readonly Kept[]): Alert[] {
      return which.map((kept) => view(kept, mutedNow()));
    },
  };
}
export type Alarm = ReturnType<typeof createAlarm>;

/** Whether time alone may change it. */
function isWatched({ state, told, flappingSince, snoozed }: Standing): boolean {
  return !IDLE.includes(state) || told !== null || flappingSince !== null || snoozed !== null;
}
