import PDFDocument from 'pdfkit';
import type { Report } from '#contract/report.ts';
import type { Chart, Ink } from './chart.ts';
import { type Section, sectionsOf, type Table } from './sections.ts';
import { dateText, provenance, summaryOf, titleOf } from './words.ts';

type Document = InstanceType<typeof PDFDocument>;

/** DIN A4, points. */
const MARGIN = 48;
const INKS: Record<Ink, string> = {
  ink: '#1d2430',
  weak: '#5b6472',
  line: '#d7dbe2',
  met: '#23805c',
  now: '#c22f24',
  unknown: '#8a93a1',
};
const VERDICT_INKS: Record<string, Ink> = { met: 'met', missed: 'now' };

/** A report as PDF, to hand over: A4, numbered pages, tables whose head repeats. */
export function reportPdf(report: Report): Promise<Buffer> {
  const { data } = report;
  const document = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    bufferPages: true,
    info: { Title: titleOf(data), Creator: data.tool, CreationDate: new Date(report.madeAt) },
  });
  const chunks: Buffer[] = [];
  const done = new Promise<Buffer>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
  });

  document
    .font('Helvetica-Bold')
    .fontSize(18)
    .fillColor(INKS.ink)
    .text(plain(titleOf(data)));
  document
    .font('Helvetica')
    .fontSize(10)
    .fillColor(INKS.weak)
    .text(plain(`${dateText(data.from, data.zone)} to ${dateText(data.to - 1, data.zone)}`));
  document
    .moveDown(0.6)
    .font('Helvetica-Bold')
    .fontSize(12)
    .fillColor(INKS.ink)
    .text(plain(`${summaryOf(data)}.`));
  for (const section of sectionsOf(data)) draw(document, section);
  document
    .moveDown(1)
    .font('Helvetica')
    .fontSize(8)
    .fillColor(INKS.weak)
    .text(plain(provenance(report)), MARGIN);
  number(document, plain(titleOf(data)));
  document.end();
  return done;
}

function widthOf(document: Document): number {
  return document.page.width - 2 * MARGIN;
}

/** Begins a page where what comes would not fit. */
function room(document: Document, height: number): void {
  if (document.y + height > document.page.height - MARGIN) document.addPage();
}

function draw(document: Document, { title, text, charts, table }: Section): void {
  room(document, 90);
  document.moveDown(1.2).font('Helvetica-Bold').fontSize(12).fillColor(INKS.ink).text(plain(title), MARGIN);
  document.moveDown(0.2).font('Helvetica').fontSize(9);
  for (const line of text)
    document.fillColor(INKS.ink).text(plain(line), MARGIN, undefined, { width: widthOf(document) });
  for (const chart of charts) drawChart(document, chart);
  if (table !== null) drawTable(document, table);
}

function drawChart(document: Document, chart: Chart): void {
  room(document, chart.height + 12);
  const [left, top] = [MARGIN, document.y + 6];
  document.font('Helvetica').fontSize(8);
  for (const shape of chart.shapes) {
    switch (shape.kind) {
      case 'rect':
        document.rect(left + shape.x, top + shape.y, shape.width, shape.height).fill(INKS[shape.ink]);
        break;
      case 'line':
        document.save().lineWidth(shape.width);
        if (shape.dashed) document.dash(2, { space: 2 });
        document
          .moveTo(left + shape.x1, top + shape.y1)
          .lineTo(left + shape.x2, top + shape.y2)
          .stroke(INKS[shape.ink]);
        document.restore();
        break;
      case 'text': {
        const text = plain(shape.text);
        const width = document.widthOfString(text);
        const back = shape.align === 'start' ? 0 : shape.align === 'middle' ? width / 2 : width;
        document
          .fillColor(INKS[shape.ink])
          .text(text, left + shape.x - back, top + shape.y - 7.5, { lineBreak: false });
      }
    }
  }
  document.y = top + chart.height + 6;
}

const SIZE = 7.5;
const PAD = 3;

function drawTable(document: Document, table: Table): void {
  const widths = columnWidths(document, table);
  function fontOf(cell: string, index: number, isHead: boolean): string {
    return isHead || index === 0 || VERDICT_INKS[cell] === 'now' ? 'Helvetica-Bold' : 'Helvetica';
  }
  function heightOf(cells: string[], isHead: boolean): number {
    const heights = cells.map((cell, index) =>
      document
        .font(fontOf(cell, index, isHead))
        .fontSize(SIZE)
        .heightOfString(plain(cell), { width: (widths[index] ?? 0) - 6 }),
    );
    return 2 * PAD + Math.max(...heights);
  }
  function row(cells: string[], isHead: boolean): void {
    const height = heightOf(cells, isHead);
    const y = document.y;
    let x = MARGIN;
    for (const [index, cell] of cells.entries()) {
      document
        .font(fontOf(cell, index, isHead))
        .fontSize(SIZE)
        .fillColor(INKS[isHead ? 'weak' : (VERDICT_INKS[cell] ?? 'ink')])
        .text(plain(cell), x, y + PAD, { width: (widths[index] ?? 0) - 6 });
      x += widths[index] ?? 0;
    }
    document
      .lineWidth(0.5)
      .moveTo(MARGIN, y + height)
      .lineTo(MARGIN + widthOf(document), y + height)
      .stroke(INKS.line);
    document.y = y + height;
    document.x = MARGIN;
  }
  document.moveDown(0.4);
  room(document, heightOf(table.head, true) * 2 + 12);
  row(table.head, true);
  for (const cells of table.rows) {
    if (document.y + heightOf(cells, false) > document.page.height - MARGIN) {
      document.addPage();
      row(table.head, true);
    }
    row(cells, false);
  }
}

/** By how much each column says, none narrower than its longest word within reason. */
function columnWidths(document: Document, { head, rows }: Table): number[] {
  document.font('Helvetica-Bold').fontSize(SIZE);
  const wanted = head.map((title, index) => {
    const cells = [title, ...rows.map((cells) => cells[index] ?? '')].map(plain);
    const longest = Math.max(...cells.flatMap((cell) => cell.split(/\s/).map((word) => document.widthOfString(word))));
    const whole = Math.max(...cells.map((cell) => document.widthOfString(cell)));
    return { least: Math.min(longest, 160) + 8, whole: Math.min(whole, 220) + 8 };
  });
  const total = widthOf(document);
  const least = wanted.reduce((sum, { least: each }) => sum + each, 0);
  const more = wanted.map(({ least: low, whole }) => Math.max(0, whole - low));
  const all = more.reduce((sum, each) => sum + each, 0);
  const spare = Math.max(0, total - least);
  const shrink = least > total ? total / least : 1;
  return wanted.map(
    ({ least: low }, index) => low * shrink + (all === 0 ? spare / wanted.length : (spare * (more[index] ?? 0)) / all),
  );
}

function number(document: Document, title: string): void {
  const { start, count } = document.bufferedPageRange();
  for (let page = start; page < start + count; page += 1) {
    document.switchToPage(page);
    // Below the margin a text would begin a page of its own.
    document.page.margins.bottom = 0;
    document
      .font('Helvetica')
      .fontSize(7.5)
      .fillColor(INKS.weak)
      .text(`${title}   ${page + 1} / ${count}`, MARGIN, document.page.height - 30, {
        width: widthOf(document),
        align: 'right',
        lineBreak: false,
      });
  }
}

/** The standard fonts know Latin letters only: what they cannot draw is shown as a question mark. */
function plain(text: string): string {
  return text
    .replaceAll('’', "'")
    .replaceAll('…', '...')
    .replaceAll(/[^\x20-\x7e\u00a0-\u00ff]/g, '?');
}
