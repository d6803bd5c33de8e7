import type { TestDesk } from './desk.ts';

/** What the board says the desk suffers from. */
export async function troublesOf({ client }: TestDesk): Promise<string> {
  for await (const frame of await client.board.watch({ window: '1h' })) {
    if (frame.kind === 'snapshot') return (frame.state.desk.desk?.troubles ?? []).join('\n');
  }
  return '';
}
