import { execFile } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { fail, type Result, succeed } from '#contract/errors.ts';
import type { RunbookHistory } from '#contract/runbook-edit.ts';

/** Versions that are listed at most. */
const VERSIONS_MAX = 100;
/** git is not waited for longer than this, ms. */
const GIT_TIMEOUT_MS = 5_000;
/** More than a runbook can be, bytes. */
const GIT_ANSWER_MAX = 4_000_000;
const BETWEEN_FIELDS = '\u001f';
const BETWEEN_VERSIONS = '\u001e';

/**
 * Fixed, whatever the folder's own settings say: git starts no pager, hook, monitor, signature check or filter of theirs,
 * and takes no lock.
 */
const QUIETLY = [
  ...['--no-pager', '--no-optional-locks', '--literal-pathspecs'],
  ...['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'log.showSignature=false'],
  ...['-c', 'log.mailmap=false', '-c', 'core.alternateRefsCommand='],
];

/** The versions of a file in the git of its folder; none, and why, where there is no git. */
export async function readHistory(file: string): Promise<RunbookHistory> {
  const format = `--format=%H%x1f%ct%x1f%an%x1f%s%x1e`;
  const log = [
    'log',
    `--max-count=${VERSIONS_MAX}`,
    '--no-color',
    '--no-ext-diff',
    format,
    '--',
    `./${basename(file)}`,
  ];
  const answer = await git(dirname(file), log);
  if (!answer.ok) return { versions: [], why: answer.why };
  const versions = answer.text.split(BETWEEN_VERSIONS).flatMap((entry) => {
    const [commit = '', seconds = '', by = '', subject = ''] = entry.trim().split(BETWEEN_FIELDS);
    return /^[0-9a-f]{40,64}$/.test(commit) ? [{ commit, at: Number(seconds) * 1_000, by, subject }] : [];
  });
  return { versions, why: versions.length === 0 ? 'The file is in no commit yet.' : null };
}

/** The text that a file had in a commit. */
export async function readVersion(file: string, commit: string): Promise<Result<string>> {
  // cat-file, not show: that would run the filters that a repository can set.
  const answer = await git(dirname(file), ['cat-file', 'blob', `${commit}:./${basename(file)}`]);
  if (answer.ok) return succeed(answer.text);
  return fail('NOT_FOUND', `The file is not in commit ${commit.slice(0, 10)}.`, {
    kept: 'Nothing was changed.',
    todo: 'Read the history again: it may have been rewritten.',
    where: file,
  });
}

type Answer = { ok: true; text: string } | { ok: false; why: string };

function git(folder: string, args: string[]): Promise<Answer> {
  return new Promise((resolve) => {
    execFile(
      'git',
      [...QUIETLY, ...args],
      {
        cwd: folder,
        timeout: GIT_TIMEOUT_MS,
        maxBuffer: GIT_ANSWER_MAX,
        killSignal: 'SIGKILL',
        windowsHide: true,
        env: {
          PATH: process.env.PATH,
          HOME: process.env.HOME,
          LC_ALL: 'C',
          GIT_TERMINAL_PROMPT: '0',
          // What is not here stays away: fetching it would run what the folder's own config names.
          GIT_NO_LAZY_FETCH: '1',
          GIT_ALLOW_PROTOCOL: 'none',
        },
      },
      (error, text, trouble) => {
        resolve(error === null ? { ok: true, text } : { ok: false, why: whyNot(error, trouble) });
      },
    );
  });
}

function whyNot(error: Error & { code?: unknown; killed?: boolean }, trouble: string): string {
  if (error.code === 'ENOENT') return 'There is no git on this machine, or no such folder.';
  if (error.killed === true) return `git did not answer within ${GIT_TIMEOUT_MS / 1_000} s.`;
  if (/not a git repository/i.test(trouble)) return 'The folder is in no git repository.';
  if (/does not have any commits/i.test(trouble)) return 'The repository has no commit yet.';
  return `git says: ${trouble.trim().split('\n')[0]?.slice(0, 200) ?? 'nothing'}`;
}
