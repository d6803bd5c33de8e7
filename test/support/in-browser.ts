import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { findBrowser, launchBrowser } from './browser.ts';

/**
 * `describe` for specs in a real browser, one for all of them. Without one on this machine they are skipped, and say so;
 * with NIGHTDESK_REQUIRE_BROWSER=1 they fail.
 *
 * @param specs is given the browser, which is there from `beforeAll` on
 */
export function describeInBrowser(name: string, specs: (browser: () => Browser) => void): void {
  const path = findBrowser();
  if (path === undefined) {
    describeWithoutBrowser(name);
    return;
  }
  describe(name, () => {
    let launched: Browser | undefined;
    beforeAll(async () => {
      launched = await launchBrowser(path);
    });
    afterAll(() => launched?.close());
    specs(() => {
      if (launched === undefined) throw new Error('the browser starts in beforeAll');
      return launched;
    });
  });
}

function describeWithoutBrowser(name: string): void {
  const why = 'no Chromium on this machine: install it (apt-get install chromium), or name one in CHROMIUM';
  if (process.env.NIGHTDESK_REQUIRE_BROWSER === '1') {
    describe(name, () => {
      it('runs in a browser', () => {
        throw new Error(why);
      });
    });
    return;
  }
  process.stderr.write(`\nSKIPPED: the end-to-end spec "${name}" has ${why}.\n`);
  describe.skip(name, () => {
    it(`needs a browser: ${why}`, () => {});
  });
}
