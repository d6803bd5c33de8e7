import { useEffect } from 'react';
import { go } from './route.ts';
import { VIEWS } from './views.ts';

/** How long after `g` the letter may come, ms. */
const GO_MS = 1_000;
const TYPING = 'input, textarea, select, [contenteditable="true"], [data-typing], [role="dialog"]';

/** `g`, then a letter: to that view. */
export function useGoKeys(): void {
  useEffect(() => {
    let goAt = Number.NEGATIVE_INFINITY;
    function onKeyDown(event: KeyboardEvent): void {
      if (event.ctrlKey || event.altKey || event.metaKey) return;
      if (event.target instanceof Element && event.target.closest(TYPING) !== null) return;
      const after = event.timeStamp - goAt < GO_MS;
      goAt = event.key === 'g' && !after ? event.timeStamp : Number.NEGATIVE_INFINITY;
      if (!after) return;
      const entry = VIEWS.flat().find((one) => one.key === event.key);
      if (entry === undefined) return;
      event.preventDefault();
      go(entry.route);
    }
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}
