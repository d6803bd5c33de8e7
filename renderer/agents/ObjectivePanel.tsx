import { useMemo } from 'react';
import type { ObjectiveStanding } from '#contract/objective.ts';
import {
  Button,
  clockTime,
  countText,
  dayText,
  type Fact,
  Facts,
  Interval,
  LineChart,
  Panel,
  percentText,
  StateWord,
  type Tone,
  useKeys,
} from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import styles from './agents.module.css';
import {
  burnText,
  fromText,
  promiseText,
  rateText,
  SWITCHES,
  VERDICT_WORDS,
  verdictText,
  weeksText,
} from './objective.ts';

const CHART_PX = 128;
const DAY_MS = 86_400_000;

type Props = {
  /** Null before the first answer. */
  standing: ObjectiveStanding | null;
  /** Why it could not be read. */
  trouble: string | null;
  onEdit(): void;
};

/** What is promised of an agent, and how it stands against it: the verdict in words, and where the error budget goes. */
export function ObjectivePanel({ standing, trouble, onEdit }: Props) {
  useKeys({ o: onEdit });
  const edit = (
    <Button keys="o" onClick={onEdit}>
      Objective…
    </Button>
  );
  if (standing === null) {
    return (
      <Panel title="Objective" end={edit}>
        <p className={ink.weak}>{trouble ?? 'reading…'}</p>
      </Panel>
    );
  }
  const { objective, verdict, success } = standing;
  return (
    <Panel title="Objective" end={edit}>
      <div className={styles.health}>
        <p className={styles.verdict}>
          <StateWord {...VERDICT_WORDS[verdict]} />
          {promiseText(objective)}
        </p>
        <p className={ink.weak}>
          {verdictText(standing)} {trouble === null ? '' : `Not read again: ${trouble}`}
        </p>
        {verdict === 'unknown' ? null : (
          <Interval rate={success} objective={objective.success} tone={VERDICT_WORDS[verdict].tone} />
        )}
        <BurnDown standing={standing} />
        <Facts facts={factsOf(standing)} />
      </div>
    </Panel>
  );
}

/** The error budget that was left at the end of each part of the window; below nothing it is overspent. */
export function BurnDown({ standing: { burnDown, objective, errorBudget } }: { standing: ObjectiveStanding }) {
  const points = useMemo(() => burnDown.map(({ at, left }) => ({ at, value: left })), [burnDown]);
  return (
    <LineChart
      name="Error budget left"
      points={points}
      tone={toneOf(errorBudget.spent)}
      height={CHART_PX}
      range={[0, 1]}
      bound={0}
      valueText={leftText}
      momentText={objective.windowMs > 3 * DAY_MS ? dayText : clockTime}
    />
  );
}

function toneOf(spent: number | null): Tone {
  if (spent === null) return 'unknown';
  // Not to be acted on now: alerts say when it burns.
  return spent >= 0.75 ? 'soon' : 'met';
}

/** Overspent, it falls below nothing: rounded towards the worse. */
function leftText(left: number): string {
  return `${countText(Math.floor(left * 100 + 1e-6))}%`;
}

function factsOf(standing: ObjectiveStanding): Fact[] {
  const { objective, errorBudget, overdue, latency, weeks, availability } = standing;
  const counted = SWITCHES.filter(({ name }) => objective.failure.includes(name)).map(({ name }) => name);
  return [
    { name: 'Set', value: fromText(objective) },
    { name: 'Failures', value: ['failed', ...counted].join(', ') },
    ...(overdue === 0 ? [] : [{ name: 'Overdue', value: `${countText(overdue)}, among the failures` }]),
    { name: 'Budget used', value: spentText(standing) },
    { name: 'Burn', value: `${burnText(errorBudget.burn1h)} in 1 h, ${burnText(errorBudget.burn6h)} in 6 h` },
    ...(errorBudget.exhaustedAt === null ? [] : [{ name: 'Used up', value: exhaustedText(standing) }]),
    ...(latency === null
      ? []
      : [
          {
            name: 'In time',
            value: (
              <span className={styles.verdict}>
                <StateWord {...VERDICT_WORDS[latency.verdict]} />
                {rateText(latency.within)}
              </span>
            ),
          },
        ]),
    { name: 'This week', value: weeksText(weeks) },
    {
      name: 'Good minutes',
      value: `${countText(availability.goodMinutes)} of ${countText(availability.measuredMinutes)}, coverage ${percentText(availability.coverage)}`,
    },
  ];
}

function spentText({ errorBudget: { spent, bad, allowed } }: ObjectiveStanding): string {
  if (spent === null) return 'not measured';
  return `${spent < 1 ? percentText(spent) : `${countText(Math.round(spent * 100))}%`}: ${countText(bad)} of ${allowed < 10 ? allowed.toFixed(1) : countText(Math.floor(allowed))} failures`;
}

function exhaustedText({ errorBudget: { exhaustedAt, spent } }: ObjectiveStanding): string {
  if (exhaustedAt === null) return '';
  if (spent !== null && spent >= 1) return 'already';
  return `${dayText(exhaustedAt)} ${clockTime(exhaustedAt)}, at the pace of 6 h`;
}
