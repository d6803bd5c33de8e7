import type { AlertRuleDetail } from '#contract/alert.ts';

/** The date of a moment as `reviewed:` has it. */
export function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}

/** A title from a name: `llm-quota` -> `Llm quota`. */
export function titleFrom(name: string): string {
  const words = name.replace(/[-_.]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Text that stands in one line of YAML, between quotes where it could be read as something else. */
export function yamlText(text: string): string {
  const line = oneLine(text);
  return /^[A-Za-z][A-Za-z0-9 ,.()/-]*$/.test(line) && !/^(true|false|null|yes|no|on|off)$/i.test(line)
    ? line
    : JSON.stringify(line);
}

/** Text that stands as one line of Markdown and means nothing there: no code, link, emphasis, HTML or value to fill. */
export function plainText(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]<>$|]/g, (mark) => `\\${mark}`);
}

function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

/** A new runbook that is sound as it stands, to be changed into one's own. */
export function draftFromTemplate(name: string, now: number): string {
  return `---
runbook: 1
title: ${yamlText(titleFrom(name))}
inputs:
  agent: { from: alert.labels.agent, type: agent, required: true }
reviewed: ${dayOf(now)}
---
# ${plainText(titleFrom(name))}

What is happening, and what it costs.

## Confirm

- [ ] **It fails** \`verify success_rate(agent=\${agent}) < 99% within 2m\`

## Mitigate

- [ ] **Stop intake of \${agent}** \`pause agent=\${agent} for=30m confirm\`
  - verify: \`running_tasks(agent=\${agent}) == 0 within 5m\`
  - undo: \`resume agent=\${agent}\`

## Diagnose

- [ ] **Look at the failures** \`show tasks(agent=\${agent}, state=failed, within=15m)\`

## Recover

- [ ] **Open intake again** \`resume agent=\${agent} confirm\`

## Verify

- [ ] **Tasks succeed** \`verify success_rate(agent=\${agent}) >= 99% for 5m within 30m every 30s\`
`;
}

/** A runbook for an alert that has none: its inputs come from the alert, its first and last steps ask whether it fires. */
export function draftFromAlert(rule: AlertRuleDetail, now: number): string {
  const labels = Object.keys(rule.history[0]?.labels ?? { agent: '' });
  const agent = labels.includes('agent');
  const provider = labels.includes('provider');
  const inputs = [
    ...(agent ? ['  agent: { from: alert.labels.agent, type: agent, required: true }'] : []),
    ...(provider ? ['  provider: { from: alert.labels.provider, type: provider, required: true }'] : []),
  ];
  const about = [
    ...(agent ? [`, agent=\${agent}`] : []),
    ...(provider && !agent ? [`, provider=\${provider}`] : []),
  ].join('');
  return `---
runbook: 1
title: ${yamlText(rule.title)}
match: { alert: ${rule.name} }
${inputs.length === 0 ? '' : `inputs:\n${inputs.join('\n')}\n`}reviewed: ${dayOf(now)}
---
# ${plainText(rule.title)}

The alert fires when ${plainText(rule.when.replace(/\.$/, ''))}. Write here what it costs.

## Confirm

- [ ] **The alert is still there** \`verify alert(rule=${rule.name}${about}) == firing within 1m\`

## Mitigate

${
  agent
    ? `- [ ] **Stop intake of \${agent}** \`pause agent=\${agent} for=30m confirm\`
  - verify: \`running_tasks(agent=\${agent}) == 0 within 5m\`
  - undo: \`resume agent=\${agent}\``
    : '- [ ] Keep it from growing'
}

## Diagnose

${agent ? `- [ ] **Look at the failures** \`show tasks(agent=\${agent}, state=failed, within=15m)\`` : '- [ ] Find out why'}

## Recover

${agent ? `- [ ] **Open intake again** \`resume agent=\${agent} confirm\`` : '- [ ] Mend it'}

## Verify

- [ ] **The alert is resolved** \`verify alert(rule=${rule.name}${about}) == resolved within 30m every 15s\`
`;
}
