import { useEffect, useMemo, useState } from 'react';
import type { RunbookOrigin, RunbookSource } from '#contract/runbook-edit.ts';
import { type Client, orNull, refusalText, useAnswer, useClient } from '../../link/index.ts';
import { type EditCalls, EditView } from '../../runbooks/editor/EditView.tsx';
import { dropEdit, keptEdit } from '../../runbooks/editor/kept.ts';
import { toEditor } from '../../runbooks/editor/line-ends.ts';
import { isEdited, type Session } from '../../runbooks/editor/session.ts';
import { Notice } from '../Notice.tsx';
import { addressOf, askBeforeLeaving, goTo } from '../route.ts';
import { answered } from './answered.ts';

type Begun = { session: Session; word: string | null };

/** The editor of one runbook, joined to the desk. */
export function EditScreen({ name, from }: { name: string; from: RunbookOrigin | null }) {
  const client = useClient();
  // An answer that says there is none is an answer.
  const source = useAnswer<{ file: RunbookSource | null }>(`source of ${name}`, async (desk) => ({
    file: await orNull(desk.runbooks.source({ name })),
  }));
  const names = useAnswer('runbook names', (desk) => desk.runbooks.names());
  const [begun, setBegun] = useState<Begun | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const calls = useMemo(() => callsOf(client, name), [client, name]);
  const first = source.value;

  useEffect(() => {
    if (first === null || begun !== null) return;
    let gone = false;
    beginOf(client, name, from, first.file).then(
      (found) => {
        if (!gone) setBegun(found);
      },
      (error: unknown) => {
        if (!gone) setTrouble(refusalText(error));
      },
    );
    return () => {
      gone = true;
    };
  }, [first, begun, client, name, from]);

  if (begun === null) {
    const why = trouble ?? source.trouble;
    return <Notice title={why === null ? '' : `runbook ${name}`} text={why ?? 'reading…'} />;
  }
  return (
    <EditView
      name={name}
      begin={begun.session}
      word={begun.word}
      outside={first?.file ?? null}
      names={names.value}
      calls={calls}
      storage={sessionStorage}
      addressToRead={addressOf({ view: 'runbook', name })}
      askBeforeLeaving={askBeforeLeaving}
      onNamed={(named) => {
        dropEdit(sessionStorage, name);
        goTo(addressOf({ view: 'edit', name: named, from: null }), 'replace', 'answered');
      }}
      onLeave={(to) => goTo(to, 'push', 'answered')}
    />
  );
}

/** What the editor begins with: an edit that was kept, the file, or a draft of a new one. */
async function beginOf(
  client: Client,
  name: string,
  from: RunbookOrigin | null,
  file: RunbookSource | null,
): Promise<Begun> {
  const kept = keptEdit(sessionStorage, name);
  if (kept !== null && isEdited(kept)) return { session: kept, word: 'Restored: what was written here and not saved.' };
  if (file !== null) {
    const base = { file: file.text, hash: file.hash };
    const word = from === null ? null : `There is a runbook ${name} already; this is it.`;
    return { session: { base, text: toEditor(file.text) }, word };
  }
  const origin = from ?? { from: 'template' };
  const { text } = await client.runbooks.draft({ name, origin });
  return { session: { base: null, text }, word: wordOf(origin) };
}

function wordOf(origin: RunbookOrigin): string {
  switch (origin.from) {
    case 'template':
      return 'A new runbook: change it into your own, then save it.';
    case 'alert':
      return `A new runbook for the alert ${origin.rule}: write what helps against it, then save it.`;
    case 'incident':
      return `What was done in incident ${origin.incident}, as steps: put them into order, then save it.`;
  }
}

function callsOf(client: Client, name: string): EditCalls {
  return {
    check: (text) => client.runbooks.check({ name, text }),
    save: (as, text, baseHash) => answered(client.runbooks.save({ name: as, text, baseHash })),
    tryStep: (text, step, inputs) => answered(client.runbooks.tryStep({ name, text, step, inputs })),
    history: () => answered(client.runbooks.history({ name })),
    version: async (commit) => (await answered(client.runbooks.version({ name, commit }))).value?.text,
  };
}
