import { useTask } from '../../link/index.ts';
import { TaskView } from '../../tasks/TaskView.tsx';
import { awaited } from './awaited.tsx';
import type { ScreenProps } from './props.ts';

export function TaskScreen({ id, now, onAsk }: ScreenProps & { id: string }) {
  return awaited(useTask(id), `task ${id}`, (task) => (
    <TaskView
      task={task}
      now={now}
      address={window.location.href}
      onCancel={() => onAsk({ verb: 'cancel', action: { verb: 'cancel', task: id } })}
    />
  ));
}
