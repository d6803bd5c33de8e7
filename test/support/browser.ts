import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { findDesk } from '../../electron/serve/index.ts';

/** Where a Chromium may stand; CHROMIUM names the one to take instead. */
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The path of a Chromium on this machine; undefined when there is none. */
export function findBrowser(): string | undefined {
  const { CHROMIUM } = process.env;
  return (CHROMIUM === undefined ? PLACES : [CHROMIUM]).find((place) => existsSync(place));
}

/** Starts the browser at `executablePath`, without a window and without calls home. */
export function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'].concat(
      '--disable-component-update',
      '--disable-sync',
    ),
  });
}

/** What has not shown by then does not come, ms. */
const LONGEST_WAIT_MS = 45_000;

/** The sizes at which every screen has to work, CSS px. */
export const SIZES = { large: { width: 1440, height: 900 }, small: { width: 1024, height: 640 } } as const;
export type Theme = 'dark' | 'light';

/** The console in a browser of its own: cookies and storage are shared with no other. */
export type ConsolePage = {
  page: Page;
  context: BrowserContext;
  /** Without a token or a path. */
  address: string;
  /** What went wrong in the page: errors on its console, exceptions, and what its policy refused. */
  troubles: string[];
  /** Loads the view at a path, as a link from outside would. */
  open(path: string): Promise<void>;
  close(): Promise<void>;
};

export type ConsoleOptions = {
  theme?: Theme;
  size?: { width: number; height: number };
  /** Invited under this name; as whoever runs the desk when left out. */
  person?: string;
};

/** Opens the console of the desk that runs on a data folder, let in by an address of its own. */
export async function openConsole(
  browser: Browser,
  folder: string,
  { theme = 'dark', size = SIZES.large, person = '' }: ConsoleOptions = {},
): Promise<ConsolePage> {
  const context = await browser.newContext({ viewport: size });
  await context.addInitScript((chosen) => {
    if (localStorage.getItem('nightdesk.theme') === null) localStorage.setItem('nightdesk.theme', chosen);
  }, theme);
  context.setDefaultTimeout(LONGEST_WAIT_MS);
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') troubles.push(message.text());
  });
  page.on('pageerror', (error) => troubles.push(error.stack ?? error.message));
  await page.goto(await invitation(folder, person));
  const address = new URL(page.url()).origin;

  return {
    page,
    context,
    address,
    troubles,
    open: async (path) => {
      await page.goto(address + path);
      await page.locator('h1').first().waitFor();
    },
    close: () => context.close(),
  };
}

/** A fresh address of the desk that runs on a folder: it lets one browser in, once. */
async function invitation(folder: string, person: string): Promise<string> {
  const desk = findDesk(folder);
  if (desk === undefined) throw new Error(`no desk runs on ${folder}`);
  const answer = await fetch(`${desk.address}/v1/invitations?person=${encodeURIComponent(person)}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${desk.token}` },
  });
  const { address } = (await answer.json()) as { address: string };
  return address;
}
