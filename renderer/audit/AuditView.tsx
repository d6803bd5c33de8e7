import { useState } from 'react';
import { type AuditPage, type AuditRecord, type AuditVerdict, auditKindSchema } from '#contract/audit.ts';
import type { Json } from '#contract/basic.ts';
import {
  agoText,
  Button,
  CommandLine,
  clockTime,
  countText,
  dayText,
  Facts,
  JsonBlock,
  Key,
  Page,
  Panel,
  Refusal,
  StateWord,
  useKeys,
} from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import styles from './audit.module.css';

/** What of the log is on screen. `what`: a group of kinds; empty: all. */
export type AuditAsked = { who: string; what: string; subject: string };

type Props = {
  /** What was read so far, newest first; null before the first answer. */
  page: AuditPage | null;
  asked: AuditAsked;
  now: number;
  busy: boolean;
  refusal: string | null;
  /** The answer to the last verification; null before one. */
  verdict: AuditVerdict | null;
  onAsk(asked: AuditAsked): void;
  /** Reads the entries before the last of them. */
  onOlder(): void;
  onVerify(): void;
};

const GROUPS = [...new Set(auditKindSchema.options.map((kind) => kind.slice(0, kind.indexOf('.'))))];

/** What people and the desk did, newest first, and whether that record is whole. */
export function AuditView(props: Props) {
  const { page, asked, busy, now, verdict, onAsk, onOlder, onVerify } = props;
  const entries = page?.entries ?? [];
  const hasOlder = page !== null && page.next !== null;
  const [selected, setSelected] = useState<number | null>(null);
  const current = entries.find(({ seq }) => seq === selected) ?? entries[0];

  function move(by: number): void {
    const index = entries.findIndex(({ seq }) => seq === current?.seq);
    const next = entries[Math.min(entries.length - 1, Math.max(0, index + by))];
    if (index + by >= entries.length && hasOlder && !busy) onOlder();
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
    <Page
      title="Audit"
      beside="what people and the desk did; nothing is ever taken out"
      end={
        <>
          <p className={ink.weak} aria-hidden="true">
            <Key>j</Key> <Key>k</Key> choose · <Key>/</Key> filter
          </p>
          <Button variant="primary" keys="v" disabled={busy} onClick={onVerify}>
            Verify
          </Button>
        </>
      }
    >
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
      {page === null && props.refusal !== null ? null : (
        <p className={ink.weak}>{page === null ? 'reading…' : countOf(page)}</p>
      )}
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
                  <span className={ink.weak}>
                    {entry.by.name}, {agoText(now - entry.at)} ago
                  </span>
                </button>
              </li>
            ))}
          </ol>
          {hasOlder ? (
            <Button variant="quiet" disabled={busy} onClick={onOlder}>
              Show older ones
            </Button>
          ) : null}
        </div>
        {current === undefined ? null : <Entry entry={current} />}
      </div>
      <CommandLine command="nightdesk audit export --out audit.jsonl" />
    </Page>
  );
}

function countOf({ entries, total, totalIsLeast }: AuditPage): string {
  if (total === 0) return 'Nothing matches this filter.';
  const all = `${countText(total)}${totalIsLeast ? ' or more' : ''} ${total === 1 ? 'entry' : 'entries'}`;
  return entries.length < total ? `${all}, the newest ${countText(entries.length)} of them here` : all;
}

function rowId({ seq }: AuditRecord): string {
  return `audit-${seq}`;
}

function Entry({ entry }: { entry: AuditRecord }) {
  const { seq, at, by, what, subject, details, previous, hash } = entry;
  return (
    <Panel title={`Entry ${seq}`}>
      <Facts
        facts={[
          { name: 'When', value: momentText(at) },
          { name: 'Who', value: `${by.name}, through ${by.via}` },
          { name: 'What', value: what },
          { name: 'To', value: subject },
          { name: 'Hash', value: <code>{hash}</code> },
          { name: 'Before it', value: <code>{previous}</code> },
        ]}
      />
      {isEmpty(details) ? null : (
        <div className={styles.details}>
          <JsonBlock label={`Details of entry ${seq}`} value={details} />
        </div>
      )}
    </Panel>
  );
}

function isEmpty(details: Json): boolean {
  return details !== null && typeof details === 'object' && Object.keys(details).length === 0;
}

/** The day, and the moment to the second, as this machine's clock has it. */
function momentText(at: number): string {
  return `${dayText(at)} ${new Date(at).getFullYear()}, ${clockTime(at, 'seconds')}`;
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
          <p key={note} className={ink.weak}>
            {note}
          </p>
        ))}
        <CommandLine command={`nightdesk audit verify --head ${head.seq}:${head.hash}`} />
      </div>
    </Panel>
  );
}
