import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Action } from '#contract/action.ts';
import type { RunDetail } from '#contract/runbook.ts';
import { type Client, firstFrame, withDesk } from './desk.ts';
import { inFolder, percentile } from './measure.ts';

/** A shipped agent; no task of it runs. */
const AGENT = 'reply-drafts';
/** Steps before the clock counts: the desk's code is warm by then. */
const WARM = 20;
const OPENINGS = 20;

/** A runbook that pauses and resumes an agent in turn. */
function runbookOf(steps: number): string {
  const lines = Array.from({ length: steps }, (_, n) =>
    n % 2 === 0
      ? `- [ ] **Stop it, ${n}** \`pause agent=${AGENT} for=30m confirm\``
      : `- [ ] **Open it, ${n}** \`resume agent=${AGENT} confirm\``,
  );
  return ['---', 'runbook: 1', 'title: Bench', '---', '# Bench', '', '## Mitigate', ...lines, ''].join('\n');
}

function withRunbooks<T>(runbooks: Record<string, number>, run: (client: Client) => Promise<T>): Promise<T> {
  return inFolder((folder) => {
    mkdirSync(join(folder, 'runbooks'));
    writeFileSync(join(folder, 'nightdesk.yaml'), 'runbooks: { actions: 10000 }\n');
    for (const [name, steps] of Object.entries(runbooks)) {
      writeFileSync(join(folder, 'runbooks', `${name}.md`), runbookOf(steps));
    }
    return withDesk(folder, run);
  });
}

/** ms at p95 of a step from its command to the acknowledged action; and of the same action without a runbook. */
export function stepTimes(steps: number): Promise<{ step: number; bare: number }> {
  return withRunbooks({ bench: steps + WARM }, async (client) => {
    const bare: number[] = [];
    for (let n = 0; n < steps + WARM; n += 1) bare.push(await actionTook(client, n));
    let run = await client.runs.start({ runbook: 'bench', inputs: {} });
    const took: number[] = [];
    for (let n = 0; n < steps + WARM; n += 1) {
      const from = performance.now();
      run = await confirmed(client, run);
      took.push(performance.now() - from);
      run = await settled(client, run, n);
    }
    return { step: percentile(took.slice(WARM), 0.95), bare: percentile(bare.slice(WARM), 0.95) };
  });
}

async function actionTook(client: Client, n: number): Promise<number> {
  const action: Action =
    n % 2 === 0 ? { verb: 'pause', agent: AGENT, forMs: 1_800_000 } : { verb: 'resume', agent: AGENT };
  const { hash } = await client.actions.plan({ action });
  const from = performance.now();
  await client.actions.execute({ action, key: randomUUID(), planHash: hash });
  return performance.now() - from;
}

/** Confirms the step that is next on its plan. */
async function confirmed(client: Client, run: RunDetail): Promise<RunDetail> {
  const step = run.steps.find(({ id }) => id === run.current);
  if (step?.plan == null) throw new Error(`step ${run.current} has no plan: ${step?.seen}`);
  const command = { do: 'confirm', step: step.id, planHash: step.plan.hash } as const;
  const after = await client.runs.command({ id: run.id, command });
  if (after.steps[step.index]?.receipt == null) throw new Error(`step ${step.id} was not acknowledged`);
  return after;
}

async function settled(client: Client, run: RunDetail, n: number): Promise<RunDetail> {
  let now = run;
  while (now.steps[n]?.state === 'acting') now = await client.runs.get({ id: run.id });
  if (now.steps[n]?.state !== 'passed') throw new Error(`step ${n} ${now.steps[n]?.state}: ${now.steps[n]?.seen}`);
  return now;
}

/** ms at p95 until a run is on screen: started, and the first frame of its subscription; with many steps and with few. */
export function openingTimes(many: number, few: number): Promise<{ many: number; few: number }> {
  return withRunbooks({ many, few }, async (client) => {
    const open = async (runbook: string): Promise<number> => {
      const from = performance.now();
      const run = await client.runs.start({ runbook, inputs: {} });
      await firstFrame(client.runs.watch({ id: run.id }));
      return performance.now() - from;
    };
    const took = { many: [] as number[], few: [] as number[] };
    for (let n = 0; n < OPENINGS; n += 1) {
      took.few.push(await open('few'));
      took.many.push(await open('many'));
    }
    return { many: percentile(took.many.slice(2), 0.95), few: percentile(took.few.slice(2), 0.95) };
  });
}
