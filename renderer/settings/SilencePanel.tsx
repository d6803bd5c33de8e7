import { useState } from 'react';
import type { Account, Canary, SilenceView, Watch } from '#contract/canary.ts';
import {
  agoText,
  Button,
  CommandLine,
  countdown,
  countText,
  Panel,
  StateWord,
  spanText,
  type Tone,
  useKeys,
} from '../kit/index.ts';
import styles from './settings.module.css';

const WORDS: Record<Watch['state'], { tone: Tone; word: string }> = {
  holds: { tone: 'now', word: 'Silent' },
  blind: { tone: 'unknown', word: 'Cannot look' },
  unsure: { tone: 'quiet', word: 'Unsure' },
  quiet: { tone: 'met', word: 'Well' },
};
const WORST_FIRST: Watch['state'][] = ['holds', 'blind', 'unsure', 'quiet'];

/** What the desk watches so that nothing fails silently: each watch with its last look, the minute's account, the canaries. */
export function SilencePanel({ view, now }: { view: SilenceView; now: number }) {
  const [all, setAll] = useState(false);
  useKeys({ w: () => setAll(!all) });
  const { watches, account, canaries, since } = view;
  const silent = watches.filter(({ state }) => state === 'holds').length;
  const blind = watches.filter(({ state }) => state === 'blind').length;
  const shown = watches
    .filter(({ state }) => all || state === 'holds' || state === 'blind')
    .toSorted((a, b) => WORST_FIRST.indexOf(a.state) - WORST_FIRST.indexOf(b.state));
  return (
    <Panel
      title="Silence"
      end={
        silent > 0 ? (
          <StateWord tone="now" word={`${silent} silent`} />
        ) : blind > 0 ? (
          <StateWord tone="unknown" word={`${blind} cannot look`} />
        ) : (
          <StateWord tone="met" word="Nothing is silent" />
        )
      }
    >
      <div className={styles.stack}>
        <p className={styles.weak}>
          {countText(watches.length)} watches, without a break for {spanText(now - since)}.
        </p>
        {account === null ? null : <AccountLine account={account} now={now} />}
        {shown.length === 0 ? null : <WatchTable watches={shown} now={now} />}
        {canaries.length === 0 ? null : <CanaryTable canaries={canaries} now={now} />}
        <div className={styles.buttons}>
          <Button keys="w" onClick={() => setAll(!all)}>
            {all ? 'Only what is silent' : `All ${watches.length} watches`}
          </Button>
        </div>
        <CommandLine command="nightdesk watch list --all" />
      </div>
    </Panel>
  );
}

function AccountLine({ account, now }: { account: Account; now: number }) {
  const { accepted, ended, inFlight, dropped, differences, since, badMinutes } = account;
  return (
    <p>
      {differences.length === 0 ? (
        <StateWord tone="met" word="Adds up" />
      ) : (
        <StateWord tone={badMinutes >= 3 ? 'now' : 'soon'} word="Does not add up" />
      )}{' '}
      Of the last {agoText(now - since)}: {countText(accepted)} accepted = {countText(ended)} ended +{' '}
      {countText(inFlight)} in flight + {countText(dropped)} dropped
      {differences.length === 0 ? '' : `; ${differences.join('; ')}`}
    </p>
  );
}

function WatchTable({ watches, now }: { watches: Watch[]; now: number }) {
  return (
    <div className={styles.scroll}>
      <table className={styles.routes}>
        <thead>
          <tr>
            <th scope="col">Watch</th>
            <th scope="col">Of</th>
            <th scope="col">State</th>
            <th scope="col">Saw</th>
            <th scope="col">Last look</th>
          </tr>
        </thead>
        <tbody>
          {watches.map(({ rule, subject, state, says, lookedAt }) => (
            <tr key={`${rule} ${subject}`}>
              <th scope="row">{rule}</th>
              <td>{subject}</td>
              <td>
                <StateWord {...WORDS[state]} />
              </td>
              <td className={styles.error}>{says}</td>
              <td>{agoText(now - lookedAt)} ago</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CanaryTable({ canaries, now }: { canaries: Canary[]; now: number }) {
  return (
    <div className={styles.scroll}>
      <table className={styles.routes}>
        <thead>
          <tr>
            <th scope="col">Canary</th>
            <th scope="col">Each</th>
            <th scope="col">Last</th>
            <th scope="col">Why</th>
            <th scope="col">Task</th>
            <th scope="col">Next</th>
          </tr>
        </thead>
        <tbody>
          {canaries.map(({ agent, everyMs, outcome, misses, why, task, nextAt }) => (
            <tr key={agent}>
              <th scope="row">{agent}</th>
              <td>{spanText(everyMs)}</td>
              <td>{canaryWord(outcome, misses)}</td>
              <td className={styles.error}>{why ?? '-'}</td>
              <td>{task ?? '-'}</td>
              <td>{nextAt <= now ? 'now' : `in ${countdown(nextAt - now)}`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function canaryWord(outcome: Canary['outcome'], misses: number) {
  if (outcome === null) return <StateWord tone="unknown" word="Not yet" />;
  if (outcome === 'passed') return <StateWord tone="met" word="Passed" />;
  return <StateWord tone={misses > 1 ? 'now' : 'soon'} word={misses > 1 ? `Missed ${misses} times` : 'Missed'} />;
}
