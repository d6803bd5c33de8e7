import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Button, Dialog } from '../kit/index.ts';
import { useAnswer } from '../link/index.ts';
import { PlanFacts, Progress } from './ActionProgress.tsx';
import {
  type ActionAsked,
  actionOf,
  type Chosen,
  faultOfFields,
  fieldsOf,
  hasLease,
  LEASES,
  type SetFields,
  titleOf,
  verbOf,
} from './asked.ts';
import styles from './dialog.module.css';
import { useAction } from './useAction.ts';

/** An action with its plan: what it will change, touch and be undone by is shown before one key does it. */
export function ActionDialog({ asked, onClose }: { asked: ActionAsked; onClose(): void }) {
  const [lease, setLease] = useState<number | null>(LEASES[0]?.ms ?? null);
  const field = useRef<HTMLInputElement>(null);
  const [to, setTo] = useState<string | null>(null);
  const [set, setSet] = useState<SetFields | null>(null);
  const { targets, before } = useKnown(asked);
  const fields = set ?? before ?? { concurrency: '', budget: '' };
  const chosen: Chosen = { lease, to: to ?? targets[0] ?? null, set: fields };
  const action = actionOf(asked, chosen, before);
  const { state, confirm } = useAction(action);
  const done = state.step === 'seen';
  const fixed = state.step === 'sending' || state.step === 'verifying' || done || state.step === 'diverged';

  // Before the paint: Enter pressed at once means the button that is on screen.
  useLayoutEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (event.key !== 'Enter' || event.defaultPrevented) return;
      if (event.target instanceof Element && event.target.closest('button, a') !== null) return;
      event.preventDefault();
      if (done) onClose();
      else if (action !== null) confirm();
    }
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [confirm, done, action, onClose]);

  return (
    <Dialog title={titleOf(asked)} onClose={onClose} first={asked.verb === 'set' ? field : undefined}>
      {asked.verb === 'reroute' ? (
        <Choice<string | null>
          name="To"
          options={targets.map((name) => ({ value: name, text: name }))}
          value={chosen.to}
          onChange={setTo}
          disabled={fixed}
        />
      ) : null}
      {asked.verb === 'set' ? (
        <SetForm fieldRef={field} fields={fields} locked={fixed || before === null} onFields={setSet} />
      ) : null}
      {hasLease(asked, chosen) ? (
        <Choice<number | null>
          name="Ends"
          options={LEASES.map((one) => ({ value: one.ms, text: one.ms === null ? one.text : `after ${one.text}` }))}
          value={lease}
          onChange={setLease}
          disabled={fixed}
        />
      ) : null}
      {action === null ? null : <PlanFacts state={state} />}
      {action === null ? null : <Progress state={state} />}
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
              disabled={action === null || (state.step !== 'ready' && state.step !== 'refused')}
              onClick={confirm}
            >
              {action !== null && state.step === 'refused' ? 'Plan again' : verbOf(asked)}
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

/**
 * What the agent says to choose from. A reroute: the providers of its route but the first, and back to its default. Limits:
 * those in force when the dialog opened.
 */
function useKnown(asked: ActionAsked): { targets: string[]; before: SetFields | null } {
  const agent = asked.verb === 'reroute' || asked.verb === 'set' ? asked.agent : null;
  const { value } = useAnswer(`known of ${agent}`, async (client) =>
    agent === null ? null : client.agents.get({ name: agent }),
  );
  const [before, setBefore] = useState<SetFields | null>(null);
  useEffect(() => {
    if (value !== null) setBefore((known) => known ?? fieldsOf(value));
  }, [value]);
  if (value === null) return { targets: [], before };
  const providers = [...new Set(value.route.map((entry) => entry.split('/')[0] ?? entry))];
  return { targets: [...providers.slice(1), ...providers.slice(0, 1), 'default'], before };
}

type SetFormProps = {
  fieldRef: RefObject<HTMLInputElement | null>;
  fields: SetFields;
  locked: boolean;
  onFields(fields: SetFields): void;
};

function SetForm({ fieldRef, fields, locked, onFields }: SetFormProps) {
  const fault = faultOfFields(fields);
  return (
    <fieldset className={styles.set}>
      <legend className={styles.hidden}>Limits</legend>
      <label>
        Tasks at a time
        <input
          ref={fieldRef}
          inputMode="numeric"
          readOnly={locked}
          value={fields.concurrency}
          placeholder="as its file says"
          aria-invalid={fault?.startsWith('At') ?? false}
          onChange={(event) => onFields({ ...fields, concurrency: event.target.value })}
        />
      </label>
      <label>
        Budget, US dollars a day
        <input
          inputMode="decimal"
          readOnly={locked}
          value={fields.budget}
          placeholder="as its file says"
          aria-invalid={fault?.startsWith('Budget') ?? false}
          onChange={(event) => onFields({ ...fields, budget: event.target.value })}
        />
      </label>
      {fault === null ? (
        <p className={styles.weak}>An empty field: as its file says.</p>
      ) : (
        <p role="alert" className={styles.fault}>
          {fault}
        </p>
      )}
    </fieldset>
  );
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
