import { CommandLine, Facts, Refusal, StateWord } from '../kit/index.ts';
import styles from './dialog.module.css';
import type { ActionState } from './useAction.ts';

/** What the action will do, and the command line that does the same. */
export function PlanFacts({ state }: { state: ActionState }) {
  if (state.step === 'planning') return <p className={styles.weak}>Planning from the live state…</p>;
  if (state.step === 'refused') return null;
  const { plan } = state;
  return (
    <div className={styles.plan}>
      <Facts
        facts={[
          { name: 'Will change', value: plan.willChange },
          { name: 'Touches', value: plan.touches },
          ...(plan.headroom === null ? [] : [{ name: 'Headroom', value: plan.headroom }]),
          { name: 'Undone by', value: plan.undoneBy },
        ]}
      />
      <CommandLine command={plan.command} />
    </div>
  );
}

/** How far it has come. */
export function Progress({ state }: { state: ActionState }) {
  switch (state.step) {
    case 'planning':
    case 'ready':
      return null;
    case 'refused':
      return <Refusal why={state.why} />;
    case 'sending':
      return <StateWord tone="act" word="Sending…" />;
    case 'verifying':
      return (
        <p role="status">
          <StateWord tone={state.late ? 'soon' : 'act'} word={state.late ? 'Accepted, not seen yet' : 'Accepted'} />{' '}
          <span className={styles.weak}>{state.evidence}</span>
        </p>
      );
    case 'seen':
      return (
        <p role="status">
          <StateWord tone="met" word="Seen" /> <span className={styles.weak}>{state.evidence}</span>
        </p>
      );
    case 'diverged':
      return (
        <p role="alert">
          <StateWord tone="soon" word="Not as planned" /> <span className={styles.weak}>{state.evidence}</span>
        </p>
      );
  }
}
