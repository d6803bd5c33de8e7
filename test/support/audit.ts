import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** WCAG 2.2 AA, and what axe's makers advise beyond it. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds that keeps people out: one line each. */
export async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .options({ runOnly: TAGS, resultTypes: ['violations'] })
    // In one page: there are no frames.
    .setLegacyMode(true)
    .analyze();
  return found
    .filter((each) => each.impact === 'serious' || each.impact === 'critical')
    .flatMap((each) => each.nodes.map((node) => `${each.id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`));
}

/** What sticks out of the page sideways. */
export function overflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const root = document.documentElement;
    const scrolls = [root, document.body, ...document.querySelectorAll('main')].filter(
      (element) => element.scrollWidth > element.clientWidth,
    );
    return scrolls.map((element) => `${element.tagName} ${element.scrollWidth} px in ${element.clientWidth}`);
  });
}
