import type { LaneAction } from '#contract/action.ts';
import type { Control } from '../../store/lane.ts';
import type { Engine } from './engine.ts';
import { leasesSetBack } from './lane.ts';

export type LeasesOptions = {
  engine: Engine;
  control: Control;
  now(): number;
  /** Takes back what was leased. */
  end(action: LaneAction): Promise<unknown>;
};

/** What people do to a lane for a span: it ends by itself at the desk. */
export function createLeases(options: LeasesOptions) {
  const { engine, control, now } = options;
  let timer: NodeJS.Timeout | undefined;

  /** Ends leases whose time has come, and wakes for the next. */
  function schedule(): void {
    clearTimeout(timer);
    let next = Number.POSITIVE_INFINITY;
    for (const lane of engine.lanes.values()) {
      const { intake_until: intakeUntil, route_until: routeUntil, set_until: setUntil, agent } = lane.control;
      if (intakeUntil !== null && intakeUntil <= now()) {
        void options.end({ verb: 'resume', agent });
        return;
      }
      if (routeUntil !== null && routeUntil <= now()) {
        void options.end({ verb: 'reroute', agent, to: 'default' });
        return;
      }
      if (setUntil !== null && setUntil <= now()) {
        void options.end({ verb: 'set', agent, concurrency: null, budgetUsd: null });
        return;
      }
      next = Math.min(next, intakeUntil ?? next, routeUntil ?? next, setUntil ?? next);
    }
    if (Number.isFinite(next)) timer = setTimeout(schedule, Math.min(next - now(), 2 ** 30) + 1);
  }

  return {
    schedule,
    /** The clock was put on, or set back (below 0): a lease lasts as long as it was to. */
    clockJumped(byMs: number): void {
      const leased = [...engine.lanes.values()].filter(({ control: { intake_until, route_until, set_until } }) =>
        [intake_until, route_until, set_until].some((until) => until !== null),
      );
      if (byMs < 0 && leased.length > 0) {
        engine.change(() => {
          for (const lane of leased) {
            lane.control = leasesSetBack(lane.control, -byMs);
            control.writeLane(lane.control);
            engine.markDirty(lane);
          }
          setImmediate(schedule);
        });
      } else schedule();
    },
    close: (): void => clearTimeout(timer),
  };
}
