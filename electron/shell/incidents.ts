import type { ContractRouterClient } from '@orpc/contract';
import { type AnyRouter, createRouterClient } from '@orpc/server';
import type { Actor } from '#contract/basic.ts';
import type { Contract } from '#contract/index.ts';
import type { OpenIncident } from './channel.ts';

/** The alert was there before: a glance every few seconds is soon enough for a notification. */
const GLANCE_MS = 3_000;

/** Tells of the open incidents whenever they change, for the tray and for notifications. */
export function watchIncidents(router: AnyRouter, actor: Actor, tell: (open: OpenIncident[]) => void): void {
  const context = { actor, drained: () => Promise.resolve() };
  const client = createRouterClient(router, { context }) as ContractRouterClient<Contract>;
  let told = '[]';
  async function glance(): Promise<void> {
    const incidents = await client.incidents.list({ open: true });
    const open = incidents.map(({ id, title, state }) => ({ id, title, acknowledged: state !== 'open' }));
    const text = JSON.stringify(open);
    if (text !== told) tell(open);
    told = text;
  }
  setInterval(() => void glance(), GLANCE_MS).unref();
}
