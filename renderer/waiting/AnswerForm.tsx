import { useId, useState } from 'react';
import type { Answer, Choice, Question } from '#contract/question.ts';
import { Button, CommandLine, JsonDiff, JsonField, LinesField, Refusal, readJson } from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import { ChoiceList } from './ChoiceList.tsx';
import { answerCommand } from './command.ts';
import { detailsOf } from './details.ts';
import { answerOf, type Draft, startDraft } from './draft.ts';
import { useChoiceForm } from './useChoiceForm.ts';
import styles from './waiting.module.css';

type Props = { question: Question; busy: boolean; refusal: string | null; onAnswer(answer: Answer): void };

/** Choose by digit, fill what the choice takes, see what it will do, Enter. */
export function AnswerForm({ question, busy, refusal, onAnswer }: Props) {
  const { choices } = question;
  const { chosen, choose, tried, field, form, send } = useChoiceForm<HTMLTextAreaElement & HTMLInputElement>(choices);
  const [draft, setDraft] = useState<Draft>(() => startDraft(question));
  const choice = choices.find((one) => one.value === chosen);
  const read = choice === undefined ? null : answerOf(choice, draft);

  return (
    <form ref={form} className={styles.form} onSubmit={(event) => send(event, read, busy, onAnswer)}>
      <ChoiceList
        legend="Choose an answer"
        name={`question-${question.id}`}
        choices={choices}
        chosen={chosen}
        onChoose={choose}
      />
      {choice === undefined ? null : (
        <ChoiceFields
          question={question}
          choice={choice}
          draft={draft}
          fault={read !== null && !read.ok && (tried || choice.takes === 'json') ? read.why : null}
          fieldRef={field}
          onDraft={(part) => setDraft({ ...draft, ...part })}
        />
      )}
      {choice === undefined || read?.ok !== true ? null : (
        <div className={styles.plan}>
          <p>
            {question.task} goes on with <strong>{choice.value}</strong>
            {choice.label === choice.value ? '' : `: ${choice.label}`}. The first answer counts; it cannot be taken
            back.
          </p>
          <CommandLine command={answerCommand(question.id, read.value)} />
        </div>
      )}
      <Refusal why={refusal} />
      <div className={styles.buttons}>
        <Button type="submit" variant="primary" keys="Enter" disabled={busy || choice === undefined}>
          {choice === undefined ? 'Choose an answer' : `Answer: ${choice.value}`}
        </Button>
        {choice !== undefined && (choice.takes === 'json' || choice.takes === 'text') ? (
          <span className={ink.weak}>Ctrl Enter from the field</span>
        ) : null}
      </div>
    </form>
  );
}

type FieldProps = {
  question: Question;
  choice: Choice;
  draft: Draft;
  fault: string | null;
  fieldRef: React.RefObject<(HTMLTextAreaElement & HTMLInputElement) | null>;
  onDraft(part: Partial<Draft>): void;
};

function ChoiceFields({ question, choice, draft, fault, fieldRef, onDraft }: FieldProps) {
  switch (choice.takes) {
    case 'text':
      return (
        <LinesField
          label="In your words"
          text={draft.text}
          fault={fault}
          inputRef={fieldRef}
          onText={(text) => onDraft({ text })}
        />
      );
    case 'json':
      return (
        <>
          <JsonField
            label="Instead of what it made, JSON"
            text={draft.json}
            fault={fault}
            inputRef={fieldRef}
            onText={(json) => onDraft({ json })}
          />
          <Edit question={question} json={draft.json} />
        </>
      );
    case 'usd':
      return <AmountField usd={draft.usd} fault={fault} fieldRef={fieldRef} onUsd={(usd) => onDraft({ usd })} />;
    case 'nothing':
      return (
        <label className={styles.note}>
          A word on it, if you like
          <input value={draft.text} maxLength={10_000} onChange={(event) => onDraft({ text: event.target.value })} />
        </label>
      );
  }
}

/** What the edit changes, as soon as it is JSON and changes something. */
function Edit({ question, json }: { question: Question; json: string }) {
  const details = detailsOf(question);
  const read = readJson(json);
  if (details.kind !== 'document' || !read.ok) return null;
  if (JSON.stringify(read.value) === JSON.stringify(details.value)) {
    return <p className={ink.weak}>Nothing is changed yet.</p>;
  }
  return <JsonDiff label="What your edit changes" before={details.value} after={read.value} />;
}

type AmountProps = {
  usd: string;
  fault: string | null;
  fieldRef: React.RefObject<HTMLInputElement | null>;
  onUsd(usd: string): void;
};

function AmountField({ usd, fault, fieldRef, onUsd }: AmountProps) {
  const id = useId();
  return (
    <label className={styles.note}>
      New limit of the whole task, US dollars
      <input
        ref={fieldRef}
        inputMode="decimal"
        value={usd}
        aria-invalid={fault !== null}
        aria-describedby={fault === null ? undefined : id}
        onChange={(event) => onUsd(event.target.value)}
      />
      {fault === null ? null : (
        <span id={id} className={styles.fault}>
          {fault}
        </span>
      )}
    </label>
  );
}
