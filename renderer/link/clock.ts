import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';

/** How far the desk's clock is ahead of this machine's, ms: moments on screen are the desk's. */
const offset = createStore<{ ms: number }>(() => ({ ms: 0 }));

/** Differences below this are the network's, not the clocks', ms. */
const NOTABLE_MS = 500;

/** Takes the desk's clock from a frame. */
export function readDeskClock(at: number, receivedAt: number): void {
  if (at === 0) return;
  const ms = at - receivedAt;
  if (Math.abs(ms - offset.getState().ms) > NOTABLE_MS) offset.setState({ ms });
}

/** The desk's clock, ticking once a second. */
export function useNow(): number {
  const { ms } = useStore(offset);
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now + ms;
}
