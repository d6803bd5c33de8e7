import { afterEach, expect, it } from 'vitest';
import { type LibraryDesk, openLibraryDesk } from '../../support/library.ts';

let desk: LibraryDesk;
afterEach(() => desk.close());

/** What an Alertmanager tells. */
async function tell(status: 'firing' | 'resolved'): Promise<void> {
  const labels = { alertname: 'DiskFills', instance: 'db-1', severity: 'critical' };
  const alert = { status, labels, annotations: { summary: 'The disk of db-1 fills' }, fingerprint: '1a30ba71cca2921f' };
  await desk.client.alertRoutes.receive({
    ...{ version: '4', status, receiver: 'nightdesk', groupKey: '{}', externalURL: 'http://alertmanager.example.org' },
    alerts: [{ ...alert, startsAt: new Date().toISOString(), endsAt: new Date().toISOString() }],
  });
}

it('outside-alert: its owner repairs it, and the Alertmanager says that it is over', async () => {
  desk = await openLibraryDesk(['billing']);
  await tell('firing');
  const incident = await desk.fires('alertmanager-alert', 'outside-alert');

  const run = await desk.carryOut('outside-alert', incident, {
    answers: { owner: 'others' },
    does: { 'Its owner says that it is repaired': () => tell('resolved') },
  });
  expect(run).toMatchObject({ outcome: 'recovered', inputs: { subject: 'DiskFills/1a30ba71cca2921f' } });
  await desk.resolves('alertmanager-alert');
});
