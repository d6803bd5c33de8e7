import type { ReactNode } from 'react';
import { agoText, countdown, Page, Queue, StateWord } from '../kit/index.ts';
import ink from '../kit/ink.module.css';
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

  return (
    <Page
      title="Waiting for a person"
      beside={countOf(queue, total)}
      end={
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
      }
    >
      {queue !== null && rows.length === 0 && open === null ? (
        <p className={ink.empty}>
          Nothing waits for you. Questions, approvals, reviews, loops, cost limits and effects in doubt come here by
          themselves.
        </p>
      ) : (
        <Queue
          label="Waiting, oldest first"
          open={open}
          items={rows.map((one) => ({
            id: one.id,
            address: addressOf(one),
            head: <StateWord {...kindWord(one)} />,
            waits: agoText(now - one.since),
            children: (
              <>
                <span className={styles.rowTitle}>{titleOf(one)}</span>
                <span className={ink.under}>
                  {one.agent} · {one.kind === 'doubt' ? one.task.id : one.question.task}
                  {deadlineOf(one, now)}
                </span>
              </>
            ),
            onOpen: () => onOpen(one),
          }))}
        >
          <div className={styles.detail}>{children}</div>
        </Queue>
      )}
    </Page>
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
