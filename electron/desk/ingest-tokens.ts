import { createHash, randomBytes } from 'node:crypto';
import type { AuditWrite } from '#contract/audit.ts';
import type { Actor } from '#contract/basic.ts';
import { fail, type Result, succeed } from '#contract/errors.ts';
import { INGEST_PREFIX, type IngestToken, type MadeIngestToken } from '#contract/ingest-token.ts';
import type { Committer } from '../store/committer.ts';
import { type IngestTokenRow, prepareIngestTokens } from '../store/ingest-token.ts';
import type { Database } from '../store/open.ts';

const TOKEN_BYTES = 32;
/** When a token was last let in is written this often at most, ms. */
const USED_EVERY_MS = 60_000;

export type IngestTokensOptions = {
  db: Database;
  commit: Committer['commit'];
  audit: AuditWrite;
  now(): number;
  log(message: string): void;
};

/** The tokens of programs that only send. Their texts are told once and kept as hashes. */
export type IngestTokens = {
  list(): IngestToken[];
  make(name: string, by: Actor): Promise<Result<MadeIngestToken>>;
  /** From now on it lets nobody in. */
  remove(name: string, by: Actor): Promise<Result<IngestToken>>;
  /** The name of the token with which somebody comes; undefined where it is none. */
  senderOf(text: string): string | undefined;
};

export function openIngestTokens({ db, commit, audit, now, log }: IngestTokensOptions): IngestTokens {
  const store = prepareIngestTokens(db);
  /** By name; it follows the commits. */
  const tokens = new Map(store.all().map((row) => [row.name, row]));

  function shown({ name, madeAt, madeBy, usedAt }: IngestTokenRow): IngestToken {
    return { name, madeAt, madeBy, usedAt };
  }

  /** Writes, and then says in memory what is on the disk. */
  async function written(write: () => void, follow: () => void): Promise<Result<null>> {
    try {
      await commit(write);
    } catch (error) {
      return fail('STORAGE', `The token could not be written: ${String(error)}.`, {
        kept: 'Nothing was changed.',
        todo: 'Free space on the disk of the data folder, then try again.',
      });
    }
    follow();
    return succeed(null);
  }

  /** A disk that refuses it costs a moment in a list, and no sender its way in. */
  function noteUse(row: IngestTokenRow): void {
    const at = now();
    if (row.usedAt !== null && Math.abs(at - row.usedAt) < USED_EVERY_MS) return;
    row.usedAt = at;
    commit(() => store.used(row.name, at)).catch((error: unknown) =>
      log(`when the token ${row.name} was used could not be written: ${String(error)}`),
    );
  }

  return {
    list: () => [...tokens.values()].map(shown).sort((one, other) => one.name.localeCompare(other.name)),
    async make(name, by) {
      if (tokens.has(name)) return taken(name);
      const token = `${INGEST_PREFIX}${randomBytes(TOKEN_BYTES).toString('base64url')}`;
      const row: IngestTokenRow = { name, hash: hashOf(token), madeAt: now(), madeBy: by.name, usedAt: null };
      let isTaken = false;
      const made = await written(
        () => {
          // The same name may have been made by this very commit.
          isTaken = store.has(name);
          if (isTaken) return;
          store.insert(row);
          audit({ by, what: 'token.made', subject: name });
        },
        () => {
          if (!isTaken) tokens.set(name, row);
        },
      );
      if (!made.ok) return made;
      return isTaken ? taken(name) : succeed({ ...shown(row), token });
    },
    async remove(name, by) {
      const row = tokens.get(name);
      if (row === undefined) {
        return fail('NOT_FOUND', `There is no ingest token "${name}".`, {
          kept: 'Nothing was changed.',
          todo: 'Look at their names: nightdesk token list',
        });
      }
      const removed = await written(
        () => {
          if (!store.has(name)) return;
          store.remove(name);
          audit({ by, what: 'token.removed', subject: name });
        },
        () => tokens.delete(name),
      );
      return removed.ok ? succeed(shown(row)) : removed;
    },
    senderOf(text) {
      if (!text.startsWith(INGEST_PREFIX)) return undefined;
      const hash = hashOf(text);
      const row = [...tokens.values()].find((one) => one.hash === hash);
      if (row !== undefined) noteUse(row);
      return row?.name;
    },
  };
}

function taken(name: string): Result<never> {
  return fail('CONFLICT', `There is an ingest token "${name}" already.`, {
    kept: 'That one goes on as it was; its text is kept nowhere and cannot be told again.',
    todo: `Give another name, or remove it first: nightdesk token remove ${name}`,
  });
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
