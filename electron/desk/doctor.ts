import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '#contract/backup.ts';
import { type Settings, settingsSchema } from '#contract/settings.ts';
import { loadAgents } from '../runner/definition/index.ts';
import { verifyFolder } from '../store/audit-verify.ts';
import { checkDatabase, listBackups } from '../store/backup.ts';
import { openKeychain } from './keychain.ts';
import { parseSettings } from './settings.ts';

const MEGABYTE = 1024 * 1024;
/** Less free space than this is worth a word; less than a tenth of it stops the desk soon. */
const FREE_BYTES = 1024 * MEGABYTE;
/** A log this long is not copied as it should be. */
const LOG_BYTES = 512 * MEGABYTE;
/** The oldest Node that carries the desk. */
const NODE = 24;

export type DoctorOptions = {
  dataFolder: string;
  /** Folders with agents, beside those of the settings. */
  agentFolders: string[];
  /** Where a desk runs on the folder; null when none does. */
  runsAt: string | null;
  /** A lock is there whose desk is gone. */
  isLockStale: boolean;
  env: NodeJS.ProcessEnv;
  now: number;
};

/** Looks at everything a desk stands on, whether one runs or not, and changes nothing. */
export async function examine(options: DoctorOptions): Promise<Finding[]> {
  const { dataFolder } = options;
  const { settings, finding } = lookAtSettings(join(dataFolder, 'nightdesk.yaml'));
  return [
    lookAtNode(),
    lookAtFolder(dataFolder),
    lookAtLock(options),
    ...lookAtDatabase(options),
    lookAtDisk(dataFolder),
    lookAtBackups(options, settings),
    finding,
    lookAtAgents([...options.agentFolders, ...settings.agents]),
    await lookAtKeychain(options.env),
    await lookAtAudit(dataFolder),
  ];
}

function good(what: Finding['what'], says: string): Finding {
  return { what, state: 'good', says, todo: null };
}

function lookAtNode(): Finding {
  const says = `Node ${process.versions.node}`;
  if (Number(process.versions.node.split('.')[0]) >= NODE) return good('node', says);
  return { what: 'node', state: 'bad', says, todo: `Use Node ${NODE} or newer: npm install brings one.` };
}

function lookAtFolder(folder: string): Finding {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat === undefined) {
    const todo = 'Start a desk on it, or name the right folder with --data.';
    return { what: 'folder', state: 'warning', says: `${folder} is not there`, todo };
  }
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    const todo = `Give its owner the right to write: chmod u+rwx ${folder}, or run as the user it belongs to.`;
    return { what: 'folder', state: 'bad', says: `${folder} cannot be written`, todo };
  }
  if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0) {
    const todo = `It holds tokens and tasks. Keep it to yourself: chmod 700 ${folder}`;
    return { what: 'folder', state: 'warning', says: `${folder} can be entered by other users`, todo };
  }
  return good('folder', `${folder} is writable, and yours alone`);
}

function lookAtLock({ runsAt, isLockStale }: DoctorOptions): Finding {
  if (runsAt !== null) return good('lock', `a desk runs at ${runsAt}`);
  return good('lock', isLockStale ? 'no desk runs; the lock of one that was killed is taken over' : 'no desk runs');
}

function lookAtDatabase({ dataFolder, runsAt }: DoctorOptions): Finding[] {
  const file = join(dataFolder, 'nightdesk.db');
  if (!existsSync(file)) return [good('database', 'there is none yet; the first start makes it')];
  const checked = checkDatabase(file);
  const wal = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  const walText = `its log is ${megabytes(wal)}`;
  const database: Finding = checked.ok
    ? good('database', `${file} is whole (${megabytes(statSync(file).size)}, schema ${checked.value.schema})`)
    : {
        what: 'database',
        state: 'bad',
        says: checked.error.message,
        todo: 'Start the desk: it keeps a damaged file aside and restores the newest backup. Or do it yourself: nightdesk restore FILE',
      };
  if (wal <= LOG_BYTES) return [database, good('wal', walText)];
  const todo =
    runsAt === null
      ? 'Start the desk: it copies its log into the file.'
      : 'Look at its log for what holds it up, or restart it.';
  return [database, { what: 'wal', state: 'warning', says: walText, todo }];
}

function lookAtDisk(folder: string): Finding {
  if (!existsSync(folder)) return good('disk', 'not looked at: the folder is not there');
  const disk = statfsSync(folder);
  const free = disk.bavail * disk.bsize;
  const database = statSync(join(folder, 'nightdesk.db'), { throwIfNoEntry: false })?.size ?? 0;
  const says = `${megabytes(free)} are free`;
  if (free < FREE_BYTES / 10) {
    return { what: 'disk', state: 'bad', says, todo: 'Free space: a full disk stops every task at its next step.' };
  }
  if (free < Math.max(FREE_BYTES, database * 2)) {
    return { what: 'disk', state: 'warning', says, todo: 'Free space: a backup needs as much as the database.' };
  }
  return good('disk', says);
}

function lookAtBackups({ dataFolder, now }: DoctorOptions, settings: Settings): Finding {
  const [newest, ...older] = listBackups(dataFolder);
  const todo = 'Make one now: nightdesk backup';
  if (newest === undefined) {
    const isNew = !existsSync(join(dataFolder, 'nightdesk.db'));
    return isNew ? good('backups', 'none yet') : { what: 'backups', state: 'warning', says: 'there is none', todo };
  }
  const hours = Math.floor((now - newest.at) / 3_600_000);
  const age = hours < 1 ? 'less than an hour' : `${hours} h`;
  const says = `the newest is ${age} old (${newest.file}); ${older.length} older ones`;
  return now - newest.at > settings.backup.every * 2
    ? { what: 'backups', state: 'warning', says, todo: `${todo}. A desk that runs makes them by itself.` }
    : good('backups', says);
}

function lookAtSettings(file: string): { settings: Settings; finding: Finding } {
  const defaults = settingsSchema.parse({});
  if (!existsSync(file))
    return { settings: defaults, finding: good('settings', 'no nightdesk.yaml: the defaults hold') };
  const { settings, problems } = parseSettings(file, readFileSync(file, 'utf8'));
  const [first] = problems;
  if (first === undefined) return { settings: settings ?? defaults, finding: good('settings', `${file} is good`) };
  const says = `${file}:${first.line}:${first.column}: ${first.message}`;
  return {
    settings: settings ?? defaults,
    finding: {
      what: 'settings',
      state: 'bad',
      says,
      todo: first.fix ?? 'Mend it there; the desk reads it again by itself.',
    },
  };
}

function lookAtAgents(folders: string[]): Finding {
  const { definitions, problems } = loadAgents(folders);
  const errors = problems.filter((problem) => problem.severity === 'error');
  const [first] = errors;
  if (first === undefined) return good('agents', `${definitions.length} agents, no error in their files`);
  const says = `${errors.length} ${errors.length === 1 ? 'error' : 'errors'} in agent files, the first at ${first.file}:${first.line}: ${first.message}`;
  return { what: 'agents', state: 'bad', says, todo: first.fix ?? 'Mend it there: nightdesk agent check' };
}

async function lookAtKeychain(env: NodeJS.ProcessEnv): Promise<Finding> {
  const names = await openKeychain(env).names();
  if (names.ok) return good('keychain', `it answers; ${names.value.length} secrets of Nightdesk are in it`);
  return { what: 'keychain', state: 'warning', says: names.error.message, todo: names.error.todo };
}

async function lookAtAudit(dataFolder: string): Promise<Finding> {
  const { sound, entries, findings, notes } = await verifyFolder(dataFolder, null);
  const [first] = findings;
  if (sound) return good('audit', [`${entries} entries stand as they were written`, ...notes].join('; '));
  const todo = 'Look at all of it: nightdesk audit verify. Keep the folder as it is, and compare with an older backup.';
  return { what: 'audit', state: 'bad', says: first?.says ?? 'the audit log is not sound', todo };
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / MEGABYTE).toLocaleString('en-US')} MB`;
}
