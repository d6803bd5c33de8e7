import { useRef, useState } from 'react';
import type { AgentHealth } from '#contract/health.ts';
import type { IncidentDetail } from '#contract/incident.ts';
import type { RunCommand, RunDetail, RunStep } from '#contract/runbook.ts';
import { Button, clockTime, RehearsalMark, StateWord, useKeys } from '../../kit/index.ts';
import { plain } from './done.ts';
import { OpenStep } from './OpenStep.tsx';
import { canSkip } from './primary.ts';
import { ReasonForm } from './ReasonForm.tsx';
import { RunAside } from './RunAside.tsx';
import styles from './run.module.css';
import { StepRow } from './StepRow.tsx';
import { UndoStep } from './UndoStep.tsx';
import { isProven, sectionsOf } from './word.ts';

type Props = {
  run: RunDetail;
  agent: AgentHealth | null;
  incident: IncidentDetail | null;
  now: number;
  /** A command is on its way. */
  busy: boolean;
  /** Why the last command was refused. */
  refusal: string | null;
  onCommand(command: RunCommand): void;
};

/** What is being asked for beside the open step's own button. */
type Asking = { what: 'skip' } | { what: 'undo'; step: string } | { what: 'end' } | null;

/** A run: the runbook as a checklist, one step open; beside it what it is about. Works by the keyboard alone. */
export function RunView({ run, agent, incident, now, busy, refusal, onCommand }: Props) {
  const [asking, setAsking] = useState<Asking>(null);
  const [selectedId, setSelectedId] = useState<string | null>(null);
  const primaryRef = useRef<HTMLButtonElement>(null);
  const sections = sectionsOf(run.steps);
  const steps = sections.flatMap((section) => section.steps);
  const current = steps.find((step) => step.id === run.current) ?? null;
  const selected = steps.find((step) => step.id === selectedId) ?? current;
  const ended = run.endedAt !== null;

  function send(command: RunCommand): void {
    setAsking(null);
    setSelectedId(null);
    onCommand(command);
  }

  function select(step: RunStep | undefined): void {
    if (step === undefined) return;
    setSelectedId(step.id);
    document.getElementById(`step-${step.id}`)?.scrollIntoView({ block: 'nearest' });
  }

  function move(by: number): void {
    const index = steps.findIndex((step) => step.id === selected?.id);
    select(steps[Math.min(steps.length - 1, Math.max(0, index + by))]);
  }

  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => {
      if (asking !== null) return;
      if (selected?.id === current?.id) primaryRef.current?.click();
      else select(current ?? undefined);
    },
    s: () => {
      if (current !== null && canSkip(current)) setAsking({ what: 'skip' });
    },
    u: () => {
      const step = selected?.undo != null ? selected : steps.findLast((one) => one.undo !== null);
      if (step !== undefined) setAsking({ what: 'undo', step: step.id });
    },
    e: () => {
      if (!ended) setAsking({ what: 'end' });
    },
  });

  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>{run.title}</h1>
        <p className={styles.about}>{aboutRun(run)}</p>
        {run.rehearsal ? <RehearsalMark /> : null}
        <span className={styles.spring} />
        {ended ? (
          <StateWord
            tone={run.outcome === 'recovered' ? 'met' : 'quiet'}
            word={run.outcome === 'recovered' ? 'Recovered' : 'Ended'}
          />
        ) : (
          <Button keys="e" onClick={() => setAsking({ what: 'end' })}>
            End run…
          </Button>
        )}
      </header>
      {asking?.what === 'end' ? (
        <section className={styles.end} aria-label="End the run">
          <ReasonForm
            label={
              isProven(steps)
                ? 'The recovery is proven. A closing word, if you like.'
                : 'The recovery is not proven. Why do you end the run here? It stands in the audit.'
            }
            action="End the run"
            required={!isProven(steps)}
            busy={busy}
            onSubmit={(reason) => send({ do: 'end', ...(reason === '' ? {} : { reason }) })}
            onCancel={() => setAsking(null)}
          />
        </section>
      ) : null}
      <div className={styles.columns}>
        <div className={styles.sections}>
          {sections.map((section) => (
            <section key={`${section.title} ${section.steps[0]?.id}`} className={styles.section}>
              <h2>{section.title}</h2>
              <ol>
                {section.steps.map((step) => (
                  <StepRow
                    key={step.id}
                    step={step}
                    open={step.id === current?.id}
                    selected={step.id === selected?.id}
                    now={now}
                    onSelect={() => select(step)}
                    undo={
                      step.undo === null ? null : (
                        <UndoStep
                          title={plain(step.title)}
                          command={step.undo}
                          asked={asking?.what === 'undo' && asking.step === step.id}
                          busy={busy}
                          onAsk={() => setAsking({ what: 'undo', step: step.id })}
                          onCancel={() => setAsking(null)}
                          onUndo={() => send({ do: 'undo', step: step.id })}
                        />
                      )
                    }
                  >
                    {step.id === current?.id ? (
                      <OpenStep
                        key={`${step.id} ${step.state}`}
                        step={step}
                        run={run}
                        busy={busy}
                        refusal={refusal}
                        skipping={asking?.what === 'skip'}
                        onSkipping={(skipping) => setAsking(skipping ? { what: 'skip' } : null)}
                        onCommand={send}
                        primaryRef={primaryRef}
                      />
                    ) : null}
                  </StepRow>
                ))}
              </ol>
            </section>
          ))}
          {current === null ? <RunEnd run={run} refusal={refusal} onEnd={() => setAsking({ what: 'end' })} /> : null}
        </div>
        <RunAside run={run} agent={agent} incident={incident} now={now} />
      </div>
    </div>
  );
}

function aboutRun(run: RunDetail): string {
  const parts = [
    `run ${run.id}`,
    run.incident === null ? null : `incident ${run.incident}`,
    `held by ${run.holder.name}`,
    `since ${clockTime(run.startedAt)}`,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}

/** Under the last step, when none is next: how the run ended, or that it has to be ended. */
function RunEnd({ run, refusal, onEnd }: { run: RunDetail; refusal: string | null; onEnd(): void }) {
  if (run.endedAt === null) {
    return (
      <footer className={styles.runEnd}>
        <p>All steps are behind, and the recovery is not proven.</p>
        {refusal === null ? null : (
          <p role="alert" className={styles.refusal}>
            {refusal}
          </p>
        )}
        <Button variant="primary" keys="e" onClick={onEnd}>
          End run…
        </Button>
      </footer>
    );
  }
  const proven = run.outcome === 'recovered' ? 'Recovered: its verify steps held.' : 'Ended without proof of recovery.';
  return (
    <footer className={styles.runEnd}>
      <p>
        {clockTime(run.endedAt, 'seconds')} · {proven}
        {run.endReason === null ? null : ` “${run.endReason}”`}
      </p>
    </footer>
  );
}
