import type { Intervention } from '#contract/action.ts';
import type { Silence } from '#contract/alert.ts';
import type { BoardState } from '#contract/stream.ts';
import { matcherText } from '../alerts/words.ts';
import type { Whole } from '../board/whole.ts';
import { agoText, countdown, Key, StateShape, StateWord } from '../kit/index.ts';
import styles from './app.module.css';
import { Moon } from './Moon.tsx';

type Props = {
  /** Null before the first frame. */
  whole: Whole | null;
  board: BoardState | null;
  /** Why the board cannot be read; null while it can. */
  trouble: string | null;
  connection: { up: boolean; attempts: number };
  /** Of the data on screen, ms. */
  age: number | null;
  stale: boolean;
  now: number;
  onUndo(intervention: Intervention): void;
  onUnsilence(silence: Silence): void;
  onPalette(): void;
};

/** One sentence on the whole, then every intervention in force with its end and Undo. */
export function TopStrip({
  whole,
  board,
  trouble,
  connection,
  age,
  stale,
  now,
  onUndo,
  onUnsilence,
  onPalette,
}: Props) {
  const desk = board?.desk.desk;
  const interventions = Object.values(board?.interventions ?? {});
  // The newest first: what was just done shows with its Undo, however much is in force.
  const inForce = [...interventions, ...Object.values(board?.silences ?? {})].toSorted(
    (a, b) => sinceOf(b) - sinceOf(a),
  );
  const unread = trouble === null ? [] : [`The board cannot be read: ${trouble}. Reload the page.`];
  const troubles = [...unread, ...(desk?.troubles ?? [])];
  return (
    <header className={styles.strip}>
      <a className={styles.brand} href="/">
        <Moon />
        <span>Nightdesk</span>
      </a>
      {desk?.rehearsal ? (
        <span className={styles.rehearsal} title="No real model is asked: the rehearsal provider answers.">
          Rehearsal
        </span>
      ) : null}
      <div className={styles.whole} aria-live="polite">
        {whole === null ? (
          <StateWord tone="unknown" word={connection.attempts > 2 ? 'No desk answers' : 'Connecting…'} />
        ) : (
          <StateWord tone={whole.tone} word={whole.text} />
        )}
      </div>
      <ul className={styles.interventions} aria-label="Interventions in force">
        {inForce.map((one) =>
          'verb' in one ? (
            <li key={one.id}>
              <StateShape tone={one.verb === 'reroute' ? 'act' : 'paused'} label={one.verb} />
              <span>
                <strong>{one.agent}</strong> {wordOf(one)} by {one.by.name}
              </span>
              {one.until === null ? null : <Ends at={one.until} now={now} />}
              <button type="button" aria-label={`Undo: ${one.agent} ${wordOf(one)}`} onClick={() => onUndo(one)}>
                Undo
              </button>
            </li>
          ) : (
            <li key={`silence ${one.id}`} data-kind="silence">
              <StateShape tone="paused" label="silence" />
              <span title={one.reason}>
                <strong>{matcherText(one.matcher)}</strong> silenced by {one.by.name}
              </span>
              <Ends at={one.until} now={now} />
              <button
                type="button"
                aria-label={`Undo: silence of ${matcherText(one.matcher)}`}
                onClick={() => onUnsilence(one)}
              >
                Undo
              </button>
            </li>
          ),
        )}
      </ul>
      <More hidden={inForce.slice(2)} at="wide" />
      <More hidden={inForce.slice(1)} at="narrow" />
      {troubles.map((text) => (
        <span key={text} className={styles.trouble} role="alert" title={text}>
          {text}
        </span>
      ))}
      <div className={styles.end}>
        <span className={styles.age} data-stale={stale || !connection.up || undefined} role="status">
          {ageText(connection.up, age)}
        </span>
        <button type="button" className={styles.find} onClick={onPalette} aria-keyshortcuts="Control+K">
          Find or do… <Key>Ctrl K</Key>
        </button>
      </div>
    </header>
  );
}

function Ends({ at, now }: { at: number; now: number }) {
  return <time dateTime={new Date(at).toISOString()}>· ends in {countdown(at - now)}</time>;
}

function sinceOf(one: Intervention | Silence): number {
  return 'verb' in one ? one.since : one.from;
}

/** How many there is no room for, and the way to where they stand. */
function More({ hidden, at }: { hidden: readonly (Intervention | Silence)[]; at: 'wide' | 'narrow' }) {
  if (hidden.length === 0) return null;
  const to = hidden.some((one) => 'verb' in one) ? '/agents' : '/alerts';
  return (
    <a href={to} className={styles.more} data-at={at} title="See all that is in force">
      +{hidden.length}
    </a>
  );
}

function wordOf(one: Intervention): string {
  switch (one.verb) {
    case 'pause':
      return 'paused';
    case 'drain':
      return 'draining';
    case 'reroute':
      return `rerouted to ${one.to ?? 'its default'}`;
    case 'set':
      return `set to ${one.to ?? 'its default'}`;
  }
}

function ageText(up: boolean, age: number | null): string {
  if (age === null) return up ? 'reading…' : 'connecting…';
  return up ? `data ${agoText(age)} old` : `connection lost · data ${agoText(age)} old`;
}
