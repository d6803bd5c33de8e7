import { afterAll, beforeAll, expect, it } from 'vitest';
import { HOSTILE_MARKDOWN } from '../support/hostile-markdown.ts';
import { describeInBrowser } from '../support/in-browser.ts';
import { bundleMarkdown, type MarkdownPage, openMarkdownPage } from '../support/markdown-page.ts';

describeInBrowser('hostile Markdown in the console', (browser) => {
  let script = '';
  beforeAll(async () => {
    script = await bundleMarkdown();
  });

  for (const policy of [true, false]) {
    const under = policy ? 'under the policy' : 'without the policy';
    let shown: MarkdownPage;
    beforeAll(async () => {
      shown = await openMarkdownPage(browser(), script, policy);
    });
    afterAll(() => shown.close());

    it.each(HOSTILE_MARKDOWN)(
      `%s runs nothing, loads nothing and leaves nothing behind, ${under}`,
      async (_name, text) => {
        await shown.show(text);
        expect(await shown.active()).toEqual([]);
        expect(shown.troubles).toEqual([]);
      },
    );

    it(`all of them at once, pressed and hovered everywhere, ${under}`, async () => {
      await shown.show(HOSTILE_MARKDOWN.map(([, text]) => text).join('\n\n'));
      await shown.page.evaluate(() => {
        for (const element of document.querySelectorAll('main *:not(a)')) {
          for (const type of ['click', 'mouseover', 'focus', 'toggle', 'error', 'load', 'animationend']) {
            element.dispatchEvent(new Event(type, { bubbles: true }));
          }
        }
      });
      expect(await shown.active()).toEqual([]);
      expect(shown.troubles).toEqual([]);
    });

    it(`a link to outside opens a window that knows nothing of this one, ${under}`, async () => {
      await shown.show('[out](https://example.com/a) and [in](#mitigate) and [no](javascript:alert(1))');
      const links = await shown.page.evaluate(() =>
        [...document.querySelectorAll('main a')].map((link) => [
          link.getAttribute('href'),
          link.getAttribute('target'),
          link.getAttribute('rel'),
        ]),
      );
      expect(links).toContainEqual(['https://example.com/a', '_blank', 'noopener noreferrer']);
      expect(links).toContainEqual(['#mitigate', null, null]);
      expect(links).toContainEqual([null, null, null]);
    });

    it(`long and deep text is shown, ${under}`, async () => {
      for (const unit of ['> ', '- * ', '[', '*a ', '`a ', '<a ', '| a ', '_a_', '![](', '<!--']) {
        await shown.show(unit.repeat(30_000));
        expect(await shown.active()).toEqual([]);
      }
      expect(shown.troubles).toEqual([]);
    });

    it(`a fence is copied without its prompts, its placeholders filled in, ${under}`, async () => {
      await shown.show('- run\n\n  ```\n  $ kubectl -n <namespace> get pods\n  $ kubectl get <pod>\n  ```\n');
      await shown.page.getByLabel('namespace').fill('<b>prod</b>');
      await shown.page.getByLabel('pod').fill('api-1');
      expect(await shown.page.locator('pre').textContent()).toBe(
        '$ kubectl -n <b>prod</b> get pods\n$ kubectl get api-1\n',
      );
      await shown.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await shown.page.getByRole('button', { name: 'Copy' }).click();
      await shown.page.getByText('Copied').waitFor();
      expect(await shown.page.evaluate(() => navigator.clipboard.readText())).toBe(
        'kubectl -n <b>prod</b> get pods\nkubectl get api-1',
      );
      expect(await shown.active()).toEqual([]);
    });
  }
});
