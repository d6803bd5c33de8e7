import type { RunDetail } from '#contract/runbook.ts';
import type { Terminal } from './cli.ts';
import type { openPrompt } from './prompt.ts';
import { currentOf } from './runbook-event.ts';
import { checklistLines, countsDown, headLine, openStepText } from './runbook-text.ts';

/** Where a run is shown and a person asked. */
export type Screen = {
  /** Shows the run and asks. @returns undefined when the signal took the question back, and at Ctrl-C */
  ask(run: RunDetail, question: string, signal: AbortSignal): Promise<string | undefined>;
  /** Asks for more on what was just said. */
  more(question: string): Promise<string | undefined>;
  /** Stands between the checklist and the question until the next answer. */
  say(text: string): void;
};

/** How often a countdown is drawn again, ms. */
const TICK_MS = 1_000;
/** The size of a terminal that does not say. */
const [COLUMNS, ROWS] = [100, 40];

/** A run on a terminal: the checklist is drawn again in its place whenever it changes or counts down. */
export function openScreen(terminal: Terminal, { ask, ended }: ReturnType<typeof openPrompt>): Screen {
  const { stderr } = terminal;
  let said = '';
  /** Lines above the question that the next drawing replaces. */
  let drawn = 0;

  function draw(run: RunDetail): void {
    if (drawn > 0) stderr.write(`\r\x1b[${drawn}A`);
    stderr.write('\r\x1b[0J');
    const { columns = COLUMNS, rows = ROWS } = stderr;
    const lines = linesOf(run, said, rows - 2, Date.now()).map((line) => cut(line, columns - 1));
    stderr.write(lines.map((line) => `${line}\n`).join(''));
    drawn = lines.length;
  }

  return {
    ask: async (run, question, signal) => {
      for (;;) {
        draw(run);
        const tick = countsDown(run, Date.now()) ? AbortSignal.timeout(TICK_MS) : signal;
        const line = await ask(question, AbortSignal.any([signal, tick]));
        // A line that was typed, and a question that was taken back, have moved the cursor down.
        drawn += 1;
        if (line === undefined && tick.aborted && !signal.aborted && !ended.aborted) continue;
        if (line !== undefined) said = '';
        return line;
      }
    },
    more: async (question) => {
      drawn += said === '' ? 0 : said.split('\n').length;
      if (said !== '') stderr.write(`${said}\n`);
      said = '';
      const answer = await ask(question);
      drawn += 1;
      return answer;
    },
    say: (text) => {
      said = said === '' ? text : `${said}\n${text}`;
    },
  };
}

/** What fits: the whole checklist, else with the other sections folded, else the end of it. */
function linesOf(run: RunDetail, said: string, rows: number, now: number): string[] {
  const open = currentOf(run);
  const below = [
    ...(open === null ? [] : ['', ...openStepText(run, open).split('\n')]),
    ...(said === '' ? [] : ['', ...said.split('\n')]),
  ];
  const whole = [headLine(run, now), '', ...checklistLines(run, now, false), ...below];
  if (whole.length <= rows) return whole;
  const folded = [headLine(run, now), '', ...checklistLines(run, now, true), ...below];
  return folded.length <= rows ? folded : folded.slice(-rows);
}

function cut(line: string, width: number): string {
  const letters = [...line];
  return letters.length <= width ? line : `${letters.slice(0, width - 1).join('')}…`;
}
