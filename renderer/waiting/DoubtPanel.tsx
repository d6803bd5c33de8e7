import { useState } from 'react';
import type { Resolution } from '#contract/question.ts';
import type { Doubt, TaskDetail } from '#contract/task.ts';
import {
  agoText,
  Button,
  CommandLine,
  CopyButton,
  clockTime,
  Facts,
  JsonBlock,
  JsonField,
  LinesField,
  Panel,
  Refusal,
  StateWord,
} from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import { ChoiceList } from './ChoiceList.tsx';
import { resolveCommand } from './command.ts';
import { RESOLUTIONS, resolutionOf } from './draft.ts';
import { useChoiceForm } from './useChoiceForm.ts';
import styles from './waiting.module.css';

type Props = {
  task: TaskDetail;
  now: number;
  busy: boolean;
  refusal: string | null;
  /** @param step the effect that is meant, where more than one is in doubt */
  onResolve(resolution: Resolution, step: string | null): void;
};

/** Effects that were begun and never answered: what is known of each, and what a look at the other system shows. */
export function DoubtPanel({ task, now, busy, refusal, onResolve }: Props) {
  const [chosen, setChosen] = useState<string | null>(null);
  const doubt = task.doubts.find((one) => one.step === chosen) ?? task.doubts[0];
  if (doubt === undefined) return <NoMore task={task} />;
  const step = task.doubts.length > 1 ? doubt.step : null;
  return (
    <Panel title={`Did ${doubt.step} land?`} strong end={<StateWord tone="soon" word="In doubt" />}>
      <div className={styles.item}>
        <p className={ink.weak}>
          It was begun {agoText(now - doubt.begunAt)} ago and never answered. Look for its key in the other system.
        </p>
        {task.doubts.length < 2 ? null : (
          <div className={styles.buttons}>
            {task.doubts.map((one) => (
              <Button key={one.step} aria-pressed={one === doubt} onClick={() => setChosen(one.step)}>
                {one.step}
              </Button>
            ))}
          </div>
        )}
        <Known doubt={doubt} />
        <ResolveForm
          key={doubt.step}
          task={task.id}
          doubt={doubt}
          busy={busy}
          refusal={refusal}
          onResolve={(resolution) => onResolve(resolution, step)}
          command={(resolution) => resolveCommand(task.id, resolution, step)}
        />
      </div>
    </Panel>
  );
}

function NoMore({ task }: { task: TaskDetail }) {
  const resolved = task.steps.findLast((step) => step.kind === 'check' && step.name.endsWith(' resolved'));
  return (
    <Panel title="Nothing is in doubt any more" strong end={<StateWord tone="met" word="Resolved" />}>
      <p role="status">
        {task.id} is {task.state} now
        {resolved === undefined ? '' : `; resolved ${clockTime(resolved.startedAt, 'seconds')}`}
        {task.reason === null ? '.' : `: ${task.reason}`}
      </p>
    </Panel>
  );
}

function Known({ doubt }: { doubt: Doubt }) {
  return (
    <section className={styles.part}>
      <Facts
        facts={[
          {
            name: 'Key',
            value:
              doubt.effectKey === null ? (
                'it was sent without one'
              ) : (
                <span className={styles.key}>
                  <code>{doubt.effectKey}</code> <CopyButton text={doubt.effectKey} label="Copy key" />
                </span>
              ),
          },
          { name: 'Begun', value: `${clockTime(doubt.begunAt, 'seconds')}, attempt ${doubt.attempt}` },
          ...(doubt.check === null ? [{ name: 'Its check', value: 'it has none, or it could not be asked' }] : []),
        ]}
      />
      {doubt.request === null ? null : (
        <>
          <h3>What was sent</h3>
          <JsonBlock label="What was sent" value={doubt.request} />
        </>
      )}
      {doubt.check === null ? null : (
        <>
          <h3>What its check said last</h3>
          <JsonBlock label="What its check said last" value={doubt.check} />
        </>
      )}
    </section>
  );
}

const LABELS: Record<Resolution['as'], string> = {
  landed: 'It is there: the task goes on with its result',
  'not-landed': 'It is not there: the next attempt sends it, under the same key',
  'given-up': 'Nobody can tell: the task ends as failed',
};

type FormProps = {
  task: string;
  doubt: Doubt;
  busy: boolean;
  refusal: string | null;
  command(resolution: Resolution): string;
  onResolve(resolution: Resolution): void;
};

function ResolveForm({ task, doubt, busy, refusal, command, onResolve }: FormProps) {
  const choices = RESOLUTIONS.map((value) => ({ value, label: LABELS[value] }));
  const { chosen, choose, tried, field, form, send } = useChoiceForm<HTMLTextAreaElement>(choices);
  const as = RESOLUTIONS.find((one) => one === chosen) ?? null;
  const [draft, setDraft] = useState({ json: '', text: '' });
  const read = as === null ? null : resolutionOf(as, draft);
  const fault = read !== null && !read.ok && tried ? read.why : null;

  return (
    <form ref={form} className={styles.form} onSubmit={(event) => send(event, read, busy, onResolve)}>
      <ChoiceList
        legend="What became of it"
        name={`doubt-${doubt.step}`}
        choices={choices}
        chosen={as}
        onChoose={choose}
      />
      {as === 'landed' ? (
        <JsonField
          label="Its result, as the agent would have got it, JSON"
          text={draft.json}
          fault={fault}
          inputRef={field}
          onText={(json) => setDraft({ ...draft, json })}
        />
      ) : null}
      {as === 'given-up' ? (
        <LinesField
          label="Why"
          text={draft.text}
          fault={fault}
          inputRef={field}
          onText={(text) => setDraft({ ...draft, text })}
        />
      ) : null}
      {read?.ok !== true ? null : (
        <div className={styles.plan}>
          <p>{planOf(read.value, task, doubt)}</p>
          <CommandLine command={command(read.value)} />
        </div>
      )}
      <Refusal why={refusal} />
      <div className={styles.buttons}>
        <Button type="submit" variant="primary" keys="Enter" disabled={busy || as === null}>
          {as === null ? 'Choose what became of it' : `Resolve: ${as}`}
        </Button>
      </div>
    </form>
  );
}

function planOf(resolution: Resolution, task: string, doubt: Doubt): string {
  switch (resolution.as) {
    case 'landed':
      return `${task} is queued again and goes on with this result; ${doubt.step} is not sent again. It cannot be taken back.`;
    case 'not-landed': {
      const key = doubt.effectKey === null ? '' : ` under the key ${doubt.effectKey}`;
      return `${task} is queued again; its next attempt sends ${doubt.step}${key}. If it did land after all, it is then done twice unless the other system knows the key.`;
    }
    case 'given-up':
      return `${task} ends as failed; ${doubt.step} is not sent again.`;
  }
}
