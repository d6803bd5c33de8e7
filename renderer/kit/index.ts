/*
 * What the views are made of: words for numbers, state marks, buttons, panels, keys, charts. It knows nothing of the desk;
 * colour, space and type stand in tokens.css alone.
 */

export { type Bar, BarsChart } from './BarsChart.tsx';
export { Bullet } from './Bullet.tsx';
export { Button } from './Button.tsx';
export type { BarMark } from './bar-marks.ts';
export { CommandLine } from './CommandLine.tsx';
export { CopyButton } from './CopyButton.tsx';
export { Dialog } from './Dialog.tsx';
export { type Fact, Facts } from './Facts.tsx';
export { FileProblems } from './FileProblems.tsx';
export { Form } from './Form.tsx';
export {
  agoText,
  bytesText,
  clockTime,
  countdown,
  countText,
  dayText,
  percentText,
  spanText,
  usdBoundText,
  usdText,
} from './format.ts';
export { Interval, IntervalScale, intervalText } from './Interval.tsx';
export { JsonBlock, JsonDiff } from './JsonBlock.tsx';
export { JsonField, LinesField } from './JsonField.tsx';
export { jsonText, readJson } from './json.ts';
export { Key } from './Key.tsx';
export { useKeys } from './keys.ts';
export { LineChart } from './LineChart.tsx';
export { Page } from './Page.tsx';
export { Panel } from './Panel.tsx';
export { Queue } from './Queue.tsx';
export { Refusal } from './Refusal.tsx';
export { ShareBar } from './ShareBar.tsx';
export { Sparkline } from './Sparkline.tsx';
export { HEALTH_WORDS, RehearsalMark, StateShape, StateWord, type Tone } from './State.tsx';
export { TextField } from './TextField.tsx';
