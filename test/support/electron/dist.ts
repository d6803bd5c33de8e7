import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FuseState, FuseV1Options } from '@electron/fuses';

/** What Electron's binary holds before its fuse wire, for tools that flip fuses to find it by. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const WIRE_VERSION = 1;

/**
 * Writes a stand-in of Electron's own files for Linux, as electron-builder takes them from `electronDist`: a binary that
 * is only a fuse wire, all fuses as Electron ships them on, and what lies around it.
 */
export function writeElectronDist(folder: string): void {
  mkdirSync(join(folder, 'locales'), { recursive: true });
  mkdirSync(join(folder, 'resources'));
  const fuses = Object.values(FuseV1Options).filter((fuse) => typeof fuse === 'number');
  const wire = Buffer.from([WIRE_VERSION, fuses.length, ...fuses.map(() => FuseState.ENABLE)]);
  writeFileSync(join(folder, 'electron'), Buffer.concat([Buffer.from(`stand-in of Electron ${SENTINEL}`), wire]));
  chmodSync(join(folder, 'electron'), 0o755);
  writeFileSync(join(folder, 'locales/en-US.pak'), '');
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'version', 'chrome_crashpad_handler', 'chrome-sandbox']) {
    writeFileSync(join(folder, name), '');
  }
}
