import { type ReactNode, useEffect } from 'react';
import { agoText, countdown, StateWord, useKeys } from '../kit/index.ts';
import { kindWord, PART_WORDS, PARTS, type Part, partOf, titleOf, type Waiting } from './queue.ts';
import styles from './waiting.module.css';

type Props = {
  /** Oldest first; null before the first frame. */
  queue: readonly Waiting[] | null;
  /** How many there are in all: the newest alone are on screen. */
  total: number;
  part: Part | null;
  /** The one that is open; it may have left the queue. */
  open: string | null;
  now: number;
  /** The open one, drawn. */
  children: ReactNode;
  addressOf(waiting: Waiting): string;
  onPart(part: Part | null): void;
  onOpen(waiting: Waiting): void;
};

/** Everything that waits for a person, oldest first; the open one beside it. */
export function WaitingView({ queue, total, part, open, now, children, addressOf, onPart, onOpen }: Props) {
  const rows = queue?.filter((one) => part === null || partOf(one) === part) ?? [];

  function move(by: number): void {
    const index = rows.findIndex((one) => one.id === open);
    const next = rows[index < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, index + by))];
    if (next !== undefined) onOpen(next);
  }
  useKeys({ j: () => move(1), k: () => move(-1) });
  useEffect(() => {
    if (open !== null) document.getElementById(`waiting-${open}`)?.scrollIntoView({ block: 'nearest' });
  }, [open]);

  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>Waiting for a person</h1>
        <p className={styles.weak}>{countOf(queue, total)}</p>
        <span className={styles.spring} />
        <div className={styles.parts}>
          {PARTS.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={one === part}
              onClick={() => onPart(one === part ? null : one)}
            >
              {PART_WORDS[one]} <strong>{(queue ?? []).filter((waiting) => partOf(waiting) === one).length}</strong>
            </button>
          ))}
        </div>
      </header>
      {queue !== null && rows.length === 0 && open === null ? (
        <p className={styles.empty}>
          Nothing waits for you. Questions, approvals, reviews, loops, cost limits and effects in doubt come here by
          themselves.
        </p>
      ) : (
        <div className={styles.columns}>
          <ol className={styles.queue} aria-label="Waiting, oldest first">
            {rows.map((one) => (
              <li key={one.id} id={`waiting-${one.id}`} data-selected={one.id === open || undefined}>
                <a href={addressOf(one)} aria-current={one.id === open ? 'true' : undefined}>
                  <span className={styles.rowHead}>
                    <StateWord {...kindWord(one)} />
                    <span className={styles.weak}>{agoText(now - one.since)}</span>
                  </span>
                  <span className={styles.rowTitle}>{titleOf(one)}</span>
                  <span className={styles.rowUnder}>
                    {one.agent} · {one.kind === 'doubt' ? one.task.id : one.question.task}
                    {deadlineOf(one, now)}
                  </span>
                </a>
              </li>
            ))}
          </ol>
          <div className={styles.detail}>{children}</div>
        </div>
      )}
    </div>
  );
}

function countOf(queue: readonly Waiting[] | null, total: number): string {
  if (queue === null) return 'reading…';
  if (total > queue.length) return `the newest ${queue.length} of ${total} · oldest first`;
  return queue.length === 0 ? 'nothing' : `${queue.length} · oldest first`;
}

function deadlineOf(one: Waiting, now: number): string {
  if (one.kind === 'doubt' || one.question.deadline === null) return '';
  return ` · ${countdown(one.question.deadline - now)} left`;
}
