import type { CSSProperties } from 'react';
import type { TaskDetail } from '#contract/task.ts';
import { StateShape, spanText } from '../kit/index.ts';
import { layTimeline, type Tick, type TimelineRow } from './timeline.ts';
import { type RowText, textOf } from './timeline-text.ts';
import styles from './waterfall.module.css';

type Props = {
  task: TaskDetail;
  /** The desk's clock, ms since the Unix epoch. */
  now: number;
  /** Id of the selected row. */
  selected: string | null;
  onSelect(row: TimelineRow): void;
};

/** A label stands left of its bar when there is no room at its right, as a share of the axis. */
const LABEL_LEFT_FROM = 0.62;
/** A bar that leaves less than this at its left, too, has its label on itself. */
const LABEL_ROOM = 0.25;

/** Attempts, steps, model calls and waits of a task on one time axis. */
export function Waterfall({ task, now, selected, onSelect }: Props) {
  const { rows, ticks } = layTimeline(task, now);
  return (
    <div className={styles.waterfall}>
      <div className={styles.axis} aria-hidden="true">
        <span>Attempt, step, call</span>
        <div className={styles.scale}>
          {ticks.map((tick, index) => (
            <span
              key={tick.ms}
              className={styles.tick}
              style={{ insetInlineStart: share(tick.x) }}
              data-first={index === 0 || undefined}
            >
              {tickText(tick)}
            </span>
          ))}
        </div>
      </div>
      {rows.length === 0 ? <p className={styles.none}>No attempt has begun yet.</p> : null}
      <div className={styles.rows} role="listbox" aria-label="Attempts, steps and calls, in order of time">
        {rows.map((row) => (
          <Row
            key={row.id}
            row={row}
            text={textOf(row, now)}
            ticks={ticks}
            selected={row.id === selected}
            onSelect={() => onSelect(row)}
          />
        ))}
      </div>
    </div>
  );
}

type RowProps = { row: TimelineRow; text: RowText; ticks: Tick[]; selected: boolean; onSelect(): void };

function Row({ row, text, ticks, selected, onSelect }: RowProps) {
  const full = row.x + row.width > LABEL_LEFT_FROM;
  const within = full && row.x < LABEL_ROOM;
  const labelLeft = full && !within;
  return (
    <button
      type="button"
      role="option"
      id={`row-${row.id}`}
      aria-selected={selected}
      tabIndex={selected ? 0 : -1}
      className={styles.row}
      data-kind={row.kind}
      onClick={onSelect}
    >
      <span className={styles.name}>
        {text.word === null ? null : (
          <StateShape tone={text.tone === 'plain' ? 'quiet' : text.tone} label={text.word} />
        )}
        <span className={styles.title}>{text.title}</span>
        <span className={styles.detail}>{text.detail}</span>
      </span>
      <span className={styles.lane}>
        {ticks.slice(1).map((tick) => (
          <span key={tick.ms} className={styles.line} style={{ insetInlineStart: share(tick.x) }} />
        ))}
        <span
          className={styles.bar}
          data-tone={row.kind === 'attempt' ? 'plain' : text.tone}
          data-kind={row.kind}
          style={{ insetInlineStart: share(row.x), width: share(row.width) }}
        />
        <span
          className={styles.label}
          data-left={labelLeft || undefined}
          data-within={within || undefined}
          style={labelPlace(row, labelLeft, within)}
        >
          {text.label}
        </span>
      </span>
    </button>
  );
}

function labelPlace({ x, width }: TimelineRow, left: boolean, within: boolean): CSSProperties {
  if (within) return { insetInlineStart: share(x), maxWidth: share(width) };
  return left
    ? { insetInlineEnd: share(1 - x), maxWidth: share(x) }
    : { insetInlineStart: share(x + width), maxWidth: share(1 - x - width) };
}

function share(value: number): string {
  return `${(value * 100).toFixed(3)}%`;
}

function tickText(tick: Tick): string {
  return tick.ms === 0 ? '0 s' : spanText(tick.ms);
}
