import { useCall, useTask } from '../../link/index.ts';
import { TaskView } from '../../tasks/TaskView.tsx';
import styles from '../../tasks/task.module.css';
import { DoubtPanel } from '../../waiting/DoubtPanel.tsx';
import { QuestionPanel } from '../../waiting/QuestionPanel.tsx';
import { addressOf } from '../route.ts';
import { awaited } from './awaited.tsx';
import type { ScreenProps } from './props.ts';

export function TaskScreen({ id, now, onAsk }: ScreenProps & { id: string }) {
  const followed = useTask(id);
  const { busy, refusal, run } = useCall();
  const question = followed.questions.find((one) => one.answeredAt === null);
  return awaited(followed, `task ${id}`, (task) => (
    <TaskView
      task={task}
      now={now}
      address={window.location.href}
      addressOf={(other) => addressOf({ view: 'task', id: other })}
      onCancel={() => onAsk({ verb: 'cancel', action: { verb: 'cancel', task: id } })}
      onRequeue={() => onAsk({ verb: 'requeue', action: { verb: 'requeue', tasks: [id] } })}
      onResubmit={() => onAsk({ verb: 'resubmit', task: id })}
      onRetry={() => onAsk({ verb: 'retry', task: id })}
      onFork={(step) => onAsk({ verb: 'fork', task: id, step })}
    >
      {question === undefined ? null : (
        <div className={styles.asked}>
          <QuestionPanel
            question={question}
            now={now}
            busy={busy}
            refusal={refusal}
            onAnswer={(answer) => void run((client) => client.questions.answer({ id: question.id, answer }))}
          />
        </div>
      )}
      {task.doubts.length === 0 ? null : (
        <div className={styles.asked}>
          <DoubtPanel
            task={task}
            now={now}
            busy={busy}
            refusal={refusal}
            onResolve={(resolution, step) =>
              void run((client) => client.tasks.resolve({ id, resolution, ...(step === null ? {} : { step }) }))
            }
          />
        </div>
      )}
    </TaskView>
  ));
}
