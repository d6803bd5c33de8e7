import type { AlertRoute } from '#contract/delivery.ts';
import { NATIVE } from '#contract/delivery.ts';
import { type SecretOrText, SHORTEST_SECRET } from '#contract/secret.ts';
import type { Settings } from '#contract/settings.ts';
import { alertmanagerRequest } from './format/alertmanager.ts';
import { mailOf, sendMail } from './format/email.ts';
import { pagerDutyRequest } from './format/pagerduty.ts';
import { slackRequest } from './format/slack.ts';
import { teamsRequest } from './format/teams.ts';
import { webhookRequest } from './format/webhook.ts';
import type { Message } from './message.ts';
import { type HttpRequest, post } from './post.ts';
import type { Outcome } from './schedule.ts';

/** Slack and Teams take one message a second, ms. */
const CHAT_PACE_MS = 1_000;

/** A route that can be spoken to. */
export type Channel = {
  kind: AlertRoute['kind'];
  /** Between two messages, ms. */
  paceMs: number;
  /** Why it cannot be used now: a secret is missing. */
  problem: string | null;
  send(message: Message, signal: AbortSignal): Promise<Outcome>;
  /** Says again what fires, for a receiver that forgets; null where nobody has to. */
  refresh: ((messages: Message[], signal: AbortSignal) => Promise<Outcome>) | null;
};

/** A secret that was looked for: its value, or why there is none. */
export type RouteSecret = { name: string; value: string | null; problem: string | null };

export type ChannelOptions = {
  secrets: ReadonlyMap<string, RouteSecret>;
  now(): number;
  /** Shows a message on every console and desktop. */
  show(message: Message): void;
  /** Puts *** in place of every secret. */
  mask(text: string): string;
};

/** The routes in force: those of the settings, and the native one, which needs no line there. */
export function routesOf(settings: Settings): Record<string, AlertRoute> {
  return { [NATIVE]: { kind: 'native' }, ...settings.routes };
}

/** What of a route may be secret. */
function secretsOf(route: AlertRoute): SecretOrText[] {
  switch (route.kind) {
    case 'native':
      return [];
    case 'pagerduty':
      return [route.key];
    case 'slack':
    case 'teams':
    case 'alertmanager':
      return [route.url];
    case 'email':
      return route.password === undefined ? [] : [route.password];
    case 'webhook':
      return [route.url, ...(route.secret === undefined ? [] : [route.secret])];
  }
}

function everySecret(settings: Settings): SecretOrText[] {
  const { deadman } = settings.alerts;
  return [...Object.values(settings.routes).flatMap(secretsOf), ...(deadman === undefined ? [] : [deadman.url])];
}

/** The secrets that routes and the dead-man's ping name. */
export function routeSecretNames(settings: Settings): string[] {
  const names = everySecret(settings).flatMap((each) => (typeof each === 'string' ? [] : [each.secret]));
  return [...new Set(names)].sort();
}

/** What must not be read in a log or an error: values, and what of an address comes after its host. */
export function valuesToHide(settings: Settings, secrets: ReadonlyMap<string, RouteSecret>): string[] {
  return everySecret(settings).flatMap((each) => {
    const value = typeof each === 'string' ? each : secrets.get(each.secret)?.value;
    if (value == null || value === '') return [];
    if (!URL.canParse(value)) return [value];
    const { pathname, search, searchParams } = new URL(value);
    // A part of the path that is a plain word is none: masked, it would be missing everywhere.
    const tokens = pathname.split('/').filter((part) => /[A-Z0-9]/.test(part) || part.length >= 16);
    const parts = [`${pathname}${search}`, pathname, search.slice(1), ...searchParams.values(), ...tokens];
    return [value, ...parts.filter((part) => part.length >= SHORTEST_SECRET)];
  });
}

/** A value, or why there is none. */
export function givenValue(
  given: SecretOrText,
  secrets: ReadonlyMap<string, RouteSecret>,
): { value: string } | { problem: string } {
  if (typeof given === 'string') return { value: given };
  const found = secrets.get(given.secret);
  if (found?.value != null) return { value: found.value };
  return { problem: `it lacks the secret "${given.secret}": ${found?.problem ?? 'not looked for yet'}` };
}

export function channelOf(route: AlertRoute, options: ChannelOptions): Channel {
  const { secrets, now, show, mask } = options;
  const http = (request: HttpRequest, signal: AbortSignal) => post(request, signal, { now, mask });
  const values = secretsOf(route).map((each) => givenValue(each, secrets));
  const problem = values.flatMap((each) => ('problem' in each ? [each.problem] : []))[0] ?? null;
  const [first = '', second = null] = values.flatMap((each) => ('value' in each ? [each.value] : []));
  const common = { kind: route.kind, paceMs: 0, problem, refresh: null };

  switch (route.kind) {
    case 'native':
      return {
        ...common,
        async send(message) {
          show(message);
          return { kind: 'taken', note: null };
        },
      };
    case 'pagerduty':
      return {
        ...common,
        async send(message, signal) {
          if (message.kind === 'report') return unfit(route.kind);
          const outcome = await http(pagerDutyRequest(message, route.url, first), signal);
          if (message.kind !== 'test' || outcome.kind !== 'taken') return outcome;
          return http(pagerDutyRequest(message, route.url, first, 'resolve'), signal);
        },
      };
    case 'slack':
      return {
        ...common,
        paceMs: CHAT_PACE_MS,
        send: (message, signal) => http(slackRequest(message, first), signal),
      };
    case 'teams':
      return {
        ...common,
        paceMs: CHAT_PACE_MS,
        send: (message, signal) => http(teamsRequest(message, first), signal),
      };
    case 'alertmanager':
      return {
        ...common,
        send: async (message, signal) =>
          message.kind === 'report' ? unfit(route.kind) : http(alertmanagerRequest([message], first, now()), signal),
        refresh: (messages, signal) => http(alertmanagerRequest(messages, first, now()), signal),
      };
    case 'email':
      return {
        ...common,
        send: (message, signal) =>
          sendMail(mailOf(message, route), route, route.password === undefined ? null : first, signal),
      };
    case 'webhook':
      return {
        ...common,
        send: (message, signal) => http(webhookRequest(message, first, second, now()), signal),
      };
  }
}

function unfit(kind: string): Outcome {
  return { kind: 'unfit', why: `a route of the kind ${kind} carries no reports` };
}
