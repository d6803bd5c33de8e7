import type { SecretView } from '#contract/secret.ts';
import { CommandLine, Panel, StateWord } from '../kit/index.ts';
import styles from './settings.module.css';

/** The secrets that settings and agents name, and where each comes from. No value is ever shown. */
export function SecretsPanel({ secrets }: { secrets: readonly SecretView[] }) {
  const [wanted] = secrets.filter((secret) => secret.from === 'missing');
  return (
    <Panel title="Secrets">
      <div className={styles.stack}>
        {secrets.length === 0 ? (
          <p className={styles.weak}>No settings and no agent name one.</p>
        ) : (
          <ul className={styles.list}>
            {secrets.map((secret) => (
              <li key={secret.name}>
                <code>{secret.name}</code>
                {secret.from === 'missing' || secret.problem !== null ? (
                  <StateWord tone="soon" word={secret.from === 'missing' ? 'Missing' : 'Unusable'} />
                ) : (
                  <StateWord tone="met" word={secret.from === 'keychain' ? 'In the keychain' : 'In a variable'} />
                )}
                {secret.problem === null ? null : <span className={styles.weak}>{secret.problem}</span>}
              </li>
            ))}
          </ul>
        )}
        <CommandLine command={`nightdesk secret set ${wanted?.name ?? 'NAME'}`} />
      </div>
    </Panel>
  );
}
