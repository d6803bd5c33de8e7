import type { Changes, Collections, Frame } from '#contract/stream.ts';

/** A topic as the console holds it: its state, the number of the frame it stands at, and the desk's clock then. */
export type Held<State extends Collections> = { state: State; seq: number; at: number };

/**
 * The state after a frame. A patch fits only right after the frame before it: anything else is a gap, and the topic has
 * to be read again. Records that did not change keep their identity, so that what shows them need not draw again.
 */
export function applyFrame<State extends Collections>(
  held: Held<State> | null,
  frame: Frame<State>,
): Held<State> | 'gap' {
  if (frame.kind === 'snapshot') return { state: frame.state, seq: frame.seq, at: frame.at };
  if (held === null || frame.seq !== held.seq + 1) return 'gap';
  return { state: applyChanges(held.state, frame.changes), seq: frame.seq, at: frame.at };
}

function applyChanges<State extends Collections>(state: State, changes: Changes<State>): State {
  const next: Collections = { ...state };
  let changed = false;
  for (const [name, change] of Object.entries(changes)) {
    if (change === undefined) continue;
    const records = { ...next[name], ...change.set };
    for (const id of change.remove) delete records[id];
    next[name] = records;
    changed = true;
  }
  return changed ? (next as State) : state;
}
