import type { AgentDetail } from '#contract/agent.ts';
import { Facts, FileProblems, Panel, StateWord } from '../kit/index.ts';
import ink from '../kit/ink.module.css';

/** What it is: its tools, its file, and the version in force. */
export function DefinitionPanel({ agent }: { agent: AgentDetail }) {
  const broken = hasErrors(agent);
  return (
    <Panel
      title="Definition"
      end={broken ? <StateWord tone="soon" word="Last good" /> : <StateWord tone="met" word="In force" />}
    >
      <Facts
        facts={[
          { name: 'Team', value: agent.team ?? 'none' },
          { name: 'Runtime', value: agent.runtime },
          { name: 'Tools', value: agent.tools.length === 0 ? 'none' : <code>{agent.tools.join(', ')}</code> },
          { name: 'Version', value: <code>{agent.definition.slice(0, 12)}</code> },
          { name: 'File', value: <code>{agent.file}</code> },
        ]}
      />
    </Panel>
  );
}

/** What is wrong with its file, and what runs meanwhile. */
export function Problems({ agent }: { agent: AgentDetail }) {
  if (agent.problems.length === 0) return null;
  return (
    <Panel
      title="Problems of its file"
      end={hasErrors(agent) ? <StateWord tone="soon" word="Broken" /> : <StateWord tone="soon" word="Warnings" />}
    >
      <FileProblems problems={agent.problems} />
      {hasErrors(agent) ? (
        <p className={ink.weak}>
          Until it is mended, the last good version <code>{agent.definition.slice(0, 12)}</code> stays in force.
        </p>
      ) : null}
    </Panel>
  );
}

function hasErrors(agent: AgentDetail): boolean {
  return agent.problems.some((problem) => problem.severity === 'error');
}
