import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, expect, it } from 'vitest';
import { type LibraryDesk, openLibraryDesk } from '../../support/library.ts';

let desk: LibraryDesk;
afterEach(() => desk.close());

it('desk-itself: what the desk cannot read is mended, and it says that it reads again', async () => {
  desk = await openLibraryDesk(['billing']);
  const disk = new Database(join(desk.folder, 'nightdesk.db'));
  disk.exec('ALTER TABLE open_task RENAME TO elsewhere');
  const incident = await desk.fires('desk-query-failed', 'desk-itself');

  const run = await desk.carryOut('desk-itself', incident, {
    answers: { cause: 'database-damaged' },
    does: {
      'The cause is gone': () => {
        disk.exec('ALTER TABLE elsewhere RENAME TO open_task');
        disk.close();
      },
    },
  });
  expect(run).toMatchObject({ outcome: 'recovered', inputs: { rule: 'desk-query-failed' } });
  await desk.resolves('desk-query-failed');
});
