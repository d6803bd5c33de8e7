import type { AuditEntry } from '#contract/audit.ts';

/** What the disk refused is tried again after this, ms. */
const RETRY_MS = 500;

/** Entries of the audit log that go with no commit of their own: each once, in order, as often as it takes. */
export type AuditNotes = {
  note(...entries: AuditEntry[]): void;
  /** How many the disk refuses now. */
  refused(): number;
  /** Tries for the last time. @returns how many are lost */
  close(): Promise<number>;
};

/** @param write one commit of all of them; whether it is on the disk */
export function createAuditNotes(
  write: (entries: readonly AuditEntry[]) => Promise<boolean>,
  now: () => number,
): AuditNotes {
  let waiting: { entry: AuditEntry; at: number }[] = [];
  let writing: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let isLate = false;
  let isClosed = false;

  function begin(): Promise<void> {
    writing ??= writeAll().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const tried = [...waiting];
      // An entry bears the moment at which it is written: one that had to wait says when it was.
      const entries = tried.map(({ entry, at }) =>
        isLate ? { ...entry, details: { ...entry.details, doneAt: at } } : entry,
      );
      if (!(await write(entries))) {
        isLate = true;
        if (!isClosed) retry = setTimeout(tryAgain, RETRY_MS).unref();
        return;
      }
      waiting = waiting.slice(tried.length);
      isLate = false;
    }
  }

  function tryAgain(): void {
    retry = undefined;
    void begin();
  }

  return {
    note(...entries) {
      waiting.push(...entries.map((entry) => ({ entry, at: now() })));
      if (retry === undefined) void begin();
    },
    refused: () => (isLate ? waiting.length : 0),
    async close() {
      isClosed = true;
      await writing;
      clearTimeout(retry);
      await begin();
      return waiting.length;
    },
  };
}
