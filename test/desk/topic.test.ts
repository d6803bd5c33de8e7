import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Changes, Frame } from '#contract/stream.ts';
import { createBell, diff, frames } from '../../electron/desk/topic.ts';

type State = { rows: Record<string, { n: number }>; other: Record<string, { text: string }> };

function apply(state: State, changes: Changes<State>): State {
  const next: Record<string, Record<string, unknown>> = { ...state };
  for (const [name, change] of Object.entries(changes)) {
    if (!change) continue;
    const records = { ...next[name], ...change.set };
    for (const id of change.remove) delete records[id];
    next[name] = records;
  }
  return next as State;
}

const stateArbitrary: fc.Arbitrary<State> = fc.record({
  rows: fc.dictionary(fc.stringMatching(/^[a-e]$/), fc.record({ n: fc.nat(3) })),
  other: fc.dictionary(fc.stringMatching(/^[a-e]$/), fc.record({ text: fc.string({ maxLength: 2 }) })),
});

describe('the changes between two states', () => {
  it('make the second from the first, whatever they are', () => {
    fc.assert(
      fc.property(stateArbitrary, stateArbitrary, (before, after) => {
        expect(apply(before, diff(before, after))).toEqual(after);
      }),
    );
  });

  it('are none when nothing changed', () => {
    fc.assert(fc.property(stateArbitrary, (state) => Object.keys(diff(state, structuredClone(state))).length === 0));
  });
});

describe('a subscription', () => {
  it('sends a snapshot, then numbered patches without a gap, coalesced', async () => {
    const bell = createBell();
    let n = 0;
    const reading = frames<{ rows: Record<string, { n: number }> }>({
      read: () => ({ rows: { a: { n } } }),
      subscribe: bell.subscribe,
      drained: async () => {},
      signal: undefined,
      now: Date.now,
    });
    const first = await reading.next();
    expect(first.value).toMatchObject({ kind: 'snapshot', seq: 0, state: { rows: { a: { n: 0 } } } });
    for (let round = 1; round <= 3; round += 1) {
      for (let i = 0; i < 50; i += 1) {
        n += 1;
        bell.ring();
      }
      const patch = await reading.next();
      expect(patch.value).toMatchObject({
        kind: 'patch',
        seq: round,
        changes: { rows: { set: { a: { n: round * 50 } } } },
      });
    }
    await reading.return();
  });

  it('waits for a slow reader and then sends what is true by then', async () => {
    const bell = createBell();
    let release: (() => void) | undefined;
    let n = 0;
    const reading = frames<{ rows: Record<string, { n: number }> }>({
      read: () => ({ rows: { a: { n } } }),
      subscribe: bell.subscribe,
      drained: () => new Promise((resolve) => (release = resolve)),
      signal: undefined,
      now: Date.now,
    });
    await reading.next();
    n = 1;
    bell.ring();
    const patch = reading.next();
    while (!release) await new Promise((resolve) => setTimeout(resolve, 5));
    n = 2;
    release();
    expect((await patch).value as Frame<{ rows: Record<string, { n: number }> }>).toMatchObject({
      changes: { rows: { set: { a: { n: 2 } } } },
    });
    await reading.return();
  });

  it('ends when its reader is gone', async () => {
    const gone = new AbortController();
    const bell = createBell();
    const reading = frames({
      read: () => ({}),
      subscribe: bell.subscribe,
      drained: async () => {},
      signal: gone.signal,
      now: Date.now,
    });
    await reading.next();
    const next = reading.next();
    gone.abort();
    expect((await next).done).toBe(true);
  });
});
