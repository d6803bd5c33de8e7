/** How often a check is polled when it does not say, ms. */
export const DEFAULT_EVERY_MS = 5_000;
/** What `success_rate` looks back over when it does not say, ms. */
export const DEFAULT_RATE_WINDOW_MS = 300_000;

/**
 * Reads what a measure is compared with as a number: `0`, `12`, `99%`, `99.5%`.
 * @returns a share in 0..1 for a percentage; undefined when it is not a number
 */
export function parseQuantity(text: string): number | undefined {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)(%?)$/.exec(text);
  if (!match) return undefined;
  return match[2] === '%' ? Number(match[1]) / 100 : Number(match[1]);
}

/** The name of `names` that is nearest to a mistyped one, or null when none is near. */
export function nearest(text: string, names: readonly string[]): string | null {
  const ranked = names.map((name) => ({ name, steps: distance(text.slice(0, 40), name) }));
  const best = ranked.sort((a, b) => a.steps - b.steps)[0];
  return best !== undefined && best.steps <= Math.max(2, Math.floor(text.length / 3)) ? best.name : null;
}

/** Levenshtein distance: how many letters to add, drop or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...a].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...b].entries()) {
      const change = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(change, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
