/** Lines [aFrom, aTo) of the one text became lines [bFrom, bTo) of the other. */
export type Hunk = { aFrom: number; aTo: number; bFrom: number; bTo: number };

/** Texts that differ in more lines than this, between their common ends, are taken as one change: looking costs its square. */
const DIFFERENCES_MAX = 1_000;

/** What differs between two texts, by lines, in order: the fewest lines removed and added, and never two hunks that touch. */
export function diffLines(a: readonly string[], b: readonly string[]): Hunk[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let aEnd = a.length;
  let bEnd = b.length;
  while (aEnd > start && bEnd > start && a[aEnd - 1] === b[bEnd - 1]) {
    aEnd -= 1;
    bEnd -= 1;
  }
  if (aEnd === start && bEnd === start) return [];
  const pairs = pairLines(a.slice(start, aEnd), b.slice(start, bEnd));
  const hunks: Hunk[] = [];
  let [aFrom, bFrom] = [start, start];
  for (const [aAt, bAt] of [...pairs, [aEnd - start, bEnd - start] as const]) {
    const [aTo, bTo] = [start + aAt, start + bAt];
    if (aTo > aFrom || bTo > bFrom) hunks.push({ aFrom, aTo, bFrom, bTo });
    [aFrom, bFrom] = [aTo + 1, bTo + 1];
  }
  return hunks;
}

/** Lines that are the same in both, as pairs of places: Myers' way, from the furthest points reached with each count of edits. */
function pairLines(a: readonly string[], b: readonly string[]): (readonly [number, number])[] {
  if (a.length === 0 || b.length === 0) return [];
  const reached: Map<number, number>[] = [];
  let before = new Map<number, number>([[1, 0]]);
  for (let edits = 0; edits <= Math.min(a.length + b.length, DIFFERENCES_MAX); edits += 1) {
    const now = new Map<number, number>();
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = firstOn(diagonal, edits, before);
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x += 1;
      now.set(diagonal, x);
      if (x >= a.length && x - diagonal >= b.length) return walkBack(reached, before, a.length, b.length, edits);
    }
    reached.push(before);
    before = now;
  }
  return [];
}

function comesDown(diagonal: number, edits: number, before: Map<number, number>): boolean {
  return (
    diagonal === -edits || (diagonal !== edits && (before.get(diagonal - 1) ?? -1) < (before.get(diagonal + 1) ?? -1))
  );
}

function firstOn(diagonal: number, edits: number, before: Map<number, number>): number {
  return comesDown(diagonal, edits, before) ? (before.get(diagonal + 1) ?? 0) : (before.get(diagonal - 1) ?? 0) + 1;
}

function walkBack(
  reached: readonly Map<number, number>[],
  last: Map<number, number>,
  aLength: number,
  bLength: number,
  edits: number,
): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  let [x, y] = [aLength, bLength];
  for (let left = edits; left >= 0; left -= 1) {
    const before = left === edits ? last : (reached[left] ?? new Map<number, number>());
    const diagonal = x - y;
    const from = left === 0 ? 0 : firstOn(diagonal, left, before);
    while (x > from && y > from - diagonal) {
      x -= 1;
      y -= 1;
      pairs.push([x, y]);
    }
    if (left === 0) break;
    if (comesDown(diagonal, left, before)) y -= 1;
    else x -= 1;
  }
  return pairs.reverse();
}
