import { join } from 'node:path';
import { app, dialog, ipcMain, Notification, session } from 'electron';
import { isUrgent } from '#contract/delivery.ts';
import type { Failure } from '#contract/errors.ts';
import { findDesk } from '../serve/claim.ts';
import { findHome } from '../serve/home.ts';
import { keepLog, logLine } from '../serve/log.ts';
import { attachDesk } from './attach.ts';
import { runDeskProcess } from './desk-process.ts';
import { type DeskSource, handOver } from './desk-source.ts';
import { watchIncidents } from './incidents.ts';
import { setMenu } from './menu.ts';
import { watchNotices } from './notices.ts';
import { readOptions, viewOf } from './options.ts';
import { registerScheme, serveConsole } from './protocol.ts';
import { denyPermissions, isConsoleFrame, lockDown } from './security.ts';
import { createTray } from './tray.ts';
import { type ConsoleWindow, openWindow } from './window.ts';

/*
 * The desktop's entry: one instance, one window, a desk of its own or one to attach to.
 */

const home = findHome(import.meta.dirname);
const options = readOptions(process.argv.slice(1), process.env);

/** The deep link that this start was for: an argument, or on macOS an event before the app is ready. */
let firstLink = linkIn(process.argv);
let openLink = (link: string | undefined): void => {
  firstLink = link;
};

registerScheme();
app.setAsDefaultProtocolClient('nightdesk');
app.on('open-url', (_event, link) => openLink(link));
app.on('web-contents-created', (_event, contents) => lockDown(contents));
if (app.requestSingleInstanceLock()) void app.whenReady().then(start);
else app.quit();

function start(): void {
  keepLog(join(app.getPath('logs'), 'desktop.log'));
  serveConsole(session.defaultSession, home.rendererFolder);
  denyPermissions(session.defaultSession);
  setMenu();

  let window: ConsoleWindow | undefined;
  const open = (view?: string): void => {
    if (window) {
      window.show(view);
      return;
    }
    window = openWindow({
      preload: join(home.root, 'out/preload/preload.cjs'),
      stateFile: join(app.getPath('userData'), 'window.json'),
      view: view ?? '/',
      onClosed() {
        window = undefined;
      },
    });
  };
  openLink = (link) => open(link === undefined ? undefined : viewOf(link));

  const tray = createTray({
    icon: join(home.root, 'build/icon.png'),
    open: () => open(),
    quit: () => app.quit(),
  });
  const source = chooseDesk((up) => window?.sayDesk(up));
  connectWindows(source);
  watchIncidents(source, tray.show);
  const onScreen = new Set<Notification>();
  watchNotices(source, join(app.getPath('userData'), 'notices.json'), (notice) => {
    if (!Notification.isSupported()) return;
    const urgent = isUrgent(notice);
    const { title, body, incident } = notice;
    const notification = new Notification({ title, body, silent: !urgent, urgency: urgent ? 'critical' : 'normal' });
    // One that nobody holds would be collected, and its click with it.
    onScreen.add(notification);
    notification.on('click', () => open(incident === null ? '/' : `/incidents/${incident}`));
    notification.on('close', () => onScreen.delete(notification));
    notification.show();
  });

  app.on('second-instance', (_event, args) => openLink(linkIn(args)));
  app.on('activate', () => open());
  app.on('window-all-closed', () => app.quit());
  let closed = false;
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    void source.close().then(() => {
      closed = true;
      app.quit();
    });
  });
  openLink(firstLink);
}

function linkIn(args: string[]): string | undefined {
  return args.find((argument) => argument.startsWith('nightdesk://'));
}

/** The desk that was named, the one that already runs on the data folder, or one of our own. */
function chooseDesk(onState: (up: boolean) => void): DeskSource {
  const locate = () => options.attach ?? findDesk(options.dataFolder);
  const onFailure = (failure: Failure) => {
    dialog.showErrorBox(failure.message, `${failure.kept}\n${failure.todo}`);
    app.quit();
  };
  const attach = () => attachDesk({ locate, onState, onRefused: onFailure });
  if (locate()) return attach();
  return handOver((leave) =>
    runDeskProcess({
      argument: {
        dataFolder: options.dataFolder,
        agentFolders: options.agentFolders,
        rehearsal: options.rehearsal,
        trafficPerMinute: options.trafficPerMinute,
      },
      folder: join(home.root, 'out/main'),
      onUp: () => onState(true),
      onDeath(wait) {
        onState(false);
        if (!Notification.isSupported()) return;
        const body = `The desk stopped. It starts again in ${Math.ceil(wait / 1_000)} s; nothing that was committed is lost.`;
        new Notification({ title: 'Nightdesk', body }).show();
      },
      onFailure(failure) {
        if (failure.code !== 'CONFLICT') return onFailure(failure);
        // The service, most likely, came up between our look and our claim.
        logLine(`${failure.message} The window attaches to it.`);
        leave(attach);
      },
    }),
  );
}

/** Hands a window its port to the desk when its own page asks, and again whenever the desk comes back. */
function connectWindows(source: DeskSource): void {
  const ends = new Map<number, () => void>();
  ipcMain.on('nightdesk:connect', (event) => {
    if (!isConsoleFrame(event.senderFrame)) return;
    const contents = event.sender;
    // A reloaded page asks again: its old port went with it.
    ends.get(contents.id)?.();
    if (!ends.has(contents.id)) {
      contents.once('destroyed', () => {
        ends.get(contents.id)?.();
        ends.delete(contents.id);
      });
    }
    ends.set(
      contents.id,
      source.connect((port) => {
        if (!contents.isDestroyed()) contents.postMessage('nightdesk:port', null, [port]);
      }),
    );
  });
}
