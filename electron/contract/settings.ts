import { z } from 'zod';
import { budgetSchema, fileProblemSchema, modelRefSchema } from './agent.ts';
import { jsonSchema, nameSchema, rateTextSchema, spanTextSchema } from './basic.ts';
import { alertRouteSchema, alertsSettingsSchema, NATIVE } from './delivery.ts';
import { secretOrTextSchema } from './secret.ts';
import { zoneSchema } from './zone.ts';

/*
 * nightdesk.yaml in the data folder: what a desk is told beside its agents. An unknown key is an error: it would be a
 * promise not kept.
 */

/** Limits of one provider, shared by all agents. */
export const providerSettingsSchema = z.strictObject({
  /** Base address of anything that speaks OpenAI's protocol. */
  url: z.url().optional(),
  key: z.strictObject({ secret: nameSchema }).optional(),
  /** Calls at once. */
  concurrency: z.number().int().min(1).max(10_000).optional(),
  /** Calls started in a span: 500/min. */
  rate: rateTextSchema.optional(),
  budget: budgetSchema.optional(),
});
export type ProviderSettings = z.infer<typeof providerSettingsSchema>;

/** An MCP server whose tools agents may list as `mcp:NAME/TOOL`. */
export const mcpServerSchema = z.union([
  z.strictObject({
    command: z.string().min(1),
    args: z.array(z.string()).default([]),
    /** Where it runs; relative to this file, whose folder it is when left out. */
    cwd: z.string().optional(),
    env: z.record(z.string(), secretOrTextSchema).default({}),
    /** One call may take this long. */
    timeout: spanTextSchema.default(60_000),
    /** Tools that change another system, and how one in doubt is recovered; a tool that is not named only reads. */
    effects: z.record(z.string(), z.enum(['idempotent', 'manual'])).default({}),
  }),
  z.strictObject({
    url: z.url(),
    headers: z.record(z.string(), secretOrTextSchema).default({}),
    timeout: spanTextSchema.default(60_000),
    effects: z.record(z.string(), z.enum(['idempotent', 'manual'])).default({}),
  }),
]);

export const settingsSchema = z
  .strictObject({
    /** Folders with agents, beside the shipped ones and `agents` in the data folder; relative to this file. */
    agents: z.array(z.string().min(1)).default([]),
    providers: z.record(nameSchema, providerSettingsSchema).default({}),
    /** Of the whole desk. */
    budget: budgetSchema.prefault({}),
    /** US dollars per million tokens, over the bundled price table. */
    prices: z
      .record(modelRefSchema, z.strictObject({ input: z.number().nonnegative(), output: z.number().nonnegative() }))
      .default({}),
    mcp: z.record(nameSchema, mcpServerSchema).default({}),
    /** Where alerts and reports are sent, by name. */
    routes: z.record(nameSchema, alertRouteSchema).default({}),
    alerts: alertsSettingsSchema.prefault({}),
    /** The weekly report: to which routes, and in which zone its days begin. */
    reports: z
      .strictObject({
        to: z.array(nameSchema).default([]),
        /** After Monday's midnight. */
        at: spanTextSchema.default(7 * 3_600_000),
        zone: zoneSchema.optional(),
      })
      .prefault({}),
    /** What runbooks may do beyond the runtime. */
    runbooks: z
      .strictObject({
        /** Hosts that `http` steps may call, as `api.example.com` or `127.0.0.1:8080`. */
        http: z.array(z.string().min(1).max(255)).default([]),
        /** Whether `shell` steps run at all. */
        shell: z.boolean().default(false),
        /** Actions of all runs in an hour, at most. */
        actions: z.number().int().min(1).max(10_000).default(120),
        /** Tasks that one action may put its hand on. */
        reach: z.number().int().min(1).max(10_000).default(1_000),
      })
      .prefault({}),
    retention: z
      .strictObject({
        /** Ended tasks and their journals are kept this long. */
        keep: spanTextSchema.default(30 * 86_400_000),
        /** The oldest go earlier when the database is larger, MB. */
        megabytes: z.number().int().min(64).default(4_096),
      })
      .prefault({}),
    backup: z
      .strictObject({
        every: spanTextSchema.default(86_400_000),
        keep: z.number().int().min(1).max(365).default(7),
      })
      .prefault({}),
  })
  .superRefine(({ routes, alerts, reports }, context) => {
    // A name that is no route would be a message that nobody gets.
    const named: [PropertyKey[], string[]][] = [
      [['alerts', 'page'], alerts.page],
      [['alerts', 'ticket'], alerts.ticket],
      [['reports', 'to'], reports.to],
      ...alerts.escalate.map(({ to }, step): [PropertyKey[], string[]] => [['alerts', 'escalate', step, 'to'], to]),
    ];
    for (const [path, names] of named) {
      for (const [index, name] of names.entries()) {
        if (name === NATIVE || Object.hasOwn(routes, name)) continue;
        const message = `there is no route "${name}"; name one of routes, or ${NATIVE}`;
        context.addIssue({ code: 'custom', path: [...path, index], message });
      }
    }
  });
export type Settings = z.infer<typeof settingsSchema>;

/** The settings in force, and what is wrong with the file as it stands now. */
export const settingsViewSchema = z.object({
  /** nightdesk.yaml (absolute); it need not be there. */
  file: z.string(),
  /** Spans in ms, rates as count and perMs. Values that may be secrets are masked. */
  settings: jsonSchema,
  /** With an error in it the settings that were good last stay in force. */
  problems: z.array(fileProblemSchema),
});
export type SettingsView = z.infer<typeof settingsViewSchema>;
