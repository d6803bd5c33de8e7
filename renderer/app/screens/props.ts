import type { BoardState } from '#contract/stream.ts';
import type { Asked } from '../asked.ts';

/** What every screen is given. */
export type ScreenProps = {
  /** Null before the first frame. */
  board: BoardState | null;
  now: number;
  stale: boolean;
  onAsk(asked: Asked): void;
};
