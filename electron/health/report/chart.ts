import type { ReportAgent } from '#contract/report.ts';
import { dayName, objectiveText, percent, rateText } from './words.ts';

/*
 * The report's charts as shapes in points, so that HTML and PDF draw the same picture. Pure.
 */

export type Ink = 'ink' | 'weak' | 'line' | 'met' | 'now' | 'unknown';
export type Shape =
  | { kind: 'rect'; x: number; y: number; width: number; height: number; ink: Ink }
  | { kind: 'line'; x1: number; y1: number; x2: number; y2: number; ink: Ink; dashed: boolean; width: number }
  | { kind: 'text'; x: number; y: number; text: string; ink: Ink; align: 'start' | 'middle' | 'end' };
/** `alt`: what it shows, in words. */
export type Chart = { width: number; height: number; shapes: Shape[]; alt: string };

export const CHART_WIDTH = 500;
const LABEL = 150;

/** The estimate of each agent as a tick in its interval, and its objective as a dotted line. */
export function rateChart(agents: readonly ReportAgent[]): Chart {
  const row = 24;
  const left = LABEL;
  const right = CHART_WIDTH - 28;
  const known = agents.filter(({ week }) => week.success.estimate !== null);
  // From a little below the lowest bound to 100 %: near 1 is where the difference lies.
  const lowest = Math.min(0.99, ...known.map(({ week, objective }) => Math.min(week.success.low, objective.success)));
  const floor = Math.max(0, lowest - (1 - lowest) * 0.1);
  const x = (share: number): number => left + ((share - floor) / (1 - floor)) * (right - left);
  const shapes: Shape[] = [];
  const height = agents.length * row + 22;
  for (let step = 0; step <= 4; step += 1) {
    const share = floor + ((1 - floor) * step) / 4;
    shapes.push({
      kind: 'line',
      x1: x(share),
      y1: 0,
      x2: x(share),
      y2: height - 18,
      ink: 'line',
      dashed: false,
      width: 0.5,
    });
    shapes.push({ kind: 'text', x: x(share), y: height - 5, text: percent(share), ink: 'weak', align: 'middle' });
  }
  agents.forEach((agent, index) => {
    const middle = index * row + row / 2;
    const { success, verdict } = agent.week;
    shapes.push({ kind: 'text', x: left - 10, y: middle + 3.5, text: shortened(agent.name), ink: 'ink', align: 'end' });
    if (success.estimate === null) {
      shapes.push({ kind: 'text', x: left + 4, y: middle + 3.5, text: 'no data', ink: 'weak', align: 'start' });
      return;
    }
    const ink: Ink = verdict === 'met' ? 'met' : verdict === 'missed' ? 'now' : 'unknown';
    const from = x(Math.max(floor, success.low));
    shapes.push({ kind: 'rect', x: from, y: middle - 4, width: Math.max(1, x(success.high) - from), height: 8, ink });
    const at = x(Math.max(floor, success.estimate));
    shapes.push({
      kind: 'line',
      x1: at,
      y1: middle - 7,
      x2: at,
      y2: middle + 7,
      ink: 'ink',
      dashed: false,
      width: 1.5,
    });
    const goal = x(agent.objective.success);
    shapes.push({
      kind: 'line',
      x1: goal,
      y1: middle - 10,
      x2: goal,
      y2: middle + 10,
      ink: 'ink',
      dashed: true,
      width: 1,
    });
  });
  const words = agents.map(
    ({ name, week, objective }) => `${name} ${rateText(week.success)} against ${objectiveText(objective.success)}`,
  );
  return { width: CHART_WIDTH, height, shapes, alt: `Success rates with their intervals: ${words.join('; ')}` };
}

/** Good and bad ends of each day. */
export function daysChart(agent: ReportAgent, zone: string): Chart {
  const height = 110;
  const base = height - 18;
  const top = 14;
  const most = Math.max(1, ...agent.days.map(({ good, bad }) => good + bad));
  const slot = CHART_WIDTH / agent.days.length;
  const shapes: Shape[] = [
    { kind: 'line', x1: 0, y1: base, x2: CHART_WIDTH, y2: base, ink: 'line', dashed: false, width: 1 },
  ];
  agent.days.forEach(({ from, good, bad }, index) => {
    const x = index * slot + slot * 0.3;
    const width = slot * 0.4;
    const scale = (base - top) / most;
    // Few failures among many are still seen.
    const failed = bad === 0 ? 0 : Math.max(2, bad * scale);
    const right = good * scale;
    shapes.push({ kind: 'rect', x, y: base - right, width, height: right, ink: 'met' });
    if (bad > 0)
      shapes.push({ kind: 'rect', x, y: Math.max(0, base - right - failed), width, height: failed, ink: 'now' });
    const middle = x + width / 2;
    const count = good + bad === 0 ? 'none' : bad === 0 ? `${good}` : `${good + bad}, ${bad} bad`;
    shapes.push({
      kind: 'text',
      x: middle,
      y: Math.max(9, base - right - failed - 4),
      text: count,
      ink: 'weak',
      align: 'middle',
    });
    shapes.push({ kind: 'text', x: middle, y: height - 5, text: dayName(from, zone), ink: 'weak', align: 'middle' });
  });
  const words = agent.days.map(({ from, good, bad }) => `${dayName(from, zone)} ${good} good, ${bad} bad`);
  return { width: CHART_WIDTH, height, shapes, alt: `Ends by day of ${agent.name}: ${words.join('; ')}` };
}

function shortened(name: string): string {
  return name.length > 24 ? `${name.slice(0, 23)}…` : name;
}
