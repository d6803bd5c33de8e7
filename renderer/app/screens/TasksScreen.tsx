import { useCallback, useMemo, useState } from 'react';
import type { TaskFilter } from '#contract/task.ts';
import { useClient, useTasks } from '../../link/index.ts';
import { filterOf, searchOf } from '../../tasks/filter.ts';
import { forgetFilter, readSaved, saveFilter } from '../../tasks/saved.ts';
import { TasksView } from '../../tasks/TasksView.tsx';
import { addressOf, go } from '../route.ts';
import type { ScreenProps } from './props.ts';

export function TasksScreen({ filter, board, now, onAsk }: ScreenProps & { filter: TaskFilter }) {
  const client = useClient();
  const { state } = useTasks(filter);
  const [saved, setSaved] = useState(() => readSaved(localStorage));
  const search = searchOf(filter);
  const live = useMemo(() => (state === null ? null : Object.values(state.tasks)), [state]);
  const readOlder = useCallback(
    (before: string) => client.tasks.list({ ...filterOf(search), before, limit: 500 }),
    [client, search],
  );
  const counts = state?.counts.counts;
  return (
    <TasksView
      filter={filter}
      live={live}
      total={counts?.total ?? 0}
      totalCap={counts?.totalCap ?? 0}
      agents={Object.keys(board?.agents ?? {})}
      now={now}
      saved={saved}
      addressOf={(task) => addressOf({ view: 'task', id: task.id })}
      onFilter={(next) => go({ view: 'tasks', filter: next }, 'replace')}
      onOpen={(task) => go({ view: 'task', id: task.id })}
      onOpenSaved={(one) => go({ view: 'tasks', filter: filterOf(one.search) })}
      onSave={(name) => setSaved(saveFilter(localStorage, { name, search }))}
      onForget={(name) => setSaved(forgetFilter(localStorage, name))}
      onRequeue={(letters) => onAsk({ verb: 'requeue', action: { verb: 'requeue', ...letters } })}
      readOlder={readOlder}
    />
  );
}
