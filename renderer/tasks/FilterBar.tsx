import { type RefObject, useState } from 'react';
import type { TaskFilter } from '#contract/task.ts';
import { Button, clockTime, Key, StateWord } from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import { anyTime, anyWait, toggleState, withAgent, withText } from './filter.ts';
import type { SavedFilter } from './saved.ts';
import { FILTER_STATES, TASK_WORDS } from './state.ts';
import styles from './tasks.module.css';
import { WAIT_WORDS } from './wait.ts';

type Props = {
  filter: TaskFilter;
  agents: readonly string[];
  saved: readonly SavedFilter[];
  inputRef: RefObject<HTMLInputElement | null>;
  onFilter(filter: TaskFilter): void;
  onOpenSaved(saved: SavedFilter): void;
  onSave(name: string): void;
  onForget(name: string): void;
};

/** Which tasks to show: text, agent, states, a span of time that an address brought along, and filters kept by name. */
export function FilterBar(props: Props) {
  const { filter, agents, inputRef, onFilter } = props;
  return (
    <search className={styles.filters}>
      <label className={styles.text}>
        <span className={ink.hidden}>Part of an id or key</span>
        <input
          ref={inputRef}
          type="search"
          placeholder="id or key"
          value={filter.text ?? ''}
          maxLength={200}
          onChange={(event) => onFilter(withText(filter, event.target.value))}
        />
        <Key>/</Key>
      </label>
      <label>
        <span className={ink.hidden}>Agent</span>
        <select
          className={styles.agent}
          value={filter.agent ?? ''}
          onChange={(event) => onFilter(withAgent(filter, event.target.value === '' ? null : event.target.value))}
        >
          <option value="">all agents</option>
          {namesOf(agents, filter.agent).map((agent) => (
            <option key={agent}>{agent}</option>
          ))}
        </select>
      </label>
      <fieldset className={styles.states}>
        <legend className={ink.hidden}>States</legend>
        {FILTER_STATES.map((state) => (
          <button
            key={state}
            type="button"
            className={styles.state}
            aria-pressed={filter.state?.includes(state) ?? false}
            onClick={() => onFilter(toggleState(filter, state))}
          >
            <StateWord tone={TASK_WORDS[state].tone} word={TASK_WORDS[state].word} />
          </button>
        ))}
      </fieldset>
      {filter.endedFrom === undefined && filter.endedTo === undefined ? null : (
        <Button variant="quiet" onClick={() => onFilter(anyTime(filter))}>
          ended {timeText(filter)} ×
        </Button>
      )}
      {filter.waitKind === undefined ? null : (
        <Button variant="quiet" onClick={() => onFilter(anyWait(filter))}>
          waits {filter.waitKind.map((kind) => WAIT_WORDS[kind]).join(', or ')} ×
        </Button>
      )}
      <SavedFilters {...props} />
    </search>
  );
}

function namesOf(agents: readonly string[], chosen: string | undefined): string[] {
  return [...new Set(chosen === undefined ? agents : [...agents, chosen])].toSorted();
}

function timeText({ endedFrom, endedTo }: TaskFilter): string {
  const from = endedFrom === undefined ? '' : `from ${clockTime(endedFrom)} `;
  return `${from}${endedTo === undefined ? '' : `to ${clockTime(endedTo)}`}`.trim();
}

function SavedFilters({ saved, onOpenSaved, onSave, onForget }: Props) {
  const [name, setName] = useState<string | null>(null);
  return (
    <div className={styles.saved}>
      {saved.map((one) => (
        <span key={one.name} className={styles.savedOne}>
          <button type="button" onClick={() => onOpenSaved(one)}>
            {one.name}
          </button>
          <button type="button" aria-label={`Forget the filter ${one.name}`} onClick={() => onForget(one.name)}>
            ×
          </button>
        </span>
      ))}
      {name === null ? (
        <Button variant="quiet" onClick={() => setName('')}>
          Save filter
        </Button>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() !== '') onSave(name.trim());
            setName(null);
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            setName(null);
          }}
        >
          <input
            // The person pressed "Save filter" a moment ago.
            // biome-ignore lint/a11y/noAutofocus: see above
            autoFocus
            aria-label="Name of the filter"
            placeholder="name, then Enter"
            value={name}
            maxLength={60}
            onChange={(event) => setName(event.target.value)}
          />
        </form>
      )}
    </div>
  );
}
