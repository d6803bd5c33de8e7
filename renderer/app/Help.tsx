import { Button, Dialog } from '../kit/index.ts';
import styles from './dialog.module.css';
import { KEY_HELP, VIEWS } from './views.ts';

/** Every key, on one page. */
export function Help({ onClose }: { onClose(): void }) {
  const go = VIEWS.flat().map((entry): [string, string] => [`g ${entry.key}`, entry.title]);
  return (
    <Dialog title="Keys" onClose={onClose} wide>
      <div className={styles.help}>
        {[...KEY_HELP, { title: 'Go to', keys: go }].map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <dl>
              {group.keys.map(([key, words]) => (
                <div key={key}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{words}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <div className={styles.buttons}>
        <Button keys="Esc" onClick={onClose}>
          Close
        </Button>
      </div>
    </Dialog>
  );
}
