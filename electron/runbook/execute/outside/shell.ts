import { spawn } from 'node:child_process';
import { type End, OUTPUT_MAX } from './end.ts';

/** What a shell finds programs by; nothing else of the desk's environment is given on. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** From the polite signal to the other, ms. */
const GRACE_MS = 2_000;

/** Values as variables: `agent` is INPUT_AGENT, `alert.labels.agent` INPUT_ALERT_LABELS_AGENT. */
export function variablesFor(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      `INPUT_${name.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`,
      value.replaceAll('\0', ''),
    ]),
  );
}

/**
 * Runs the text of a fence in /bin/sh, as it stands in the file: values are variables only. All of its processes are one
 * group, which ends with it.
 */
export function runShell(
  script: string,
  { env, timeoutMs, signal }: { env: Record<string, string>; timeoutMs: number; signal: AbortSignal },
): Promise<End> {
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', script], {
      cwd: '/',
      env: { PATH, LANG: 'C.UTF-8', ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let stdout = '';
    let why: string | null = null;
    let killing: NodeJS.Timeout | undefined;

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
      killing = setTimeout(() => kill('SIGKILL'), GRACE_MS);
    }
    const onAbort = (): void => stop('it was cancelled');
    const timer = setTimeout(() => stop(`it took longer than ${Math.round(timeoutMs / 1_000)} s`), timeoutMs);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();

    child.stdout.on('data', (text) => {
      if (stdout.length < 4 * OUTPUT_MAX) stdout += String(text);
      if (output.length < 4 * OUTPUT_MAX) output += String(text);
    });
    child.stderr.on('data', (text) => {
      if (output.length < 4 * OUTPUT_MAX) output += String(text);
    });

    function end(ok: boolean, seen: string): void {
      clearTimeout(timer);
      clearTimeout(killing);
      signal.removeEventListener('abort', onAbort);
      resolve({ ok, seen, output: output.trim(), value: stdout.trim() });
    }
    child.once('error', (error) => end(false, `it could not be started: ${error.message}`));
    child.once('exit', (code, signalName) => {
      // What it left behind in the background goes with it; what fled from its group is not waited for.
      kill('SIGKILL');
      const told = why ?? (code === null ? `it was ended by ${signalName ?? 'a signal'}` : `it ended with ${code}`);
      const fled = setTimeout(() => end(why === null && code === 0, told), GRACE_MS);
      child.once('close', () => {
        clearTimeout(fled);
        end(why === null && code === 0, told);
      });
    });
  });
}
