import { fileURLToPath } from 'node:url';
import { hasDisplay } from '../../../electron/cli/browser.ts';
import { findElectronBinary } from '../../../electron/cli/electron-binary.ts';

/** The folder with package.json. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Why specs cannot run on the real Electron here; undefined when they can. */
export function whyNoRealElectron(): string | undefined {
  if (findElectronBinary(ROOT) === undefined) return 'its binary is not here';
  return hasDisplay() ? undefined : 'there is no display';
}
