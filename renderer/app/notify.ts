import type { Notice } from '#contract/delivery.ts';
import { go } from './route.ts';

/*
 * How a browser makes itself heard: the system's notifications and a sound. Of several windows on one desk, one does.
 */

const SEEN_KEY = 'nightdesk.notices';
const QUIET_KEY = 'nightdesk.quiet';
const REMEMBERED = 200;

/** The desktop shows notices itself. */
export function onDesktop(): boolean {
  return window.location.protocol === 'app:';
}

/** Of these notices those that no other window of this browser has shown. From now on they count as shown. */
export async function claimNotices(notices: readonly Notice[]): Promise<Notice[]> {
  const claim = (): Notice[] => {
    const seen: unknown = JSON.parse(localStorage.getItem(SEEN_KEY) ?? '[]');
    const ids = new Set(Array.isArray(seen) ? seen.map(String) : []);
    const mine = notices.filter(({ id }) => !ids.has(id));
    const all = [...ids, ...mine.map(({ id }) => id)];
    localStorage.setItem(SEEN_KEY, JSON.stringify(all.slice(-REMEMBERED)));
    return mine;
  };
  // Locks are there on an encrypted or local address only; without them two windows may both speak.
  return 'locks' in navigator ? navigator.locks.request(SEEN_KEY, claim) : claim();
}

/** Whether the system lets this page show notifications; null where it has none. */
export function systemPermission(): NotificationPermission | null {
  return 'Notification' in window ? Notification.permission : null;
}

/** Shows a notice beside the clock; a click leads to its incident. */
export function showOnSystem({ id, title, body, incident }: Notice): void {
  if (systemPermission() !== 'granted') return;
  const notification = new Notification(title, { body, tag: id, icon: '/moon.svg' });
  notification.onclick = () => {
    window.focus();
    if (incident !== null) go({ view: 'incident', id: incident });
    notification.close();
  };
}

/** Whether pages come with a sound here. */
export function isLoud(): boolean {
  return localStorage.getItem(QUIET_KEY) === null;
}

export function setLoud(loud: boolean): void {
  if (loud) localStorage.removeItem(QUIET_KEY);
  else localStorage.setItem(QUIET_KEY, 'yes');
}

/** Two tones, a second long. A page that nobody has touched yet stays silent: browsers want it so. */
export function playAlarm(): void {
  if (!isLoud() || !navigator.userActivation.hasBeenActive) return;
  const audio = new AudioContext();
  const volume = audio.createGain();
  volume.gain.setValueAtTime(0.2, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 1);
  volume.connect(audio.destination);
  for (const [index, frequency] of [880, 660].entries()) {
    const tone = audio.createOscillator();
    tone.frequency.value = frequency;
    tone.connect(volume);
    tone.start(audio.currentTime + index * 0.35);
    tone.stop(audio.currentTime + index * 0.35 + 0.3);
    if (index === 1) tone.onended = () => void audio.close();
  }
}
