import { useState } from 'react';
import { type AuditRecord, type AuditVerdict, auditKindSchema } from '#contract/audit.ts';
import { agoText, Button, CommandLine, JsonBlock, Key, Panel, Refusal, StateWord, useKeys } from '../kit/index.ts';
import styles from './audit.module.css';

/** What of the log is on screen. `what`: a group of kinds; empty: all. */
export type AuditAsked = { who: string; what: string; subject: string };

type Props = {
  /** Newest first; null before the first answer. */
  entries: readonly AuditRecord[] | null;
  /** There are older ones. */
  more: boolean;
  asked: AuditAsked;
  now: number;
  busy: boolean;
  refusal: string | null;
  /** The answer to the last verification; null before one. */
  verdict: AuditVerdict | null;
  onAsk(asked: AuditAsked): void;
  onMore(): void;
  onVerify(): void;
};

const GROUPS = [...new Set(auditKindSchema.options.map((kind) => kind.slice(0, kind.indexOf('.'))))];

/** What people and the desk did, newest first, and whether that record is whole. */
export function AuditView(props: Props) {
  const { asked, busy, now, verdict, onAsk, onVerify } = props;
  const entries = props.entries ?? [];
  const [selected, setSelected] = useState<number | null>(null);
  const current = entries.find(({ seq }) => seq === selected) ?? entries[0];

  function move(by: number): void {
    const index = entries.findIndex(({ seq }) => seq === current?.seq);
    const next = entries[Math.min(entries.length - 1, Math.max(0, index + by))];
    if (next === undefined) return;
    setSelected(next.seq);
    document.getElementById(rowId(next))?.scrollIntoView({ block: 'nearest' });
  }
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    v: () => {
      if (!busy) onVerify();
    },
    '/': () => document.getElementById('audit-who')?.focus(),
  });

  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>Audit</h1>
        <p className={styles.weak}>what people and the desk did; nothing is ever taken out</p>
        <span className={styles.spring} />
        <p className={styles.weak} aria-hidden="true">
          <Key>j</Key> <Key>k</Key> choose · <Key>/</Key> filter
        </p>
        <Button variant="primary" keys="v" disabled={busy} onClick={onVerify}>
          Verify
        </Button>
      </header>
      <Refusal why={props.refusal} />
      <div aria-live="polite">{verdict === null ? null : <Verdict verdict={verdict} />}</div>
      <form className={styles.filter} aria-label="Filter" onSubmit={(event) => event.preventDefault()}>
        <label>
          Who
          <input
            id="audit-who"
            type="search"
            value={asked.who}
            onChange={(event) => onAsk({ ...asked, who: event.target.value })}
          />
        </label>
        <label>
          What
          <select value={asked.what} onChange={(event) => onAsk({ ...asked, what: event.target.value })}>
            <option value="">everything</option>
            {GROUPS.map((group) => (
              <option key={group}>{group}</option>
            ))}
          </select>
        </label>
        <label>
          To
          <input
            type="search"
            value={asked.subject}
            onChange={(event) => onAsk({ ...asked, subject: event.target.value })}
          />
        </label>
      </form>
      {props.entries !== null && entries.length === 0 ? <p className={styles.weak}>Nothing matches.</p> : null}
      <div className={styles.columns}>
        <div>
          <ol className={styles.list} aria-label="Entries, newest first">
            {entries.map((entry) => (
              <li key={entry.seq} id={rowId(entry)}>
                <button
                  type="button"
                  aria-current={entry.seq === current?.seq || undefined}
                  onClick={() => setSelected(entry.seq)}
                >
                  <span className={styles.number}>{entry.seq}</span>
                  <strong>{entry.what}</strong>
                  <span className={styles.subject}>{entry.subject}</span>
                  <span className={styles.weak}>
                    {entry.by.name}, {agoText(now - entry.at)} ago
                  </span>
                </button>
              </li>
            ))}
          </ol>
          {props.more ? (
            <Button variant="quiet" disabled={busy} onClick={props.onMore}>
              Older ones
            </Button>
          ) : null}
        </div>
        {current === undefined ? null : <Entry entry={current} />}
      </div>
      <CommandLine command="nightdesk audit export --out audit.jsonl" />
    </div>
  );
}

function rowId({ seq }: AuditRecord): string {
  return `audit-${seq}`;
}

function Entry({ entry }: { entry: AuditRecord }) {
  const { seq, at, by, what, subject, details, previous, hash } = entry;
  return (
    <Panel title={`Entry ${seq}`}>
      <dl className={styles.facts}>
        <dt>When</dt>
        <dd>{new Date(at).toISOString()}</dd>
        <dt>Who</dt>
        <dd>
          {by.name}, through {by.via}
        </dd>
        <dt>What</dt>
        <dd>{what}</dd>
        <dt>To</dt>
        <dd>{subject}</dd>
        <dt>Hash</dt>
        <dd>
          <code>{hash}</code>
        </dd>
        <dt>Before it</dt>
        <dd>
          <code>{previous}</code>
        </dd>
      </dl>
      <JsonBlock label={`Details of entry ${seq}`} value={details} />
    </Panel>
  );
}

function Verdict({ verdict: { sound, entries, head, anchors, findings, notes } }: { verdict: AuditVerdict }) {
  const places = anchors.map(({ place }) => place).join(' and ');
  return (
    <Panel title="Verification">
      <div className={styles.verdict}>
        <StateWord tone={sound ? 'met' : 'now'} word={sound ? 'Sound' : 'Not sound'} />
        <p>
          {entries.toLocaleString('en-US')} entries read, held against {places === '' ? 'nothing beside them' : places}.
        </p>
        {findings.length === 0 ? null : (
          <ul>
            {findings.map(({ kind, from, says }) => (
              <li key={`${kind} ${from}`}>{says}</li>
            ))}
          </ul>
        )}
        {notes.map((note) => (
          <p key={note} className={styles.weak}>
            {note}
          </p>
        ))}
        <CommandLine command={`nightdesk audit verify --head ${head.seq}:${head.hash}`} />
      </div>
    </Panel>
  );
}
