/** Who looks on, and who has been at this desk since it started. Kept in memory: people come and go with their windows. */
export function openPresence(onChange: (run: number) => void) {
  const open = new Map<number, string[]>();
  const people = new Set<string>();

  function leave(run: number, person: string): void {
    const left = open.get(run) ?? [];
    const at = left.indexOf(person);
    if (at >= 0) open.set(run, left.toSpliced(at, 1));
    if (open.get(run)?.length === 0) open.delete(run);
    onChange(run);
  }

  return {
    /** @returns a function for when the window is closed */
    viewed(run: number, person: string): () => void {
      people.add(person);
      open.set(run, [...(open.get(run) ?? []), person]);
      onChange(run);
      let gone = false;
      return () => {
        if (gone) return;
        gone = true;
        leave(run, person);
      };
    },
    met(person: string): void {
      people.add(person);
    },
    /** Each once, however many windows they have. */
    viewers: (run: number): string[] => [...new Set(open.get(run) ?? [])].toSorted(),
    people: (): string[] => [...people],
  };
}
