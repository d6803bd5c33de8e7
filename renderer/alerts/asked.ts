import type { Alert } from '#contract/alert.ts';

/** What a person asks of an alert; a silence may be asked for without one. */
export type AlertAsk = { what: 'silence'; alert: Alert | null } | { what: 'snooze' | 'escalate'; alert: Alert };
