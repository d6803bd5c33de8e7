import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { forkCommand, resubmitCommand } from '../../../renderer/tasks/command.ts';

describe('the command line of a resubmit', () => {
  it('hands the input over as it is, whatever stands in it', () => {
    const input = { text: `it's 100 % "so"\n\\n`, total: 12.5 };
    const command = resubmitCommand('t5', input).replace('nightdesk resubmit t5 --input -', 'cat');
    expect(JSON.parse(execFileSync('sh', ['-c', command], { encoding: 'utf8' }))).toEqual(input);
  });

  it('of a fork names the step, quoted', () => {
    expect(forkCommand('t5', 'model call 2')).toBe("nightdesk fork t5 --step 'model call 2'");
  });
});
