import { toEditor, toFile } from './line-ends.ts';
import { mergeTexts } from './merge.ts';

/** The file that an edit began from. */
export type Base = {
  /** As it is on the disk, with its own line ends. */
  file: string;
  hash: string;
};

/** An edit: what it began from (null for a file that is not there yet), and what the editor holds. */
export type Session = { base: Base | null; text: string };

/** Whether there is anything to lose. */
export function isEdited({ base, text }: Session): boolean {
  return base === null ? text.trim() !== '' : toEditor(base.file) !== text;
}

/** What is written when it is saved. */
export function fileOf({ base, text }: Session): string {
  return base === null ? text : toFile(base.file, text);
}

/** What comes of an edit whose file is another one by now. */
export type Meeting =
  /** Nothing is to be done. */
  | { kind: 'same' }
  /** There was no edit, or both are the same: the file's text is the editor's. `merged`: both edits are in the text. */
  | { kind: 'taken' | 'merged'; session: Session }
  | { kind: 'overlap'; theirs: Base };

export function meet(session: Session, theirs: Base): Meeting {
  const { base, text } = session;
  if (base?.hash === theirs.hash) return { kind: 'same' };
  const theirText = toEditor(theirs.file);
  if (!isEdited(session) || text === theirText) return { kind: 'taken', session: { base: theirs, text: theirText } };
  const merged = base === null ? null : mergeTexts(toEditor(base.file), text, theirText);
  return merged === null ? { kind: 'overlap', theirs } : { kind: 'merged', session: { base: theirs, text: merged } };
}
