import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findElectronBinary } from '../../electron/cli/electron-binary.ts';
import { ROOT, whyNoRealElectron } from '../support/electron/real.ts';

/*
 * What only the real Electron can show: that its sandbox, isolation and policies hold in a real window. Everything else of
 * the desktop is in desktop.test.ts, on the stand-in.
 */

const reason = whyNoRealElectron();

describe.skipIf(reason !== undefined)(
  `on the real Electron${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    let app: ElectronApplication;
    let page: Page;
    beforeAll(async () => {
      const args = [
        ROOT,
        `--data=${mkdtempSync(join(tmpdir(), 'nightdesk-electron-'))}`,
        '--rehearsal',
        '--traffic=60',
      ];
      // Chromium's sandbox refuses to run as root.
      if (process.getuid?.() === 0) args.push('--no-sandbox');
      app = await _electron.launch({ executablePath: String(findElectronBinary(ROOT)), args });
      page = await app.firstWindow();
    });
    afterAll(() => app?.close());

    it('shows the live board in its window', async () => {
      expect(page.url()).toBe('app://nightdesk/');
      await page.getByText('invoice-triage').first().waitFor();
    });

    it('gives the page no Node', async () => {
      expect(
        await page.evaluate(() => [typeof Reflect.get(window, 'require'), typeof Reflect.get(window, 'process')]),
      ).toEqual(['undefined', 'undefined']);
    });

    it('runs no text as code', async () => {
      const ran = page.evaluate(() => new Function('return 1')());
      await expect(ran).rejects.toThrow(/Content Security Policy|unsafe-eval/);
    });

    it('opens no second window', async () => {
      await page.evaluate(() => void window.open('http://example.invalid/'));
      expect(app.windows()).toHaveLength(1);
    });
  },
);
