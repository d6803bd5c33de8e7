import { useMemo } from 'react';
import type uPlot from 'uplot';
import { Chart } from './Chart.tsx';
import { type Colors, useColors } from './colors.ts';
import type { Tone } from './State.tsx';

const HEIGHT_PX = 22;

/** The colour of a meaning, for a canvas. */
export function colorOf(tone: Tone, colors: Colors): string {
  switch (tone) {
    case 'now':
    case 'soon':
    case 'met':
    case 'act':
      return colors[tone];
    case 'paused':
      return colors.act;
    case 'unknown':
    case 'quiet':
      return colors['ink-3'];
  }
}

/** Counts over time as a small area without axes. */
export function Sparkline({ counts, tone, label }: { counts: readonly number[]; tone: Tone; label: string }) {
  const colors = useColors();
  const options = useMemo<Omit<uPlot.Options, 'width' | 'height'>>(() => {
    const color = colorOf(tone, colors);
    return {
      padding: [2, 0, 1, 0],
      legend: { show: false },
      cursor: { show: false },
      axes: [{ show: false }, { show: false }],
      scales: { x: { time: false }, y: { range: (_plot, _min, max) => [0, Math.max(1, max)] } },
      series: [
        {},
        { stroke: color, width: 1.5, fill: `color-mix(in oklab, ${color} 22%, transparent)`, points: { show: false } },
      ],
    };
  }, [tone, colors]);
  const data = useMemo<uPlot.AlignedData>(() => [counts.map((_, index) => index), [...counts]], [counts]);
  return <Chart options={options} data={data} height={HEIGHT_PX} label={label} />;
}
