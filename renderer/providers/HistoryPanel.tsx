import { useState } from 'react';
import type { ProviderEvent } from '#contract/provider.ts';
import { Button, clockTime, Panel, StateWord, type Tone } from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import styles from './providers.module.css';

/** So many are shown before more are asked for. */
const SHOWN = 12;

/** What befell the providers, newest first. */
export function HistoryPanel({ events }: { events: readonly ProviderEvent[] | null }) {
  const [all, setAll] = useState(false);
  if (events === null) return null;
  const shown = all ? events : events.slice(0, SHOWN);
  return (
    <Panel title="What befell them" under="newest first">
      {events.length === 0 ? (
        <p className={ink.weak}>Nothing yet: no breaker opened, no agent failed over.</p>
      ) : (
        <ol className={styles.history}>
          {shown.map((event) => (
            <li key={`${event.at} ${event.text}`}>
              <time dateTime={new Date(event.at).toISOString()}>{clockTime(event.at, 'seconds')}</time>
              <StateWord {...WORDS[event.kind]} />
              <span>{event.text}</span>
            </li>
          ))}
        </ol>
      )}
      {shown.length < events.length ? (
        <Button variant="quiet" onClick={() => setAll(true)}>
          Show all {events.length}
        </Button>
      ) : null}
    </Panel>
  );
}

const WORDS: Record<ProviderEvent['kind'], { tone: Tone; word: string }> = {
  breaker: { tone: 'soon', word: 'Breaker' },
  cooldown: { tone: 'soon', word: 'Cooldown' },
  failover: { tone: 'act', word: 'Failover' },
  failback: { tone: 'met', word: 'Failback' },
  reset: { tone: 'act', word: 'Reset' },
};
