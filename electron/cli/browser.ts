import { spawn } from 'node:child_process';

/** Whether a window could be shown here. */
export function hasDisplay(): boolean {
  if (process.platform === 'win32' || process.platform === 'darwin') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** Opens an address in a browser where there is one. @param onFailure called when none could be opened */
export function openBrowser(address: string, onFailure: () => void): void {
  if (!hasDisplay()) return;
  const [command, args] = opener(address);
  const browser = spawn(command, args, { stdio: 'ignore', detached: true });
  browser.on('error', onFailure);
  browser.unref();
}

function opener(address: string): [string, string[]] {
  if (process.platform === 'darwin') return ['open', [address]];
  if (process.platform === 'win32') return ['rundll32', ['url.dll,FileProtocolHandler', address]];
  return ['xdg-open', [address]];
}
