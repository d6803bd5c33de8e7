import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Puts a runbook with a step that two people have to agree to into a desk's folder. @returns its name */
export function addTwoPeople(folder: string): string {
  mkdirSync(join(folder, 'runbooks'), { recursive: true });
  writeFileSync(
    join(folder, 'runbooks', 'two-people.md'),
    `---
runbook: 1
title: Two people stop an agent
inputs:
  agent: { type: agent, required: true }
owner: platform
reviewed: ${new Date().toISOString().slice(0, 10)}
---
# Two people stop an agent

## Mitigate
- [ ] **Stop intake** \`pause agent=\${agent} for=30m approve=2\`
  - undo: \`resume agent=\${agent}\`

## Verify
- [ ] **It is paused** \`verify intake(agent=\${agent}) == paused within 10s every 100ms\`
`,
  );
  return 'two-people';
}
