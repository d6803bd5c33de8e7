import { describe, expect, it } from 'vitest';
import {
  definitionDifference,
  maskedLeaves,
  settingsDifference,
} from '../../../electron/health/incident/difference.ts';

const BEFORE = {
  name: 'invoice-triage',
  description: 'Sorts invoices.',
  model: ['anthropic/claude', 'openai/gpt'],
  tools: ['ledger.read'],
  maxTurns: 20,
  prompt: 'Sort the invoice.\nBe careful.',
  nightdesk: { limits: { timeout: 60_000 }, retry: { attempts: 5 } },
  inputSchema: null,
  outputSchema: { type: 'object' },
  hash: 'a',
  file: '/agents/a.md',
};

function difference(change: object): string {
  return definitionDifference(JSON.stringify(BEFORE), JSON.stringify({ ...BEFORE, ...change }));
}

describe('two definitions of an agent', () => {
  it.each([
    [{ prompt: 'Sort the invoice.\nBe quick.\nSay why.' }, 'prompt (+2 -1 lines)'],
    [{ model: ['openai/gpt'] }, 'model route anthropic/claude, openai/gpt -> openai/gpt'],
    [{ tools: ['ledger.read', 'mail.send'] }, 'tools +mail.send'],
    [{ tools: [] }, 'tools -ledger.read'],
    [{ maxTurns: 5 }, 'maxTurns 20 -> 5'],
    [{ nightdesk: { limits: { timeout: 30_000 }, retry: { attempts: 5 } } }, 'limits.timeout 60000 -> 30000'],
    [{ nightdesk: { limits: { timeout: 60_000 } } }, 'retry.attempts 5 -> -'],
    [{ outputSchema: { type: 'string' } }, 'output schema'],
    [{ hash: 'b', file: '/elsewhere/a.md' }, 'code'],
  ])('say in one line what differs: %j', (change, text) => {
    expect(difference(change)).toBe(text);
  });

  it('are read whatever version wrote them', () => {
    expect(
      definitionDifference('{"prompt":"a","model":["x/y"]}', JSON.stringify({ prompt: 'a', model: ['x/z'] })),
    ).toBe('model route x/y -> x/z');
    expect(definitionDifference('[]', '{}')).toBe('what differs cannot be read');
  });
});

describe('two states of the settings', () => {
  it('name numbers, and only the place of texts: they may be addresses or secrets', () => {
    const before = {
      providers: { anthropic: { concurrency: 4 } },
      routes: { chat: { url: 'https://hooks/secret-1' } },
    };
    const after = { providers: { anthropic: { concurrency: 8 } }, routes: { chat: { url: 'https://hooks/secret-2' } } };
    const [old, now] = [maskedLeaves(before), maskedLeaves(after)];
    expect(settingsDifference(old, now)).toBe('providers.anthropic.concurrency 4 -> 8, routes.chat.url');
    expect(JSON.stringify([old, now])).not.toContain('secret');
    expect(settingsDifference(old, old)).toBeNull();
  });
});
