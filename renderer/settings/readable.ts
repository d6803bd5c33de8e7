import type { Json } from '#contract/basic.ts';
import { spanText } from '../kit/format.ts';

/** Where spans stand in the settings, in ms; `*` is any name. */
const SPANS: readonly (readonly string[])[] = [
  ['retention', 'keep'],
  ['backup', 'every'],
  ['mcp', '*', 'timeout'],
  ['alerts', 'deadman', 'every'],
  ['alerts', 'escalate', '*', 'after'],
];
/** Where rates stand, as count and perMs. */
const RATES: readonly (readonly string[])[] = [['providers', '*', 'rate']];

/** The settings in force as a person reads them: spans and rates in words, everything else as it is. Pure. */
export function readableSettings(value: Json, path: readonly string[] = []): Json {
  if (stands(path, SPANS) && typeof value === 'number') return spanText(value);
  if (Array.isArray(value)) return value.map((inner) => readableSettings(inner, [...path, '*']));
  if (typeof value !== 'object' || value === null) return value;
  if (stands(path, RATES) && typeof value.count === 'number' && typeof value.perMs === 'number') {
    return `${value.count} in ${spanText(value.perMs)}`;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, readableSettings(inner, [...path, key])]),
  );
}

function stands(path: readonly string[], places: readonly (readonly string[])[]): boolean {
  return places.some(
    (place) => place.length === path.length && place.every((part, index) => part === '*' || part === path[index]),
  );
}
