import { type FormEvent, type ReactNode, type RefObject, useEffect, useRef, useState } from 'react';
import type { TaskDetail } from '#contract/task.ts';
import {
  Button,
  CommandLine,
  clockTime,
  Dialog,
  Facts,
  JsonDiff,
  JsonField,
  jsonText,
  Refusal,
  readJson,
} from '../kit/index.ts';
import { useAnswer, useCall } from '../link/index.ts';
import { forkCommand, resubmitCommand, retryCommand } from '../tasks/command.ts';
import { forkSteps } from '../tasks/dead-letters.ts';
import { WAIT_WORDS } from '../tasks/wait.ts';
import type { TaskAsked } from './asked.ts';
import styles from './dialog.module.css';
import { go } from './route.ts';

type Props = { asked: TaskAsked; onClose(): void };

/** What makes a new task out of one, or has it tried now: what will happen, then one key. */
export function TaskDialog({ asked, onClose }: Props) {
  // The task as it stood when the dialog opened: what a person edits must not change under the hand.
  const { value, trouble } = useAnswer(`dialog of ${asked.task}`, (client) => client.tasks.get({ id: asked.task }));
  const [task, setTask] = useState<TaskDetail | null>(null);
  useEffect(() => setTask((before) => before ?? value), [value]);
  if (task === null) {
    return (
      <Dialog title={asked.task} onClose={onClose}>
        <p className={styles.weak}>{trouble ?? 'reading…'}</p>
      </Dialog>
    );
  }
  switch (asked.verb) {
    case 'resubmit':
      return <Resubmit task={task} onClose={onClose} />;
    case 'fork':
      return <Fork task={task} step={asked.step} onClose={onClose} />;
    case 'retry':
      return <Retry task={task} onClose={onClose} />;
  }
}

type FormProps = {
  title: string;
  verb: string;
  busy: boolean;
  ready: boolean;
  /** The field of several lines that has the focus first: Enter is a line break in it. */
  field?: RefObject<HTMLTextAreaElement | null>;
  children: ReactNode;
  onSend(): void;
  onClose(): void;
};

function SendDialog({ title, verb, busy, ready, field, children, onSend, onClose }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (event.key !== 'Enter' || event.defaultPrevented) return;
      if (event.target instanceof Element && event.target.closest('button, a, textarea') !== null) return;
      event.preventDefault();
      form.current?.requestSubmit();
    }
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
  function send(event: FormEvent): void {
    event.preventDefault();
    if (ready && !busy) onSend();
  }
  return (
    <Dialog title={title} onClose={onClose} first={field}>
      <form ref={form} className={styles.send} onSubmit={send}>
        {children}
        <div className={styles.buttons}>
          <Button
            type="submit"
            variant="primary"
            keys={field !== undefined ? 'Ctrl Enter' : 'Enter'}
            disabled={busy || !ready}
          >
            {verb}
          </Button>
          <Button variant="quiet" keys="Esc" onClick={onClose}>
            Do nothing
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Resubmit({ task, onClose }: { task: TaskDetail; onClose(): void }) {
  const [text, setText] = useState(() => jsonText(task.input));
  const { busy, refusal, run } = useCall();
  const field = useRef<HTMLTextAreaElement>(null);
  const read = readJson(text);
  return (
    <SendDialog
      title={`${task.id} with another input`}
      verb="Resubmit"
      busy={busy}
      ready={read.ok}
      field={field}
      onClose={onClose}
      onSend={() => {
        if (!read.ok) return;
        void run(async (client) => {
          const { id } = await client.tasks.resubmit({ id: task.id, input: read.value });
          onClose();
          go({ view: 'task', id });
        });
      }}
    >
      <JsonField
        inputRef={field}
        label="Input, JSON"
        text={text}
        fault={read.ok ? refusal : read.why}
        onText={setText}
      />
      {read.ok && jsonText(read.value) !== jsonText(task.input) ? (
        <JsonDiff label="What your edit changes" before={task.input} after={read.value} />
      ) : null}
      <div className={styles.plan}>
        <p>
          A new task of {task.agent} that names {task.id} as its origin; {task.id} stays as it ended.
        </p>
        <CommandLine command={resubmitCommand(task.id, read.ok ? read.value : task.input)} />
      </div>
    </SendDialog>
  );
}

function Fork({ task, step, onClose }: { task: TaskDetail; step: string | null; onClose(): void }) {
  const steps = forkSteps(task);
  const [chosen, setChosen] = useState(step ?? steps.at(-1)?.name ?? '');
  const { busy, refusal, run } = useCall();
  const kept = steps.findIndex((one) => one.name === chosen) + 1;
  return (
    <SendDialog
      title={`Fork ${task.id} from a step`}
      verb="Fork"
      busy={busy}
      ready={kept > 0}
      onClose={onClose}
      onSend={() =>
        void run(async (client) => {
          const { id } = await client.tasks.fork({ id: task.id, step: chosen });
          onClose();
          go({ view: 'task', id });
        })
      }
    >
      <fieldset className={styles.steps}>
        <legend className={styles.hidden}>The last step to keep</legend>
        {steps.map((one) => (
          <label key={one.seq}>
            <input type="radio" name="step" checked={one.name === chosen} onChange={() => setChosen(one.name)} />
            <code>{one.name}</code>
            <span className={styles.weak}>{one.kind}</span>
          </label>
        ))}
      </fieldset>
      <div className={styles.plan}>
        <p>
          A new task of {task.agent} with the results of {kept === 1 ? '1 step' : `${kept} steps`}, which are not run
          again. What follows runs anew, effects under keys of its own: one that {task.id} did already is done once
          more.
        </p>
        <CommandLine command={forkCommand(task.id, chosen)} />
      </div>
      <Refusal why={refusal} />
    </SendDialog>
  );
}

function Retry({ task, onClose }: { task: TaskDetail; onClose(): void }) {
  const { busy, refusal, run } = useCall();
  return (
    <SendDialog
      title={`Try ${task.id} now`}
      verb="Try now"
      busy={busy}
      ready
      onClose={onClose}
      onSend={() =>
        void run(async (client) => {
          await client.tasks.retry({ id: task.id });
          onClose();
        })
      }
    >
      <div className={styles.plan}>
        <Facts
          facts={[
            { name: 'It waits', value: task.waitKind === null ? 'no more' : WAIT_WORDS[task.waitKind] },
            ...(task.reason === null ? [] : [{ name: 'Because', value: task.reason }]),
            ...(task.runAt === null ? [] : [{ name: 'Until', value: clockTime(task.runAt, 'seconds') }]),
            { name: 'Will change', value: 'it is queued at once, and goes on after its last finished step' },
          ]}
        />
        <CommandLine command={retryCommand(task.id)} />
      </div>
      <Refusal why={refusal} />
    </SendDialog>
  );
}
