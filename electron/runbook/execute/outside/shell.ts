import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { quoted } from '#contract/action.ts';
import { type End, OUTPUT_MAX } from './end.ts';

/** What a shell finds programs by; nothing else of the desk's environment is given on. */
const CLEAN = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
};
/** From the polite signal to the other, s: at the desk's word, and when the desk is gone. */
const GRACE_S = 2;

/**
 * Becomes the shell that runs the text, and leaves a watcher beside it in its group. The watcher waits at a pipe from the
 * desk: nothing is ever written there, so that it ends only when the desk does, however that dies, and then it ends the
 * group. Signals that are for the script pass it by, but for SIGKILL.
 */
const WATCHED = `(
  trap '' TERM INT HUP
  read -r _ <&3
  kill -TERM -$$
  sleep ${GRACE_S}
  kill -KILL -$$
) >/dev/null 2>&1 &
exec 3<&-
exec /bin/sh -c "$1"`;

/**
 * Runs the text of a fence in /bin/sh, as it stands in the file: values are variables only. All of its processes are one
 * group, which ends with it, and with the desk. Without /bin/sh, as on Windows, it cannot be started.
 */
export function runShell(
  script: string,
  { env, timeoutMs, signal }: { env: Record<string, string>; timeoutMs: number; signal: AbortSignal },
): Promise<End> {
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', WATCHED, 'sh', script], {
      cwd: '/',
      env: { ...CLEAN, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    const lifeline = child.stdio[3];
    let output = '';
    let stdout = '';
    let why: string | null = null;
    /** Over once the group has had its time after the polite signal. */
    let grace: Promise<void> | null = null;

    function kill(name: 'SIGTERM' | 'SIGKILL'): void {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, name);
      } catch {
        // The group is gone already.
      }
    }
    function stop(reason: string): void {
      if (why !== null) return;
      why = reason;
      kill('SIGTERM');
      grace = sleep(GRACE_S * 1_000).then(() => kill('SIGKILL'));
    }
    const onAbort = (): void => stop('it was cancelled');
    const timer = setTimeout(() => stop(`it took longer than ${Math.round(timeoutMs / 1_000)} s`), timeoutMs);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();

    child.stdout?.on('data', (text) => {
      if (stdout.length < 4 * OUTPUT_MAX) stdout += String(text);
      if (output.length < 4 * OUTPUT_MAX) output += String(text);
    });
    child.stderr?.on('data', (text) => {
      if (output.length < 4 * OUTPUT_MAX) output += String(text);
    });
    // The other end goes with the group; that is no news.
    lifeline?.on('error', () => {});

    function heedNobody(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
    function end(ok: boolean, seen: string): void {
      heedNobody();
      // What fled from the group may hold them open, and with them the desk.
      for (const stream of [child.stdout, child.stderr, lifeline]) stream?.destroy();
      resolve({ ok, seen, output: output.trim(), value: stdout.trim() });
    }
    child.once('error', (error) => end(false, `it could not be started: ${error.message}`));
    child.once('exit', (code, signalName) => {
      heedNobody();
      const told = why ?? (code === null ? `it was ended by ${signalName ?? 'a signal'}` : `it ended with ${code}`);
      function sweep(): void {
        // What it left behind in the background goes with it; what fled from its group is not waited for.
        kill('SIGKILL');
        const fled = setTimeout(() => end(why === null && code === 0, told), GRACE_S * 1_000);
        child.once('close', () => {
          clearTimeout(fled);
          end(why === null && code === 0, told);
        });
      }
      // The shell dies of the polite signal at once; what it started has its time to heed it.
      if (grace === null) sweep();
      else void grace.then(sweep);
    });
  });
}

/** A command line that runs the same text in the same environment. */
export function shellCommand(script: string, env: Record<string, string>): string {
  const variables = Object.entries({ ...CLEAN, ...env }).map(([name, value]) => `${name}=${quoted(value)}`);
  return `(cd / && env -i ${variables.join(' ')} /bin/sh -c ${quoted(script)})`;
}
