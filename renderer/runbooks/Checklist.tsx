import type { ReactNode } from 'react';
import type { Runbook, RunbookStep } from '#contract/runbook.ts';
import { Key } from '../kit/index.ts';
import { Placeholders } from './Fence.tsx';
import styles from './library.module.css';
import { Inline, Markdown } from './Markdown.tsx';
import { plain } from './run/done.ts';

type Props = {
  runbook: Pick<Runbook, 'intro' | 'sections'>;
  /** The step that stands out. */
  selected?: string | null;
  /** What belongs under it. */
  children?: ReactNode;
  /** What is known of a step from its runs. */
  saysOf?(step: RunbookStep): string | null;
  /** Changes one step alone; without it there is no button for it. */
  onEdit?(step: RunbookStep): void;
};

/** A runbook as the checklist that it is, nothing of it run. */
export function Checklist({ runbook, selected = null, children, saysOf, onEdit }: Props) {
  return (
    <Placeholders>
      {runbook.intro.trim() === '' ? null : <Markdown text={runbook.intro} />}
      <div className={styles.frame}>
        {runbook.sections.map((section) => (
          <section key={section.id} id={section.id} className={styles.section}>
            <h2>{section.title}</h2>
            <div>
              {section.prose.trim() === '' ? null : (
                <div className={styles.prose}>
                  <Markdown text={section.prose} />
                </div>
              )}
              <ol>
                {section.steps.map((step) => (
                  <ReadStep
                    key={step.id}
                    step={step}
                    selected={step.id === selected}
                    use={saysOf?.(step) ?? null}
                    onEdit={onEdit === undefined ? null : () => onEdit(step)}
                  >
                    {step.id === selected ? children : null}
                  </ReadStep>
                ))}
              </ol>
            </div>
          </section>
        ))}
      </div>
    </Placeholders>
  );
}

type ReadStepProps = {
  step: RunbookStep;
  selected: boolean;
  use: string | null;
  onEdit: (() => void) | null;
  children: ReactNode;
};

function ReadStep({ step, selected, use, onEdit, children }: ReadStepProps) {
  return (
    <li
      className={styles.step}
      data-selected={selected || undefined}
      aria-current={selected ? 'step' : undefined}
      id={`step-${step.id}`}
    >
      <span className={styles.box} aria-hidden="true" />
      <div>
        <span className={styles.stepTitle}>
          <Inline markdown={step.title} />
        </span>{' '}
        {step.directive === null ? (
          <span className={styles.under}>by hand</span>
        ) : (
          <code className={styles.directive}>{step.directive.text}</code>
        )}
        {onEdit === null ? null : (
          <button
            type="button"
            className={styles.editStep}
            aria-label={`Edit step: ${plain(step.title)}`}
            aria-keyshortcuts={selected ? 'm' : undefined}
            onClick={onEdit}
          >
            Edit step
          </button>
        )}{' '}
        {onEdit !== null && selected ? <Key>m</Key> : null}
        {step.verifyText === null ? null : <Child name="verify" text={step.verifyText} />}
        {step.undo === null ? null : <Child name="undo" text={step.undo} />}
        {step.else === null ? null : <Child name="else" text={`go to ${step.else}`} />}
        {step.choices.map((choice) => (
          <Child key={choice.value} name={choice.value} text={choice.goto === null ? 'go on' : `→ ${choice.goto}`} />
        ))}
        {step.note === null ? null : (
          <p className={styles.noteText}>
            <Inline markdown={step.note} />
          </p>
        )}
        {step.prose.trim() === '' ? null : <Markdown text={step.prose} />}
        {use === null ? null : <p className={styles.under}>{use}</p>}
        {children}
      </div>
    </li>
  );
}

function Child({ name, text }: { name: string; text: string }) {
  return (
    <p className={styles.child}>
      {name}: <code>{text}</code>
    </p>
  );
}
