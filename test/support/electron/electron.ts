import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { loadPage, type Page } from './page.ts';
import { Port } from './port.ts';

/*
 * A stand-in of the `electron` module, as much of it as the shell uses, for machines where Electron's binary cannot be
 * had. It runs the built main and preload files; what they did is kept in `seen` for the test.
 */

type Handler = (request: Request) => Promise<Response> | Response;
type Permit = (contents: unknown, permission: string, answer: (granted: boolean) => void) => void;

/** What the app did that a person would see, or that hardens it. */
export const seen = {
  schemes: [] as unknown[],
  protocolClients: [] as string[],
  menu: null as unknown,
  notifications: [] as { title: string; body: string; click(): void }[],
  errorBoxes: [] as { title: string; content: string }[],
  tooltip: '',
  opened: [] as string[],
};

const handlers = new Map<string, Handler>();
const permissions: {
  request?: Permit;
  check?: (c: unknown, p: string, origin: string) => boolean;
  device?: () => boolean;
} = {};

/** Asks the app's own protocol, as a window would. */
export async function fetchByProtocol(address: string, method = 'GET'): Promise<Response> {
  const handler = handlers.get(new URL(address).protocol.slice(0, -1));
  return handler ? handler(new Request(address, { method })) : new Response('', { status: 502 });
}

/** What the app's permission handlers answer. */
export function askPermission(
  permission: string,
  origin: string,
): { request: boolean; check: boolean; device: boolean } {
  let request = true;
  permissions.request?.({ getURL: () => `${origin}/` }, permission, (granted) => {
    request = granted;
  });
  return {
    request,
    check: permissions.check?.(null, permission, origin) ?? true,
    device: permissions.device?.() ?? true,
  };
}

export const session = {
  defaultSession: {
    protocol: { handle: (scheme: string, handler: Handler) => handlers.set(scheme, handler) },
    setPermissionRequestHandler: (handler: Permit) => {
      permissions.request = handler;
    },
    setPermissionCheckHandler: (handler: NonNullable<typeof permissions.check>) => {
      permissions.check = handler;
    },
    setDevicePermissionHandler: (handler: () => boolean) => {
      permissions.device = handler;
    },
  },
};
export const protocol = { registerSchemesAsPrivileged: (schemes: unknown[]) => seen.schemes.push(...schemes) };
export const ipcMain = new EventEmitter();

class App extends EventEmitter {
  isPackaged = false;
  #quitting = false;

  requestSingleInstanceLock(): boolean {
    return process.env.STANDIN_SECOND !== '1';
  }
  setAsDefaultProtocolClient(scheme: string): void {
    seen.protocolClients.push(scheme);
  }
  whenReady(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
  getPath(): string {
    return process.env.STANDIN_USER_DATA ?? '.';
  }
  /** Quits in Electron's order: will-quit may hold it up. */
  quit(): void {
    let held = false;
    this.emit('will-quit', {
      preventDefault: () => {
        held = true;
      },
    });
    if (held || this.#quitting) return;
    this.#quitting = true;
    process.exit(0);
  }
}
export const app = new App();

let nextContents = 1;

/** A window's contents. */
export class WebContents extends EventEmitter {
  readonly id = nextContents++;
  page: Page | undefined;
  mainFrame: { url: string; parent: null } = { url: '', parent: null };
  openHandler: ((details: { url: string }) => { action: string }) | undefined;

  setWindowOpenHandler(handler: NonNullable<WebContents['openHandler']>): void {
    this.openHandler = handler;
  }
  getURL(): string {
    return this.mainFrame.url;
  }
  isDestroyed(): boolean {
    return false;
  }
  postMessage(channel: string, data: unknown, ports: Port[]): void {
    this.page?.receive(channel, data, ports);
  }
  reload(): void {
    void this.load();
  }
  /** Loads the page that its window is on. */
  load: () => Promise<void> = async () => {};
}

/** Windows that are open. */
export const windows: BrowserWindow[] = [];

export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents();
  readonly options: Record<string, unknown> & { webPreferences: { preload: string } };
  /** All that it showed, oldest first. */
  titles: string[] = [];
  calls: string[] = [];

  constructor(options: BrowserWindow['options']) {
    super();
    this.options = options;
    windows.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }

  async loadURL(address: string): Promise<void> {
    const contents = this.webContents;
    const old = contents.mainFrame.url;
    contents.mainFrame = { url: address, parent: null };
    // Another hash of the same page is no new page.
    if (old.split('#')[0] === address.split('#')[0] && contents.page) {
      contents.page.address = address;
      return;
    }
    contents.load = async () => {
      for (const port of contents.page?.ports ?? []) port.close();
      contents.page = undefined;
      const answer = await fetchByProtocol(address);
      contents.page = await loadPage(address, this.options.webPreferences.preload, answer, (channel) =>
        ipcMain.emit(channel, { sender: contents, senderFrame: contents.mainFrame }),
      );
    };
    await contents.load();
    this.emit('ready-to-show');
  }

  isDestroyed(): boolean {
    return !windows.includes(this);
  }
  setTitle(title: string): void {
    this.titles.push(title);
  }
  show(): void {
    this.calls.push('show');
  }
  focus(): void {
    this.calls.push('focus');
  }
  maximize(): void {
    this.calls.push('maximize');
  }
  isMinimized(): boolean {
    return false;
  }
  isMaximized(): boolean {
    return this.calls.includes('maximize');
  }
  getNormalBounds(): unknown {
    return { x: 10, y: 20, width: 1200, height: 800 };
  }
  close(): void {
    this.emit('close');
    this.webContents.emit('destroyed');
    windows.splice(windows.indexOf(this), 1);
    this.emit('closed');
    if (windows.length === 0) app.emit('window-all-closed');
  }
}

export class MessageChannelMain {
  readonly port1: Port;
  readonly port2: Port;
  constructor() {
    const { port1, port2 } = Port.pair();
    this.port1 = port1;
    this.port2 = port2;
  }
}

export const Menu = {
  buildFromTemplate: (template: unknown) => template,
  setApplicationMenu: (menu: unknown) => {
    seen.menu = menu;
  },
};

export class Notification extends EventEmitter {
  readonly options: { title: string; body: string };
  constructor(options: { title: string; body: string }) {
    super();
    this.options = options;
  }
  static isSupported(): boolean {
    return true;
  }
  show(): void {
    seen.notifications.push({ ...this.options, click: () => this.emit('click') });
  }
}

export class Tray extends EventEmitter {
  setContextMenu(): void {}
  setToolTip(text: string): void {
    seen.tooltip = text;
  }
}

export const nativeImage = { createFromPath: (path: string) => ({ path: join(path), resize: () => ({ path }) }) };
export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] };
export const shell = { openExternal: async (address: string) => void seen.opened.push(address) };
export const dialog = {
  /** Printed, too: the app may end right after. */
  showErrorBox(title: string, content: string): void {
    seen.errorBoxes.push({ title, content });
    process.stderr.write(`${title}\n${content}\n`);
  },
};
export { utilityProcess } from './utility.ts';
