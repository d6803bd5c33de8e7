import type { Report } from '#contract/report.ts';
import type { Chart, Ink, Shape } from './chart.ts';
import { type Section, sectionsOf, type Table } from './sections.ts';
import { dateText, provenance, summaryOf, titleOf } from './words.ts';

/** A report as one HTML file: no script, nothing loaded, light and dark, fit for print. */
export function reportHtml(report: Report): string {
  const { data } = report;
  const body = sectionsOf(data).map(sectionHtml);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(titleOf(data))}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<h1>${escaped(titleOf(data))}</h1>
<p class="span">${escaped(dateText(data.from, data.zone))} to ${escaped(dateText(data.to - 1, data.zone))}</p>
<p class="summary">${escaped(summaryOf(data))}.</p>
</header>
${body.join('\n')}
<footer>${escaped(provenance(report))}</footer>
</main>
</body>
</html>
`;
}

function sectionHtml({ title, text, charts, table }: Section): string {
  return [
    '<section>',
    `<h2>${escaped(title)}</h2>`,
    ...text.map((line) => `<p>${escaped(line)}</p>`),
    ...charts.map(svg),
    ...(table === null ? [] : [tableHtml(table)]),
    '</section>',
  ].join('\n');
}

function tableHtml({ head, rows }: Table): string {
  const heads = head.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join('');
  const body = rows
    .map(([first = '', ...cells]) => `<tr><th scope="row">${escaped(first)}</th>${cells.map(cellHtml).join('')}</tr>`)
    .join('\n');
  return `<div class="wide"><table><thead><tr>${heads}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** A verdict is shape, then word, then colour. */
const DASHED =
  '<circle class="s-unknown" cx="6" cy="6" r="4.5" fill="none" stroke-width="1.5" stroke-dasharray="2 2"/>';
const MARKS: Record<string, string> = {
  met: '<circle class="f-met" cx="6" cy="6" r="5"/>',
  missed: '<path class="f-now" d="M3.6.5h4.8l3.1 3.1v4.8l-3.1 3.1H3.6L.5 8.4V3.6z"/>',
  'insufficient data': DASHED,
  unknown: DASHED,
};

function cellHtml(text: string): string {
  const mark = Object.hasOwn(MARKS, text) ? MARKS[text] : undefined;
  if (mark === undefined) return `<td>${escaped(text)}</td>`;
  return `<td class="v-${text.replaceAll(' ', '-')}"><svg class="mark" aria-hidden="true" viewBox="0 0 12 12">${mark}</svg>${escaped(text)}</td>`;
}

function svg(chart: Chart): string {
  const { width, height, shapes, alt } = chart;
  return `<svg role="img" aria-label="${escaped(alt)}" viewBox="0 0 ${width} ${height}">${shapes.map(shapeSvg).join('')}</svg>`;
}

function shapeSvg(shape: Shape): string {
  switch (shape.kind) {
    case 'rect':
      return `<rect class="f-${shape.ink}" x="${n(shape.x)}" y="${n(shape.y)}" width="${n(shape.width)}" height="${n(shape.height)}"/>`;
    case 'line':
      return `<line class="s-${shape.ink}" x1="${n(shape.x1)}" y1="${n(shape.y1)}" x2="${n(shape.x2)}" y2="${n(shape.y2)}" stroke-width="${shape.width}"${shape.dashed ? ' stroke-dasharray="2 2"' : ''}/>`;
    case 'text':
      return `<text class="f-${shape.ink}" x="${n(shape.x)}" y="${n(shape.y)}" text-anchor="${shape.align}">${escaped(shape.text)}</text>`;
  }
}

function n(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

const INKS: Ink[] = ['ink', 'weak', 'line', 'met', 'now', 'unknown'];

const STYLE = `
:root { color-scheme: light dark; --paper: #fbfbfc; --ink: #1d2430; --weak: #5b6472; --line: #d7dbe2; --met: #23805c; --now: #c22f24; --unknown: #8a93a1; }
@media (prefers-color-scheme: dark) { :root { --paper: #171a20; --ink: #eef0f3; --weak: #a3abb8; --line: #3a404b; --met: #5cc79a; --now: #f07a6c; --unknown: #8a93a1; } }
@media print { :root { --paper: #fff; --ink: #1d2430; --weak: #5b6472; --line: #d7dbe2; --met: #23805c; --now: #c22f24; } section { break-inside: avoid; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 14px/1.5 Inter, system-ui, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.5rem 3rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0; }
h2 { font-size: 1.1rem; margin: 0 0 .5rem; }
header { padding-bottom: 1rem; border-bottom: 1px solid var(--line); }
.span { color: var(--weak); margin: .25rem 0; }
.summary { font-size: 1.1rem; font-weight: 600; margin: .75rem 0 0; }
section { padding: 1.5rem 0 .5rem; }
p { margin: .25rem 0 .5rem; max-width: 46rem; }
svg { display: block; width: 100%; max-width: 46rem; height: auto; margin: .75rem 0; }
svg.mark { display: inline-block; width: .75rem; height: .75rem; margin: 0 .4rem 0 0; vertical-align: -1px; }
svg text { font-size: 9.5px; font-family: inherit; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th, td { text-align: left; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; font-weight: 400; }
thead th { color: var(--weak); font-size: 12px; }
tbody th { font-weight: 600; }
td:last-child, th:last-child { padding-right: 0; }
.v-met { color: var(--met); } .v-missed { color: var(--now); font-weight: 600; } .v-insufficient-data, .v-unknown { color: var(--weak); }
footer { margin-top: 2rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--weak); font-size: 12px; overflow-wrap: anywhere; }
${INKS.map((ink) => `.f-${ink} { fill: var(--${ink}); } .s-${ink} { stroke: var(--${ink}); }`).join('\n')}
`;
