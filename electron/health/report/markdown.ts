import type { Report } from '#contract/report.ts';
import { sectionsOf, type Table } from './sections.ts';
import { dateText, provenance, summaryOf, titleOf } from './words.ts';

/** A report as Markdown, for a wiki or a mail. */
export function reportMarkdown(report: Report): string {
  const { data } = report;
  const blocks = [
    `# ${escaped(titleOf(data))}`,
    `${dateText(data.from, data.zone)} to ${dateText(data.to - 1, data.zone)}. **${escaped(summaryOf(data))}.**`,
    ...sectionsOf(data).flatMap(({ title, text, table }) => [
      `## ${escaped(title)}`,
      ...text.map(escaped),
      ...(table === null ? [] : [tableText(table)]),
    ]),
    '---',
    escaped(provenance(report)),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function tableText({ head, rows }: Table): string {
  const line = (cells: string[]): string => `| ${cells.map(escaped).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Titles come from anywhere: nothing of them is markup here. */
function escaped(text: string): string {
  return text === '---' ? text : text.replaceAll(/[\\`*_[\]<>|#]/g, (mark) => `\\${mark}`).replaceAll(/\s*\n\s*/g, ' ');
}
