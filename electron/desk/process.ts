import { readFileSync } from 'node:fs';

/**
 * When a process began, so that a reused pid is not taken for one that has gone. Empty where it has gone, and on systems
 * other than Linux, which do not tell.
 */
export function birthOf(pid: number): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // The name, in brackets, may hold anything; the start time is the 20th field after it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop()?.split(' ') ?? [];
    // It has died, and only its parent has not looked.
    return fields[0] === 'Z' || fields[19] === undefined ? '' : `${boot}/${fields[19]}`;
  } catch {
    return '';
  }
}
