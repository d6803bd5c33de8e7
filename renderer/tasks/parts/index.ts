/*
 * Small parts that the task, incident and runbook views share: words for numbers, state marks, buttons, panels, keys.
 * They know nothing of the desk. Their place is renderer/kit/ once that has them; until then views import them from here.
 */
export { Button } from './Button.tsx';
export { CopyButton } from './CopyButton.tsx';
export { Dialog } from './Dialog.tsx';
export { type Fact, Facts } from './Facts.tsx';
export { clockTime, countdown, countText, percentText, spanText, usdText } from './format.ts';
export { Interval } from './Interval.tsx';
export { Key } from './Key.tsx';
export { useKeys } from './keys.ts';
export { Panel } from './Panel.tsx';
export { HEALTH_WORDS, RehearsalMark, StateShape, StateWord, type Tone } from './State.tsx';
