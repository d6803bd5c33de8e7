import type { RunbookSection } from '#contract/runbook.ts';
import type { Block, Item } from './blocks.ts';
import { readStep, type StepReader } from './step.ts';

type Reader = StepReader & {
  /** Whether there may be one more step. */
  room(): boolean;
};

/** Whether an item, or one under it, has a box. */
export function hasBox(item: Item): boolean {
  return item.box !== null || item.children.some((child) => child.kind === 'list' && child.items.some(hasBox));
}

/** Adds the items of a checklist to a section: those with a box, or all where none has one. @returns what is for reading */
export function addStepsOf(section: RunbookSection, items: Item[], reader: Reader): string[] {
  const paragraphs: string[] = [];
  const boxed = items.some(hasBox);
  for (const item of items) {
    const isStep = item.box !== null || !boxed;
    if (isStep && reader.room()) section.steps.push(readStep(item, section.title, reader));
    else if (isStep) paragraphs.push(reader.prose(item));
    else paragraphs.push(item.pieces === null ? '' : reader.inline(item.pieces).text);
    for (const child of item.children) {
      if (child.kind !== 'list') continue;
      const under = child.items.filter(hasBox);
      if (under.length > 0) paragraphs.push(...addStepsOf(section, under, reader));
    }
  }
  return paragraphs;
}

/**
 * The steps of a section that stands under one of the five questions in a file that is no runbook of ours: its list
 * items, and each paragraph that leads to a fence. Where there is neither, its paragraphs. What follows a step and is
 * none itself is read under it, so that the order stays as it was written.
 * @returns what stands before the first step, for reading
 */
export function readPlainSection(section: RunbookSection, blocks: Block[], reader: Reader): string[] {
  const leads = blocks.some((block, index) => block.kind === 'list' || leadsToFence(blocks, index));
  const before: string[] = [];
  /** What is read under each step, by its place in the section. */
  const along = new Map<number, string[]>();
  const readAlong = (texts: string[]): void => {
    const last = section.steps.length - 1;
    const under = last < 0 ? before : (along.get(last) ?? []);
    if (last >= 0) along.set(last, under);
    for (const text of texts) under.push(text);
  };
  for (let index = 0; index < blocks.length; index += 1) {
    const block = blocks[index];
    if (block === undefined) break;
    if (block.kind === 'list') {
      readAlong(addStepsOf(section, block.items, reader));
    } else if (
      block.kind === 'paragraph' &&
      isSaid(block, reader) &&
      (leadsToFence(blocks, index) || !leads) &&
      reader.room()
    ) {
      const under: Block[] = [];
      for (let next = blocks[index + 1]; next !== undefined && isUnder(next); next = blocks[index + 1]) {
        under.push(next);
        index += 1;
      }
      section.steps.push(readStep(itemOf(block, under), section.title, reader));
    } else readAlong([reader.prose(block)]);
  }
  for (const [index, texts] of along) {
    const step = section.steps[index];
    if (step !== undefined) step.prose = [step.prose, ...texts].filter((text) => text !== '').join('\n\n');
  }
  return before;
}

function leadsToFence(blocks: Block[], index: number): boolean {
  const next = blocks[index + 1];
  return blocks[index]?.kind === 'paragraph' && next?.kind === 'code' && next.fenced;
}

/** Code, quotes and the like belong to the paragraph above them. */
function isUnder(block: Block): boolean {
  return block.kind === 'code' || block.kind === 'other';
}

/** A table is a paragraph to the reader of blocks, and a link's address is none at all: nothing that a person would do. */
function isSaid(block: Extract<Block, { kind: 'paragraph' }>, reader: Reader): boolean {
  return !/^(?:\||\[[^\]]{1,200}\]:|!\[)/.test(reader.inline(block.pieces.slice(0, 1)).text);
}

function itemOf(block: Extract<Block, { kind: 'paragraph' }>, children: Block[]): Item {
  const { from, line, indent, pieces } = block;
  return { from, to: children.at(-1)?.to ?? block.to, line, indent, pieces, box: null, checked: false, children };
}
