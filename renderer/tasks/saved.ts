import { z } from 'zod';

/** A filter that someone keeps under a name, in this browser. */
const savedFilterSchema = z.object({ name: z.string().min(1).max(60), search: z.string().max(1_000) });
export type SavedFilter = z.infer<typeof savedFilterSchema>;

const KEY = 'nightdesk.tasks.filters';

/** The saved filters; none when what is stored cannot be read. */
export function readSaved(storage: Pick<Storage, 'getItem'>): SavedFilter[] {
  try {
    return z.array(savedFilterSchema).parse(JSON.parse(storage.getItem(KEY) ?? '[]'));
  } catch {
    return [];
  }
}

/** Keeps a filter; one of the same name is replaced. @returns the filters as they then stand */
export function saveFilter(storage: Pick<Storage, 'getItem' | 'setItem'>, filter: SavedFilter): SavedFilter[] {
  return write(storage, [...readSaved(storage).filter((one) => one.name !== filter.name), filter]);
}

/** Forgets a filter. @returns the filters as they then stand */
export function forgetFilter(storage: Pick<Storage, 'getItem' | 'setItem'>, name: string): SavedFilter[] {
  return write(
    storage,
    readSaved(storage).filter((one) => one.name !== name),
  );
}

function write(storage: Pick<Storage, 'setItem'>, filters: SavedFilter[]): SavedFilter[] {
  const sorted = filters.toSorted((a, b) => a.name.localeCompare(b.name));
  storage.setItem(KEY, JSON.stringify(sorted));
  return sorted;
}
