import { useId, useState } from 'react';
import type { Runbook } from '#contract/runbook.ts';
import type { RunbookStepsMetrics } from '#contract/runbook-metrics.ts';
import { Button, Facts, Panel, StateWord, useKeys } from '../kit/index.ts';
import { Checklist } from './Checklist.tsx';
import { LintWord } from './LibraryTable.tsx';
import styles from './library.module.css';
import { freshness, stepUse } from './library.ts';
import { UsePanel } from './UsePanel.tsx';

type Props = {
  runbook: Runbook;
  /** Null before it is known. */
  use: RunbookStepsMetrics | null;
  now: number;
  busy: boolean;
  /** Why the start was refused. */
  refusal: string | null;
  addressOfRun(id: number): string;
  /** Where the last change was written; null before one. */
  said: string | null;
  onStart(inputs: Record<string, string>): void;
  onEdit(): void;
  onEditStep(step: string): void;
};

/** A runbook to read: its sections and steps as they will be run, its faults, and the start of a run. */
export function RunbookView(props: Props) {
  const { runbook, use, now, busy, refusal, said, addressOfRun, onStart, onEdit, onEditStep } = props;
  const errors = runbook.problems.filter((problem) => problem.severity === 'error').length;
  const steps = runbook.sections.flatMap((section) => section.steps);
  const [selectedAt, setSelectedAt] = useState<number | null>(null);
  const selected = selectedAt === null ? undefined : steps[Math.min(selectedAt, steps.length - 1)];

  function move(by: number): void {
    if (steps.length === 0) return;
    const to = selectedAt === null ? 0 : Math.min(steps.length - 1, Math.max(0, selectedAt + by));
    setSelectedAt(to);
    document.getElementById(`step-${steps[to]?.id}`)?.scrollIntoView({ block: 'nearest' });
  }

  useKeys({
    e: onEdit,
    j: () => move(1),
    k: () => move(-1),
    m: () => {
      if (selected === undefined) move(1);
      else onEditStep(selected.id);
    },
  });
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>{runbook.title}</h1>
        <LintWord errors={errors} warnings={runbook.problems.length - errors} />
        {use === null ? null : <StateWord {...freshness(use)} />}
        <p className={styles.weak}>{runbook.live ? 'live' : 'no “runbook: 1”: all its steps are done by hand'}</p>
        <span className={styles.spring} />
        <Button keys="e" onClick={onEdit}>
          Edit
        </Button>
      </header>
      {said === null ? null : (
        <p role="status" className={styles.said}>
          {said}
        </p>
      )}
      <div className={styles.columns}>
        <div className={styles.main}>
          <Checklist
            runbook={runbook}
            saysOf={({ id }) => stepUse(use, id)}
            selected={selected?.id ?? null}
            onEdit={({ id }) => onEditStep(id)}
          />
        </div>
        <aside className={styles.aside} aria-label="About this runbook">
          <StartForm {...{ runbook, errors, busy, refusal, onStart }} />
          <Problems runbook={runbook} />
          {use === null ? null : <UsePanel use={use} now={now} addressOfRun={addressOfRun} />}
          <Panel title="The file">
            <Facts
              facts={[
                { name: 'Failure', value: runbook.failure ?? 'none named' },
                { name: 'Alert', value: runbook.matchAlerts.join(', ') || 'none' },
                { name: 'Owner', value: runbook.owner ?? 'nobody' },
                { name: 'Reviewed', value: runbook.reviewed ?? 'never' },
                { name: 'File', value: <code>{runbook.file}</code> },
              ]}
            />
          </Panel>
        </aside>
      </div>
    </div>
  );
}

function Problems({ runbook }: { runbook: Runbook }) {
  if (runbook.problems.length === 0) return null;
  return (
    <Panel title="Problems">
      <ul className={styles.problems}>
        {runbook.problems.map((problem) => (
          <li
            key={`${problem.line}:${problem.column} ${problem.rule} ${problem.message}`}
            data-severity={problem.severity}
          >
            <span className={styles.where}>
              {problem.severity} · line {problem.line}, column {problem.column}
            </span>
            <span>{problem.message}</span>
            {problem.fix === null ? null : <span className={styles.under}>{problem.fix}</span>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

type StartProps = Pick<Props, 'runbook' | 'busy' | 'refusal' | 'onStart'> & { errors: number };

function StartForm({ runbook, errors, busy, refusal, onStart }: StartProps) {
  const [given, setGiven] = useState<Record<string, string>>({});
  const id = useId();
  const missing = runbook.inputs.filter(
    (input) => input.required && input.default === null && (given[input.name] ?? '').trim() === '',
  );
  const ready = !busy && errors === 0 && missing.length === 0;

  function start(): void {
    if (!ready) return;
    const entries = Object.entries(given).filter(([, value]) => value.trim() !== '');
    onStart(Object.fromEntries(entries.map(([name, value]) => [name, value.trim()])));
  }

  useKeys({ Enter: start });

  return (
    <Panel title="Run it">
      <form
        className={styles.start}
        onSubmit={(event) => {
          event.preventDefault();
          start();
        }}
      >
        {runbook.inputs.map((input) => (
          <label key={input.name} htmlFor={`${id}-${input.name}`}>
            <span>
              {input.name}{' '}
              <span className={styles.weak}>{input.required ? input.type : `${input.type}, optional`}</span>
            </span>
            <input
              id={`${id}-${input.name}`}
              value={given[input.name] ?? ''}
              placeholder={input.default ?? ''}
              onChange={(event) => setGiven({ ...given, [input.name]: event.target.value })}
              autoComplete="off"
              spellCheck={false}
            />
          </label>
        ))}
        {errors === 0 ? null : <p className={styles.weak}>It has errors: mend the file, then run it.</p>}
        {refusal === null ? null : (
          <p role="alert" className={styles.refusal}>
            {refusal}
          </p>
        )}
        <Button type="submit" variant="primary" keys="Enter" disabled={!ready}>
          Start run
        </Button>
      </form>
    </Panel>
  );
}
