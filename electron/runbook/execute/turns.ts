/** One thing after the other on each run, whatever asks for it: people, timers, what the runtime tells. */
export function openTurns() {
  const tails = new Map<number, Promise<unknown>>();
  return {
    /** Runs `work` after everything else on the same run. */
    inTurn<T>(id: number, work: () => Promise<T>): Promise<T> {
      const turn = (tails.get(id) ?? Promise.resolve()).then(work);
      const tail = turn
        .catch(() => undefined)
        .then(() => {
          if (tails.get(id) === tail) tails.delete(id);
        });
      tails.set(id, tail);
      return turn;
    },
    /** Resolves once nothing is under way. */
    idle: async (): Promise<void> => {
      await Promise.all(tails.values());
    },
  };
}
