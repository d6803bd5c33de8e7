import { useEffect, useRef, useState } from 'react';
import type { Runbook } from '#contract/runbook.ts';

/** How long nothing is typed before the text is checked, ms. */
const PAUSE_MS = 250;

/** The text as the desk read it last, with its faults; null before the first answer. While one is checked none other is asked for. */
export function useChecked(
  text: string,
  check: (text: string) => Promise<Runbook>,
): { text: string; runbook: Runbook } | null {
  const [checked, setChecked] = useState<{ text: string; runbook: Runbook } | null>(null);
  const latest = useRef(check);
  latest.current = check;
  useEffect(() => {
    let gone = false;
    const timer = setTimeout(async () => {
      try {
        const runbook = await latest.current(text);
        if (!gone) setChecked({ text, runbook });
      } catch (error) {
        // Without the desk the last answer stands; the strip on top says that it cannot be reached.
        console.error('the text could not be checked', error);
      }
    }, PAUSE_MS);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [text]);
  return checked;
}
