import type { Route } from '#contract/provider.ts';
import { countText, Panel, StateWord } from '../kit/index.ts';
import { hopWord, servingHop } from './hop.ts';
import styles from './providers.module.css';

/** Who is routed where: a row an agent, its providers in the order in which they are asked. */
export function RouteTable({
  routes,
  addressOfAgent,
}: {
  routes: readonly Route[] | null;
  addressOfAgent(name: string): string;
}) {
  if (routes === null || routes.length === 0) return null;
  const most = Math.max(...routes.map((route) => route.hops.length));
  return (
    <Panel title="Routes" under="in the order in which they are asked">
      <div className={styles.scroll}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Agent</th>
              {Array.from({ length: most }, (_, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: places have no other name
                <th key={index} scope="col">
                  {index + 1}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {routes
              .toSorted((a, b) => a.agent.localeCompare(b.agent))
              .map((route) => {
                const serving = servingHop(route.hops);
                return (
                  <tr key={route.agent}>
                    <th scope="row">
                      <a href={addressOfAgent(route.agent)}>{route.agent}</a>
                      {route.reroutedTo === null ? null : <span className={styles.under}>rerouted</span>}
                      {serving === null ? <span className={styles.alarm}>nobody serves it</span> : null}
                    </th>
                    {Array.from({ length: most }, (_, index) => {
                      const hop = route.hops[index];
                      return (
                        // biome-ignore lint/suspicious/noArrayIndexKey: places have no other name
                        <td key={index}>
                          {hop === undefined ? null : (
                            <>
                              <StateWord {...hopWord(hop, hop === serving)} />
                              <span className={styles.under}>
                                {hop.provider}/{hop.model}
                                {hop.calls === 0 ? '' : ` · ${countText(hop.calls)} calls`}
                              </span>
                            </>
                          )}
                        </td>
                      );
                    })}
                  </tr>
                );
              })}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
