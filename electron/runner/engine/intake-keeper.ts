import type { AuditWrite } from '#contract/audit.ts';
import type { Actor } from '#contract/basic.ts';
import type { Control, LaneRow } from '../../store/lane.ts';
import { type Hindrance, intakeStep } from '../guard/intake.ts';
import { type Budgets, DESK } from './budgets.ts';
import type { Engine } from './engine.ts';
import type { IntegrationDesk } from './integration-desk.ts';
import { byPerson, hopsOf, type Lane } from './lane.ts';
import type { ProviderDesk } from './provider-desk.ts';

const DESK_ACTOR: Actor = { name: 'Nightdesk', via: 'desk' };

export type IntakeKeeperOptions = {
  engine(): Engine;
  control: Control;
  budgets: Budgets;
  integrations: IntegrationDesk;
  providers: ProviderDesk;
  now(): number;
  audit: AuditWrite;
  onDone(agent: string, text: string, by: Actor): void;
};

/** The desk's own hand on the intakes: it closes an agent whose budget or critical integration hinders it, and opens it again. */
export function createIntakeKeeper(options: IntakeKeeperOptions) {
  const { budgets, integrations, providers, now } = options;
  let looking = false;

  function hindrancesOf(lane: Lane): Hindrance[] {
    const { definition } = lane;
    if (definition === null) return [];
    const critical = definition.nightdesk.critical.flatMap((name) => {
      const since = integrations.downSince(name);
      return since === null ? [] : [{ reason: `critical:${name}`, since }];
    });
    const spent = [budgets.reachedSince(DESK), budgets.reachedSince({ scope: 'agent', name: lane.agent })];
    const routes = [...new Set(hopsOf(lane, definition).map((hop) => hop.provider))].filter(providers.usable);
    const byRoute = routes.map((name) => budgets.reachedSince({ scope: 'provider', name }));
    // Every provider of its route must be spent: else the next one serves.
    const routeSpent = byRoute.length > 0 && byRoute.every((since) => since !== null) ? Math.max(...byRoute) : null;
    const since = [...spent, routeSpent].filter((each) => each !== null);
    return [...critical, ...(since.length === 0 ? [] : [{ reason: 'budget', since: Math.min(...since) }])];
  }

  function lookAt(lane: Lane): void {
    const { control } = lane;
    const standing = {
      intake: control.intake,
      since: control.intake_since,
      reason: control.intake_reason,
      byPerson: byPerson(control.intake_by),
    };
    const step = intakeStep(standing, hindrancesOf(lane));
    if (step.do === 'nothing') return;
    const open = step.do === 'open';
    const why = open ? (control.intake_reason ?? '') : step.reason;
    options.engine().change(() => {
      // A person may have been first.
      if (lane.control !== control) return;
      const next: LaneRow = {
        ...control,
        intake: open ? 'open' : 'draining',
        intake_since: now(),
        intake_until: null,
        intake_by: JSON.stringify(DESK_ACTOR),
        intake_reason: open ? null : step.reason,
      };
      options.control.writeLane(next);
      const details = { intake: next.intake, why };
      options.audit({ by: DESK_ACTOR, what: 'action.intake', subject: lane.agent, details });
      lane.control = next;
      options.engine().markDirty(lane);
    });
    options.onDone(
      lane.agent,
      `Nightdesk ${open ? 'opened' : 'closed'} ${lane.agent}: ${because(why, open)}`,
      DESK_ACTOR,
    );
  }

  return {
    /** Looks at every intake, once after all that changes now. */
    look(): void {
      if (looking) return;
      looking = true;
      setImmediate(() => {
        looking = false;
        for (const lane of options.engine().lanes.values()) lookAt(lane);
      });
    },
  };
}

function because(reason: string, over: boolean): string {
  const name = /^critical:(.*)$/.exec(reason)?.[1];
  if (name === undefined) return over ? 'its budget has room again' : "today's budget is spent";
  return over ? `${name} answers again` : `${name} does not answer, and is critical to it`;
}
