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
