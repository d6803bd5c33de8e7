import type { AgentDetail } from '#contract/agent.ts';
import { agoText, clockTime, countdown, type Fact, Facts, Panel, StateWord, spanText } from '../kit/index.ts';
import { handText, intakeWord } from './intake.ts';

/** Whether it takes and starts tasks, by whose hand, and what brings it tasks by itself. */
export function IntakePanel({ agent, now }: { agent: AgentDetail; now: number }) {
  const { hand, starts } = agent;
  const facts: Fact[] = [
    ...(agent.intake === 'open' && hand.since === null ? [] : [{ name: 'By', value: handText(hand) }]),
    ...(hand.since === null ? [] : [{ name: 'Since', value: `${agoText(now - hand.since)} ago` }]),
    ...(hand.until === null || agent.intake === 'open'
      ? []
      : [{ name: 'Until', value: `${clockTime(hand.until)}, in ${countdown(hand.until - now)}` }]),
    { name: 'Schedule', value: agent.schedule === null ? 'none' : <code>{agent.schedule}</code> },
    ...(starts === null
      ? []
      : [
          { name: 'Next', value: starts.next.map((at) => startText(at, now)).join(', ') || 'never' },
          { name: 'Missed', value: MISSED_WORDS[starts.missed] },
          { name: 'Overlap', value: starts.overlap === 'skip' ? 'skipped while one runs' : 'queued behind it' },
        ]),
    { name: 'Folder', value: agent.folder === null ? 'none' : <code>{agent.folder}</code> },
    { name: 'By hand', value: <code>nightdesk submit {agent.name} --input FILE</code> },
  ];
  return (
    <Panel title="Intake" end={<StateWord {...intakeWord(agent.intake)} />}>
      <Facts facts={facts} />
    </Panel>
  );
}

const MISSED_WORDS = {
  skip: 'starts that were missed are left out',
  once: 'of missed starts the last is made up for',
  each: 'each missed start is made up for',
} as const;

const DAY_MS = 86_400_000;

function startText(at: number, now: number): string {
  return at - now < DAY_MS ? clockTime(at) : `in ${spanText(at - now)}`;
}
