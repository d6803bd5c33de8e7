import { BrowserWindow, screen } from 'electron';
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
};

/** Opens the console's window, where it was when it was last closed. */
export function openWindow(options: WindowOptions): BrowserWindow {
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
  void window.loadURL(`${APP_ORIGIN}/`);
  return window;
}

/** Shows a view in a window and brings it to the front. @param view the hash of its address */
export function showView(window: BrowserWindow, view: string): void {
  void window.loadURL(`${APP_ORIGIN}/${view}`);
  raise(window);
}

export function raise(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
