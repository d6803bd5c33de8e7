import type { AgentHealth } from '#contract/health.ts';
import {
  agoText,
  Bullet,
  clockTime,
  countText,
  HEALTH_WORDS,
  IntervalScale,
  intervalText,
  percentText,
  RehearsalMark,
  Sparkline,
  StateWord,
  spanText,
  type Tone,
  usdBoundText,
  usdText,
} from '../kit/index.ts';
import type { BoardAddresses } from './BoardView.tsx';
import styles from './table.module.css';

type Props = {
  agent: AgentHealth;
  now: number;
  /** The data are too old to be believed: what is shown was true once. */
  stale: boolean;
  /** What was a week ago stands under what is. */
  isCompared: boolean;
  selected: boolean;
  addresses: BoardAddresses;
  onSelect(): void;
  onOpen(): void;
};

/** One agent, in two lines: each value, and what it is of. Every number leads to what it is made of. */
export function AgentRow({ agent, now, stale, isCompared, selected, addresses, onSelect, onOpen }: Props) {
  const { tone, word } = stale ? HEALTH_WORDS.unknown : HEALTH_WORDS[agent.state];
  const hatched = stale || agent.state === 'unknown';
  return (
    <tr
      id={`agent-${agent.name}`}
      className={styles.row}
      data-selected={selected || undefined}
      data-hatched={hatched || undefined}
      aria-current={selected ? 'true' : undefined}
      onClick={onSelect}
      onDoubleClick={onOpen}
    >
      <td data-column="state">
        <StateWord tone={tone} word={word} />
        <Under>{sinceOf(agent, now, stale)}</Under>
      </td>
      <td data-column="agent">
        <a className={styles.name} href={addresses.agent(agent.name)}>
          {nameOf(agent)}
        </a>
        <Under>
          {agent.intake === 'open' ? null : <strong>{agent.intake} · </strong>}
          {agent.rehearsal ? <RehearsalMark /> : null}
          {agent.rehearsal && aboutOf(agent) !== '' ? ' · ' : null}
          {aboutOf(agent) || (agent.rehearsal ? null : 'no team')}
        </Under>
      </td>
      <td data-column="success">
        <Success agent={agent} tone={tone} isCompared={isCompared} address={addresses.ended(agent.name)} />
      </td>
      <td data-column="first" data-number>
        <FirstTry agent={agent} />
      </td>
      <td data-column="p95">
        <a href={addresses.ended(agent.name)}>
          <Bullet ms={agent.p95Ms} boundMs={agent.objective.p95Ms} tone={latencyTone(agent, hatched)} />
        </a>
        {isCompared ? (
          <Under>{agent.lastWeek.p95Ms === null ? 'then –' : `then ${spanText(agent.lastWeek.p95Ms)}`}</Under>
        ) : null}
      </td>
      <td data-column="queue" data-number>
        <a href={addresses.inState(agent.name, 'queued')}>{countText(agent.queued)}</a>
        <Under>
          <Running agent={agent} address={addresses.inState(agent.name, 'running')} />
        </Under>
      </td>
      <td data-column="cost" data-number>
        {usdText(agent.costTodayUsd)}
        <Under>{agent.budgetDailyUsd === null ? 'no budget' : `of ${usdBoundText(agent.budgetDailyUsd)}`}</Under>
      </td>
      <td data-column="finished">
        <Sparkline counts={agent.spark.good} tone={hatched ? 'unknown' : tone} label={finishedText(agent)} />
        <Under>
          {agent.lastSuccessAt === null ? (
            'no success yet'
          ) : (
            <>
              <span className={styles.long}>last </span>
              {agoText(now - agent.lastSuccessAt)} ago
            </>
          )}
        </Under>
      </td>
    </tr>
  );
}

function Under({ children }: { children: React.ReactNode }) {
  return <span className={styles.under}>{children}</span>;
}

function Success({
  agent,
  tone,
  isCompared,
  address,
}: Pick<Props, 'agent' | 'isCompared'> & { tone: Tone; address: string }) {
  const { success, lastWeek } = agent;
  const under = isCompared ? weekAgo(lastWeek.success.estimate, percentText) : null;
  if (agent.state === 'unknown' && success.estimate === null) {
    return (
      <>
        <span className={styles.weak}>not known</span>
        <Under>{under ?? `last ${countText(success.good)} of ${countText(success.total)}`}</Under>
      </>
    );
  }
  if (success.estimate === null) {
    return (
      <>
        <span className={styles.weak}>not measured</span>
        <Under>{under ?? 'no task has ended'}</Under>
      </>
    );
  }
  if (agent.state === 'not-enough-data') {
    return (
      <>
        <a href={address}>
          {success.good} of {success.total}
        </a>
        <Under>{under ?? `interval ${intervalText(success)}`}</Under>
      </>
    );
  }
  return (
    <>
      <span className={styles.rate} data-tone={tone}>
        <a href={address}>{percentText(success.estimate)}</a>
        <IntervalScale rate={success} objective={agent.objective.success} />
      </span>
      <Under>{under ?? `${intervalText(success)} of ${countText(success.total)}`}</Under>
    </>
  );
}

/** What retries add to the first attempts, in points of a percent. */
function FirstTry({ agent: { firstAttempt, retryLift, state } }: Pick<Props, 'agent'>) {
  if (firstAttempt.estimate === null || retryLift === null || state === 'not-enough-data') {
    return <span className={styles.weak}>–</span>;
  }
  return (
    <>
      {percentText(firstAttempt.estimate)}
      <Under>{retryLift < 0.0005 ? 'no lift' : `+${(retryLift * 100).toFixed(1)} lift`}</Under>
    </>
  );
}

/** What runs; but first what should have ended. */
function Running({ agent: { running, counts }, address }: Pick<Props, 'agent'> & { address: string }) {
  if (counts.overdue === null) return <strong>overdue unknown</strong>;
  return (
    <a href={address}>
      {counts.overdue > 0 ? <strong>{countText(counts.overdue)} overdue</strong> : `${countText(running)} running`}
    </a>
  );
}

function weekAgo(value: number | null, text: (value: number) => string): string {
  return value === null ? 'a week ago: nothing' : `a week ago ${text(value)}`;
}

function sinceOf(agent: AgentHealth, now: number, stale: boolean): string {
  if (stale) return `was ${HEALTH_WORDS[agent.state].word.toLowerCase()}`;
  if (agent.state === 'not-enough-data' || agent.state === 'unknown') return agent.reason;
  const span = now - agent.since;
  return span < 12 * 3_600_000 ? `since ${clockTime(agent.since)}` : agoText(span);
}

/** Its runtime stands under it. */
function nameOf({ name, runtime }: AgentHealth): string {
  return runtime === 'embedded' ? name : name.slice(runtime.length + 1);
}

function aboutOf(agent: AgentHealth): string {
  const words = [agent.team, agent.runtime === 'embedded' ? null : agent.runtime];
  return words.filter((word) => word !== null).join(' · ');
}

function latencyTone(agent: AgentHealth, hatched: boolean): Tone {
  if (hatched || agent.p95Ms === null) return 'unknown';
  if (agent.objective.p95Ms === null) return 'quiet';
  if (agent.p95Ms <= agent.objective.p95Ms) return 'met';
  return agent.state === 'failing' ? 'now' : 'soon';
}

function finishedText(agent: AgentHealth): string {
  const total = agent.spark.good.reduce((sum, count) => sum + count, 0);
  return `${countText(total)} succeeded since ${clockTime(agent.spark.from)}`;
}
