import { useCallback, useMemo, useRef, useState } from 'react';
import type { DeadLetters } from '#contract/action.ts';
import type { Task, TaskFilter, TaskPage } from '#contract/task.ts';
import { countText, useKeys } from '../kit/index.ts';
import { DeadLetterBar } from './DeadLetterBar.tsx';
import { FilterBar } from './FilterBar.tsx';
import type { SavedFilter } from './saved.ts';
import { TaskTable } from './TaskTable.tsx';
import { countNew, type Held, newestFirst, withPage } from './tail.ts';
import styles from './tasks.module.css';

type Props = {
  filter: TaskFilter;
  /** The newest tasks that match, in any order; null before the first frame. */
  live: readonly Task[] | null;
  /** How many match in all, counted up to `totalCap`. */
  total: number;
  totalCap: number;
  agents: readonly string[];
  now: number;
  saved: readonly SavedFilter[];
  addressOf(task: Task): string;
  onFilter(filter: TaskFilter): void;
  onOpen(task: Task): void;
  onOpenSaved(saved: SavedFilter): void;
  onSave(name: string): void;
  onForget(name: string): void;
  onRequeue(letters: DeadLetters): void;
  /** Reads the page of tasks older than `before`. */
  readOlder(before: string): Promise<TaskPage>;
};

/** The task table with its filter bar: follows the tail until a person works in it. Keyed by its filter. */
export function TasksView(props: Props) {
  const { filter, live, total, totalCap, now, addressOf, onOpen, readOlder } = props;
  const [held, setHeld] = useState<Held>(null);
  const [selected, setSelected] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const older = useRef<{ reading: boolean; ended: boolean }>({ reading: false, ended: false });
  const inputRef = useRef<HTMLInputElement>(null);

  const tail = useMemo(() => newestFirst(live ?? []), [live]);
  const byId = useMemo(() => new Map(tail.map((task) => [task.id, task])), [tail]);
  const rows = held ?? tail;
  const waiting = countNew(held, tail);
  const context = { now, addressOf, latest: (task: Task) => byId.get(task.id) ?? task };

  const hold = useCallback(() => setHeld((before) => before ?? tail), [tail]);

  function follow(): void {
    setHeld(null);
    setSelected(null);
    older.current = { reading: false, ended: false };
  }

  const readMore = useCallback(async () => {
    const last = rows.at(-1);
    if (last === undefined || older.current.reading || older.current.ended) return;
    older.current.reading = true;
    try {
      const page = await readOlder(last.id);
      older.current.ended = page.next === null;
      if (page.tasks.length > 0) setHeld((before) => withPage(before ?? rows, page.tasks));
      setTrouble(null);
    } catch {
      setTrouble('Older tasks could not be read; scroll to try again.');
    } finally {
      older.current.reading = false;
    }
  }, [rows, readOlder]);

  function select(task: Task | undefined): void {
    if (task === undefined) return;
    hold();
    setSelected(task.id);
  }

  function move(by: number): void {
    const index = rows.findIndex((task) => task.id === selected);
    select(rows[index < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, index + by))]);
  }

  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => {
      const task = rows.find((one) => one.id === selected);
      if (task !== undefined) onOpen(task);
    },
    Escape: follow,
    '/': () => inputRef.current?.focus(),
  });

  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>Tasks</h1>
        <p className={styles.count}>{live === null ? 'reading…' : countOf(total, totalCap)}</p>
        <span className={styles.spring} />
        {trouble === null ? null : <p role="alert">{trouble}</p>}
        <div aria-live="polite">
          {held === null ? (
            <span className={styles.count}>live</span>
          ) : (
            <button type="button" className={styles.pill} onClick={follow}>
              {waiting === 0 ? 'Follow' : `${countText(waiting)} new`}
            </button>
          )}
        </div>
      </header>
      <FilterBar {...props} inputRef={inputRef} />
      <DeadLetterBar
        filter={filter}
        total={total}
        totalCap={totalCap}
        onFilter={props.onFilter}
        onRequeue={props.onRequeue}
      />
      {live !== null && rows.length === 0 ? (
        <Nothing filtered={Object.keys(filter).length > 0} />
      ) : (
        <TaskTable
          rows={rows}
          context={context}
          total={total}
          selected={selected}
          onSelect={select}
          onOpen={onOpen}
          onHold={hold}
          onNearEnd={readMore}
        />
      )}
    </div>
  );
}

function countOf(total: number, cap: number): string {
  const count = total >= cap && cap > 0 ? `more than ${countText(cap)}` : countText(total);
  return `${count} ${total === 1 ? 'task' : 'tasks'} · newest first`;
}

function Nothing({ filtered }: { filtered: boolean }) {
  return (
    <p className={styles.empty}>
      {filtered ? (
        'No task matches this filter. Take something out of it to see more.'
      ) : (
        <>
          No task yet. Submit one: <code>nightdesk submit AGENT --input FILE</code>
        </>
      )}
    </p>
  );
}
