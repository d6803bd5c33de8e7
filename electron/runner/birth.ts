import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When a process began, so that a reused pid is not taken for the process that had it. Empty for one that is dead, and
 * where the system does not tell.
 */
export function birthOf(pid: number): string {
  try {
    if (process.platform === 'darwin')
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // The name, in brackets, may hold anything; the state follows it, and the start time is the 20th field after it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop()?.split(' ') ?? [];
    // A zombie runs no more; its parent has not looked yet.
    return fields[0] === 'Z' || fields[0] === 'X' ? '' : `${boot}/${fields[19] ?? ''}`;
  } catch {
    return '';
  }
}
