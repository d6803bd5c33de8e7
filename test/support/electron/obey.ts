import { app, askPermission, fetchByProtocol, ipcMain, seen, WebContents, windows } from './electron.ts';
import { utilities } from './utility.ts';

/*
 * The stand-in's side of the test: one function a question. Answers are plain data.
 */

function contents(): WebContents {
  const window = windows[0];
  if (!window) throw new Error('there is no window');
  return window.webContents;
}

/** Emits an event that the app may prevent. */
function prevented(name: string, details: Record<string, unknown>): boolean {
  let stopped = false;
  contents().emit(name, { ...details, preventDefault: () => (stopped = true) });
  return stopped;
}

export const commands = {
  state: () => ({
    ...seen,
    notifications: seen.notifications.map(({ title, body }) => ({ title, body })),
    windows: windows.map(({ options, titles, calls, webContents: { page } }) => ({
      options,
      titles,
      calls,
      page: page && {
        address: page.address,
        status: page.status,
        headers: page.headers,
        ports: page.ports.length,
        exposed: page.exposed,
      },
    })),
    processes: [...utilities].map(([pid, name]) => ({ pid, name })),
  }),
  event: (name: string, url: string) => prevented(name, { url }),
  openWindow: (url: string) => contents().openHandler?.({ url }),
  permission: askPermission,
  async fetch(address: string, method?: string) {
    const answer = await fetchByProtocol(address, method);
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
  },
  about: () => contents().page?.client().about(),
  reload: () => contents().load(),
  /** The page's process dies. */
  crashPage() {
    const { page } = contents();
    for (const port of page?.ports ?? []) port.close();
    contents().page = undefined;
    contents().emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 });
  },
  /** The page sets its own title, as a browser's would. @returns whether the app took it over */
  pageTitle(title: string) {
    let taken = false;
    windows[0]?.emit('page-title-updated', { preventDefault: () => (taken = true) }, title);
    return taken;
  },
  /** Asks for a port as a frame that is not the console would. @returns whether it got one */
  async connectFrom(url: string, nested: boolean) {
    const stranger = new WebContents();
    let given = false;
    stranger.postMessage = () => {
      given = true;
    };
    const frame = { url, parent: nested ? { url: 'app://nightdesk/', parent: null } : null };
    ipcMain.emit('nightdesk:connect', { sender: stranger, senderFrame: frame });
    await new Promise((resolve) => setImmediate(resolve));
    return given;
  },
  /** Posts nonsense to the desk. @returns once the port was closed for it */
  async garbage(data: unknown) {
    const port = contents().page?.ports.at(-1);
    if (!port) throw new Error('there is no port');
    const closed = new Promise<void>((resolve) => port.once('close', () => resolve()));
    port.postMessage(data);
    await closed;
  },
  openUrl: (link: string) => void app.emit('open-url', {}, link),
  secondInstance: (args: string[]) => void app.emit('second-instance', {}, args),
  clickNotification: (index: number) => seen.notifications[index]?.click(),
  closeWindow: () => windows[0]?.close(),
  quit: () => app.quit(),
};

process.on('message', async ({ id, name, args }: { id: number; name: keyof typeof commands; args: unknown[] }) => {
  try {
    const command = commands[name] as (...given: unknown[]) => unknown;
    process.send?.({ id, value: await command(...args) });
  } catch (error) {
    process.send?.({ id, error: String(error) });
  }
});
