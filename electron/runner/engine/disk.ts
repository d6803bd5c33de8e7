import type { Committer } from '../../store/committer.ts';
import { messageOf } from '../worker/unwind.ts';

/** A batch that the disk refused is tried again after this, ms. */
export const DISK_RETRY_MS = 500;
/** After a refusal, whether the disk takes writes again is tried this often, ms. */
const PROBE_MS = 1_000;

/**
 * Says when the disk refuses writes, and when it takes them again: that is tried also when nobody has one to make.
 * @param onDisk what is wrong, or null
 */
export function watchDisk(committer: Committer, onDisk: (trouble: string | null) => void) {
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function refused(error: unknown): void {
    onDisk(messageOf(error));
    timer ??= setTimeout(probe, PROBE_MS);
  }

  function probe(): void {
    timer = undefined;
    if (closed) return;
    committer.touch().then(took, refused);
  }

  function took(): void {
    clearTimeout(timer);
    timer = undefined;
    onDisk(null);
  }

  return {
    /** A write was refused. */
    refused,
    close(): void {
      closed = true;
      clearTimeout(timer);
    },
  };
}
