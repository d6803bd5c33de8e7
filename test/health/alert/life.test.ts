import { describe, expect, it } from 'vitest';
import type { BreakerState } from '#contract/provider.ts';
import {
  type AlertEvent,
  type AlertStanding,
  breakerEvent,
  REOPEN_MS,
  stepAlert,
} from '../../../electron/health/alert/life.ts';

const NOW = 1_800_000_000_000;
const inactive: AlertStanding = { state: 'inactive' };
const firing: AlertStanding = { state: 'firing' };
const justResolved: AlertStanding = { state: 'resolved', resolvedAt: NOW - REOPEN_MS };
const longResolved: AlertStanding = { state: 'resolved', resolvedAt: NOW - REOPEN_MS - 1 };

describe('the life of an alert', () => {
  it.each<[AlertStanding, AlertEvent, string]>([
    [inactive, 'holds', 'open'],
    [inactive, 'uncertain', 'none'],
    [inactive, 'cleared', 'none'],
    [firing, 'holds', 'none'],
    [firing, 'uncertain', 'none'],
    [firing, 'cleared', 'resolve'],
    [justResolved, 'holds', 'reopen'],
    [justResolved, 'uncertain', 'none'],
    [justResolved, 'cleared', 'none'],
    [longResolved, 'holds', 'open'],
    [longResolved, 'uncertain', 'none'],
    [longResolved, 'cleared', 'none'],
  ])('%j when the rule %s: %s', (standing, event, step) => {
    expect(stepAlert(standing, event, NOW)).toBe(step);
  });
});

describe('the rule provider-breaker-open', () => {
  it.each<[BreakerState, AlertEvent]>([
    ['open', 'holds'],
    ['half-open', 'uncertain'],
    ['closed', 'cleared'],
  ])('hears from a breaker that is %s that it is %s', (state, event) => {
    expect(breakerEvent(state)).toBe(event);
  });
});
