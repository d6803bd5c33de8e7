import { describe, expect, it } from 'vitest';
import { settingsSchema } from '#contract/settings.ts';
import { readableSettings } from '../../../renderer/settings/readable.ts';

describe('the settings in force, to read', () => {
  it('say spans and rates in words, and how many backups are kept as a number', () => {
    const settings = settingsSchema.parse({
      providers: { anthropic: { rate: '300/min', concurrency: 4 } },
      mcp: { files: { command: 'files-server', timeout: '30s' } },
      retention: { keep: '14d' },
      backup: { every: '12h', keep: 7 },
    });
    expect(readableSettings(JSON.parse(JSON.stringify(settings)))).toMatchObject({
      providers: { anthropic: { rate: '300 in 1 min', concurrency: 4 } },
      mcp: { files: { timeout: '30 s', command: 'files-server' } },
      retention: { keep: '14 d', megabytes: 4_096 },
      backup: { every: '12 h', keep: 7 },
    });
  });
});
