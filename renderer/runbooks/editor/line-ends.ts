import { diffLines } from './lines.ts';

const MARK = '\uFEFF';

/** A file's text as the editor has it: one kind of line end, no byte order mark. */
export function toEditor(file: string): string {
  return (file.startsWith(MARK) ? file.slice(1) : file).replace(/\r\n?/g, '\n');
}

/**
 * The editor's text as a file again. Lines that were not edited keep the line ends they had, whatever these were; new ones
 * have the kind that the file has most of. A file that was not edited comes back byte for byte.
 *
 * @param file the text that was edited
 */
export function toFile(file: string, edited: string): string {
  const mark = file.startsWith(MARK) ? MARK : '';
  const before = linesOf(file.slice(mark.length));
  const after = edited.split('\n');
  const usual = usualEnd(before.map((line) => line.end));
  const hunks = diffLines(
    before.map((line) => line.text),
    after,
  );
  const ends: string[] = [];
  let from = 0;
  for (const hunk of [...hunks, { aFrom: before.length, aTo: before.length, bFrom: after.length, bTo: after.length }]) {
    ends.push(...before.slice(from, hunk.aFrom).map((line) => line.end || usual));
    ends.push(...after.slice(hunk.bFrom, hunk.bTo).map(() => usual));
    from = hunk.aTo;
  }
  const last = after.length - 1;
  const endOf = (index: number): string => (index === last ? '' : (ends[index] ?? usual));
  const written = after.map((line, index) => {
    // A lone CR before an empty line that ends with LF would be one end with it.
    const joins = endOf(index) === '\r' && after[index + 1] === '' && endOf(index + 1) === '\n';
    return line + (joins ? '\r\n' : endOf(index));
  });
  return mark + written.join('');
}

function linesOf(text: string): { text: string; end: string }[] {
  const parts = text.split(/(\r\n|\r|\n)/);
  return parts.flatMap((part, index) => (index % 2 === 0 ? [{ text: part, end: parts[index + 1] ?? '' }] : []));
}

function usualEnd(ends: readonly string[]): string {
  const count = (end: string): number => ends.filter((each) => each === end).length;
  return ['\n', '\r\n', '\r'].reduce((best, end) => (count(end) > count(best) ? end : best));
}
