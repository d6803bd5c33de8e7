import { useState } from 'react';
import type { Delivery, RouteStanding } from '#contract/delivery.ts';
import { agoText, Button, CommandLine, Panel, Refusal, StateWord, useKeys } from '../kit/index.ts';
import ink from '../kit/ink.module.css';
import styles from './settings.module.css';

type Props = {
  routes: readonly RouteStanding[];
  /** The newest messages, of every route. */
  deliveries: readonly Delivery[];
  now: number;
  busy: boolean;
  /** Why the last test was refused. */
  refusal: string | null;
  onTest(route: string): void;
};

/** Where alerts and reports are sent, how each route stands, and what was sent last. */
export function RoutesPanel({ routes, deliveries, now, busy, refusal, onTest }: Props) {
  const [at, setAt] = useState(0);
  const cursor = Math.min(at, routes.length - 1);
  const chosen = routes[cursor];
  useKeys({
    j: () => setAt(Math.min(cursor + 1, routes.length - 1)),
    k: () => setAt(Math.max(cursor - 1, 0)),
    e: () => (busy || chosen === undefined ? undefined : onTest(chosen.name)),
  });
  const failing = routes.filter(({ failingSince }) => failingSince !== null).length;
  return (
    <Panel
      title="Routes"
      end={
        failing > 0 ? (
          <StateWord tone="now" word={`${failing} ${failing === 1 ? 'fails' : 'fail'}`} />
        ) : (
          <StateWord tone="met" word="All work" />
        )
      }
    >
      <div className={styles.stack}>
        <Refusal why={refusal} />
        <div className={styles.scroll}>
          <table className={styles.routes}>
            <thead>
              <tr>
                <th scope="col">Route</th>
                <th scope="col">Kind</th>
                <th scope="col">Stands</th>
                <th scope="col">Due</th>
                <th scope="col">Last sent</th>
                <th scope="col">Last error</th>
                <th scope="col">
                  <span className={ink.hidden}>Test</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {routes.map((route, index) => (
                <tr key={route.name} data-cursor={index === cursor || undefined}>
                  <th scope="row">{route.name}</th>
                  <td>{route.kind}</td>
                  <td>{standing(route, now)}</td>
                  <td>{route.due}</td>
                  <td>{route.lastSentAt === null ? 'never' : `${agoText(now - route.lastSentAt)} ago`}</td>
                  <td className={styles.error}>{route.lastError ?? '-'}</td>
                  <td>
                    <Button
                      variant="quiet"
                      keys={index === cursor ? 'e' : undefined}
                      disabled={busy}
                      onClick={() => {
                        setAt(index);
                        onTest(route.name);
                      }}
                    >
                      Send a test
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <Messages deliveries={deliveries} now={now} />
        <CommandLine command={`nightdesk route test ${chosen?.name ?? 'NAME'}`} />
      </div>
    </Panel>
  );
}

function standing({ failingSince, lastError, kind }: RouteStanding, now: number) {
  if (failingSince !== null) return <StateWord tone="now" word={`Fails for ${agoText(now - failingSince)}`} />;
  if (kind === 'gone') return <StateWord tone="soon" word="Not in the settings" />;
  return lastError === null ? <StateWord tone="met" word="Works" /> : <StateWord tone="soon" word="Cannot be used" />;
}

const STATES = {
  sent: { tone: 'met', word: 'Sent' },
  due: { tone: 'act', word: 'Due' },
  refused: { tone: 'now', word: 'Refused' },
  dropped: { tone: 'quiet', word: 'Dropped' },
} as const;

function Messages({ deliveries, now }: { deliveries: readonly Delivery[]; now: number }) {
  if (deliveries.length === 0) return <p className={styles.weak}>Nothing was sent yet.</p>;
  return (
    <ul className={styles.list} aria-label="The newest messages">
      {deliveries.map((delivery) => (
        <li key={delivery.id}>
          <span>
            {delivery.kind}: {delivery.title}
            {delivery.error === null ? null : <span className={styles.weak}> ({delivery.error})</span>}
          </span>
          <StateWord {...STATES[delivery.state]} />
          <code>{delivery.route}</code>
          <span className={styles.weak}>{agoText(now - delivery.madeAt)} ago</span>
        </li>
      ))}
    </ul>
  );
}
