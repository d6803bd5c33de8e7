import type { FileProblem } from '#contract/agent.ts';
import type { SettingsView as SettingsAnswer } from '#contract/settings.ts';
import { CommandLine, FileProblems, JsonBlock, Panel, StateWord } from '../kit/index.ts';
import { readableSettings } from './readable.ts';
import styles from './settings.module.css';

/** nightdesk.yaml: what is wrong with it, and what is in force. */
export function FilePanel({ answer }: { answer: SettingsAnswer }) {
  const errors = answer.problems.filter((problem) => problem.severity === 'error').length;
  return (
    <Panel
      title="Settings file"
      end={
        errors > 0 ? (
          <StateWord tone="soon" word="Broken" />
        ) : answer.problems.length > 0 ? (
          <StateWord tone="soon" word="Warnings" />
        ) : (
          <StateWord tone="met" word="Sound" />
        )
      }
    >
      <div className={styles.stack}>
        <p>
          <code>{answer.file}</code>
        </p>
        {answer.problems.length === 0 ? null : <FileProblems problems={answer.problems} />}
        {errors === 0 ? null : (
          <p className={styles.weak}>Until it is mended, the settings that were good last stay in force.</p>
        )}
        <JsonBlock label="Settings in force" value={readableSettings(answer.settings)} />
        <CommandLine command="nightdesk settings" />
      </div>
    </Panel>
  );
}

/** What is wrong with the files of agents and runbooks, file by file; nothing when nothing is. */
export function ProblemsPanel({ problems }: { problems: readonly FileProblem[] }) {
  const files = [...new Set(problems.map((problem) => problem.file))].toSorted();
  if (files.length === 0) return null;
  return (
    <Panel title="Problems of other files" end={<StateWord tone="soon" word={`${problems.length}`} />}>
      <div className={styles.stack}>
        {files.map((file) => (
          <section key={file} className={styles.stack}>
            <h3>
              <code>{file}</code>
            </h3>
            <FileProblems problems={problems.filter((problem) => problem.file === file)} />
          </section>
        ))}
      </div>
    </Panel>
  );
}
