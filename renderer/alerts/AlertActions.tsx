import type { Alert } from '#contract/alert.ts';
import { Button } from '../kit/index.ts';
import type { AlertAsk } from './asked.ts';

type Props = {
  alert: Alert;
  /** The page's keys mean this one. */
  keyed: boolean;
  onAsk(ask: AlertAsk): void;
};

/** What can be done with an alert that fires, beside acknowledging it. */
export function AlertActions({ alert, keyed, onAsk }: Props) {
  return (
    <>
      <Button variant="quiet" keys={keyed ? 's' : undefined} onClick={() => onAsk({ what: 'silence', alert })}>
        Silence…
      </Button>
      <Button variant="quiet" keys={keyed ? 'z' : undefined} onClick={() => onAsk({ what: 'snooze', alert })}>
        Snooze…
      </Button>
      <Button variant="quiet" keys={keyed ? 'e' : undefined} onClick={() => onAsk({ what: 'escalate', alert })}>
        Escalate…
      </Button>
    </>
  );
}
