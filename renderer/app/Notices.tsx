import { X } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { freshNotices, isUrgent, type Notice } from '#contract/delivery.ts';
import { StateWord } from '../kit/index.ts';
import { useNotices } from '../link/index.ts';
import styles from './app.module.css';
import { claimNotices, onDesktop, playAlarm, showOnSystem } from './notify.ts';
import { addressOf } from './route.ts';

/** So many stand on screen at a time. */
const SHOWN = 2;
/** They go by themselves: what is wrong stands at the top for as long as it is, ms. */
const STAYS_MS = { urgent: 20_000, other: 10_000 };

/** What the desk tells everybody: on screen in every window, aloud and beside the clock in one of this machine's. */
export function Notices() {
  const notices = useNotices();
  const seen = useRef(new Set<string>());
  const [shown, setShown] = useState<Notice[]>([]);
  const close = useCallback((id: string) => setShown((before) => before.filter((notice) => notice.id !== id)), []);

  useEffect(() => {
    const fresh = freshNotices(notices, seen.current, Date.now());
    if (fresh.length === 0) return;
    for (const { id } of fresh) seen.current.add(id);
    setShown((before) => [...before, ...fresh].slice(-SHOWN));
    if (onDesktop()) return;
    void claimNotices(fresh).then((mine) => {
      mine.forEach(showOnSystem);
      if (mine.some(isUrgent)) playAlarm();
    });
  }, [notices]);

  useEffect(() => {
    const [oldest] = shown;
    if (oldest === undefined) return;
    const timer = setTimeout(() => close(oldest.id), isUrgent(oldest) ? STAYS_MS.urgent : STAYS_MS.other);
    return () => clearTimeout(timer);
  }, [shown, close]);

  return (
    <section className={styles.notices} aria-label="Notices" aria-live="polite">
      {shown.map((notice) => (
        <article key={notice.id} className={styles.noticeCard}>
          <header>
            <StateWord tone={toneOf(notice)} word={notice.title} />
            <button type="button" aria-label={`Close: ${notice.title}`} onClick={() => close(notice.id)}>
              <X size={14} aria-hidden="true" />
            </button>
          </header>
          {notice.incident === null ? null : (
            <a href={addressOf({ view: 'incident', id: notice.incident })} onClick={() => close(notice.id)}>
              Incident {notice.incident}
            </a>
          )}
        </article>
      ))}
    </section>
  );
}

function toneOf(notice: Notice) {
  if (notice.kind === 'resolve') return 'met';
  if (isUrgent(notice)) return 'now';
  return notice.severity === null ? 'quiet' : 'soon';
}
