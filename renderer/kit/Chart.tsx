import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

type Props = {
  /** Everything but the size; a new object draws the chart anew. */
  options: Omit<uPlot.Options, 'width' | 'height'>;
  data: uPlot.AlignedData;
  height: number;
  className?: string | undefined;
  /** What it shows, for those who cannot see it. */
  label: string;
};

/** A uPlot chart as wide as its place. New data are drawn into the same chart. */
export function Chart({ options, data, height, className, label }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useRef(data);
  latest.current = data;

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const plot = new uPlot({ ...options, width: element.clientWidth || 1, height }, latest.current, element);
    chart.current = plot;
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth || 1, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
      chart.current = null;
    };
  }, [options, height]);

  useEffect(() => chart.current?.setData(data), [data]);

  return <div ref={place} className={className} role="img" aria-label={label} style={{ height }} />;
}
