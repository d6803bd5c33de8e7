import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { claimFolder, findDesk } from '../../electron/serve/claim.ts';
import { clientOn, openSocket } from '../serve/client.ts';
import { startDesk } from '../support/desk.ts';
import { type Desktop, launchDesktop } from '../support/electron/launch.ts';
import { until } from '../support/until.ts';

/** Waits until the page has its `count`th port. */
function ports(desktop: Desktop, count: number): Promise<unknown> {
  return until(async () => ((await desktop.ask('state')).windows[0]?.page?.ports ?? 0) >= count);
}

async function pageOf(desktop: Desktop) {
  return (await desktop.ask('state')).windows[0]?.page;
}

/** A client of the desk on this folder, as the command line has one. */
async function commandLine(desktop: Desktop) {
  const desk = await until(() => findDesk(desktop.dataFolder));
  const socket = await openSocket(desk.address, { authorization: `Bearer ${desk.token}` });
  return { client: clientOn(socket), close: () => socket.close() };
}

async function deskProcess(desktop: Desktop): Promise<number> {
  return until(async () => {
    const { processes } = await desktop.ask('state');
    return processes.find((each) => each.name === 'Nightdesk desk')?.pid;
  });
}

describe('the desktop', () => {
  let desktop: Desktop;
  beforeAll(async () => {
    desktop = launchDesktop({ args: ['--rehearsal'] });
    await ports(desktop, 1);
  });
  afterAll(() => desktop.stop());

  it('opens one window with every hardening on', async () => {
    const { windows } = await desktop.ask('state');
    expect(windows).toHaveLength(1);
    expect(windows[0]?.options.webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      webSecurity: true,
    });
  });

  it('loads the console from its own protocol, with the strict policy', async () => {
    const { schemes, windows } = await desktop.ask('state');
    expect(schemes).toMatchObject([{ scheme: 'app', privileges: { standard: true, secure: true } }]);
    const page = windows[0]?.page;
    expect([page?.address, page?.status]).toEqual(['app://nightdesk/', 200]);
    expect(page?.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page?.headers['content-security-policy']).not.toContain('unsafe');
  });

  it('serves nothing but the console there', async () => {
    for (const address of ['app://nightdesk/../package.json', 'app://nightdesk/%2e%2e/main/main.js', 'app://other/']) {
      expect((await desktop.ask('fetch', address)).status).toBe(404);
    }
    expect((await desktop.ask('fetch', 'app://nightdesk/', 'POST')).status).toBe(404);
  });

  it('gives the page a port to the desk and nothing else of Electron', async () => {
    const { windows } = await desktop.ask('state');
    expect(windows[0]?.page?.exposed).toEqual([]);
    expect(await desktop.ask('about')).toMatchObject({
      host: 'desktop',
      rehearsal: true,
      dataFolder: desktop.dataFolder,
    });
  });

  it('lets the page go nowhere else', async () => {
    for (const event of ['will-navigate', 'will-redirect', 'will-frame-navigate']) {
      for (const url of ['https://evil.example/', 'file:///etc/passwd', 'app://nightdesk.evil.example/']) {
        expect(await desktop.ask('event', event, url)).toBe(true);
      }
      expect(await desktop.ask('event', event, 'app://nightdesk/tasks')).toBe(false);
    }
    expect(await desktop.ask('event', 'will-attach-webview', '')).toBe(true);
  });

  it('opens no second window; links of a runbook open in the browser, and only https', async () => {
    for (const url of [
      'https://status.example/',
      'http://a.example',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'x',
    ]) {
      expect(await desktop.ask('openWindow', url)).toEqual({ action: 'deny' });
    }
    expect((await desktop.ask('state')).opened).toEqual(['https://status.example/']);
  });

  it('refuses every permission but copying, asked by the console', async () => {
    for (const permission of ['media', 'geolocation', 'notifications', 'openExternal', 'clipboard-read']) {
      expect(await desktop.ask('permission', permission, 'app://nightdesk')).toEqual({
        request: false,
        check: false,
        device: false,
      });
    }
    const copying = 'clipboard-sanitized-write';
    expect(await desktop.ask('permission', copying, 'app://nightdesk')).toMatchObject({ request: true, check: true });
    expect(await desktop.ask('permission', copying, 'https://a.example')).toMatchObject({
      request: false,
      check: false,
    });
  });

  it('gives no port to a page that is not the console, nor to a frame inside it', async () => {
    expect(await desktop.ask('connectFrom', 'https://evil.example/', false)).toBe(false);
    expect(await desktop.ask('connectFrom', 'app://nightdesk/', true)).toBe(false);
    expect(await desktop.ask('connectFrom', 'app://nightdesk/', false)).toBe(true);
  });

  it('forks workers in utility processes of their own', async () => {
    await until(async () => {
      const { processes } = await desktop.ask('state');
      return processes.filter((each) => each.name.startsWith('Nightdesk worker')).length >= 2;
    });
  });

  it('lets the command line in, as a served desk does', async () => {
    const { client, close } = await commandLine(desktop);
    expect(await client.about()).toMatchObject({ host: 'desktop' });
    close();
  });

  it('gives a reloaded page a new port', async () => {
    await desktop.ask('reload');
    await ports(desktop, 1);
    expect(await desktop.ask('about')).toMatchObject({ host: 'desktop' });
  });

  it('cuts off a page that sends nonsense; the desk goes on', async () => {
    const before = await desktop.ask('about');
    await desktop.ask('garbage', 'nonsense');
    await until(() => desktop.log().includes('a window was cut off: a frame was not JSON'));
    await desktop.ask('reload');
    await ports(desktop, 1);
    expect(await desktop.ask('about')).toMatchObject({ desk: before?.desk });
  });

  it('shows its one window again for a second start, on the view that a deep link names', async () => {
    await desktop.ask('secondInstance', ['nightdesk', 'nightdesk://incident/3']);
    await until(async () => (await pageOf(desktop))?.address === 'app://nightdesk/incidents/3');
    const { windows } = await desktop.ask('state');
    expect(windows).toHaveLength(1);
    expect(windows[0]?.calls).toContain('focus');
  });

  it('follows a deep link that the system hands over while it runs', async () => {
    await desktop.ask('openUrl', 'nightdesk://task/t12');
    await until(async () => (await pageOf(desktop))?.address === 'app://nightdesk/tasks/t12');
  });

  it('answers every view of the console with the page itself', async () => {
    await ports(desktop, 1);
    expect(await pageOf(desktop)).toMatchObject({ status: 200 });
  });

  it('loads its page again when the process of that died; the desk does not notice', async () => {
    const before = await desktop.ask('about');
    await desktop.ask('crashPage');
    await ports(desktop, 1);
    expect(await desktop.ask('about')).toEqual(before);
    expect(desktop.log()).toContain("the window's page ended (crashed)");
  });

  it('starts its desk again when that was killed, and says so in a notification and in the title', async () => {
    expect(await desktop.ask('pageTitle', 'Board · Nightdesk')).toBe(true);
    const before = await desktop.ask('about');
    const pid = await deskProcess(desktop);
    process.kill(pid, 'SIGKILL');
    await ports(desktop, 2);
    expect((await desktop.ask('state')).windows[0]?.titles.slice(-3)).toEqual([
      'Board · Nightdesk',
      'Board · Nightdesk (the desk restarts)',
      'Board · Nightdesk',
    ]);
    const after = await desktop.ask('about');
    expect(after?.desk).not.toBe(before?.desk);
    expect(await deskProcess(desktop)).not.toBe(pid);
    const { notifications } = await desktop.ask('state');
    expect(notifications.map((each) => each.body)).toContainEqual(expect.stringContaining('The desk stopped'));
  });

  it('runs the two newest workers only: those of the killed desk went with it', async () => {
    await until(async () => {
      const { processes } = await desktop.ask('state');
      return processes.length === 3;
    });
  });
});

describe('an incident', () => {
  let desktop: Desktop;
  beforeAll(async () => {
    desktop = launchDesktop({ args: ['--rehearsal', '--traffic=600'] });
    await ports(desktop, 1);
  });
  afterAll(() => desktop.stop());

  it('is quiet before, in the tray', async () => {
    const { tooltip, notifications } = await desktop.ask('state');
    expect(tooltip).toBe('Nightdesk: all quiet');
    expect(notifications).toEqual([]);
  });

  it('shows in the tray and in one notification', async () => {
    const { client, close } = await commandLine(desktop);
    await client.providers.fault({ provider: 'anthropic', fault: { down: true, errorRate: 0, latencyMs: 0 } });
    const [incident] = await until(async () => {
      const open = await client.incidents.list({ open: true });
      return open.length > 0 && open;
    });
    close();
    await until(async () => (await desktop.ask('state')).notifications.length > 0);
    await until(async () => (await desktop.ask('state')).tooltip !== 'Nightdesk: all quiet');
    const { tooltip, notifications } = await desktop.ask('state');
    expect(tooltip).toMatch(/^Nightdesk: 1 open incident, [01] not acknowledged$/);
    expect(notifications.map((each) => each.title)).toEqual([`Page: [rehearsal] ${incident?.title}`]);
  });

  it('shows on a desktop that is attached to the desk, too', async () => {
    // A desktop of its own: what it has shown is its own, too.
    const own = { STANDIN_USER_DATA: mkdtempSync(join(tmpdir(), 'nightdesk-attached-')) };
    const attached = launchDesktop({ dataFolder: desktop.dataFolder, env: own });
    await until(async () => (await attached.ask('state')).notifications.length > 0);
    const { tooltip } = await desktop.ask('state');
    await until(async () => (await attached.ask('state')).tooltip === tooltip);
    await attached.stop();
  });

  it('opens from its notification', async () => {
    await desktop.ask('clickNotification', 0);
    await until(async () => /^app:\/\/nightdesk\/incidents\/\d+$/.test((await pageOf(desktop))?.address ?? ''));
  });
});

describe('starting and stopping', () => {
  let desktop: Desktop | undefined;
  afterEach(() => desktop?.stop());

  it('is refused while another instance runs', async () => {
    desktop = launchDesktop({ env: { STANDIN_SECOND: '1' } });
    expect(await desktop.exited).toBe(0);
    expect(findDesk(desktop.dataFolder)).toBeUndefined();
  });

  it('opens on the view that a deep link names', async () => {
    desktop = launchDesktop({ args: ['nightdesk://incident/3'] });
    await ports(desktop, 1);
    expect(await pageOf(desktop)).toMatchObject({ address: 'app://nightdesk/incidents/3', status: 200 });
    expect((await desktop.ask('state')).protocolClients).toEqual(['nightdesk']);
  });

  it('keeps where the window was, and closes the desk in order', async () => {
    desktop = launchDesktop();
    await ports(desktop, 1);
    await desktop.ask('closeWindow').catch(() => {});
    expect(await desktop.exited).toBe(0);
    expect(findDesk(desktop.dataFolder)).toBeUndefined();
    expect(JSON.parse(readFileSync(join(desktop.dataFolder, 'window.json'), 'utf8'))).toEqual({
      bounds: { x: 10, y: 20, width: 1200, height: 800 },
      maximized: false,
    });
    const again = launchDesktop({ dataFolder: desktop.dataFolder });
    await ports(again, 1);
    expect((await again.ask('state')).windows[0]?.options).toMatchObject({ x: 10, y: 20, width: 1200 });
    await again.stop();
  });

  it('says what is wrong with a data folder that cannot be opened, and ends', async () => {
    desktop = launchDesktop({ dataFolder: '/dev/null/nowhere' });
    expect(await desktop.exited).toBe(0);
    expect(desktop.log()).toContain('The data folder /dev/null/nowhere cannot be written');
  });

  it('attaches to the desk that already runs on the folder', async () => {
    desktop = launchDesktop();
    await ports(desktop, 1);
    const first = await desktop.ask('about');
    const second = launchDesktop({ dataFolder: desktop.dataFolder });
    await ports(second, 1);
    expect(await second.ask('about')).toEqual(first);
    expect((await second.ask('state')).processes).toEqual([]);
    await second.stop();
    expect(await desktop.ask('about')).toEqual(first);
  });

  it('finds the desk of its folder again when that comes back at another port', async () => {
    const first = launchDesktop();
    await ports(first, 1);
    desktop = launchDesktop({ dataFolder: first.dataFolder });
    await ports(desktop, 1);
    await first.stop();
    const next = launchDesktop({ dataFolder: first.dataFolder });
    await ports(next, 1);
    await ports(desktop, 2);
    expect(await desktop.ask('about')).toEqual(await next.ask('about'));
    await next.stop();
  });

  it('attaches to a desk that takes the folder while it starts', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nightdesk-desktop-'));
    // Taken, and not yet answering: a service that comes up at the same login.
    const claim = claimFolder(folder, Date.now());
    if (!claim.ok) throw new Error(claim.error.message);
    desktop = launchDesktop({ dataFolder: folder });
    await until(() => desktop?.log().includes('The window attaches to it.'));
    claim.value.release();
    const served = await startDesk(folder);
    await ports(desktop, 1);
    expect(await desktop.ask('about')).toMatchObject({ host: 'serve', desk: (await served.client.about()).desk });
    await desktop.stop();
    await served.close();
  });

  it('says so when the desk elsewhere does not know its token, and ends', async () => {
    const first = launchDesktop();
    await ports(first, 1);
    const address = findDesk(first.dataFolder)?.address;
    desktop = launchDesktop({ args: [`--attach=${address}`], env: { NIGHTDESK_TOKEN: 'wrong' } });
    expect(await desktop.exited).toBe(0);
    const said = desktop.log().split('\n');
    expect(said.filter((line) => line === `The desk at ${address} does not know this token.`)).toHaveLength(1);
    await first.stop();
  });

  it('says so when its token is one that only sends, and ends', async () => {
    const served = await startDesk(mkdtempSync(join(tmpdir(), 'nightdesk-desktop-')));
    const { token } = await served.client.tokens.make({ name: 'crew' });
    const address = new URL(served.address).origin;
    desktop = launchDesktop({ args: [`--attach=${address}`], env: { NIGHTDESK_TOKEN: token } });
    expect(await desktop.exited).toBe(0);
    expect(desktop.log()).toContain(`The desk at ${address} takes this token for sending only.`);
    await served.close();
  });

  it('attaches to a desk elsewhere by its address and token', async () => {
    desktop = launchDesktop();
    await ports(desktop, 1);
    const desk = findDesk(desktop.dataFolder);
    const laptop = launchDesktop({
      args: [`--attach=${desk?.address}`],
      env: { NIGHTDESK_TOKEN: String(desk?.token) },
    });
    await ports(laptop, 1);
    expect(await laptop.ask('about')).toMatchObject({ dataFolder: desktop.dataFolder });
    await laptop.stop();
  });
});
