import { useLayoutEffect, useState } from 'react';
import type { Action } from '#contract/action.ts';
import { Button, Dialog, Facts, StateWord } from '../kit/index.ts';
import { useAnswer } from '../link/index.ts';
import styles from './app.module.css';
import { type ActionState, useAction } from './useAction.ts';

/** What a person asked for; what is still open is chosen in the dialog. */
export type Asked =
  | { verb: 'pause' | 'drain' | 'reroute'; agent: string }
  | { verb: 'undo' | 'cancel'; action: Action };

const MINUTE_MS = 60_000;
/** How long a mitigation may stand; one without an end is chosen on purpose, last. */
const LEASES: readonly { ms: number | null; text: string }[] = [
  { ms: 30 * MINUTE_MS, text: '30 min' },
  { ms: 2 * 60 * MINUTE_MS, text: '2 h' },
  { ms: 8 * 60 * MINUTE_MS, text: '8 h' },
  { ms: null, text: 'until undone' },
];

/** An action with its plan: what it will change, touch and be undone by is shown before one key does it. */
export function ActionDialog({ asked, onClose }: { asked: Asked; onClose(): void }) {
  const [lease, setLease] = useState<number | null>(30 * MINUTE_MS);
  const [to, setTo] = useState<string | null>(null);
  const targets = useTargets(asked);
  const target = to ?? targets[0] ?? null;
  const { state, confirm } = useAction(actionOf(asked, lease, target));
  const done = state.step === 'seen';

  // Before the paint: Enter pressed at once means the button that is on screen.
  useLayoutEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (event.key !== 'Enter' || event.defaultPrevented) return;
      if (event.target instanceof Element && event.target.closest('button, a') !== null) return;
      event.preventDefault();
      if (done) onClose();
      else confirm();
    }
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [confirm, done, onClose]);

  return (
    <Dialog title={titleOf(asked)} onClose={onClose}>
      {asked.verb === 'reroute' ? (
        <Choice<string | null>
          name="To"
          options={targets.map((name) => ({ value: name, text: name }))}
          value={target}
          onChange={setTo}
          disabled={state.step !== 'ready'}
        />
      ) : null}
      {asked.verb === 'undo' || asked.verb === 'cancel' || target === 'default' ? null : (
        <Choice<number | null>
          name="Ends"
          options={LEASES.map((one) => ({ value: one.ms, text: one.ms === null ? one.text : `after ${one.text}` }))}
          value={lease}
          onChange={setLease}
          disabled={state.step !== 'ready'}
        />
      )}
      <PlanFacts state={state} />
      <Progress state={state} />
      <div className={styles.buttons}>
        {done ? (
          <Button variant="primary" keys="Enter" onClick={onClose}>
            Close
          </Button>
        ) : (
          <>
            <Button
              variant="primary"
              keys="Enter"
              disabled={state.step !== 'ready' && state.step !== 'refused'}
              onClick={confirm}
            >
              {state.step === 'refused' ? 'Plan again' : verbOf(asked)}
            </Button>
            <Button variant="quiet" keys="Esc" onClick={onClose}>
              {state.step === 'verifying' || state.step === 'diverged' ? 'Close' : 'Do nothing'}
            </Button>
          </>
        )}
      </div>
    </Dialog>
  );
}

/** Where an agent can be rerouted to: the providers of its route but the first, and back to its default. */
function useTargets(asked: Asked): string[] {
  const agent = asked.verb === 'reroute' ? asked.agent : null;
  const { value } = useAnswer(`targets ${agent}`, (client) =>
    agent === null ? Promise.resolve(null) : client.agents.get({ name: agent }),
  );
  if (value === null) return [];
  const providers = [...new Set(value.route.map((entry) => entry.split('/')[0] ?? entry))];
  return [...providers.slice(1), ...providers.slice(0, 1), 'default'];
}

function actionOf(asked: Asked, lease: number | null, target: string | null): Action | null {
  const forMs = lease === null ? {} : { forMs: lease };
  switch (asked.verb) {
    case 'undo':
    case 'cancel':
      return asked.action;
    case 'pause':
    case 'drain':
      return { verb: asked.verb, agent: asked.agent, ...forMs };
    case 'reroute':
      if (target === null) return null;
      return { verb: 'reroute', agent: asked.agent, to: target, ...(target === 'default' ? {} : forMs) };
  }
}

type ChoiceProps<T> = {
  name: string;
  options: readonly { value: T; text: string }[];
  value: T;
  disabled: boolean;
  onChange(value: T): void;
};

function Choice<T extends string | number | null>({ name, options, value, disabled, onChange }: ChoiceProps<T>) {
  return (
    <fieldset className={styles.choice} disabled={disabled}>
      <legend>{name}</legend>
      {options.map((option) => (
        <label key={option.text}>
          <input type="radio" name={name} checked={option.value === value} onChange={() => onChange(option.value)} />
          {option.text}
        </label>
      ))}
    </fieldset>
  );
}

function PlanFacts({ state }: { state: ActionState }) {
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
          { name: 'Command', value: <code>{plan.command}</code> },
        ]}
      />
    </div>
  );
}

function Progress({ state }: { state: ActionState }) {
  switch (state.step) {
    case 'planning':
    case 'ready':
      return null;
    case 'refused':
      return (
        <p role="alert" className={styles.refusal}>
          {state.why}
        </p>
      );
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

function titleOf(asked: Asked): string {
  switch (asked.verb) {
    case 'pause':
      return `Pause ${asked.agent}`;
    case 'drain':
      return `Drain ${asked.agent}`;
    case 'reroute':
      return `Reroute ${asked.agent}`;
    case 'undo':
      return asked.action.verb === 'resume' ? `Resume ${asked.action.agent}` : `Undo: ${asked.action.verb}`;
    case 'cancel':
      return 'Cancel the task';
  }
}

function verbOf(asked: Asked): string {
  switch (asked.verb) {
    case 'pause':
      return 'Pause';
    case 'drain':
      return 'Drain';
    case 'reroute':
      return 'Reroute';
    case 'undo':
      return asked.action.verb === 'resume' ? 'Resume' : 'Undo';
    case 'cancel':
      return 'Cancel task';
  }
}
