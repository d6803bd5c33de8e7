import type uPlot from 'uplot';
import type { Colors } from './colors.ts';

/** Something that happened, below the bars: its kind is told by shape and colour. */
export type BarMark = {
  /** Ms since the Unix epoch. */
  at: number;
  shape: 'triangle' | 'circle' | 'diamond';
  color: 'now' | 'act' | 'soon';
  /** The row below the bars, from 0, so that none hides another. */
  lane: number;
};

/** A span behind the bars. `to`: null while it lasts. */
export type Wash = { from: number; to: number | null };

const MARK_PX = 8;
/** The height of a lane. */
export const LANE_PX = 10;

/** A span as a wash of red behind the bars. */
export function drawWash({ ctx, bbox, valToPos }: uPlot, { from, to }: Wash, colors: Colors): void {
  const end = bbox.left + bbox.width;
  const place = (at: number): number => Math.min(end, Math.max(bbox.left, valToPos(at / 1_000, 'x', true)));
  const [left, right] = [place(from), to === null ? end : place(to)];
  ctx.save();
  ctx.globalAlpha = 0.14;
  ctx.fillStyle = colors.now;
  ctx.fillRect(left, bbox.top, right - left, bbox.height);
  ctx.restore();
}

/** The marks in their lanes; with `lines`, each at a hair through the bars. */
export function drawMarks(plot: uPlot, marks: readonly BarMark[], lines: boolean, colors: Colors): void {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio;
  const axis = bbox.top + bbox.height + 2 * scale;
  ctx.save();
  for (const { at, shape, color, lane } of marks) {
    const x = plot.valToPos(at / 1_000, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    const top = axis + lane * LANE_PX * scale;
    ctx.fillStyle = colors[color];
    if (lines) {
      ctx.strokeStyle = colors[color];
      ctx.lineWidth = scale;
      ctx.globalAlpha = 0.55;
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, top);
      ctx.stroke();
      ctx.globalAlpha = 1;
    }
    ctx.beginPath();
    drawShape(ctx, shape, x, top, MARK_PX * scale);
    ctx.fill();
  }
  ctx.restore();
}

function drawShape(ctx: CanvasRenderingContext2D, shape: BarMark['shape'], x: number, top: number, size: number): void {
  const half = size / 2;
  switch (shape) {
    case 'triangle':
      ctx.moveTo(x, top);
      ctx.lineTo(x + half, top + size);
      ctx.lineTo(x - half, top + size);
      return;
    case 'circle':
      ctx.arc(x, top + half, half, 0, 2 * Math.PI);
      return;
    case 'diamond':
      ctx.moveTo(x, top);
      ctx.lineTo(x + half, top + half);
      ctx.lineTo(x, top + size);
      ctx.lineTo(x - half, top + half);
      return;
  }
}
