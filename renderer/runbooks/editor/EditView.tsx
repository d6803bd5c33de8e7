import { useEffect, useRef, useState } from 'react';
import { nameSchema } from '#contract/basic.ts';
import type { Runbook } from '#contract/runbook.ts';
import type { RunbookHistory, RunbookNames, RunbookSource, SavedRunbook, TriedStep } from '#contract/runbook-edit.ts';
import { Button, Refusal, StateWord, TextField, useKeys } from '../../kit/index.ts';
import type { Answered } from '../answered.ts';
import { LintWord } from '../LibraryTable.tsx';
import { Sides } from './Difference.tsx';
import styles from './editor.module.css';
import { HistoryPanel } from './HistoryPanel.tsx';
import { LeaveDialog } from './LeaveDialog.tsx';
import { PreviewPanel, type Trial } from './PreviewPanel.tsx';
import { ProblemsPanel } from './ProblemsPanel.tsx';
import type { Session } from './session.ts';
import { type TextHandle, TextPane } from './TextPane.tsx';
import { useChecked } from './useChecked.ts';
import { useSession } from './useSession.ts';

/** What the desk does for the editor. What was refused says why. */
export type EditCalls = {
  check(text: string): Promise<Runbook>;
  save(name: string, text: string, baseHash: string | null): Promise<Answered<SavedRunbook>>;
  tryStep(text: string, step: string, inputs: Record<string, string>): Promise<Answered<TriedStep>>;
  history(): Promise<Answered<RunbookHistory>>;
  version(commit: string): Promise<string | undefined>;
};

type Props = {
  name: string;
  begin: Session;
  /** What is to be said first: where the text comes from. */
  word: string | null;
  /** The file as it is now; null while there is none. */
  outside: RunbookSource | null;
  names: RunbookNames | null;
  calls: EditCalls;
  storage: Storage;
  addressToRead: string;
  /** Asks before the view is left; @returns a function that asks no longer */
  askBeforeLeaving(may: (to: string) => boolean): () => void;
  onLeave(to: string): void;
  /** A new one was saved under another name. */
  onNamed(name: string): void;
};

const PANELS = [
  { panel: 'preview', title: 'Preview', key: 'p' },
  { panel: 'problems', title: 'Problems', key: 'x' },
  { panel: 'history', title: 'History', key: 'h' },
] as const;
type Panel = (typeof PANELS)[number]['panel'];

const NO_NAMES: RunbookNames = { agents: [], providers: [], alerts: [] };

/** A runbook's text beside what it comes to: its checklist, its problems, its versions. */
export function EditView(props: Props) {
  const { name, begin, outside, names, calls, askBeforeLeaving } = props;
  const text = useRef<TextHandle>(null);
  const editing = useSession({ name, begin, outside, storage: props.storage, word: props.word, handle: text });
  const { session, edited, busy, said, overlap } = editing;
  const checked = useChecked(session.text, calls.check);
  const runbook = checked?.runbook ?? null;
  const findings = runbook?.problems ?? [];
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  const [panel, setPanel] = useState<Panel>('preview');
  const [history, setHistory] = useState<Answered<RunbookHistory> | null>(null);
  const [cursor, setCursor] = useState(0);
  const [trial, setTrial] = useState<Trial>({ inputs: {}, busy: false, said: null, refusal: null });
  const [named, setNamed] = useState(name);
  const [leaving, setLeaving] = useState<string | null>(null);
  const step = stepAt(runbook, cursor);

  useEffect(() => {
    if (!edited) return;
    return askBeforeLeaving((to) => {
      setLeaving(to);
      return false;
    });
  }, [edited, askBeforeLeaving]);

  const isNew = session.base === null;
  const badName = isNew && !nameSchema.safeParse(named).success;
  async function save(): Promise<boolean> {
    if (badName) return false;
    const saved = await editing.save((written, baseHash) => calls.save(named, written, baseHash));
    if (saved && named !== name) props.onNamed(named);
    return saved;
  }

  async function tryStep(): Promise<void> {
    if (trial.busy) return;
    setPanel('preview');
    if (step === null || runbook === null) return;
    setTrial((before) => ({ ...before, busy: true, refusal: null }));
    const given = runbook.inputs
      .map((input) => [input.name, trial.inputs[input.name]?.trim() || otherwise(input)] as const)
      .filter(([, value]) => value !== '');
    const { value, refusal } = await calls.tryStep(session.text, step, Object.fromEntries(given));
    const answer = value === null ? null : { step, answer: value };
    setTrial((before) => ({ ...before, busy: false, refusal, said: answer }));
  }

  /** What a trial takes for an input that is left empty: what the file says, or the first thing of its kind here. */
  function otherwise({ type, default: written }: Runbook['inputs'][number]): string {
    if (written !== null) return written;
    const first = type === 'agent' ? names?.agents[0] : type === 'provider' ? names?.providers[0] : undefined;
    return first ?? '';
  }

  async function readHistory(): Promise<void> {
    setHistory(await calls.history());
  }

  function show(next: Panel): void {
    setPanel(next);
    if (next === 'history') void readHistory();
  }

  useKeys(Object.fromEntries(PANELS.map((one) => [one.key, () => show(one.panel)])));
  useSaveKey(() => void save());

  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>{runbook?.title ?? name}</h1>
        <StateWord tone={edited ? 'soon' : 'met'} word={edited ? 'Not saved' : 'Saved'} />
        {runbook === null ? null : <LintWord errors={errors} warnings={findings.length - errors} />}
        <a className={styles.weak} href={props.addressToRead}>
          Read it
        </a>
        {isNew ? (
          <div className={styles.name}>
            <TextField label="Its name, and its file's" value={named} longest={64} onValue={setNamed} />
          </div>
        ) : null}
        <div className={styles.buttons}>
          <Button
            variant="primary"
            keys="Ctrl S"
            disabled={busy || !edited || badName || overlap !== null}
            onClick={() => void save()}
          >
            Save
          </Button>
        </div>
      </header>
      <div className={styles.said}>
        {outside !== null && !outside.own ? (
          <p className={styles.weak}>Shipped with Nightdesk: saving writes a copy of your own that stands over it.</p>
        ) : null}
        {said === null ? null : (
          <div role="status" className={styles.notice} data-tone={said.tone}>
            <span>{said.text}</span>
            {said.restored ? <Button onClick={editing.throwAway}>Throw it away</Button> : null}
          </div>
        )}
        <Refusal
          why={badName ? 'A name has lower-case letters, digits, dots and dashes, 64 at most.' : editing.refusal}
        />
      </div>
      {overlap === null ? (
        <div className={styles.columns}>
          <TextPane
            handle={text}
            text={session.text}
            findings={findings}
            checked={checked?.text ?? null}
            around={{ names: names ?? NO_NAMES, runbook }}
            onText={editing.write}
            onCursor={setCursor}
            onSave={() => void save()}
            onTry={() => void tryStep()}
          />
          <div className={styles.column}>
            <div className={styles.tabs}>
              {PANELS.map((one) => (
                <Button
                  key={one.panel}
                  variant="quiet"
                  keys={one.key}
                  aria-pressed={panel === one.panel}
                  onClick={() => show(one.panel)}
                >
                  {one.title}
                  {one.panel === 'problems' && findings.length > 0 ? ` ${findings.length}` : ''}
                </Button>
              ))}
            </div>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it */}
            <section className={styles.beside} aria-label={titleOf(panel)} tabIndex={0}>
              {panel === 'preview' && runbook !== null ? (
                <PreviewPanel
                  runbook={runbook}
                  step={step}
                  trial={trial}
                  otherwise={otherwise}
                  onInputs={(inputs) => setTrial({ ...trial, inputs })}
                  onTry={() => void tryStep()}
                />
              ) : null}
              {panel === 'problems' ? (
                <ProblemsPanel
                  findings={findings}
                  onGoTo={(finding) => text.current?.goTo(finding.range.from)}
                  onFix={(finding) => text.current?.fix(finding)}
                />
              ) : null}
              {panel === 'history' ? (
                <HistoryPanel
                  history={history?.value ?? null}
                  trouble={history?.refusal ?? null}
                  text={session.text}
                  onVersion={calls.version}
                  onTake={(version) => text.current?.replace(version)}
                />
              ) : null}
            </section>
          </div>
        </div>
      ) : (
        <div className={styles.sides}>
          <div className={styles.sideNames}>
            <span>Yours: write here, or take over with the arrows</span>
            <span>The file as it is now</span>
          </div>
          <Sides mine={session.text} theirs={overlap.text} onMine={editing.write} />
          <div className={styles.buttons}>
            <Button variant="primary" onClick={editing.keepMine}>
              Go on with the left text
            </Button>
            <Button onClick={editing.takeTheirs}>Take the file as it is</Button>
          </div>
        </div>
      )}
      {leaving === null ? null : (
        <LeaveDialog
          name={name}
          onStay={() => setLeaving(null)}
          onSave={async () => {
            setLeaving(null);
            if (await save()) props.onLeave(leaving);
          }}
          onThrowAway={() => {
            editing.throwAway();
            props.onLeave(leaving);
          }}
        />
      )}
    </div>
  );
}

function titleOf(panel: Panel): string {
  return PANELS.find((one) => one.panel === panel)?.title ?? panel;
}

/** The step that a place in the text belongs to: the last that begins before it, within the same section. */
function stepAt(runbook: Runbook | null, offset: number): string | null {
  const steps = runbook?.sections.flatMap((section) => section.steps) ?? [];
  const within = steps.findLast(({ places }) => places.step.from <= offset && offset <= places.step.to);
  return within?.id ?? null;
}

/** Ctrl S wherever the focus is. */
function useSaveKey(onSave: () => void): void {
  const latest = useRef(onSave);
  latest.current = onSave;
  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (event.defaultPrevented || event.key !== 's' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      latest.current();
    }
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}
