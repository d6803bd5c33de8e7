import type { RunDetail } from '#contract/runbook.ts';
import { Button, clockTime, RehearsalMark, StateWord } from '../../kit/index.ts';
import type { RunAsk } from './RunAsking.tsx';
import styles from './run.module.css';

type Props = {
  run: RunDetail;
  user: string;
  /** Whether something from the selected step on can be undone. */
  canRollBack: boolean;
  onAsk(what: Exclude<RunAsk['what'], 'renew'>): void;
};

/** What the run is, who holds it and who looks on; and what is done to it as a whole. */
export function RunHeader({ run, user, canRollBack, onAsk }: Props) {
  return (
    <header className={styles.header}>
      <h1>{run.title}</h1>
      <p className={styles.about}>{aboutRun(run, user)}</p>
      {run.rehearsal ? <RehearsalMark /> : null}
      <span className={styles.spring} />
      {run.endedAt === null ? (
        <span className={styles.headerButtons}>
          {run.holder.name === user ? (
            <>
              {canRollBack ? (
                <Button keys="b" onClick={() => onAsk('roll-back')}>
                  Roll back to here
                </Button>
              ) : null}
              <Button keys="h" onClick={() => onAsk('hand-over')}>
                Hand over
              </Button>
              <Button keys="e" onClick={() => onAsk('end')}>
                End run…
              </Button>
            </>
          ) : (
            <Button keys="t" onClick={() => onAsk('take-over')}>
              Take over
            </Button>
          )}
        </span>
      ) : (
        <StateWord
          tone={run.outcome === 'recovered' ? 'met' : 'quiet'}
          word={run.outcome === 'recovered' ? 'Recovered' : 'Ended'}
        />
      )}
    </header>
  );
}

function aboutRun(run: RunDetail, user: string): string {
  const watching = run.viewers.filter((name) => name !== run.holder.name).length;
  const parts = [
    `run ${run.id}`,
    run.incident === null ? null : `incident ${run.incident}`,
    run.holder.name === user ? 'you hold it' : `held by ${run.holder.name} since ${clockTime(run.heldSince)}`,
    watching === 0 ? null : `${watching} watching`,
    run.handedOver,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}
