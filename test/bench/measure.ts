import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One line of the bench: a figure, and its ratio to a peer measured in the same run where there is one. */
export type Measure = {
  name: string;
  value: number;
  unit: string;
  peer?: string;
  peer_value?: number;
  ratio?: number;
  /** Of a queue: whether the peer, too, has the result of each job on the disk before the job counts as done. */
  journaled?: boolean;
  /** What makes the two comparable: durability, workers, sizes. */
  note: string;
};

/** @param higherIsBetter decides which way round the ratio stands: above 1 always means ahead of the peer */
export function against(measure: Measure, peer: string, peerValue: number, higherIsBetter: boolean): Measure {
  const ratio = higherIsBetter ? measure.value / peerValue : peerValue / measure.value;
  const { note, ...figure } = measure;
  return { ...figure, peer, peer_value: round(peerValue), ratio: round(ratio), note };
}

/** A line that says how a figure stands to the best of its peers: the one with the least ratio. */
export function toBest(name: string, compared: Measure[], among: string): Measure | undefined {
  const [best] = compared.toSorted((a, b) => (a.ratio ?? 0) - (b.ratio ?? 0));
  if (best?.ratio === undefined || best.peer === undefined || best.peer_value === undefined) return undefined;
  const { peer, peer_value, ratio, value, unit } = best;
  const note = `${value} ${unit} to ${peer_value} ${unit} of ${peer}, the best ${among}`;
  return { name, value: ratio, unit: 'times', peer, peer_value, ratio, note };
}

/** Four significant digits and no more: the machine is not better than that. */
export function round(value: number): number {
  return Number(value.toPrecision(4));
}

/** The value below which `share` of the sorted samples lie (nearest rank). */
export function percentile(samples: number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** What repeated measurements of one figure come to: a burst of another process is not in it. */
export function median(samples: number[]): number {
  return percentile(samples, 0.5);
}

/** Runs with a folder of its own, and removes it. */
export async function inFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-bench-'));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Tasks that are done before the clock starts, on both sides of a comparison: the code of each is warm by then. */
export const WARM_UP = 10_000;
