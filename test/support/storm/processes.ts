import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The process ids of a desk's workers, as the system sees them, oldest first. */
export function workersOf(desk: number): number[] {
  try {
    return readFileSync(`/proc/${desk}/task/${desk}/children`, 'utf8').split(' ').map(Number).filter(Boolean);
  } catch {
    return [];
  }
}

/** Sends a signal to a process that may have gone. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export function isAlive(pid: number): boolean {
  try {
    // A zombie has died, and only its parent has not looked.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Lets no file of a process take another byte, as a full disk does, or ends that. One that has gone is left alone. */
export function limitFiles(pid: number, full: boolean): void {
  try {
    execFileSync('prlimit', ['--pid', String(pid), `--fsize=${full ? 0 : 'unlimited'}:unlimited`], { stdio: 'ignore' });
  } catch (error) {
    if (isAlive(pid)) throw error;
  }
}
