import { closeSync, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  type AuditFilter,
  type AuditHead,
  type AuditPage,
  type AuditRecord,
  type AuditVerdict,
  auditHeadSchema,
  auditKindSchema,
} from '#contract/audit.ts';
import type { Result } from '#contract/errors.ts';
import { readMoment, readWhole } from './argument.ts';
import type { Cli } from './cli.ts';
import { folderOf } from './data-folder.ts';
import { EXIT } from './exit.ts';
import { counted, momentText, table } from './format.ts';
import { refuse, refuseInput } from './refusal.ts';

type ListOptions = Omit<AuditFilter, 'from' | 'to'> & { from?: number; to?: number; before?: number; limit: number };
type ExportOptions = { from?: number; to?: number; format: Format; out?: string };
type Format = 'jsonl' | 'csv';

const LISTED = 50;

/** `audit list`, `audit verify` and `audit export`: what people and the desk did. They read the folder, a desk or none. */
export function addAudit(program: Command, cli: Cli): void {
  const audit = program
    .command('audit')
    .summary('what people and the desk did, and whether that record is whole')
    .description(
      'The audit log of a data folder: append-only, each entry hashed with the one before. Read from the folder, whether a desk runs on it or not.',
    );
  audit
    .command('list')
    .summary('entries, newest first')
    .description('Lists what people and the desk did, newest first.')
    .option('--who <name>', 'part of a name')
    .option('--what <kind>', `a group (${groups().join(', ')}) or one kind, as incident.resolved`)
    .option('--subject <text>', 'part of what it was done to')
    .option('--from <moment>', 'at this moment or later', readNow)
    .option('--to <moment>', 'before this moment', readNow)
    .option('--before <entry>', 'older than this entry', readWhole(1, Number.MAX_SAFE_INTEGER))
    .option('--limit <n>', 'so many', readWhole(1, 500), LISTED)
    .action(async ({ before, limit, ...filter }: ListOptions) => {
      const folder = await openFolder(cli);
      try {
        const page = folder.list(filter, before, limit);
        cli.finish('audit list', page, listText(page, Date.now()));
      } finally {
        folder.close();
      }
    });
  audit
    .command('verify')
    .summary('look whether every entry stands as it was written')
    .description(
      'Checks the whole chain, and its end against the file audit.head and the newest backups. Says which entry was changed, removed, added, moved or cut off. Exits with 1 when something is found.',
    )
    .option('--head <head>', 'a head that was kept elsewhere, as verify prints it: NUMBER:HASH', readHead)
    .action(async ({ head }: { head?: AuditHead }) => {
      const dataFolder = await folderOf(cli);
      const { verifyFolder } = await import('../desk/offline.ts');
      const verdict = await verifyFolder(dataFolder, head ?? null);
      cli.finish('audit verify', verdict, verdictText(verdict), verdict.sound ? EXIT.ok : EXIT.failed);
    });
  audit
    .command('export')
    .summary('write entries out, oldest first')
    .description('Writes entries with their hashes, oldest first: to standard output, or to a file.')
    .option('--from <moment>', 'at this moment or later', readNow)
    .option('--to <moment>', 'before this moment', readNow)
    .addOption(new Option('--format <format>', 'how').choices(['jsonl', 'csv']).default('jsonl'))
    .option('--out <file>', 'write it there')
    .action((options: ExportOptions) => exportTo(cli, options));
}

async function exportTo(cli: Cli, { from, to, format, out }: ExportOptions): Promise<void> {
  if (out === undefined && cli.isJson())
    refuseInput('Entries and a document do not go together.', '--out', 'Name a file.');
  const folder = await openFolder(cli);
  const file = out === undefined ? null : resolve(out);
  const handle = file === null ? null : openSync(file, 'w', 0o600);
  const put = (line: string) =>
    handle === null ? cli.terminal.stdout.write(`${line}\n`) : writeSync(handle, `${line}\n`);
  let entries = 0;
  try {
    if (format === 'csv') put(CSV_HEAD);
    for (const entry of folder.all(from, to)) {
      put(format === 'csv' ? csvLine(entry) : JSON.stringify(entry));
      entries += 1;
    }
  } finally {
    if (handle !== null) closeSync(handle);
    folder.close();
  }
  const inWords = `${entriesText(entries)} written`;
  if (file === null) cli.note(inWords);
  else cli.finish('audit export', { file, entries }, `${inWords} to ${file}.`);
}

async function openFolder(cli: Cli) {
  const dataFolder = await folderOf(cli);
  const { openAuditFolder } = await import('../desk/offline.ts');
  return granted(openAuditFolder(dataFolder));
}

function granted<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  const { code, message, ...data } = result.error;
  return refuse(code, message, data);
}

function readNow(text: string): number {
  return readMoment(text, Date.now());
}

function readHead(text: string): AuditHead {
  const [seq, hash] = text.split(':');
  const head = auditHeadSchema.safeParse({ seq: Number(seq), hash });
  if (head.success) return head.data;
  throw new InvalidArgumentError('Write a head as verify prints it: the number, a colon, 64 hex digits.');
}

function groups(): string[] {
  return [...new Set(auditKindSchema.options.map((kind) => kind.slice(0, kind.indexOf('.'))))];
}

function listText({ entries, next, total, totalIsLeast }: AuditPage, now: number): string {
  if (entries.length === 0) return 'No entry.';
  const rows = table(entries, [
    { head: 'Entry', cell: ({ seq }) => String(seq) },
    { head: 'When', cell: ({ at }) => momentText(at, now) },
    { head: 'Who', cell: ({ by }) => `${by.name} (${by.via})` },
    { head: 'What', cell: ({ what }) => what },
    { head: 'To', cell: ({ subject }) => subject },
  ]);
  const all = `${total.toLocaleString('en-US')}${totalIsLeast ? ' or more' : ''}`;
  return next === null ? rows : `${rows}\n\n${all} in all; older ones: --before ${next}`;
}

function verdictText({ sound, entries, head, anchors, findings, notes }: AuditVerdict): string {
  return [
    sound ? `Sound: ${entriesText(entries)}.` : `NOT SOUND: ${counted(findings.length, 'finding')}.`,
    ...findings.map(({ says }) => `  ${says}`),
    ...notes,
    `Head ${head.seq}:${head.hash}`,
    anchors.length === 0
      ? 'Held against nothing beside itself.'
      : `Held against ${anchors.map(({ place, seq }) => `${place} (${seq})`).join(', ')}.`,
  ].join('\n');
}

function entriesText(entries: number): string {
  return `${entries.toLocaleString('en-US')} ${entries === 1 ? 'entry' : 'entries'}`;
}

const CSV_HEAD = 'entry,moment,who,via,what,subject,details,previous,hash';

/** RFC 4180, and no cell that a spreadsheet takes for a formula. */
function csvLine({ seq, at, by, what, subject, details, previous, hash }: AuditRecord): string {
  const moment = new Date(at).toISOString();
  return [String(seq), moment, by.name, by.via, what, subject, JSON.stringify(details), previous, hash]
    .map((cell) => (/^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell))
    .map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',');
}
