/*
 * The desk: the composition root. It opens the store, wires runner, health and runbooks, and speaks the contract; hosts
 * (serve/ and shell/) only carry it. It alone opens the database.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Actor } from '#contract/basic.ts';
import { NATIVE } from '#contract/delivery.ts';
import { type Result, succeed } from '#contract/errors.ts';
import type { About } from '#contract/rpc.ts';
import { ALERT_RULES, createDelivery, createHealth, type Health } from '../health/index.ts';
import {
  createNotify,
  createRunbookEditing,
  createRunbooks,
  createRunbookUse,
  type Runbooks,
} from '../runbook/index.ts';
import { createRunner } from '../runner/index.ts';
import { createCommitter } from '../store/committer.ts';
import { openDatabase } from '../store/open.ts';
import { openAlertRules } from './alert-rules.ts';
import { createAnswering } from './answering.ts';
import { openAudit } from './audit.ts';
import { createCanaries } from './canaries.ts';
import { openIngestTokens } from './ingest-tokens.ts';
import { createKeeping, damageText } from './keeping.ts';
import { openKeychain } from './keychain.ts';
import { openTraffic } from './rehearsal-traffic.ts';
import { createRouter } from './router.ts';
import { ruleChanges, ruleHashes } from './rule-changes.ts';
import { openSecrets } from './secrets.ts';
import { fixedSettings, openSettings } from './settings.ts';
import { createSettingsTelling, shownSettings } from './settings-changes.ts';
import { createBell } from './topic.ts';
import type { Desk, DeskOptions } from './types.ts';

export type { Desk, DeskOptions } from './types.ts';

/** Tasks one worker process may hold at once: as many as a commit claims for it, whose price is the same for any number. */
export const SLOTS = 256;
const BY_DESK: Actor = { name: 'Nightdesk', via: 'desk' };

/** Opens the data folder and starts everything. Fails with what is wrong with the folder; a damaged database is kept aside. */
export async function openDesk(options: DeskOptions): Promise<Result<Desk>> {
  const now = Date.now;
  const secrets = openSecrets(openKeychain(options.env), options.env, (message) => log(message));
  const read = options.trial ? succeed(fixedSettings(options.trial.settings)) : openSettings(options.dataFolder, log);
  if (!read.ok) return read;
  const settings = read.value;
  const opened = openDatabase(options.dataFolder, now());
  if (!opened.ok) {
    settings.close();
    return opened;
  }
  const { db, damage } = opened.value;
  const committer = createCommitter(db, () => audit.committed());
  const changed = createBell();
  const startedAt = now();
  const deskId = randomUUID();
  let diskTrouble: string | null = null;

  function log(message: string): void {
    options.log(secrets.mask.text(message));
  }

  const audit = openAudit({
    db,
    commit: committer.commit,
    dataFolder: options.dataFolder,
    damage,
    mask: secrets.mask,
    now,
    log,
    onChange: changed.ring,
  });

  // A folder that is not there is watched through its parent: here, with every write of the database.
  mkdirSync(join(options.dataFolder, 'agents'), { recursive: true, mode: 0o700 });
  const runner = createRunner({
    db,
    committer,
    dataFolder: options.dataFolder,
    agentFolders: options.agentFolders,
    trial: options.trial?.file ?? null,
    rehearsal: options.rehearsal,
    workers: options.workers,
    slots: SLOTS,
    forkWorker: options.forkWorker,
    env: options.env,
    version: options.version,
    settings: settings.current,
    audit: audit.write,
    onSettings: settings.onChange,
    findSecrets: (names) => secrets.read(names, 'agents'),
    now,
    passed: () => performance.now(),
    random: Math.random,
    onDisk(trouble) {
      if (trouble === diskTrouble) return;
      log(trouble === null ? 'the data folder takes writes again' : `the data folder refuses writes: ${trouble}`);
      diskTrouble = trouble;
      changed.ring();
    },
    log,
  });

  // Health and runbooks know each other only through these functions.
  const store = { db, commit: committer.commit, audit: audit.write };
  const alertRules = openAlertRules(
    options.dataFolder,
    () => ({
      agents: runner.snapshot().agents.map((agent) => agent.name),
      runbooks: runbooks.list().map(({ name }) => name),
      routes: [NATIVE, ...Object.keys(settings.current().routes)],
    }),
    log,
    (before) => {
      for (const entry of ruleChanges(before, alertRules.seen())) audit.note(entry);
      changed.ring();
    },
  );
  const runbooksFor = createAnswering(alertRules, () => runbooks, now);
  const canaries = createCanaries(runner);

  const delivery = createDelivery({
    store: { db, commit: committer.commit, touch: committer.touch },
    settings: settings.current,
    onSettings: settings.onChange,
    findSecrets: (names) => secrets.read(names, 'routes'),
    hide: secrets.hide,
    mask: secrets.mask.text,
    runbooksFor,
    address: options.address,
    host: hostname(),
    rehearsal: options.rehearsal,
    now,
    passed: () => performance.now(),
    random: Math.random,
    newId: randomUUID,
    after(ms, work) {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
    log,
    onChange: changed.ring,
  });
  const health: Health = createHealth({
    store,
    delivery,
    runtime: runner,
    endedSince: runner.endedSince,
    silence: {
      ...runner.watched,
      input: runner.watched.canaryInput,
      submit: canaries.submit,
      task: runner.task,
    },
    changedSince: runner.changedSince,
    settings: settings.current,
    now,
    passed: () => performance.now(),
    runbooksFor,
    openRun: (incident) => runbooks.openRun(incident),
    runReports: (incident) => runbooks.reportsOf(incident),
    audit: audit.write,
    alertRules: alertRules.inForce,
    rehearsal: options.rehearsal,
    dataFolder: options.dataFolder,
    version: options.version,
    log,
    random: Math.random,
    onChange: changed.ring,
  });
  /** What a runbook may name. */
  const known = () => ({
    agents: runner.snapshot().agents.map((agent) => agent.name),
    providers: runner.snapshot().providers.map((provider) => provider.name),
    // By name alone: the list of rules asks the library which runbooks answer each.
    alerts: [...Object.keys(ALERT_RULES), ...alertRules.inForce().rules.map(({ rule }) => rule.name)],
  });
  const ownRunbooks = join(options.dataFolder, 'runbooks');
  // A folder that is made later is not watched.
  mkdirSync(ownRunbooks, { recursive: true, mode: 0o700 });
  const runbooks: Runbooks = createRunbooks({
    store,
    folders: options.runbookFolders,
    runtime: runner,
    measure: { rate: health.rate, p95: health.p95, oldest: health.oldest, alertState: health.alertState },
    alertFor(incident, rules) {
      const alerts = health.incident(incident)?.alerts ?? [];
      return alerts.find(({ rule }) => rules.includes(rule)) ?? alerts[0];
    },
    incident: (id) => health.incident(id),
    notify: createNotify(options.dataFolder, now),
    canaries,
    settings: () => settings.current().runbooks,
    mask: secrets.mask.text,
    known,
    rehearsal: options.rehearsal,
    now,
    log,
    onChange: changed.ring,
    onEntry: (incident, entry) => health.addEntry(incident, entry),
  });

  const editing = createRunbookEditing({
    ownFolder: ownRunbooks,
    fileOf(name) {
      const found = runbooks.get(name);
      return found.ok ? found.value.file : undefined;
    },
    known,
    rule: health.alerts.rule,
    incident: health.incident,
    dryRun: runbooks.tryOut,
    now,
  });

  const traffic = openTraffic(runner, now);

  function about(): About {
    return {
      version: options.version,
      dataFolder: options.dataFolder,
      rehearsal: options.rehearsal,
      startedAt,
      desk: deskId,
      user: options.user,
      host: options.host,
    };
  }

  const keeping = createKeeping({
    db,
    committer,
    dataFolder: options.dataFolder,
    upkeepEntry: options.upkeepEntry,
    damage,
    onBackup: ({ file, bytes }, by) =>
      audit.note({ by: by ?? BY_DESK, what: 'backup.made', subject: file, details: { bytes } }),
    settings: settings.current,
    onSettings: settings.onChange,
    now,
    log,
    onChange: changed.ring,
  });

  runner.watch(changed.ring);
  settings.onChange(changed.ring);
  settings.onChange(createSettingsTelling(settings, audit.note));
  await audit.begin({
    version: options.version,
    user: options.user,
    host: options.host,
    settings: shownSettings(settings),
    alertRules: ruleHashes(alertRules.seen()),
  });
  health.start();
  runner.start();
  audit.follow(runner.verify);
  await runbooks.resumeAll();
  if (options.rehearsal) traffic.dial(options.trafficPerMinute);
  // What is tried out is thrown away.
  if (options.trial === null) {
    keeping.start();
    await delivery.start();
  }
  if (damage !== null) log(damageText(damage));

  const tokens = openIngestTokens({ db, commit: committer.commit, audit: audit.write, now, log });
  const router = createRouter({
    about,
    rehearsal: options.rehearsal,
    runner,
    health,
    delivery,
    runbooks,
    runbookUse: createRunbookUse(db, runbooks, now),
    editing,
    traffic,
    changed,
    settings,
    alertRules,
    secrets,
    tokens,
    audit,
    keeping,
    troubles: () => [
      ...settings
        .problems()
        .map(
          ({ file, line, message }) => `${file}:${line}: ${message}. The settings that were good last are in force.`,
        ),
      ...keeping.troubles(),
      ...audit.troubles(),
      ...health.silence.troubles(),
      ...runner.intakeTroubles(),
      ...(diskTrouble === null
        ? []
        : [`The data folder refuses writes (${diskTrouble}): running steps wait, new tasks are refused.`]),
    ],
    now,
  });

  return succeed({
    router,
    about,
    senderOf: tokens.senderOf,
    tell: audit.note,
    async close() {
      traffic.dial(0);
      await runbooks.close();
      settings.close();
      alertRules.close();
      await keeping.close();
      await runner.close();
      await health.close();
      await delivery.close();
      await audit.close();
      committer.flush();
      db.close();
    },
  });
}
