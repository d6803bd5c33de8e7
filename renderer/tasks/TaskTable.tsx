import { useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import type { Task } from '#contract/task.ts';
import { type CellContext, taskColumns, taskFeatures } from './columns.tsx';
import styles from './tasks.module.css';

type Props = {
  /** Newest first; the same array as long as no row comes or goes. */
  rows: readonly Task[];
  context: CellContext;
  /** How many match in all, for those who cannot see the scrollbar. */
  total: number;
  selected: string | null;
  onSelect(task: Task): void;
  onOpen(task: Task): void;
  /** The person works in the table: its rows must not move. */
  onHold(): void;
  /** The end of the rows is near: older ones are wanted. */
  onNearEnd(): void;
};

/** Height of a row, px: `--row` of tokens.css, which virtual rows have to know beforehand. */
const ROW_PX = 52;
/** Older rows are asked for when so few are left below, rows. */
const NEAR_END_ROWS = 60;
const OVERSCAN_ROWS = 8;

/** The task table: only the rows in view are in the document, so that 100,000 scroll as ten do. */
export function TaskTable(props: Props) {
  const { rows, context, total, selected, onSelect, onOpen, onHold, onNearEnd } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const latest = useRef(context);
  latest.current = context;
  const columns = useMemo(() => taskColumns(() => latest.current), []);
  const table = useTable({ features: taskFeatures, columns, data: rows, getRowId: (task) => task.id });
  const tableRows = table.getRowModel().rows;
  const virtual = useVirtualizer({
    count: tableRows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN_ROWS,
  });
  const items = virtual.getVirtualItems();
  const lastInView = items.at(-1)?.index ?? 0;
  const nearEnd = lastInView >= tableRows.length - NEAR_END_ROWS;

  useEffect(() => {
    if (nearEnd && rows.length > 0) onNearEnd();
  }, [nearEnd, rows.length, onNearEnd]);

  const selectedIndex = selected === null ? -1 : tableRows.findIndex((row) => row.id === selected);
  useEffect(() => {
    if (selectedIndex >= 0) virtual.scrollToIndex(selectedIndex, { align: 'auto' });
  }, [selectedIndex, virtual]);

  return (
    <div
      ref={scroller}
      className={styles.scroller}
      role="grid"
      aria-label="Tasks, newest first"
      aria-rowcount={total + 1}
      aria-activedescendant={selectedIndex >= 0 ? `task-${selected}` : undefined}
      tabIndex={0}
      onFocus={onHold}
      onScroll={(event) => (event.currentTarget.scrollTop > ROW_PX ? onHold() : undefined)}
    >
      <div className={styles.headRow} role="row" aria-rowindex={1}>
        {table.getHeaderGroups().flatMap((group) =>
          group.headers.map((header) => (
            <div key={header.id} role="columnheader" data-column={header.column.id} className={styles.headCell}>
              <table.FlexRender header={header} />
            </div>
          )),
        )}
      </div>
      <div className={styles.rows} role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = tableRows[item.index];
          if (row === undefined) return null;
          return (
            // The keyboard's way to a row is the grid itself (j, k, Enter): it has the focus and names its active row.
            // biome-ignore lint/a11y/useKeyWithClickEvents: see above
            <div
              key={row.id}
              id={`task-${row.id}`}
              className={styles.row}
              role="row"
              tabIndex={-1}
              aria-rowindex={item.index + 2}
              aria-selected={row.id === selected}
              data-state={row.original.state}
              style={{ transform: `translateY(${item.start}px)` }}
              onClick={() => onSelect(row.original)}
              onDoubleClick={() => onOpen(row.original)}
            >
              {row.getAllCells().map((cell) => (
                <div key={cell.id} role="gridcell" data-column={cell.column.id} className={styles.cell}>
                  <table.FlexRender cell={cell} />
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
