import { useRef, useState } from 'react';
import type { IncidentDraft } from '#contract/incident.ts';
import { Button, clockTime, Dialog, Form } from '../kit/index.ts';
import styles from './incidents.module.css';

type Props = {
  draft: IncidentDraft;
  busy: boolean;
  refusal: string | null;
  /** Saves over the version that was read. @returns whether it was taken */
  onSave(text: string, version: number): Promise<boolean>;
  /** The review drafted anew from the record, and the version that stands now. */
  onFresh(): Promise<IncidentDraft | undefined>;
  /** What stands now, whoever saved it. */
  onReread(): Promise<IncidentDraft | undefined>;
  onClose(): void;
};

/** What was written and not saved, with the version it was written over: closing the dialog loses nothing. */
const unsaved = new Map<number, { text: string; version: number }>();

/** The post-incident review: drafted from the record, edited here, kept with its version, taken away as a file. */
export function ReviewDialog({ draft, busy, refusal, onSave, onFresh, onReread, onClose }: Props) {
  const [{ text, version }, setWritten] = useState(() => unsaved.get(draft.incident) ?? draft);
  const [saved, setSaved] = useState(draft.version === 0 ? null : draft.text);
  const first = useRef<HTMLTextAreaElement>(null);

  function write(written: { text: string; version: number }): void {
    setWritten(written);
    unsaved.set(draft.incident, written);
  }
  async function save(): Promise<void> {
    if (!(await onSave(text, version))) return;
    unsaved.delete(draft.incident);
    setWritten({ text, version: version + 1 });
    setSaved(text);
  }
  /** @param keep whether what stands in the field goes over what was read */
  async function read(from: () => Promise<IncidentDraft | undefined>, keep: boolean): Promise<void> {
    const found = await from();
    if (found !== undefined) write({ text: keep ? text : found.text, version: found.version });
  }

  return (
    <Dialog title={`Review of incident ${draft.incident}`} onClose={onClose} first={first} wide>
      <Form
        verb="Save"
        busy={busy}
        refusal={refusal}
        missing={text === saved ? `Saved as version ${version}.` : null}
        command={`nightdesk incident draft ${draft.incident} --out review-${draft.incident}.md`}
        lines
        close="Close"
        onSend={() => void save()}
        onClose={onClose}
      >
        <p className={styles.weak}>{standingText(draft, version)}</p>
        <textarea
          ref={first}
          className={styles.review}
          aria-label="Review in Markdown"
          value={text}
          spellCheck
          onChange={(event) => write({ text: event.target.value, version })}
        />
        <div className={styles.buttons}>
          <Button disabled={busy} onClick={() => exportText(draft.incident, text)}>
            Export
          </Button>
          <Button disabled={busy} onClick={() => void read(onFresh, false)}>
            Draft it anew
          </Button>
          {refusal === null ? null : (
            <>
              <Button disabled={busy} onClick={() => void read(onReread, false)}>
                Take theirs
              </Button>
              <Button disabled={busy} onClick={() => void read(onReread, true)}>
                Keep mine over it
              </Button>
            </>
          )}
        </div>
      </Form>
    </Dialog>
  );
}

function standingText({ editedBy, editedAt }: IncidentDraft, version: number): string {
  if (version === 0)
    return 'Drafted from the record. What only people know stands as questions: fill them in, and save.';
  if (editedBy === null || editedAt === null) return `Version ${version}.`;
  return `Version ${version}; ${editedBy.name} had saved it last when you opened it, at ${clockTime(editedAt)}.`;
}

/** Gives the text as a file. */
function exportText(incident: number, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/markdown' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = `incident-${incident}.md`;
  link.click();
  URL.revokeObjectURL(address);
}
