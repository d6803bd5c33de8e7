import type { AgentDefinition, AgentDetail, AgentSummary, FileProblem, SamplePlan } from '#contract/agent.ts';
import { actorSchema } from '#contract/basic.ts';
import type { LaneRow } from '../store/lane.ts';
import { RUNTIME_NAME } from './capabilities.ts';
import { folderOf } from './folder/index.ts';
import { nextStart } from './schedule/cron.ts';

/** So many starts of a schedule are told beforehand. */
const STARTS_TOLD = 3;

/** One agent as a list shows it. @param problems of all files. @param now ms since the Unix epoch */
export function summaryOf(
  definition: AgentDefinition,
  control: LaneRow,
  problems: readonly FileProblem[],
  now: number,
): AgentSummary {
  const keys = definition.nightdesk;
  return {
    name: definition.name,
    description: definition.description,
    team: keys.team ?? null,
    runtime: RUNTIME_NAME,
    route: definition.model,
    tools: definition.tools,
    concurrency: keys.intake.concurrency,
    attempts: keys.retry.attempts,
    timeoutMs: keys.limits.timeout,
    deadlineMs: keys.limits.deadline,
    expectEveryMs: keys.expect?.every ?? null,
    schedule: keys.schedule?.cron ?? null,
    nextStartAt: keys.schedule === undefined ? null : nextStart(keys.schedule.cron, now),
    budgetDailyUsd: keys.budget?.daily ?? null,
    objective: {
      success: keys.objective.success,
      p95Ms: keys.objective.p95 ?? null,
      windowMs: keys.objective.window,
      failure: keys.objective.failure,
    },
    sample: samplePlanOf(keys),
    intake: control.intake,
    definition: definition.hash,
    file: definition.file,
    problems: problems.filter((problem) => problem.file === definition.file),
  };
}

/** Everything that holds for one agent: what its file says, and what was set over it. @param now ms since the Unix epoch */
export function agentDetailOf(
  summary: AgentSummary,
  definition: AgentDefinition,
  control: LaneRow,
  now: number,
): AgentDetail {
  const { intake, limits, schedule, approval, critical, secrets, review, judge, loop } = definition.nightdesk;
  return {
    ...summary,
    inForce: {
      concurrency: control.set_concurrency ?? intake.concurrency,
      budgetUsd: control.set_budget_usd ?? definition.nightdesk.budget?.daily ?? null,
      until: control.set_until,
    },
    limits: {
      rate: intake.rate ?? null,
      per: intake.per ?? null,
      queue: intake.queue,
      toolMs: limits.tool,
      outputTokens: limits.output,
      costUsd: limits.cost ?? null,
      maxTurns: definition.maxTurns,
    },
    budgetTokens: definition.nightdesk.budget?.tokens ?? null,
    hand: {
      since: control.intake_since,
      until: control.intake_until,
      by: control.intake_by === null ? null : actorSchema.parse(JSON.parse(control.intake_by)),
      reason: control.intake_reason,
    },
    starts:
      schedule === undefined
        ? null
        : { missed: schedule.missed, overlap: schedule.overlap, next: startsOf(schedule.cron, now) },
    folder: folderOf(definition) ?? null,
    approval,
    critical,
    secrets,
    loop,
    review: review ?? null,
    judge: judge?.model ?? null,
  };
}

/** How an agent's outputs are drawn for people. */
function samplePlanOf({ sample, objective }: AgentDefinition['nightdesk']): SamplePlan {
  const { rate, minimum, most, judge } = sample;
  return {
    rate,
    minimum,
    most,
    objective: sample.objective ?? objective.success,
    judge: judge === undefined ? null : { model: judge.model, share: judge.share },
  };
}

function startsOf(cron: string, now: number): number[] {
  const starts: number[] = [];
  for (let after = now; starts.length < STARTS_TOLD; ) {
    const start = nextStart(cron, after);
    if (start === null) break;
    starts.push(start);
    after = start;
  }
  return starts;
}
