import type { RunbookSummary } from '#contract/runbook.ts';
import {
  type Freshness,
  freshnessText,
  type RunbookMetrics,
  type RunbookStepsMetrics,
} from '#contract/runbook-metrics.ts';
import { spanText, type Tone } from '../kit/index.ts';

/*
 * What the library shows, in which order. Pure.
 */

/** A runbook in the library; `use` is null before its metrics are known. */
export type Row = { runbook: RunbookSummary; use: RunbookMetrics | null };

/** Which runbooks are shown. `how`: null for both. */
export type LibraryFilter = { text: string; stale: boolean; faulty: boolean; how: 'live' | 'by-hand' | null };
export const EVERY_RUNBOOK: LibraryFilter = { text: '', stale: false, faulty: false, how: null };

/** By what the library can be sorted. */
export const LIBRARY_ORDERS = ['title', 'state', 'faults', 'used', 'proven', 'recovery'] as const;
export type LibraryOrder = (typeof LIBRARY_ORDERS)[number];

/** Words that look in one place only: `owner:platform`. */
const PLACES: Record<string, (runbook: RunbookSummary) => readonly (string | null)[]> = {
  failure: ({ failure }) => [failure],
  alert: ({ matchAlerts }) => matchAlerts,
  owner: ({ owner }) => [owner],
};

/** Whether a runbook is shown: every word is in its name, title, failure, alerts or owner. */
export function isShown({ runbook, use }: Row, { text, stale, faulty, how }: LibraryFilter): boolean {
  if (stale && (use === null || !isStale(use))) return false;
  if (faulty && runbook.errors + runbook.warnings === 0) return false;
  if (how !== null && runbook.live !== (how === 'live')) return false;
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => hasWord(runbook, word));
}

function hasWord(runbook: RunbookSummary, word: string): boolean {
  const colon = word.indexOf(':');
  const place = colon < 0 ? undefined : PLACES[word.slice(0, colon)];
  const where = place?.(runbook) ?? [
    runbook.name,
    runbook.title,
    ...Object.values(PLACES).flatMap((each) => each(runbook)),
  ];
  const wanted = place === undefined ? word : word.slice(colon + 1);
  return where.some((each) => each?.toLowerCase().includes(wanted) === true) || wanted === '';
}

/** Whether it stands out: not proven as it is, or to be read again. */
export function isStale({ freshness }: Pick<RunbookMetrics, 'freshness'>): boolean {
  return freshness !== 'proven';
}

const TONES: Record<Freshness, Tone> = { due: 'soon', unproven: 'unknown', proven: 'met' };

/** How fresh a runbook is: shape, word, colour. */
export function freshness(use: RunbookMetrics): { tone: Tone; word: string } {
  return { tone: TONES[use.freshness], word: freshnessText(use) };
}

const FRESHNESS_ORDER: Record<Freshness, number> = { due: 0, unproven: 1, proven: 2 };

/** What most needs a look first; where two are alike, by title. */
export function inOrder(rows: readonly Row[], order: LibraryOrder): Row[] {
  return rows.toSorted((a, b) => keyOf(a, order) - keyOf(b, order) || a.runbook.title.localeCompare(b.runbook.title));
}

function keyOf({ runbook, use }: Row, order: LibraryOrder): number {
  switch (order) {
    case 'title':
      return 0;
    case 'state':
      return use === null ? 0 : FRESHNESS_ORDER[use.freshness];
    case 'faults':
      return -(runbook.errors * 1_000 + runbook.warnings);
    case 'used':
      return use?.lastUsedAt ?? 0;
    case 'proven':
      return use?.lastProven?.at ?? 0;
    case 'recovery':
      return -(use?.recoveryMs ?? 0);
  }
}

/** What is known of a step from its runs, in a line; null for one that has had none. */
export function stepUse(use: Pick<RunbookStepsMetrics, 'steps'> | null, id: string): string | null {
  const step = use?.steps.find((one) => one.step === id);
  if (step === undefined || step.passed + step.skipped + step.failed === 0) return null;
  const parts = [
    step.medianMs === null ? null : `takes ${spanText(step.medianMs)}`,
    `passed ${step.passed}`,
    step.skipped === 0 ? null : `skipped ${step.skipped}`,
    step.failed === 0 ? null : `failed ${step.failed}`,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}

/** A name that no runbook has yet. */
export function freeName(names: readonly string[]): string {
  const free = (name: string) => !names.includes(name);
  const numbered = names.map((_, index) => `new-runbook-${index + 2}`);
  return ['new-runbook', ...numbered].find(free) ?? `new-runbook-${names.length + 2}`;
}
