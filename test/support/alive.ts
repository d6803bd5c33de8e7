/** Whether a process of this id is there. One that has died counts until its parent has looked. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
