import type { IncidentDetail, TimelineEntry } from '#contract/incident.ts';
import { dayOf, plainText, titleFrom, yamlText } from './draft.ts';

type Part = 'mitigate' | 'recover';
type Done = { part: Part; title: string; directive: string | null; undo: string | null };

/** What of an incident becomes a runbook. */
export type IncidentStory = Pick<IncidentDetail, 'id' | 'title' | 'alerts' | 'agents' | 'timeline'>;

/**
 * A runbook of what was done in an incident: each action that a person took is a step with its directive, whatever cannot
 * be said as one is a step by hand, notes are reading matter. An action that was taken twice stands once, where it was first.
 */
export function draftFromIncident(name: string, incident: IncidentStory, now: number): string {
  const agents = incident.agents;
  const rules = [...new Set(incident.alerts.map((alert) => alert.rule))];
  const done = onceEach(incident.timeline.flatMap((entry) => stepOf(entry, agents)));
  const notes = incident.timeline.filter((entry) => entry.kind === 'note' && entry.by !== null);
  const [agent] = agents;
  const [rule] = rules;
  const about = agent === undefined ? '' : `, agent=\${agent}`;
  const title = titleFrom(name);
  return `---
runbook: 1
title: ${yamlText(title)}
${rules.length === 0 ? '' : `match: { alert: ${rules.length === 1 ? rule : `[${rules.join(', ')}]`} }\n`}${
  agent === undefined
    ? ''
    : `inputs:\n  agent: { from: alert.labels.agent, type: agent, ${
        rules.length === 0 ? `default: ${agent}` : 'required: true'
      } }\n`
}reviewed: ${dayOf(now)}
---
# ${plainText(title)}

From what was done in incident ${incident.id}, ${plainText(incident.title)}. Write here what is happening and what it costs.

## Confirm

${rule === undefined ? '- [ ] See that it is the same trouble' : `- [ ] **The alert is still there** \`verify alert(rule=${rule}${about}) == firing within 1m\``}

## Mitigate

${stepsText(done, 'mitigate', '- [ ] Keep it from growing')}

## Diagnose

${notes.length === 0 ? '' : `What was noted then:\n\n${notes.map((note) => `> ${plainText(note.text)}`).join('\n>\n')}\n\n`}${
  agent === undefined
    ? '- [ ] Find out why'
    : `- [ ] **Look at the failures** \`show tasks(agent=\${agent}, state=failed, within=15m)\``
}

## Recover

${stepsText(done, 'recover', '- [ ] Mend the cause')}

## Verify

${[
  ...(agent === undefined
    ? []
    : [`- [ ] **Tasks succeed** \`verify success_rate(agent=\${agent}) >= 99% for 5m within 30m every 30s\``]),
  ...(rule === undefined
    ? []
    : [`- [ ] **The alert is resolved** \`verify alert(rule=${rule}${about}) == resolved within 30m every 15s\``]),
  ...(agent === undefined && rule === undefined ? ['- [ ] See that it works again'] : []),
].join('\n')}
`;
}

/** Sentences of the timeline and the directives they stand for; `NAME` is an agent, provider or task. */
const SENTENCES: readonly {
  pattern: RegExp;
  part: Part;
  title(found: Found): string;
  directive(found: Found): string;
  undo?(found: Found): string;
}[] = [
  {
    pattern: /^(?<by>.+) paused (?<agent>NAME)$/,
    part: 'mitigate',
    title: ({ agent }) => `Stop intake of ${agent}`,
    directive: ({ agent }) => `pause agent=${agent} for=30m confirm`,
    undo: ({ agent }) => `resume agent=${agent}`,
  },
  {
    pattern: /^(?<by>.+) drains (?<agent>NAME)$/,
    part: 'mitigate',
    title: ({ agent }) => `Drain ${agent}`,
    directive: ({ agent }) => `drain agent=${agent} for=30m confirm`,
    undo: ({ agent }) => `resume agent=${agent}`,
  },
  {
    pattern: /^(?<by>.+) resumed (?<agent>NAME)$/,
    part: 'recover',
    title: ({ agent }) => `Open intake of ${agent}`,
    directive: ({ agent }) => `resume agent=${agent} confirm`,
  },
  {
    pattern: /^(?<by>.+) routed (?<agent>NAME) back$/,
    part: 'recover',
    title: ({ agent }) => `Route ${agent} back`,
    directive: ({ agent }) => `reroute agent=${agent} to=default confirm`,
  },
  {
    pattern: /^(?<by>.+) rerouted (?<agent>NAME) to (?<other>NAME)$/,
    part: 'mitigate',
    title: ({ agent, other }) => `Shift ${agent} to ${other}`,
    directive: ({ agent, other }) => `reroute agent=${agent} to=${other} for=2h confirm`,
    undo: ({ agent }) => `reroute agent=${agent} to=default`,
  },
  {
    pattern: /^(?<by>.+) requeued (?<other>.+) of (?<agent>NAME)$/,
    part: 'recover',
    title: ({ agent }) => `Retry what ${agent} lost`,
    directive: ({ agent }) => `requeue agent=${agent} state=failed limit=50 confirm`,
  },
];

type Found = { agent: string; other: string };
const READ = SENTENCES.map((sentence) => ({
  ...sentence,
  pattern: new RegExp(sentence.pattern.source.replaceAll('NAME', '[a-z0-9][a-z0-9._-]{0,63}'), 'u'),
}));

function stepOf(entry: TimelineEntry, agents: readonly string[]): Done[] {
  // What the desk did by itself it will do again.
  if (entry.by === null || entry.by.via === 'desk' || entry.by.via === 'schedule') return [];
  if (entry.kind === 'run') {
    const byHand = /^(.+): done by hand$/.exec(entry.text)?.[1];
    return byHand === undefined ? [] : [{ part: 'mitigate', title: plainText(byHand), directive: null, undo: null }];
  }
  if (entry.kind !== 'action') return [];
  for (const { pattern, part, title, directive, undo } of READ) {
    const groups = pattern.exec(entry.text)?.groups;
    if (groups?.agent === undefined) continue;
    // The incident's first agent is the run's input; others stand by their names.
    const found: Found = {
      agent: groups.agent === agents[0] ? `\${agent}` : groups.agent,
      other: groups.other ?? '',
    };
    return [{ part, title: `**${title(found)}**`, directive: directive(found), undo: undo?.(found) ?? null }];
  }
  const told = entry.text.startsWith(`${entry.by.name} `) ? entry.text.slice(entry.by.name.length + 1) : entry.text;
  return [{ part: 'mitigate', title: plainText(`Then: ${told}`), directive: null, undo: null }];
}

function onceEach(steps: readonly Done[]): Done[] {
  const seen = new Set<string>();
  return steps.filter((step) => {
    const key = step.directive ?? step.title;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function stepsText(steps: readonly Done[], part: Part, otherwise: string): string {
  const lines = steps
    .filter((step) => step.part === part)
    .flatMap(({ title, directive, undo }) => [
      `- [ ] ${title}${directive === null ? '' : ` \`${directive}\``}`,
      ...(undo === null ? [] : [`  - undo: \`${undo}\``]),
    ]);
  return lines.length === 0 ? otherwise : lines.join('\n');
}
