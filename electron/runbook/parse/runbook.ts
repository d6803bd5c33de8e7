import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { z } from 'zod';
import type { FileProblem } from '#contract/agent.ts';
import type { Runbook, RunbookSection, runbookInputSchema } from '#contract/runbook.ts';
import { type FrontMatter, readFrontMatter } from './front-matter.ts';
import { type Block, type Item, readBlocks } from './markdown.ts';
import { type SectionKind, sectionKindOf, slugOf, uniqueNames } from './section.ts';
import { readStep, type StepReader } from './step.ts';

/** A file larger than this is not read as a runbook: about ten thousand lines. */
const MAX_LENGTH = 1_000_000;

/**
 * Reads a Markdown file as a runbook. Total: any text gives a runbook, with its faults in `problems`. Without
 * `runbook: 1` in the front matter no directive is live, and list items under the five questions are done by hand.
 */
export function parseRunbook(file: string, text: string): Runbook {
  const name = nameOf(file);
  const hash = createHash('sha256').update(text).digest('hex');
  const tooLong = text.length > MAX_LENGTH;
  const source = tooLong ? '' : text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const front = readFrontMatter(source);
  const problems: FileProblem[] = front.problems.map((problem) => ({ file, ...problem }));
  if (tooLong) {
    const message = `The file is longer than ${MAX_LENGTH} characters.`;
    problems.push({ file, line: 1, column: 1, severity: 'error', rule: 'too-long', message, fix: 'Split it.' });
  }
  const live = front.keys.runbook === 1;
  const walk = walkBlocks(readBlocks(front.body, front.bodyLine), {
    live,
    lines: source.split('\n'),
    uniqueId: uniqueNames(),
    report: (problem) => problems.push({ file, ...problem }),
  });
  return {
    name,
    file,
    hash,
    title: front.keys.title ?? walk.title ?? name,
    live,
    failure: front.keys.failure ?? null,
    matchAlerts: front.keys.match?.alert ?? [],
    inputs: inputsOf(front.keys),
    owner: front.keys.owner ?? null,
    reviewed: front.keys.reviewed ?? null,
    intro: walk.intro,
    sections: walk.sections,
    problems,
  };
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
type Open = RunbookSection & { paragraphs: string[] };

/** Sorts the blocks of a file into sections and their steps. */
function walkBlocks(blocks: Block[], reader: StepReader): Walk {
  const uniqueAnchor = uniqueNames();
  const intro: string[] = [];
  const sections: Open[] = [];
  const above: { depth: number; kind: SectionKind }[] = [];
  let title: string | null = null;
  for (const block of blocks) {
    const section = sections.at(-1);
    if (block.kind === 'heading') {
      const anchor = uniqueAnchor(slugOf(block.text) || 'section');
      if (title === null && block.depth === 1 && sections.length === 0) {
        title = block.text;
        continue;
      }
      while ((above.at(-1)?.depth ?? 0) >= block.depth) above.pop();
      const own = sectionKindOf(block.text);
      const kind = own === 'other' ? (above.at(-1)?.kind ?? 'other') : own;
      above.push({ depth: block.depth, kind });
      sections.push({ id: anchor, title: block.text, kind, prose: '', steps: [], paragraphs: [] });
    } else if (block.kind === 'list' && holdsSteps(block.items, section?.kind ?? 'other', reader.live)) {
      const into = section ?? openUntitled(sections, uniqueAnchor);
      addSteps(into, block.items, reader);
    } else {
      (section?.paragraphs ?? intro).push(block.raw.trim());
    }
  }
  return { title, intro: joined(intro), sections: sections.map(closed) };
}

/** Steps above the first heading stand in a section without a title. */
function openUntitled(sections: Open[], uniqueAnchor: (name: string) => string): Open {
  const section: Open = { id: uniqueAnchor('steps'), title: '', kind: 'other', prose: '', steps: [], paragraphs: [] };
  sections.push(section);
  return section;
}

function closed({ paragraphs, ...section }: Open): RunbookSection {
  return { ...section, prose: joined(paragraphs) };
}

function joined(paragraphs: string[]): string {
  return paragraphs.filter((one) => one !== '').join('\n\n');
}

/** Whether a list is a checklist: it has a box somewhere, or it stands under a question in a file that is not live. */
function holdsSteps(items: Item[], kind: SectionKind, live: boolean): boolean {
  return (!live && kind !== 'other') || items.some(hasBox);
}

function hasBox(item: Item): boolean {
  return item.checked !== null || item.children.some((child) => child.kind === 'list' && child.items.some(hasBox));
}

function addSteps(section: Open, items: Item[], reader: StepReader): void {
  const boxed = items.some(hasBox);
  for (const item of items) {
    if (item.checked === null && boxed) {
      section.paragraphs.push(item.text);
    } else {
      section.steps.push(readStep(item, section.title, reader));
    }
    for (const child of item.children) {
      if (child.kind === 'list' && child.items.some(hasBox)) {
        addSteps(
          section,
          child.items.filter((one) => hasBox(one)),
          reader,
        );
      }
    }
  }
}
