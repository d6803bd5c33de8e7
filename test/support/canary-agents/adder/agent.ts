import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineAgent } from 'nightdesk/agent';

const wrong = join(process.env.NIGHTDESK_DATA_FOLDER ?? '.', 'wrong');

export default defineAgent({
  run: (context, input) =>
    context.step('add', () => {
      const of = input as number[];
      const more = existsSync(wrong) ? Number(readFileSync(wrong, 'utf8')) : 0;
      return { sum: of.reduce((sum, each) => sum + each, more), of, note: 'more than was asked for' };
    }),
});
