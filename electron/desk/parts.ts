import type { About } from '#contract/rpc.ts';
import type { Delivery, Health } from '../health/index.ts';
import type { RunbookEditing, Runbooks, RunbookUse } from '../runbook/index.ts';
import type { Runner } from '../runner/index.ts';
import type { Traffic } from '../runner/traffic.ts';
import type { AlertRulesFolder } from './alert-rules.ts';
import type { Audit } from './audit.ts';
import type { IngestTokens } from './ingest-tokens.ts';
import type { Keeping } from './keeping.ts';
import type { Secrets } from './secrets.ts';
import type { SettingsFile } from './settings.ts';
import type { createBell } from './topic.ts';

/** The desk's modules, wired, as the router reads them. */
export type Parts = {
  about(): About;
  rehearsal: boolean;
  runner: Runner;
  health: Health;
  delivery: Delivery;
  runbooks: Runbooks;
  runbookUse: RunbookUse;
  editing: RunbookEditing;
  traffic: Traffic;
  settings: SettingsFile;
  alertRules: AlertRulesFolder;
  secrets: Secrets;
  tokens: IngestTokens;
  audit: Audit;
  keeping: Keeping;
  /** Rings when anything on the board, in the task list, in a run or an incident may have changed. */
  changed: ReturnType<typeof createBell>;
  /** What the desk itself suffers from, in plain words. */
  troubles(): string[];
  now(): number;
};
