import { useEffect, useRef, useState } from 'react';
import type { AgentHealth } from '#contract/health.ts';
import type { IncidentDetail } from '#contract/incident.ts';
import type { RollBackPlan, RunCommand, RunDetail, RunStep } from '#contract/runbook.ts';
import { Button, clockTime, useKeys } from '../../kit/index.ts';
import { Placeholders } from '../Fence.tsx';
import { plain } from './done.ts';
import { Edited } from './Edited.tsx';
import { OpenStep } from './OpenStep.tsx';
import { canSkip, isUnderWay } from './primary.ts';
import { RunAside } from './RunAside.tsx';
import { type RunAsk, RunAsking } from './RunAsking.tsx';
import { RunHeader } from './RunHeader.tsx';
import styles from './run.module.css';
import { StepRow } from './StepRow.tsx';
import { UndoStep } from './UndoStep.tsx';
import { sectionsOf } from './word.ts';

type Props = {
  run: RunDetail;
  /** Who looks at it. */
  user: string;
  agent: AgentHealth | null;
  incident: IncidentDetail | null;
  now: number;
  /** A command is on its way. */
  busy: boolean;
  /** Why the last command was refused. */
  refusal: string | null;
  onCommand(command: RunCommand): void;
  /** What rolling back to the step asked for last would do; null while it is not known. */
  rollBack: RollBackPlan | null;
  /** Asks what rolling back to a step would do. */
  onPlanRollBack(step: string): void;
  /** Where the last change of the runbook was written; null before one. */
  said: string | null;
  /** Opens a step as a form, to change it in the runbook's file. */
  onEditStep(step: string): void;
};

/** What is being asked for beside the open step's own button. */
type Asking = { what: 'skip' } | { what: 'cancel' } | { what: 'undo'; step: string } | RunAsk | null;

/** A run: the runbook as a checklist, one step open; beside it what it is about. Works by the keyboard alone. */
export function RunView(props: Props) {
  const { run, user, agent, incident, now, busy, refusal, rollBack, said, onCommand, onPlanRollBack, onEditStep } =
    props;
  const [asking, setAsking] = useState<Asking>(null);
  const [selectedId, setSelectedId] = useState<string | null>(null);
  const primaryRef = useRef<HTMLButtonElement>(null);
  const sections = sectionsOf(run.steps);
  const steps = sections.flatMap((section) => section.steps);
  const current = steps.find((step) => step.id === run.current) ?? null;
  const selected = steps.find((step) => step.id === selectedId) ?? current;
  const ended = run.endedAt !== null;
  const mine = run.holder.name === user;
  const here = selected ?? steps.at(-1) ?? null;
  const canRollBack = here !== null && steps.some((step) => step.index >= here.index && step.undo !== null);

  // Where the run stands is in sight, in the middle when it is opened; what a person looks at meanwhile stays.
  const browsing = selectedId !== null;
  const opened = useRef(false);
  useEffect(() => {
    const open = document.getElementById(`step-${run.current}`);
    if (browsing || open === null) return;
    open.scrollIntoView({ block: opened.current ? 'nearest' : 'center' });
    opened.current = true;
  }, [run.current, browsing]);

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

  function ask(what: Exclude<RunAsk['what'], 'renew'>): void {
    if (ended) return;
    if (what === 'take-over') {
      if (!mine) setAsking({ what });
    } else if (mine && what === 'roll-back') {
      if (!canRollBack || here === null) return;
      onPlanRollBack(here.id);
      setAsking({ what, step: here.id });
    } else if (mine && what !== 'roll-back') setAsking({ what });
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
      if (mine && current !== null && canSkip(current)) setAsking({ what: 'skip' });
    },
    c: () => {
      if (mine && current !== null && isUnderWay(current)) setAsking({ what: 'cancel' });
    },
    u: () => {
      const step = selected?.undo != null ? selected : steps.findLast((one) => one.undo !== null);
      if (mine && step !== undefined) setAsking({ what: 'undo', step: step.id });
    },
    n: () => {
      const step = selected?.renewable === true ? selected : steps.findLast((one) => one.renewable);
      if (mine && step !== undefined) setAsking({ what: 'renew', step: step.id });
    },
    b: () => ask('roll-back'),
    h: () => ask('hand-over'),
    t: () => ask('take-over'),
    e: () => ask('end'),
    m: () => {
      if (here !== null) onEditStep(here.id);
    },
  });

  return (
    <Placeholders>
      <div className={styles.page}>
        <RunHeader run={run} user={user} canRollBack={canRollBack} onAsk={ask} />
        {said === null ? null : (
          <p role="status" className={styles.said}>
            {said}
          </p>
        )}
        {run.rollingBackTo === null ? null : (
          <p role="status" className={styles.rolling}>
            Rolling back to “{plain(steps.find((step) => step.id === run.rollingBackTo)?.title ?? run.rollingBackTo)}”:
            the last step is undone first, each is seen before the next.
          </p>
        )}
        {run.edited === null ? null : <Edited edited={run.edited} mine={mine} busy={busy} onCommand={send} />}
        {asking === null || asking.what === 'skip' || asking.what === 'cancel' || asking.what === 'undo' ? null : (
          <RunAsking
            ask={asking}
            run={run}
            steps={steps}
            rollBack={rollBack}
            busy={busy}
            onCommand={send}
            onCancel={() => setAsking(null)}
          />
        )}
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
                      onEdit={() => onEditStep(step.id)}
                      onRenew={mine && step.renewable ? () => setAsking({ what: 'renew', step: step.id }) : null}
                      undo={
                        step.undo === null || !mine ? null : (
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
                          mine={mine}
                          now={now}
                          asking={asking?.what === 'skip' || asking?.what === 'cancel' ? asking.what : null}
                          onAsking={(what) => setAsking(what === null ? null : { what })}
                          onCommand={send}
                          primaryRef={primaryRef}
                        />
                      ) : null}
                    </StepRow>
                  ))}
                </ol>
              </section>
            ))}
            {current === null ? <RunEnd run={run} refusal={refusal} onEnd={mine ? () => ask('end') : null} /> : null}
          </div>
          <RunAside run={run} agent={agent} incident={incident} now={now} />
        </div>
      </div>
    </Placeholders>
  );
}

type RunEndProps = { run: RunDetail; refusal: string | null; onEnd: (() => void) | null };

/** Under the last step, when none is next: how the run ended, or that it has to be ended. */
function RunEnd({ run, refusal, onEnd }: RunEndProps) {
  if (run.endedAt === null) {
    return (
      <footer className={styles.runEnd}>
        <p>All steps are behind, and the recovery is not proven.</p>
        {refusal === null ? null : (
          <p role="alert" className={styles.refusal}>
            {refusal}
          </p>
        )}
        {onEnd === null ? null : (
          <Button variant="primary" keys="e" onClick={onEnd}>
            End run…
          </Button>
        )}
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
