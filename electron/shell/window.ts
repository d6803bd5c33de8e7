import { BrowserWindow, screen } from 'electron';
import { logLine } from '../serve/log.ts';
import { WELL_MS, waitBefore } from './desk-source.ts';
import { APP_ORIGIN } from './protocol.ts';
import { isOnScreen, keepWindowState, readWindowState } from './window-state.ts';

const FIRST_SIZE = { width: 1440, height: 900 };
/** The least the console's layout is made for. */
const LEAST_SIZE = { minWidth: 1024, minHeight: 640 };
/** The console's own background, dark: no white flash at night before it has painted. */
const BACKGROUND = '#0d1117';

export type WindowOptions = {
  /** out/preload/preload.cjs. */
  preload: string;
  /** Keeps where the window was. */
  stateFile: string;
  /** Its path in the console: what it opens on. */
  view: string;
  onClosed(): void;
};

/** The console's window. */
export type ConsoleWindow = {
  /** Brings it to the front, on a view when one is named. @param view its path in the console */
  show(view?: string): void;
  /** Says in its title whether the desk answers, beside what the page says there. */
  sayDesk(up: boolean): void;
};

/** Opens the console's window, where it was when it was last closed. */
export function openWindow(options: WindowOptions): ConsoleWindow {
  const kept = readWindowState(options.stateFile);
  const screens = screen.getAllDisplays().map((display) => display.workArea);
  const bounds = kept && isOnScreen(kept.bounds, screens) ? kept.bounds : FIRST_SIZE;
  const window = new BrowserWindow({
    ...bounds,
    ...LEAST_SIZE,
    title: 'Nightdesk',
    backgroundColor: BACKGROUND,
    show: false,
    webPreferences: {
      preload: options.preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      webSecurity: true,
      spellcheck: false,
    },
  });
  if (kept?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    keepWindowState(options.stateFile, { bounds: window.getNormalBounds(), maximized: window.isMaximized() });
  });
  window.on('closed', options.onClosed);

  let page = 'Nightdesk';
  let deskIsUp = true;
  const paintTitle = () => window.setTitle(deskIsUp ? page : `${page} (the desk restarts)`);
  window.on('page-title-updated', (event, title) => {
    event.preventDefault();
    page = title;
    paintTitle();
  });

  keepAlive(window);
  void window.loadURL(`${APP_ORIGIN}${options.view}`);
  return {
    show(view) {
      if (view !== undefined) void window.loadURL(`${APP_ORIGIN}${view}`);
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
    sayDesk(up) {
      deskIsUp = up;
      paintTitle();
    },
  };
}

/** Loads the page again when its process died; the desk and its workers did not notice. */
function keepAlive(window: BrowserWindow): void {
  let deaths = 0;
  let bornAt = Date.now();
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    deaths = Date.now() - bornAt > WELL_MS ? 1 : deaths + 1;
    const wait = waitBefore(deaths);
    logLine(`the window's page ended (${reason}); it is loaded again in ${wait} ms`);
    setTimeout(() => {
      bornAt = Date.now();
      if (!window.isDestroyed()) window.webContents.reload();
    }, wait);
  });
}
