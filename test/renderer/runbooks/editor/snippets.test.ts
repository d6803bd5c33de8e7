import { describe, expect, it } from 'vitest';
import { lintRunbook } from '../../../../electron/runbook/lint/lint.ts';
import { parseRunbook } from '../../../../electron/runbook/parse/runbook.ts';
import { SNIPPETS } from '../../../../renderer/runbooks/editor/snippets.ts';
import { NIGHT } from '../../../support/time.ts';

/** A snippet as it is written, each place to fill in with what it offers. */
function written(lines: string): string {
  return lines.replace(/#\{([^{}]*)\}/g, '$1').replace(/\\([{}])/g, '$1');
}

describe('a step that the editor writes', () => {
  it.each(SNIPPETS)('$label is sound as it stands', ({ label, lines }) => {
    const text = `---
runbook: 1
title: One step
inputs:
  agent: { type: agent, required: true }
  provider: { type: provider, required: true }
  fallback: { type: provider, default: openai }
  task: { type: text, required: true }
  cause: { type: text }
reviewed: 2026-11-24
---
# One step

## Mitigate

${written(lines)}

## Section

- [ ] Then go on
`;
    const runbook = parseRunbook('one-step.md', text);
    const step = runbook.sections[0]?.steps[0];
    expect(step?.directive?.verb ?? 'by hand').toBe(label.replace(/ step$|^step /g, ''));
    const errors = lintRunbook(runbook, text, null, NIGHT).filter(({ severity }) => severity === 'error');
    expect(errors.map(({ message }) => message)).toEqual([]);
  });
});
