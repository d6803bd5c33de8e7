import { useCallback, useEffect, useRef, useState } from 'react';
import type { Action, Outcome, Plan, Receipt } from '#contract/action.ts';
import { type Client, refusalText, useClient } from '../link/index.ts';

/** How often the effect of an action is asked for, and after how long the dialog says that it is late, ms. */
const VERIFY_EVERY_MS = 250;
const LATE_MS = 30_000;

/** An action on its way: planned, confirmed, accepted, seen. */
export type ActionState =
  | { step: 'planning' }
  | { step: 'refused'; why: string }
  | { step: 'ready'; plan: Plan }
  | { step: 'sending'; plan: Plan }
  | { step: 'verifying'; plan: Plan; evidence: string; late: boolean }
  | { step: 'seen'; plan: Plan; evidence: string }
  | { step: 'diverged'; plan: Plan; evidence: string };

/** Plans an action, executes it against that very plan, and asks for its effect until it is seen. */
export function useAction(action: Action | null): { state: ActionState; confirm(): void } {
  const client = useClient();
  const [state, setState] = useState<ActionState>({ step: 'planning' });
  const [asked, setAsked] = useState(0);
  const gone = useRef(false);
  const text = action === null ? null : JSON.stringify(action);

  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `text` is the action; `asked` plans anew
  useEffect(() => {
    if (action === null) return;
    let outdated = false;
    setState({ step: 'planning' });
    client.actions.plan({ action }).then(
      (plan) => outdated || setState({ step: 'ready', plan }),
      (error: unknown) => outdated || setState({ step: 'refused', why: refusalText(error) }),
    );
    return () => {
      outdated = true;
    };
  }, [client, text, asked]);

  const confirm = useCallback(() => {
    if (state.step === 'refused') {
      setAsked((count) => count + 1);
      return;
    }
    if (state.step !== 'ready') return;
    const { plan } = state;
    setState({ step: 'sending', plan });
    void execute(client, plan, (next) => gone.current || setState(next));
  }, [client, state]);

  return { state, confirm };
}

async function execute(client: Client, plan: Plan, show: (state: ActionState) => void): Promise<void> {
  let receipt: Receipt;
  try {
    receipt = await client.actions.execute({ action: plan.action, key: crypto.randomUUID(), planHash: plan.hash });
  } catch (error) {
    show({ step: 'refused', why: refusalText(error) });
    return;
  }
  const acceptedAt = Date.now();
  for (;;) {
    const outcome = await verified(client, receipt);
    if (outcome.state === 'applied') return show({ step: 'seen', plan, evidence: outcome.evidence });
    if (outcome.state === 'diverged') return show({ step: 'diverged', plan, evidence: outcome.evidence });
    const late = Date.now() - acceptedAt > LATE_MS;
    show({ step: 'verifying', plan, evidence: outcome.evidence, late });
    if (late) return;
    await new Promise((resolve) => setTimeout(resolve, VERIFY_EVERY_MS));
  }
}

async function verified(client: Client, receipt: Receipt): Promise<Outcome> {
  try {
    return await client.actions.verify({ receipt });
  } catch (error) {
    return { state: 'pending', evidence: refusalText(error) };
  }
}
