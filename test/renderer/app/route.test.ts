import { describe, expect, it } from 'vitest';
import { addressOf, type Route, routeOf } from '../../../renderer/app/route.ts';

function there(address: string): Route {
  const [path = '', search = ''] = address.split('?');
  return routeOf(path, search);
}

describe('the addresses of what waits for a person', () => {
  it('lead back to what they came from', () => {
    const routes: Route[] = [
      { view: 'waiting', item: null, part: null },
      { view: 'waiting', item: 'q12', part: null },
      { view: 'waiting', item: 't55', part: 'doubts' },
      { view: 'waiting', item: null, part: 'reviews' },
    ];
    for (const route of routes) expect(there(addressOf(route))).toEqual(route);
  });

  it('hold a question or a task, nothing else', () => {
    expect(there('/waiting/nonsense')).toEqual({ view: 'nowhere', path: '/waiting/nonsense' });
    expect(there('/waiting?only=nonsense')).toEqual({ view: 'waiting', item: null, part: null });
  });
});

describe('the address of the editor', () => {
  it('names the runbook, and what a new one begins as', () => {
    const routes: Route[] = [
      { view: 'edit', name: 'provider-down', from: null },
      { view: 'edit', name: 'llm-quota', from: { from: 'template' } },
      { view: 'edit', name: 'llm-quota', from: { from: 'alert', rule: 'budget-80' } },
      { view: 'edit', name: 'llm-quota', from: { from: 'incident', incident: 7 } },
    ];
    for (const route of routes) expect(there(addressOf(route))).toEqual(route);
  });

  it('is none for what cannot be the name of a file, nor for more than it holds', () => {
    for (const path of ['/runbooks/..%2Fetc/edit', '/runbooks/A%20B/edit', '/runbooks/x/edit/y', '/runs/1/edit']) {
      expect(there(path)).toEqual({ view: 'nowhere', path });
    }
    expect(there('/runbooks/x/edit?from=alert:..')).toEqual({ view: 'edit', name: 'x', from: null });
    expect(there('/runbooks/x/edit?from=incident:x')).toEqual({ view: 'edit', name: 'x', from: null });
  });
});
