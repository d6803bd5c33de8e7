import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { z } from 'zod';
import type { Runbook, RunbookSection, runbookInputSchema } from '#contract/runbook.ts';
import { type Block, readBlocks } from './blocks.ts';
import { type FrontMatter, readFrontMatter } from './front-matter.ts';
import { oneLine, plain, readInline } from './inline.ts';
import { type SectionKind, sectionKindOf, slugOf, uniqueNames } from './section.ts';
import type { StepReader } from './step.ts';
import { addStepsOf, hasBox, readPlainSection } from './steps.ts';
import { oneLineEnd, openFindings, type Report } from './text.ts';

/** A file longer than this, in characters, is not read as a runbook. */
const MAX_LENGTH = 10_000_000;
/** More steps than this are read as text, and so are more headings. */
const MAX_STEPS = 5_000;

/**
 * Reads a Markdown file as a runbook. Total: any text gives a runbook, with its faults in `problems`. Without
 * `runbook: 1` in the front matter no directive is live, and what stands under the five questions is done by hand.
 * Places are offsets of the text as it is given.
 */
export function parseRunbook(file: string, text: string): Runbook {
  const name = nameOf(file);
  const hash = createHash('sha256').update(text).digest('hex');
  const tooLong = text.length > MAX_LENGTH;
  const source = tooLong ? '' : oneLineEnd(text);
  const findings = openFindings(file, source);
  if (tooLong) findings.add(tooMuch(`The file is longer than ${MAX_LENGTH} characters.`));
  const front = readFrontMatter(source, source.startsWith('\uFEFF') ? 1 : 0);
  for (const problem of front.problems) findings.add(problem);
  const live = front.keys.runbook === 1;
  const walk = walkBlocks(readBlocks(source, front.bodyFrom, front.bodyLine), {
    live,
    room: roomFor(MAX_STEPS, () => findings.add(tooMuch(`There are more than ${MAX_STEPS} steps.`))),
    uniqueId: uniqueNames(),
    report: findings.add,
    inline: (pieces) => readInline(source, pieces),
    prose: (block) => readingMatter(text, block),
  });
  return {
    name,
    file,
    hash,
    // What is no runbook of ours goes by what GitHub shows at its head.
    title: (live ? (front.keys.title ?? walk.title) : (walk.title ?? front.keys.title)) ?? name,
    live,
    failure: front.keys.failure ?? null,
    matchAlerts: front.keys.match?.alert ?? [],
    inputs: inputsOf(front.keys),
    owner: front.keys.owner ?? null,
    reviewed: front.keys.reviewed ?? null,
    intro: walk.intro,
    sections: walk.sections,
    problems: findings.all(),
  };
}

/** Says while there is room for one more, and tells once when there is none. */
function roomFor(most: number, full: () => void): () => boolean {
  let count = 0;
  return () => {
    count += 1;
    if (count === most + 1) full();
    return count <= most;
  };
}

function tooMuch(message: string): Report {
  return { severity: 'error', rule: 'too-long', range: { from: 0, to: 0 }, message, fix: 'Split it.', edit: null };
}

/** A piece of a file as Markdown of its own: without the indent of what it stands in. */
function readingMatter(text: string, { from, to, indent }: { from: number; to: number; indent: number }): string {
  const piece = text.slice(from, to).replace(/\r\n?/g, '\n').trimEnd();
  if (indent === 0 || !piece.includes('\n')) return piece;
  return piece
    .split('\n')
    .map((line, index) => (index === 0 ? line : line.slice(Math.min(indent, line.length - line.trimStart().length))))
    .join('\n');
}

/** The name a runbook goes by: its file's, in the letters that names have. */
function nameOf(file: string): string {
  const name = basename(file)
    .replace(/\.[^.]*$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 64);
  return name === '' ? 'runbook' : name;
}

function inputsOf(keys: FrontMatter['keys']): z.infer<typeof runbookInputSchema>[] {
  return Object.entries(keys.inputs).map(([name, input]) => ({
    name,
    type: input.type,
    required: input.required,
    from: input.from ?? null,
    default: input.default ?? null,
  }));
}

type Walk = { title: string | null; intro: string; sections: RunbookSection[] };
type Open = RunbookSection & { blocks: Block[] };

/** Sorts the blocks of a file into sections and their steps. */
function walkBlocks(blocks: Block[], reader: StepReader & { room(): boolean }): Walk {
  const uniqueAnchor = uniqueNames();
  const intro: Block[] = [];
  const sections: Open[] = [];
  const above: { depth: number; kind: SectionKind }[] = [];
  let title: string | null = null;
  for (const block of blocks) {
    if (block.kind === 'heading' && sections.length < MAX_STEPS) {
      const text = oneLine(plain(reader.inline(block.pieces).text));
      const anchor = uniqueAnchor(slugOf(text) || 'section');
      if (title === null && block.depth === 1 && sections.length === 0) {
        title = text;
        continue;
      }
      while ((above.at(-1)?.depth ?? 0) >= block.depth) above.pop();
      const own = sectionKindOf(text);
      const kind = own === 'other' ? (above.at(-1)?.kind ?? 'other') : own;
      above.push({ depth: block.depth, kind });
      sections.push({ id: anchor, title: text, kind, prose: '', steps: [], blocks: [] });
    } else if (sections.length === 0 && block.kind === 'list' && block.items.some(hasBox)) {
      // Steps above the first heading stand in a section without a title.
      sections.push({ ...UNTITLED, id: uniqueAnchor('steps'), steps: [], blocks: [block] });
    } else {
      (sections.at(-1)?.blocks ?? intro).push(block);
    }
  }
  return {
    title,
    intro: joined(intro.map((block) => reader.prose(block))),
    sections: sections.map((section) => closed(section, reader)),
  };
}

const UNTITLED = { title: '', kind: 'other', prose: '' } as const;

function closed({ blocks, ...section }: Open, reader: StepReader & { room(): boolean }): RunbookSection {
  const paragraphs =
    !reader.live && section.kind !== 'other'
      ? readPlainSection(section, blocks, reader)
      : readSection(section, blocks, reader);
  return { ...section, prose: joined(paragraphs) };
}

/** Lists with a box somewhere are its steps. @returns the rest, for reading */
function readSection(section: RunbookSection, blocks: Block[], reader: StepReader & { room(): boolean }): string[] {
  return blocks.flatMap((block) => {
    if (block.kind !== 'list' || !block.items.some(hasBox)) return [reader.prose(block)];
    return addStepsOf(section, block.items, reader);
  });
}

function joined(paragraphs: string[]): string {
  return paragraphs.filter((one) => one !== '').join('\n\n');
}
