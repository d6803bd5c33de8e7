import type { HealthState } from '#contract/health.ts';
import styles from './kit.module.css';

/**
 * What a colour means: now = act now, soon = look soon, met = well, act = somebody acts or can, paused, unknown = not
 * known, quiet = nothing to say. Each has a shape of its own.
 */
export type Tone = 'now' | 'soon' | 'met' | 'act' | 'paused' | 'unknown' | 'quiet';

/** The word of an agent's health, and the meaning of its colour. */
export const HEALTH_WORDS: Record<HealthState, { tone: Tone; word: string }> = {
  failing: { tone: 'now', word: 'Failing' },
  slow: { tone: 'soon', word: 'Slow' },
  unknown: { tone: 'unknown', word: 'Unknown' },
  'not-enough-data': { tone: 'unknown', word: 'Not enough data' },
  met: { tone: 'met', word: 'Met' },
};

/** A state: shape, word, colour. */
export function StateWord({ tone, word }: { tone: Tone; word: string }) {
  return (
    <span className={styles.state} data-tone={tone}>
      <Shape tone={tone} />
      {word}
    </span>
  );
}

/** A state where there is no room for its word; `label` says it to those who do not see it. */
export function StateShape({ tone, label }: { tone: Tone; label: string }) {
  return (
    <span className={styles.state} data-tone={tone} role="img" aria-label={label}>
      <Shape tone={tone} />
    </span>
  );
}

function Shape({ tone }: { tone: Tone }) {
  return (
    <svg className={styles.shape} viewBox="0 0 12 12" aria-hidden="true">
      <Drawn tone={tone} />
    </svg>
  );
}

function Drawn({ tone }: { tone: Tone }) {
  switch (tone) {
    case 'now':
      return <polygon points="3.6,0.2 8.4,0.2 11.8,3.6 11.8,8.4 8.4,11.8 3.6,11.8 0.2,8.4 0.2,3.6" />;
    case 'soon':
      return <polygon points="6,0.8 11.8,11.2 0.2,11.2" />;
    case 'met':
      return <circle cx="6" cy="6" r="4.6" />;
    case 'act':
      return <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="2.4" />;
    case 'paused':
      return <path d="M2,1.5h3v9h-3zM7,1.5h3v9h-3z" />;
    case 'unknown':
      return (
        <circle cx="6" cy="6" r="4.6" fill="none" stroke="currentColor" strokeWidth="1.8" strokeDasharray="2.4 2" />
      );
    case 'quiet':
      return <circle cx="6" cy="6" r="3.8" fill="none" stroke="currentColor" strokeWidth="1.4" />;
  }
}

/** Violet, and only for this: no real model or system was asked. */
export function RehearsalMark() {
  return <span className={styles.rehearsal}>rehearsal</span>;
}
