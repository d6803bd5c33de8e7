import { appendFileSync } from 'node:fs';
import { defineAgent } from 'nightdesk/agent';

export default defineAgent({
  async run(context, input) {
    const { wanders, ran } = input as { wanders: boolean; ran: string };
    await context.step('read', () => {
      appendFileSync(ran, 'read\n');
      return null;
    });
    await context.sleep('rest', wanders ? context.task.attempt : 1);
    if (context.task.attempt === 1) throw new Error('it fails the first time');
    await context.effect('send', {
      run: () => {
        appendFileSync(ran, 'sent\n');
        return null;
      },
    });
    return 'done';
  },
});
