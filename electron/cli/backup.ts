import { existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Backup, Finding, Restored } from '#contract/backup.ts';
import type { Result } from '#contract/errors.ts';
import { claimFolder, findDesk } from '../serve/claim.ts';
import { findHome } from '../serve/home.ts';
import type { Cli } from './cli.ts';
import { findDeskOn } from './client.ts';
import { folderOf, leaveForAudit } from './data-folder.ts';
import { EXIT } from './exit.ts';
import { counted, momentText, table } from './format.ts';
import { refuse, refuseInput } from './refusal.ts';

/** `backup`, `restore` and `doctor`: looking after the files of a desk. */
export function addKeeping(program: Command, cli: Cli): void {
  program
    .command('backup')
    .summary('write a checked copy of the database')
    .description(
      'Writes a copy of the database and checks it, whether a desk runs or not. Without --to it goes to the folder backups of the data folder, where the desk keeps as many as backup.keep in nightdesk.yaml says.',
    )
    .option('--to <file>', 'write it there, on this machine; it must not be there yet')
    .action(async ({ to }: { to?: string }) => {
      const made = await backUp(cli, to);
      cli.finish('backup', made, `${made.file} is written and whole (${Math.ceil(made.bytes / 1024 / 1024)} MB).`);
    });
  program
    .command('restore')
    .summary('put a backup in place of the database of a stopped desk')
    .description(
      'Puts a backup in place of the database. The desk must not run. The present file is kept beside it. Agents with open tasks are paused: since the backup these may have run, and their effects may have happened.',
    )
    .argument('<file>', 'the backup')
    .action(async (file: string) => {
      const restored = await restore(cli, resolve(file));
      cli.finish('restore', restored, restoredText(restored, Date.now()));
    });
  program
    .command('doctor')
    .summary('look at everything that a desk stands on')
    .description(
      'Looks at Node, the data folder and its lock, the database and its log, the disk, backups, settings, agents and the keychain, and says what to do. Changes nothing. Exits with 1 when something is bad; a warning is none.',
    )
    .action(async () => {
      const findings = await examineFolder(cli);
      const isBad = findings.some((finding) => finding.state === 'bad');
      cli.finish('doctor', { findings }, findingsText(findings), isBad ? EXIT.failed : EXIT.ok);
    });
}

async function backUp(cli: Cli, to: string | undefined): Promise<Backup> {
  if (to === undefined && findDeskOn(cli.dataFolder()) !== undefined) {
    const { client } = await cli.connect();
    return client.backups.make();
  }
  const folder = await folderOf(cli);
  const source = join(folder, 'nightdesk.db');
  if (!existsSync(source)) {
    refuse('NOT_FOUND', `There is no database in ${folder}.`, {
      kept: 'Nothing was changed.',
      todo: 'Name the data folder of a desk with --data.',
    });
  }
  if (to !== undefined && existsSync(to))
    refuseInput(`${to} is there already.`, '--to', 'Name a file that is not there.');
  const { backupFile, writeBackup } = await import('../desk/offline.ts');
  const at = Date.now();
  const file = to === undefined ? backupFile(folder, at) : resolve(to);
  const made = { name: basename(file), file, at, ...granted(writeBackup(source, file)) };
  await leaveForAudit(folder, { what: 'backup.made', subject: file, details: { bytes: made.bytes } });
  return made;
}

async function restore(cli: Cli, file: string): Promise<Restored> {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    refuseInput(`${file} is not there.`, file, 'Name a file from the folder backups of the data folder.');
  }
  const folder = await folderOf(cli);
  const now = Date.now();
  const claim = granted(claimFolder(folder, now));
  try {
    const { readAnchor, restoreFrom } = await import('../desk/offline.ts');
    const replaced = readAnchor(folder)?.seq ?? null;
    const restored = granted(restoreFrom(folder, file, now));
    const { keptAside } = restored;
    await leaveForAudit(folder, { what: 'backup.restored', subject: file, details: { replaced, keptAside } });
    return restored;
  } finally {
    claim.release();
  }
}

function restoredText({ from, until, keptAside, paused }: Restored, now: number): string {
  return [
    `${from} is in place.`,
    until === null ? 'It holds no task.' : `It knows nothing that came after ${momentText(until, now)}.`,
    ...(keptAside === null ? [] : [`The file that stood there is kept at ${keptAside}.`]),
    ...(paused.length === 0
      ? []
      : [
          `Paused, because their open tasks may have run since: ${paused.join(', ')}. Look at them, then nightdesk resume AGENT.`,
        ]),
  ].join('\n');
}

async function examineFolder(cli: Cli): Promise<Finding[]> {
  const dataFolder = await folderOf(cli);
  const { examine } = await import('../desk/offline.ts');
  const here = findDesk(dataFolder);
  return examine({
    dataFolder,
    agentFolders: [findHome(import.meta.dirname).agentFolder, join(dataFolder, 'agents')],
    runsAt: here?.address ?? null,
    isLockStale: here === undefined && existsSync(join(dataFolder, 'desk.lock')),
    env: process.env,
    now: Date.now(),
  });
}

function findingsText(findings: Finding[]): string {
  const rows = table(findings, [
    { head: 'Looked at', cell: ({ what }) => what },
    { head: 'State', cell: ({ state }) => state },
    { head: 'What', cell: ({ says }) => says },
  ]);
  const todo = findings.flatMap(({ what, todo }) => (todo === null ? [] : [`${what}: ${todo}`]));
  const bad = findings.filter(({ state }) => state === 'bad').length;
  const warnings = findings.filter(({ state }) => state === 'warning').length;
  return [
    rows,
    ...(todo.length === 0 ? [] : [['To do:', ...todo].join('\n')]),
    `${bad} bad, ${counted(warnings, 'warning')}`,
  ].join('\n\n');
}

function granted<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  const { code, message, ...data } = result.error;
  return refuse(code, message, data);
}
