/**
 * Spreads looks at many agents over the seconds: each is looked at about every `everyMs`, no more in one second than it takes.
 *
 * @param least so many at once are no burden
 */
export function createRound(everyMs: number, least: number) {
  const lookedAt = new Map<string, number>();
  return {
    /** Those to look at now, in their order. */
    due(agents: readonly string[], at: number): string[] {
      const most = Math.max(least, Math.ceil((agents.length * 1_250) / everyMs));
      const due: string[] = [];
      for (const agent of agents) {
        const last = lookedAt.get(agent);
        if (last !== undefined && at - last < everyMs && at >= last) continue;
        lookedAt.set(agent, at);
        due.push(agent);
        if (due.length === most) break;
      }
      return due;
    },
  };
}
export type Round = ReturnType<typeof createRound>;
