const DAY_MS = 86_400_000;

/** The Monday of a date, both as midnights in UTC. */
export function mondayOf(date: number): number {
  return date - ((new Date(date).getUTCDay() + 6) % 7) * DAY_MS;
}

/** The ISO 8601 week of a date, as `2026-W47`: that of its Thursday. @param date its midnight in UTC */
export function isoWeekOf(date: number): string {
  const monday = mondayOf(date);
  const year = new Date(monday + 3 * DAY_MS).getUTCFullYear();
  const number = 1 + Math.round((monday - mondayOf(Date.UTC(year, 0, 4))) / (7 * DAY_MS));
  return `${year}-W${String(number).padStart(2, '0')}`;
}
