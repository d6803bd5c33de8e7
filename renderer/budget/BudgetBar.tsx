import type { Spend } from '#contract/integration.ts';
import type { CostForecast } from '#contract/objective.ts';
import { clockTime, countdown, countText, percentText, ShareBar, usdBoundText, usdText } from '../kit/index.ts';
import styles from './budget.module.css';
import { budgetWord, dayEnd, forecastUsd } from './budget.ts';

/** Less is nothing that a person can read, US dollars. */
const LEAST_SHOWN_USD = 0.001;

type Props = {
  spend: Spend;
  /** What the desk foretells from past days and the last hours; without it the day's own pace is shown. */
  forecast?: CostForecast | null;
  now: number;
};

/** What was spent today, what calls under way may still cost, where it leads, and the budget as a tick. */
export function BudgetBar({ spend, forecast: foretold = null, now }: Props) {
  const { usd, reservedUsd, budgetUsd, tokens, budgetTokens } = spend;
  const { tone } = budgetWord(spend);
  const forecast = foretold === null ? forecastUsd(spend, now) : foretold.forecastUsd;
  return (
    <div className={styles.budget}>
      <p className={styles.line} data-tone={tone}>
        <strong>{usdText(usd)}</strong>
        <span>
          {budgetUsd === null ? 'today, no budget' : ` of ${usdBoundText(budgetUsd)}`}
          {spend.share === null ? '' : ` · ${percentText(spend.share)}`}
        </span>
      </p>
      {budgetUsd === null ? null : (
        <ShareBar spent={usd} reserved={reservedUsd} bound={budgetUsd} forecast={forecast} tone={tone} />
      )}
      <p className={styles.under}>
        {reservedUsd < LEAST_SHOWN_USD ? '' : `${usdText(reservedUsd)} reserved by calls under way · `}
        {forecast === null
          ? 'too early to say where it leads'
          : `${basisText(foretold)} ${usdText(forecast)} by the end of the day`}
        {foretold === null || foretold.reachedAt === null
          ? ''
          : `, the budget is spent at ${clockTime(foretold.reachedAt)}`}
        {budgetUsd === null ? '' : ` · starts anew in ${countdown(dayEnd(now) - now)} (UTC)`}
      </p>
      <p className={styles.under}>
        {countText(tokens)} tokens{budgetTokens === null ? '' : ` of ${countText(budgetTokens)}`}
      </p>
    </div>
  );
}

function basisText(forecast: CostForecast | null): string {
  return forecast?.basis === 'past-days' ? 'going on like past days,' : 'at this pace';
}
