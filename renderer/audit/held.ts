import type { AuditPage } from '#contract/audit.ts';

/*
 * The entries on screen: the newest page, read every few seconds, and the older ones that were asked for. Nothing in
 * the log ever changes, so what was read once is kept.
 */

/** Puts the newest page over what is held. Where too many came since for the two to meet, only the newest stays. */
export function withNewest(held: AuditPage | null, page: AuditPage): AuditPage {
  const [first] = held?.entries ?? [];
  const last = page.entries.at(-1);
  if (held === null || first === undefined || last === undefined || last.seq > first.seq) return page;
  const older = held.entries.filter(({ seq }) => seq < last.seq);
  return { ...page, entries: [...page.entries, ...older], next: held.next };
}

/** Puts a page of older ones at the end; what is there already is not put twice. */
export function withOlder(held: AuditPage, page: AuditPage): AuditPage {
  const below = held.entries.at(-1)?.seq ?? Number.POSITIVE_INFINITY;
  return {
    ...page,
    entries: [...held.entries, ...page.entries.filter(({ seq }) => seq < below)],
  };
}
