import type { Answer, Question } from '#contract/question.ts';
import { agoText, clockTime, countdown, Panel, RehearsalMark, StateWord } from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import { AnswerForm } from './AnswerForm.tsx';
import { QuestionDetails } from './QuestionDetails.tsx';
import { kindWord } from './queue.ts';
import styles from './waiting.module.css';

/** A deadline nearer than this is drawn to the eye, ms. */
const NEAR_MS = 5 * 60_000;

type Props = {
  question: Question;
  now: number;
  busy: boolean;
  refusal: string | null;
  onAnswer(answer: Answer): void;
};

/** One question: what is asked, what it is about, until when, and the answer: given, or to give. */
export function QuestionPanel({ question, now, busy, refusal, onAnswer }: Props) {
  const kind = kindWord({
    id: '',
    agent: question.agent,
    since: question.askedAt,
    kind: 'question',
    question,
  });
  return (
    <Panel
      title={question.text}
      strong
      end={question.answeredAt === null ? <StateWord {...kind} /> : <StateWord tone="met" word="Closed" />}
    >
      <div className={styles.item}>
        <p className={ink.weak}>
          asked {agoText(now - question.askedAt)} ago at the step <code>{question.step}</code>{' '}
          {question.rehearsal ? <RehearsalMark /> : null}
        </p>
        <Deadline question={question} now={now} />
        <QuestionDetails question={question} />
        {question.answeredAt === null ? (
          <AnswerForm key={question.id} question={question} busy={busy} refusal={refusal} onAnswer={onAnswer} />
        ) : (
          <Answered question={question} refusal={refusal} />
        )}
      </div>
    </Panel>
  );
}

function Deadline({ question, now }: { question: Question; now: number }) {
  const { deadline, onDeadline, answeredAt } = question;
  if (deadline === null || answeredAt !== null) return null;
  const left = deadline - now;
  return (
    <p className={styles.deadline} role="timer" data-near={left < NEAR_MS || undefined}>
      {left <= 0 ? 'its time is over' : `answers itself in ${countdown(left)}`}
      {onDeadline === null ? '' : ', then: '}
      {onDeadline === null ? null : <strong>{onDeadline}</strong>}
    </p>
  );
}

function Answered({ question, refusal }: { question: Question; refusal: string | null }) {
  const { answer, answeredAt, by } = question;
  return (
    <div role="status" className={styles.answered}>
      {refusal === null ? null : <p className={styles.fault}>{refusal}</p>}
      {answer === null ? (
        <p>Nobody answered: its task ended before.</p>
      ) : (
        <p>
          Answered <strong>{answer.choice}</strong>
          {answer.text === undefined ? '' : `, “${answer.text}”`} by {by === null ? 'nobody' : by.name} through{' '}
          {by?.via ?? 'the desk'}
          {answeredAt === null ? '' : `, ${clockTime(answeredAt, 'seconds')}`}.
        </p>
      )}
    </div>
  );
}
