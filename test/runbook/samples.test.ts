import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lintRunbook } from '../../electron/runbook/lint/lint.ts';
import { applyEdits } from '../../electron/runbook/parse/edit.ts';
import { parseRunbook } from '../../electron/runbook/parse/runbook.ts';

const FOLDER = join(import.meta.dirname, 'samples');
const read = (name: string) => parseRunbook(name, readFileSync(join(FOLDER, name), 'utf8'));

/** Sections that have steps, each with the titles that a person would name. */
function checklistOf(name: string): [kind: string, steps: string[]][] {
  return read(name)
    .sections.filter((section) => section.steps.length > 0)
    .map((section) => [section.kind, section.steps.map((step) => step.title)]);
}

describe('Markdown of other tools opens as a checklist done by hand', () => {
  it('with the front matter of Hugo, nested lists, and paragraphs that lead to a command', () => {
    expect(read('hugo-front-matter.md').title).toBe('NodeFilesystemFull');
    expect(checklistOf('hugo-front-matter.md')).toEqual([
      ['diagnose', ['Look at `df -h` on the node.', 'Find what grows:', 'Ask the owner.']],
      ['mitigate', ['Delete what is old:']],
    ]);
    const [, grows] = read('hugo-front-matter.md').sections[1]?.steps ?? [];
    expect(grows?.prose).toBe('* logs\n* images\n\n```console\n$ kubectl -n <namespace> get pods\n```');
    const [remove] = read('hugo-front-matter.md').sections[2]?.steps ?? [];
    expect(remove?.prose).toBe(
      '```sh\n$ kubectl delete pod <pod> -n <namespace>\n```\n\nSee the [manual](https://example.com/disk).',
    );
  });

  it('with front matter in TOML, and numbers of both kinds', () => {
    expect(read('toml-front-matter.md').title).toBe('Certificate expires');
    expect(checklistOf('toml-front-matter.md')).toEqual([
      ['confirm', ['A browser says that the certificate is not valid.', 'Requests fail with `x509`.']],
      ['recover', ['Renew it.', 'Reload the proxy.']],
    ]);
  });

  it('with lists in lists, boxes, and a section of one paragraph', () => {
    expect(checklistOf('nested-lists.md')).toEqual([
      ['diagnose', ['**Determine the type**', '**Determine the scope**']],
      ['mitigate', ['Lock the account', 'Wipe the device']],
      ['recover', ['`TODO: nothing yet`']],
    ]);
    const [type] = read('nested-lists.md').sections[0]?.steps ?? [];
    expect(type?.prose).toBe('1. Ask the person:\n    * when\n    * where\n1. Ask the office.');
  });

  it('with HTML, comments, quotes and tables, none of which is a step', () => {
    expect(checklistOf('html-and-tables.md')).toEqual([
      ['diagnose', ['Look at zone a', 'Look at zone b']],
      ['mitigate', ['Restart <b>one</b> pod']],
    ]);
  });

  it('with the line ends of Windows', () => {
    expect(checklistOf('windows-line-ends.md')).toEqual([
      ['diagnose', ['Look at the consumer with its logs', 'Look at the broker']],
      ['verify', ['The queue is empty']],
    ]);
  });

  it('with text from right to left, and a byte order mark', () => {
    expect(read('right-to-left.md').title).toBe('השרת אינו זמין');
    expect(checklistOf('right-to-left.md')).toEqual([
      ['mitigate', ['לאתחל את השרת `systemctl restart api`', 'לעדכן את הצוות']],
      ['diagnose', ['افحص السجلات', 'افحص الشبكة']],
    ]);
  });

  it.each(readdirSync(FOLDER))('%s holds no live step, has no fault, and comes back byte for byte', (name) => {
    const bytes = readFileSync(join(FOLDER, name));
    const text = bytes.toString('utf8');
    const runbook = parseRunbook(name, text);
    expect(runbook.live).toBe(false);
    expect(runbook.sections.flatMap((section) => section.steps).every((step) => step.directive === null)).toBe(true);
    expect(lintRunbook(runbook, text, null, 0)).toEqual([]);
    expect(Buffer.from(applyEdits(text, []), 'utf8').equals(bytes)).toBe(true);
  });
});
