import type { Kept } from './kept.ts';

/** Alerts in memory, as they are on the disk: by what they are about, and by their newest firing. */
export function createKnown() {
  const byAbout = new Map<string, Kept>();
  const byAlert = new Map<string, Kept>();
  let changes = 0;

  function lose(about: string): void {
    const before = byAbout.get(about);
    if (before?.alert != null) byAlert.delete(before.alert);
    byAbout.delete(about);
    changes += 1;
  }

  return {
    get: (about: string): Kept | undefined => byAbout.get(about),
    has: (about: string): boolean => byAbout.has(about),
    values: (): MapIterator<Kept> => byAbout.values(),
    /** By the id of its newest firing. */
    ofAlert: (id: string): Kept | undefined => byAlert.get(id),
    /** It grows with every change. */
    changes: (): number => changes,
    keep(kept: readonly Kept[]): void {
      for (const one of kept) {
        lose(one.about);
        byAbout.set(one.about, one);
        if (one.alert !== null) byAlert.set(one.alert, one);
      }
    },
    lose,
  };
}
