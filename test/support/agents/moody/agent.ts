import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { defineAgent } from 'nightdesk/agent';

type Input = {
  mood: 'fine' | 'fails' | 'fails-once' | 'hangs' | 'dies-once' | 'doubtful' | 'unaskable';
  mark?: string;
};

export default defineAgent({
  async run(context, input) {
    const { mood, mark = '' } = input as Input;
    await context.step('begin', () => mood);
    switch (mood) {
      case 'fine':
        return 'done';
      case 'fails':
        throw new Error('it always fails');
      case 'fails-once':
        if (context.task.attempt === 1) throw new Error('it fails the first time');
        return 'done at last';
      case 'hangs':
        // A sleep would park it.
        return context.step('forever', () => new Promise<never>(() => {}));
      case 'dies-once':
        if (!existsSync(mark)) {
          writeFileSync(mark, '');
          process.kill(process.pid, 'SIGKILL');
        }
        return 'survived';
      case 'doubtful':
        return context.effect('send', {
          run: () => {
            if (!existsSync(mark)) {
              writeFileSync(mark, '');
              process.kill(process.pid, 'SIGKILL');
            }
            return 'sent';
          },
        });
      // Lands and dies; whether it landed cannot be asked the first time.
      case 'unaskable':
        return context.effect('send', {
          recovery: 'reconcile',
          run: () => {
            appendFileSync(mark, 'sent\n');
            process.kill(process.pid, 'SIGKILL');
            return 'sent';
          },
          check: () => {
            if (existsSync(`${mark}-asked`)) return 'found';
            writeFileSync(`${mark}-asked`, '');
            throw new Error('the other system does not answer');
          },
        });
    }
  },
});
