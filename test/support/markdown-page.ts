import { createServer } from 'node:http';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { CONTENT_SECURITY_POLICY } from '../../electron/serve/headers.ts';

/** A page with the console's rendering of Markdown and nothing else. */
export type MarkdownPage = {
  page: Page;
  /** What ran, was asked for or opened though nobody did anything; empty when all is well. */
  troubles: string[];
  show(text: string): Promise<void>;
  /** What of the page could act, load or be mistaken for a part of the console; empty when all is well. */
  active(): Promise<string[]>;
  close(): Promise<void>;
};

/** Bundles the rendering as the console's build does. @returns the script */
export async function bundleMarkdown(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [react()],
    build: { write: false, rolldownOptions: { input: join(import.meta.dirname, 'markdown-entry.tsx') } },
  });
  const outputs = Array.isArray(built) ? built : [built];
  const chunk = outputs.flatMap((one) => ('output' in one ? one.output : [])).find((one) => one.type === 'chunk');
  if (chunk?.type !== 'chunk') throw new Error('the bundle has no script');
  return chunk.code;
}

/**
 * Opens the page, under the console's own content security policy or under none at all.
 * @param script of `bundleMarkdown`
 */
export async function openMarkdownPage(browser: Browser, script: string, policy: boolean): Promise<MarkdownPage> {
  const server = createServer((request, response) => {
    if (policy) response.setHeader('content-security-policy', CONTENT_SECURITY_POLICY);
    if (request.url === '/page.js') response.setHeader('content-type', 'text/javascript').end(script);
    else if (request.url === '/') {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(
        '<!doctype html><html lang="en"><title>Markdown</title><body><script type="module" src="/page.js"></script>',
      );
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const origin = `http://127.0.0.1:${address.port}`;
  const context = await browser.newContext();
  const page = await context.newPage();
  const troubles: string[] = [];
  await page.exposeFunction('ran', (what: unknown) => troubles.push(`ran: ${String(what)}`));
  await page.addInitScript(() => {
    const tell = (what: unknown) => (window as unknown as { ran(what: unknown): void }).ran(what);
    window.alert = tell;
    window.confirm = (what) => {
      tell(what);
      return false;
    };
    window.open = (what) => {
      tell(`open ${String(what)}`);
      return null;
    };
  });
  await page.goto(origin);
  await page.waitForFunction(() => typeof window.showMarkdown === 'function');
  await page.evaluate(() => document.fonts.ready);
  page.on('request', (request) => {
    if (!/\/favicon\.ico$/.test(request.url())) troubles.push(`asked for ${request.url().slice(0, 200)}`);
  });
  page.on('dialog', (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('framenavigated', (frame) => troubles.push(`went to ${frame.url().slice(0, 200)}`));
  context.on('page', (opened) => troubles.push(`opened ${opened.url().slice(0, 200)}`));
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(`refused: ${message.text().slice(0, 200)}`);
  });
  page.on('pageerror', (error) => troubles.push(`threw: ${error.message.slice(0, 200)}`));
  return {
    page,
    troubles,
    show: async (text) => {
      await page.evaluate(async (shown) => {
        window.showMarkdown(shown);
        // What loads or fires by itself does so by the second frame.
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      }, text);
    },
    active: () => page.evaluate(activeContent),
    close: async () => {
      await context.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Runs in the page. */
function activeContent(): string[] {
  const found: string[] = [];
  const tags = [
    'P',
    'UL',
    'OL',
    'LI',
    'STRONG',
    'EM',
    'CODE',
    'PRE',
    'A',
    'BLOCKQUOTE',
    'BR',
    'DEL',
    'HR',
    'TABLE',
    'THEAD',
  ];
  const more = [
    'TBODY',
    'TR',
    'TH',
    'TD',
    'H3',
    'H4',
    'H5',
    'H6',
    'SPAN',
    'DIV',
    'DETAILS',
    'SUMMARY',
    'B',
    'I',
    'S',
    'SUB',
    'SUP',
    'KBD',
  ];
  const tools = ['BUTTON', 'LABEL', 'INPUT'];
  const main = document.querySelector('main');
  if (main === null) return ['the page is gone'];
  for (const element of main.querySelectorAll('*')) {
    const isTool = tools.includes(element.tagName) && element.closest('[class*="fenceTools"]') !== null;
    if (!isTool && !tags.includes(element.tagName) && !more.includes(element.tagName))
      found.push(`<${element.tagName}>`);
    for (const { name, value } of element.attributes) {
      const isOwn = ['class', 'type', 'aria-live', 'autocomplete', 'spellcheck', 'value', 'data-variant'].includes(
        name,
      );
      if (isOwn && (isTool || name === 'class' || element.closest('[class*="fenceTools"]') !== null)) continue;
      if (name === 'href' && /^(https?:|mailto:|#)/i.test(value)) continue;
      if (['start', 'align'].includes(name)) continue;
      if (element.tagName === 'A' && name === 'target' && value === '_blank') continue;
      if (element.tagName === 'A' && name === 'rel' && value === 'noopener noreferrer') continue;
      found.push(`${element.tagName} ${name}=${value.slice(0, 60)}`);
    }
  }
  if (typeof document.querySelector !== 'function' || document.body.tagName !== 'BODY')
    found.push('the document is clobbered');
  return found;
}
