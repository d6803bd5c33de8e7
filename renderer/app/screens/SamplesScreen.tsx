import { useEffect, useState } from 'react';
import type { Sample, SampleVerdict } from '#contract/sample.ts';
import { useAnswer, useCall } from '../../link/index.ts';
import { SampleForm } from '../../samples/SampleForm.tsx';
import { Judged, SamplePanel } from '../../samples/SamplePanel.tsx';
import { type LastVerdict, SamplesView } from '../../samples/SamplesView.tsx';
import { nextAfter } from '../../samples/words.ts';
import { addressOf, go } from '../route.ts';
import { awaited } from './awaited.tsx';
import type { ScreenProps } from './props.ts';

/** So many of the oldest are in the queue. */
const SHOWN = 100;

export function SamplesScreen({ item, now }: ScreenProps & { item: number | null }) {
  const listed = useAnswer('samples', (client) => client.samples.list({ open: true, limit: SHOWN }));
  const correctness = useAnswer('correctness', (client) => client.samples.correctness({}));
  const { busy, refusal, run } = useCall();
  const [last, setLast] = useState<LastVerdict | null>(null);
  /** Judged here, and perhaps in the list yet. */
  const [judged, setJudged] = useState<ReadonlySet<number>>(new Set());
  const queue = listed.value?.filter(({ id }) => !judged.has(id)) ?? null;
  const first = queue?.[0]?.id ?? null;
  const open = item ?? first;

  // The one on screen keeps its address while others come and go.
  useEffect(() => {
    if (item === null && first !== null) go({ view: 'samples', item: first }, 'replace');
  }, [item, first]);

  function refresh(): void {
    listed.refresh();
    correctness.refresh();
  }

  async function undo(): Promise<void> {
    if (last === null) return;
    const { id } = last;
    if ((await run((client) => client.samples.undo({ id }))) === undefined) return;
    setJudged((before) => new Set([...before].filter((one) => one !== id)));
    setLast(null);
    refresh();
    go({ view: 'samples', item: id }, 'replace');
  }

  return (
    <SamplesView
      queue={queue}
      correctness={correctness.value ?? []}
      open={open}
      now={now}
      last={last}
      busy={busy}
      refusal={refusal}
      addressOf={({ id }) => addressOf({ view: 'samples', item: id })}
      agentAddress={(name) => addressOf({ view: 'agent', name })}
      onOpen={({ id }) => go({ view: 'samples', item: id }, 'replace')}
      onUndo={() => void undo()}
    >
      {open === null ? null : (
        <OpenSample
          key={open}
          id={open}
          now={now}
          onJudged={(sample, verdict) => {
            setLast({ id: sample.id, task: sample.task, verdict });
            setJudged((before) => new Set(before).add(sample.id));
            refresh();
            go({ view: 'samples', item: nextAfter(queue ?? [], sample)?.id ?? null }, 'replace');
          }}
        />
      )}
    </SamplesView>
  );
}

type OpenProps = { id: number; now: number; onJudged(sample: Sample, verdict: SampleVerdict): void };

function OpenSample({ id, now, onJudged }: OpenProps) {
  const { value, trouble } = useAnswer(`sample ${id}`, (client) => client.samples.get({ id }));
  const { busy, refusal, run } = useCall();

  async function judge(verdict: SampleVerdict, note: string | null): Promise<void> {
    const sample = await run((client) => client.samples.judge({ id, verdict, ...(note === null ? {} : { note }) }));
    if (sample !== undefined) onJudged(sample, verdict);
  }

  return awaited({ record: value ?? undefined, trouble }, `sample ${id}`, (sample) => (
    <SamplePanel sample={sample} now={now} address={addressOf({ view: 'task', id: sample.task })}>
      {sample.judged === null ? (
        <SampleForm busy={busy} refusal={refusal} onJudge={(verdict, note) => void judge(verdict, note)} />
      ) : (
        <Judged sample={sample} />
      )}
    </SamplePanel>
  ));
}
