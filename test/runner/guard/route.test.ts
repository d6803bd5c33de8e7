import { describe, expect, it } from 'vitest';
import { chooseHop, hopOf, routeInForce } from '../../../electron/runner/guard/route.ts';

const route = ['anthropic/claude-sonnet', 'openai/gpt', 'rehearsal/invoice'].map(hopOf);
const all = (): boolean => true;
const none = new Map<string, number>();

describe('the route of an agent', () => {
  it('is the file’s order, until it is rerouted', () => {
    expect(routeInForce(route, null).map((hop) => hop.provider)).toEqual(['anthropic', 'openai', 'rehearsal']);
    expect(routeInForce(route, 'openai').map((hop) => hop.provider)).toEqual(['openai', 'anthropic', 'rehearsal']);
  });

  it('keeps a model name with slashes whole', () => {
    expect(hopOf('ollama/library/llama3')).toEqual({ provider: 'ollama', model: 'library/llama3' });
  });

  it('moves on to the next provider when a breaker refuses', () => {
    expect(chooseHop(route, all, (provider) => provider !== 'anthropic', none)?.provider).toBe('openai');
  });

  it('passes over providers without a key', () => {
    expect(chooseHop(route, (provider) => provider === 'rehearsal', all, none)?.provider).toBe('rehearsal');
  });

  it('moves a task on after two failed calls at one provider, and back when nothing else serves', () => {
    const failed = new Map([['anthropic', 2]]);
    expect(chooseHop(route, all, all, failed)?.provider).toBe('openai');
    expect(chooseHop(route, all, (provider) => provider === 'anthropic', failed)?.provider).toBe('anthropic');
  });

  it('asks breakers one at a time: a probe is not taken where another provider serves', () => {
    const asked: string[] = [];
    chooseHop(route, all, (provider) => asked.push(provider) > 0, none);
    expect(asked).toEqual(['anthropic']);
  });

  it('is nothing when nobody can serve', () => {
    expect(chooseHop(route, all, () => false, none)).toBeNull();
  });
});
