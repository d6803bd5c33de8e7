import { DDSketch } from '@datadog/sketches-js';

/** Relative error of every percentile shown. */
export const RELATIVE_ERROR = 0.01;
/** So many values are kept as they are; more become a sketch. Most minutes of most agents have fewer. */
const FEW = 32;
/** A stored list of values begins so; a sketch's protobuf never does. */
const LIST = '['.charCodeAt(0);

/**
 * How values lie: themselves while they are few, a DDSketch beyond. A sketch is dear to make and to store, and buckets are
 * many. The same values are the same spread, in whatever order and parts they came.
 */
export type Spread = { values: number[] | DDSketch };

export function emptySpread(): Spread {
  return { values: [] };
}

export function countOf({ values }: Spread): number {
  return Array.isArray(values) ? values.length : values.count;
}

/** A value more, in place. */
export function addValue(spread: Spread, value: number): void {
  spread.values = withValue(spread.values, value);
}

function withValue(values: Spread['values'], value: number): Spread['values'] {
  if (Array.isArray(values) && values.length < FEW) {
    values.push(value);
    return values;
  }
  const sketch = sketchOf(values);
  sketch.accept(value);
  return sketch;
}

/** A value that it holds less, in place: the library offers no way to take one out of its bin. */
export function takeValue(spread: Spread, value: number): void {
  const { values } = spread;
  if (Array.isArray(values)) {
    const index = values.indexOf(value);
    if (index >= 0) values.splice(index, 1);
    return;
  }
  if (value > values.mapping.minPossible) values.store.add(values.mapping.key(value), -1);
  else values.zeroCount -= 1;
  values.count -= 1;
  values.sum -= value;
}

/** Adds `from` to `into`, in place. */
export function addSpread(into: Spread, from: Spread): void {
  if (Array.isArray(from.values)) {
    for (const value of from.values) into.values = withValue(into.values, value);
    return;
  }
  const sketch = sketchOf(into.values);
  sketch.merge(from.values);
  into.values = sketch;
}

function sketchOf(values: Spread['values']): DDSketch {
  if (!Array.isArray(values)) return values;
  const sketch = new DDSketch({ relativeAccuracy: RELATIVE_ERROR });
  for (const value of values) sketch.accept(value);
  return sketch;
}

/** The value at a quantile, as DDSketch ranks it; 0 of nothing. */
export function valueAt({ values }: Spread, quantile: number): number {
  if (!Array.isArray(values)) return values.getValueAtQuantile(quantile);
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(quantile * (sorted.length - 1))] ?? 0;
}

/** As it is stored: a list as JSON, a sketch as its protobuf. */
export function packSpread({ values }: Spread): Uint8Array {
  return Array.isArray(values) ? Buffer.from(JSON.stringify(values)) : values.toProto();
}

export function unpackSpread(bytes: Uint8Array): Spread {
  if (bytes[0] !== LIST) return { values: DDSketch.fromProto(bytes) };
  return { values: JSON.parse(Buffer.from(bytes).toString()) as number[] };
}
