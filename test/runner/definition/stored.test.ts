import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadAgents, readStored } from '../../../electron/runner/definition/index.ts';
import { TEST_AGENTS } from '../../support/runner.ts';

/** Every key that files write in another form than the desk keeps. */
const FULL = `---
name: full
description: Uses every key.
model: [anthropic/claude, openai/gpt]
tools: [a.b]
nightdesk:
  team: night
  retry: { attempts: 3, initial: 2s, factor: 3, max: 5m, jitter: none }
  limits: { timeout: 90s, tool: 7s, output: 99, cost: 0.3, deadline: 2h }
  loop: { nudge: 4, stop: 9 }
  intake: { concurrency: 3, per: "{{ input.vendor }}", rate: 60/min, queue: 10 }
  budget: { daily: 3, tokens: 1000 }
  schedule: { cron: "0 8 * * 1-5 Europe/Paris", missed: each, overlap: skip }
  expect: { every: 24h }
  objective: { success: 99.5%, p95: 30s, window: 7d, failure: [failed] }
  recovery: { a.b: reconcile }
  approval: [a.b]
  critical: [a]
  review: { below: 0.5, always: true }
  judge: { model: openai/judge, question: Is it right? }
  sample: { rate: 0.1, minimum: 1, most: 9, objective: 98%, judge: { model: openai/judge, question: Is it right?, share: 0.5 } }
---
Do it.
`;

describe('a stored definition', () => {
  it('comes back as it was, whatever keys it uses', () => {
    const folder = mkdtempSync(join(tmpdir(), 'nightdesk-stored-'));
    writeFileSync(join(folder, 'full.md'), FULL);
    const { definitions, problems } = loadAgents([folder, TEST_AGENTS]);
    expect(problems).toEqual([]);
    expect(definitions.length).toBeGreaterThan(3);
    for (const definition of definitions) {
      expect(readStored(JSON.stringify(definition))).toEqual({ definition: JSON.parse(JSON.stringify(definition)) });
    }
  });

  it('of an older version gets the defaults of the keys that it did not have, and loses those that are gone', () => {
    const old = {
      name: 'old',
      description: 'Stored by schema 3.',
      model: ['rehearsal/old'],
      tools: [],
      maxTurns: 20,
      nightdesk: {
        retry: { attempts: 5, initial: 1_000, factor: 2, max: 60_000, jitter: 'full' },
        limits: { timeout: 120_000 },
        intake: { concurrency: 8, queue: 100_000 },
        schedule: '0 8 * * *',
        objective: { success: 0.99, window: 2_592_000_000, failure: ['failed', 'incorrect'] },
        recovery: {},
        bygone: true,
      },
      prompt: 'Do it.',
      hash: 'ab'.repeat(32),
      folder: null,
      file: '/agents/old.md',
      inputSchema: null,
      outputSchema: null,
      toolsFile: null,
      codeFile: null,
      rehearsalFile: null,
    };
    const { definition } = readStored(JSON.stringify(old));
    expect(definition).toMatchObject({
      checksFile: null,
      nightdesk: {
        limits: { timeout: 120_000, tool: 60_000, output: 8_192 },
        loop: { nudge: 3, stop: 5 },
        schedule: { cron: '0 8 * * *', missed: 'once', overlap: 'queue' },
        approval: [],
        critical: [],
        secrets: [],
        objective: { success: 0.99 },
      },
    });
    expect(definition?.nightdesk).not.toHaveProperty('bygone');
  });

  it('that no version wrote is told from one that can run', () => {
    expect(readStored('{"name":"x"}')).toMatchObject({ definition: null, why: expect.stringContaining('description') });
  });
});
