import type { RuntimeEvent, RuntimeSnapshot } from '#contract/runtime.ts';
import type { AlertPart } from './alert/index.ts';
import { integrationSignal, providerSignal, spendSignals } from './alert/rules.ts';
import type { IncidentPart } from './incident/index.ts';
import type { LiveRollups } from './indicator/rollups.ts';
import type { Sampling } from './sample/index.ts';
import type { Silence } from './silence/index.ts';

export type HearingOptions = {
  snapshot(): RuntimeSnapshot;
  silence: Pick<Silence, 'hear' | 'queries'>;
  rollups: Pick<LiveRollups, 'count'>;
  sampling: Pick<Sampling, 'offer'>;
  alertPart: Pick<AlertPart, 'judge'>;
  incidentPart: Pick<IncidentPart, 'intervened'>;
};

/** Takes what the runtime tells as it comes: what ended is counted, what broke is judged without waiting for the next look. */
export function createListener(options: HearingOptions) {
  const { snapshot, silence, alertPart } = options;

  function hear(event: RuntimeEvent): void {
    switch (event.kind) {
      case 'ended':
        if (!silence.hear(event)) break;
        options.rollups.count(event);
        silence.queries.try('samples', () => options.sampling.offer(event));
        break;
      case 'provider':
        alertPart.judge([providerSignal(event.provider, snapshot())], false);
        break;
      case 'intervention':
        options.incidentPart.intervened(event.agent, event.text, event.by);
        break;
      case 'integration':
        alertPart.judge([integrationSignal(event.integration, snapshot())], false);
        break;
      case 'spend':
        alertPart.judge(spendSignals(event.spend, snapshot()), false);
        break;
      case 'task':
      case 'lane':
        break;
    }
  }

  return (events: readonly RuntimeEvent[]): void => {
    for (const event of events) hear(event);
  };
}
