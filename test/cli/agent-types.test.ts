import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Json } from '#contract/basic.ts';
import type { Answer, Choice } from '#contract/question.ts';
import type * as Given from '../../agents/nightdesk-agent';
import { agentTypes } from '../../electron/cli/agent-types.ts';
import type * as Real from '../../electron/runner/worker/agent-api.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** Type checked: each of two can stand for the other. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;

describe('agents/nightdesk-agent.d.ts', () => {
  it('is made from agent-api.ts: node electron/cli/agent-types.ts > agents/nightdesk-agent.d.ts', () => {
    expect(read('agents/nightdesk-agent.d.ts')).toBe(agentTypes(read('electron/runner/worker/agent-api.ts')));
  });

  it('says the same types as the contract and the worker', () => {
    const same: [
      Same<Given.Json, Json>,
      Same<Given.Answer, Answer>,
      Same<Given.Choice, Choice>,
      Same<Given.AgentContext, Real.AgentContext>,
      Same<Given.ToolContext, Real.ToolContext>,
      Same<Given.Rehearsal, Real.Rehearsal>,
    ] = [true, true, true, true, true, true];
    expect(same).not.toContain(false);
  });

  it('cannot be made when agent-api.ts imports what it does not know', () => {
    const source =
      "import type { z } from 'zod';\nimport type { Other } from '#contract/other.ts';\n\nexport type A = Other;\n";
    expect(() => agentTypes(source)).toThrow('speaks of Other');
    expect(() => agentTypes(source.replace('#contract/other.ts', './other.ts'))).toThrow('./other.ts');
  });
});
