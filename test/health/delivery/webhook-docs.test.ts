import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { firing, startDelivery } from '../../support/delivery.ts';
import { startReceiver } from '../../support/receiver.ts';
import { cloudEventSchema } from '../../support/route-formats.ts';
import { NIGHT } from '../../support/time.ts';

const SECRET = 'a secret of the bus';
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

type Check = (secret: string, headers: Headers, body: string, now: number) => boolean;

/** The very code that docs/routes.md shows. */
async function documentedCheck(): Promise<Check> {
  const page = readFileSync(new URL('../../../docs/routes.md', import.meta.url), 'utf8');
  const code = /```ts\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  const file = join(mkdtempSync(join(tmpdir(), 'nightdesk-docs-')), 'check.ts');
  writeFileSync(file, code);
  const loaded: { isFromNightdesk: Check } = await import(/* @vite-ignore */ pathToFileURL(file).href);
  return loaded.isFromNightdesk;
}

it('the check that docs/routes.md shows takes what the desk sends, and nothing that was changed, old or signed by others', async () => {
  const isFromNightdesk = await documentedCheck();
  const receiver = await startReceiver(cloudEventSchema, 204);
  open.push(receiver);
  const desk = await startDelivery({ routes: { bus: { kind: 'webhook', url: receiver.url, secret: SECRET } } });
  open.push(desk);
  await desk.put({ kind: 'trigger', routes: ['bus'], alert: firing(), incident: 12, at: NIGHT });
  await desk.when(() => desk.rows()[0]?.state === 'sent');
  const [got] = receiver.taken;
  if (got === undefined) throw new Error('nothing came');
  const headers = new Headers(
    Object.entries(got.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
  expect(isFromNightdesk(SECRET, headers, got.text, NIGHT)).toBe(true);
  expect(isFromNightdesk(SECRET, headers, got.text.replace('page', 'none'), NIGHT)).toBe(false);
  expect(isFromNightdesk('another secret', headers, got.text, NIGHT)).toBe(false);
  expect(isFromNightdesk(SECRET, headers, got.text, NIGHT + 3_600_000)).toBe(false);
  const moved = new Headers(headers);
  moved.set('nightdesk-timestamp', String(NIGHT / 1_000 + 3_600));
  expect(isFromNightdesk(SECRET, moved, got.text, NIGHT + 3_600_000)).toBe(false);
  expect(headers.get('nightdesk-id')).toBe(Reflect.get(Object(got.body), 'id'));
});
