import { Cron } from 'croner';

/*
 * Moments of a schedule: `MIN HOUR DAY MONTH WEEKDAY [ZONE]`, as an agent file writes it; without a zone the machine's.
 * When clocks are set forward, a start inside the hour that is not there comes at its end; when they are set back, a start
 * inside the hour that comes twice happens once. A start each so many minutes goes on evenly.
 */

/** What is wrong with a schedule: what, and at which character. */
export type CronFault = { message: string; offset: number };

/** So many starts are looked for ahead before it is looked back. */
const FEW = 16;

const known = new Map<string, Cron>();

/** The fields and the zone of a schedule, each with its place in the text. */
function partsOf(text: string): {
  fields: { text: string; offset: number }[];
  zone: { text: string; offset: number } | undefined;
} {
  const parts = [...text.matchAll(/\S+/g)].map((match) => ({ text: match[0], offset: match.index }));
  return { fields: parts.slice(0, 5), zone: parts[5] };
}

function cronOf(text: string): Cron {
  let cron = known.get(text);
  if (!cron) {
    const { fields, zone } = partsOf(text);
    cron = readCron(fields.map((field) => field.text).join(' '), zone?.text);
    known.set(text, cron);
  }
  return cron;
}

function readCron(pattern: string, timezone: string | undefined): Cron {
  return new Cron(pattern, {
    paused: true,
    mode: '5-part',
    fixedTimeRule: 'no-wildcard',
    ...(timezone === undefined ? {} : { timezone }),
  });
}

/** @returns what is wrong with a schedule, or undefined when it can be used */
export function cronFault(text: string): CronFault | undefined {
  const { fields, zone } = partsOf(text);
  const extra = [...text.matchAll(/\S+/g)][6];
  if (fields.length < 5 || extra) {
    const message = 'a schedule has five fields and perhaps a time zone: "0 8 * * 1-5 Europe/Paris"';
    return { message, offset: extra?.index ?? 0 };
  }
  for (const [index, field] of fields.entries()) {
    try {
      readCron(fields.map((_, each) => (each === index ? field.text : '*')).join(' '), undefined);
    } catch (error) {
      const why = (error as Error).message.replace(/^CronPattern: /, '');
      return { message: `"${field.text}" is no ${FIELDS[index]}: ${why}`, offset: field.offset };
    }
  }
  if (zone !== undefined && !isZone(zone.text)) {
    return { message: `"${zone.text}" is no time zone; write for example Europe/Paris or UTC`, offset: zone.offset };
  }
  if (cronOf(text).nextRun(new Date(0)) === null) {
    return { message: 'it never comes: no month has such a day', offset: 0 };
  }
  return undefined;
}

const FIELDS = ['minute', 'hour', 'day', 'month', 'weekday'];

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The last answer for each schedule: asked for with every frame of the board, and dear to compute in a time zone. */
const answers = new Map<string, { after: number; start: number | null }>();

/** The first start after a moment, ms since the epoch. */
export function nextStart(text: string, after: number): number | null {
  const last = answers.get(text);
  if (last && last.after <= after && (last.start === null || last.start > after)) return last.start;
  const start = cronOf(text).nextRun(new Date(after))?.getTime() ?? null;
  answers.set(text, { after, start });
  return start;
}

/** The starts in (after, upTo], oldest first; the newest `most` of them. */
export function startsBetween(text: string, after: number, upTo: number, most: number): number[] {
  const starts: number[] = [];
  let at = nextStart(text, after);
  // Mostly there are none or few: they are met one by one. Looking back is dear, and for those that are many.
  while (at !== null && at <= upTo && starts.length < Math.min(most, FEW)) {
    starts.push(at);
    at = nextStart(text, at);
  }
  if (at === null || at > upTo) return starts;
  return cronOf(text)
    .previousRuns(most, new Date(upTo + 1))
    .map((start) => start.getTime())
    .filter((start) => start > after)
    .reverse();
}
