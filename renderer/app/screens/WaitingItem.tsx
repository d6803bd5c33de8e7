import { Button, JsonBlock, Panel, useKeys } from '../../kit/index.ts';
import { useAnswer, useCall, useTask } from '../../link/index.ts';
import { DoubtPanel } from '../../waiting/DoubtPanel.tsx';
import { QuestionPanel } from '../../waiting/QuestionPanel.tsx';
import { nextAfter, type Part, type Waiting } from '../../waiting/queue.ts';
import styles from '../../waiting/waiting.module.css';
import { addressOf, go } from '../route.ts';
import { awaited } from './awaited.tsx';

type Props = {
  /** `q12`, or the id of a task in doubt. */
  id: string;
  /** As it stood in the queue last; null when it never did while this page was open. */
  last: Waiting | null;
  queue: readonly Waiting[];
  part: Part | null;
  now: number;
};

/** The open one of the queue: a question by its number, or a task in doubt. */
export function WaitingItem(props: Props) {
  const { id, last } = props;
  if (!id.startsWith('q')) return <WaitingTask {...props} task={id} question={null} since={last?.since ?? 0} />;
  const number = Number(id.slice(1));
  if (last?.kind === 'question') {
    return <WaitingTask {...props} task={last.question.task} question={number} since={last.since} />;
  }
  return <ClosedQuestion {...props} number={number} />;
}

/** A question that is not in the queue: answered before this page was opened, or there is none. */
function ClosedQuestion(props: Props & { number: number }) {
  const { number } = props;
  const { value, trouble } = useAnswer(`question ${number}`, async (client) => {
    const all = await client.questions.list({ open: false, limit: 1_000 });
    return all.find((question) => question.id === number) ?? 'none';
  });
  const record = value === 'none' ? null : (value ?? undefined);
  return awaited({ record, trouble }, `question ${number}`, (question) => (
    <WaitingTask {...props} task={question.task} question={number} since={question.askedAt} />
  ));
}

/** The task of the open one, live: another person's answer shows at once. */
function WaitingTask(props: Props & { task: string; question: number | null; since: number }) {
  const { id, queue, part, now, task: taskId, question: number, since } = props;
  const followed = useTask(taskId);
  const { busy, refusal, run } = useCall();
  return awaited(followed, `task ${taskId}`, (task) => {
    const question = number === null ? undefined : followed.questions.find((one) => one.id === number);
    const over = question === undefined ? task.doubts.length === 0 : question.answeredAt !== null;
    return (
      <>
        {question === undefined ? (
          <DoubtPanel
            task={task}
            now={now}
            busy={busy}
            refusal={refusal}
            onResolve={(resolution, step) =>
              void run((client) => client.tasks.resolve({ id: taskId, resolution, ...(step === null ? {} : { step }) }))
            }
          />
        ) : (
          <QuestionPanel
            question={question}
            now={now}
            busy={busy}
            refusal={refusal}
            onAnswer={(answer) => void run((client) => client.questions.answer({ id: question.id, answer }))}
          />
        )}
        {over ? <Next next={nextAfter(queue, id, since)} part={part} /> : null}
        <Panel
          title={`Task ${task.key ?? task.id}`}
          under={task.agent}
          end={
            <a className={styles.link} href={addressOf({ view: 'task', id: task.id })}>
              Open the task
            </a>
          }
        >
          <JsonBlock label="Input of the task" value={task.input} />
        </Panel>
      </>
    );
  });
}

/** On to the next one. */
function Next({ next, part }: { next: Waiting | undefined; part: Part | null }) {
  const on = () => go({ view: 'waiting', item: next?.id ?? null, part: next === undefined ? null : part }, 'replace');
  useKeys({ Enter: on });
  return (
    <div className={styles.buttons}>
      <Button variant="primary" keys="Enter" onClick={on}>
        {next !== undefined ? 'Next' : part === null ? 'Done: nothing else waits' : 'Done here: whatever else waits'}
      </Button>
    </div>
  );
}
