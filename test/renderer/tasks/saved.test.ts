import { describe, expect, it } from 'vitest';
import { forgetFilter, readSaved, saveFilter } from '../../../renderer/tasks/saved.ts';

/** What a browser keeps, in memory. */
function storage(initial?: string) {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? initial ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

describe('saved filters', () => {
  it('are kept by name, one of each', () => {
    const place = storage();
    saveFilter(place, { name: 'mine', search: 'state=failed' });
    saveFilter(place, { name: 'doubt', search: 'state=in-doubt' });
    saveFilter(place, { name: 'mine', search: 'state=running' });
    expect(readSaved(place)).toEqual([
      { name: 'doubt', search: 'state=in-doubt' },
      { name: 'mine', search: 'state=running' },
    ]);
    expect(forgetFilter(place, 'doubt')).toEqual([{ name: 'mine', search: 'state=running' }]);
  });

  it.each(['{', '{"name":1}', 'null'])('are none when %s is stored', (broken) => {
    expect(readSaved(storage(broken))).toEqual([]);
  });
});
