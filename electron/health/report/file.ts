import type { Report, ReportFormat } from '#contract/report.ts';
import { reportHtml } from './html.ts';
import { reportMarkdown } from './markdown.ts';
import { reportPdf } from './pdf.ts';

/** Media types. */
export const TYPES: Record<ReportFormat, string> = {
  html: 'text/html',
  pdf: 'application/pdf',
  md: 'text/markdown',
  json: 'application/json',
};

/** A report in one of its formats. */
export async function contentOf(report: Report, format: ReportFormat): Promise<Buffer> {
  switch (format) {
    case 'html':
      return Buffer.from(reportHtml(report));
    case 'pdf':
      return reportPdf(report);
    case 'md':
      return Buffer.from(reportMarkdown(report));
    case 'json':
      return Buffer.from(`${JSON.stringify(report, null, 2)}\n`);
  }
}

/** What the file of a report is called. */
export function fileName({ id, data }: Report, format: ReportFormat): string {
  return `nightdesk-${data.environment}-${data.week}-${id}.${format}`;
}
