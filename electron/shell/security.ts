import { type Session, shell, type WebContents, type WebFrameMain } from 'electron';
import { APP_ORIGIN } from './protocol.ts';

/** Copying an id is the only permission the console needs. */
const PERMITTED = new Set(['clipboard-sanitized-write']);

/** Refuses every permission but copying, asked by the console itself. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, answer) => {
    answer(PERMITTED.has(permission) && isConsoleAddress(contents.getURL()));
  });
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => PERMITTED.has(permission) && isConsoleAddress(origin),
  );
  session.setDevicePermissionHandler(() => false);
}

/** Keeps a window on the console: no other page, no further window, no webview. Links of runbooks open in the browser. */
export function lockDown(contents: WebContents): void {
  const stay = (event: { preventDefault(): void }, address: string) => {
    if (!isConsoleAddress(address)) event.preventDefault();
  };
  contents.on('will-navigate', (event) => stay(event, event.url));
  contents.on('will-redirect', (event) => stay(event, event.url));
  contents.on('will-frame-navigate', (event) => stay(event, event.url));
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    if (URL.canParse(url) && new URL(url).protocol === 'https:') void shell.openExternal(url);
    return { action: 'deny' };
  });
}

/** Whether a message came from the console's own page, at the top of its window. */
export function isConsoleFrame(frame: WebFrameMain | null): boolean {
  return frame !== null && frame.parent === null && isConsoleAddress(frame.url);
}

function isConsoleAddress(address: string): boolean {
  return address === APP_ORIGIN || address.startsWith(`${APP_ORIGIN}/`);
}
