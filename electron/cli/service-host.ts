import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { fail, type Result, succeed } from '#contract/errors.ts';
import { launchdAgent, type ServicePlan, scheduledTask, systemdUnit } from './service-unit.ts';

/** What a program of the system said. */
export type Said = { ok: boolean; out: string };

/** The system's own service manager, for the user who is logged in. */
export type ServiceHost = {
  /** As people call it. */
  manager: string;
  /** What tells it of the service. */
  file: string;
  isInstalled(): boolean;
  /** Whether the manager holds it running, as far as it says so. */
  isActive(): boolean;
  /** Writes the file and starts it, now and at every login. */
  install(plan: ServicePlan): Result<null>;
  /** Stops it, and takes the file away. */
  remove(): Result<null>;
  /** What else is to be known or done: that it ends with the last session. */
  hints(): string[];
  /** How to read what it printed. */
  logs: string;
};

export type HostOptions = {
  platform: NodeJS.Platform;
  env: NodeJS.ProcessEnv;
  /** The service, as serviceName gives it. */
  name: string;
  dataFolder: string;
  run(program: string, words: string[]): Said;
};

/** Runs a program of the system to its end. */
export function runProgram(program: string, words: string[]): Said {
  const { status, stdout, stderr, error } = spawnSync(program, words, { encoding: 'utf8', timeout: 30_000 });
  return { ok: status === 0, out: error ? error.message : `${stdout}${stderr}`.trim() };
}

/** The service manager of this system, or a refusal that says what to do without one. */
export function findHost(options: HostOptions): Result<ServiceHost> {
  switch (options.platform) {
    case 'linux':
      return systemd(options);
    case 'darwin':
      return succeed(launchd(options));
    case 'win32':
      return succeed(taskScheduler(options));
    default:
      return noManager(options, `Nightdesk knows no service manager of ${options.platform}`);
  }
}

function noManager({ dataFolder }: HostOptions, why: string): Result<never> {
  return fail('UNREACHABLE', `${why}.`, {
    kept: 'Nothing was changed.',
    todo: `Have whatever starts programs here run: nightdesk serve --no-open --data ${dataFolder}`,
  });
}

function refused(what: string, said: Said, file: string): Result<never> {
  return fail('UNREACHABLE', `${what}: ${said.out.replace(/\.$/, '') || 'it said nothing'}.`, {
    kept: 'The data folder was not touched.',
    todo: 'Mend what it says, then do it again.',
    where: file,
  });
}

function written(file: string, text: string | Buffer): Result<null> {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o600 });
    return succeed(null);
  } catch (error) {
    return fail('STORAGE', `${file} cannot be written: ${(error as Error).message}`, {
      kept: 'Nothing was changed.',
      todo: 'Make its folder writable.',
      where: file,
    });
  }
}

/** Does one thing after the other, as far as the first that fails. */
function steps(file: string, ...all: [what: string, () => Said][]): Result<null> {
  for (const [what, step] of all) {
    const said = step();
    if (!said.ok) return refused(what, said, file);
  }
  return succeed(null);
}

function systemd(options: HostOptions): Result<ServiceHost> {
  const { env, name, run } = options;
  const unit = `${name}.service`;
  const file = join(env.XDG_CONFIG_HOME ?? join(env.HOME ?? homedir(), '.config'), 'systemd/user', unit);
  const ctl = (...words: string[]): Said => run('systemctl', ['--user', ...words]);
  const asked = ctl('show', '--property=Version', '--value');
  if (!asked.ok) {
    return noManager(
      options,
      `systemd answers no user here (${asked.out || 'no systemctl'}): log in as the user itself, not with su or sudo, or there is none`,
    );
  }
  return succeed({
    manager: 'systemd',
    file,
    logs: `journalctl --user -u ${unit}`,
    isInstalled: () => existsSync(file),
    isActive: () => ctl('is-active', '--quiet', unit).ok,
    install(plan) {
      const done = written(file, systemdUnit(plan));
      if (!done.ok) return done;
      return steps(
        file,
        ['systemd does not read the unit', () => ctl('daemon-reload')],
        ['systemd does not enable it', () => ctl('enable', unit)],
        // One that ran before goes on with the new unit.
        ['systemd does not start it', () => ctl('restart', unit)],
      );
    },
    remove() {
      const done = steps(file, ['systemd does not stop it', () => ctl('disable', '--now', unit)]);
      if (!done.ok) return done;
      rmSync(file, { force: true });
      return steps(file, ['systemd does not read its units', () => ctl('daemon-reload')]);
    },
    hints() {
      const user = userInfo().username;
      const lingers = run('loginctl', ['show-user', user, '--property=Linger', '--value']);
      if (lingers.ok && lingers.out === 'yes') return [];
      return [`It ends with your last session. So that it runs without one: loginctl enable-linger ${user}`];
    },
  });
}

function launchd({ env, name, run }: HostOptions): ServiceHost {
  const label = `dev.nightdesk.${name}`;
  const file = join(env.HOME ?? homedir(), 'Library/LaunchAgents', `${label}.plist`);
  const domain = `gui/${userInfo().uid}`;
  const isActive = (): boolean => run('launchctl', ['print', `${domain}/${label}`]).ok;
  return {
    manager: 'launchd',
    file,
    logs: 'service.log in the data folder',
    isInstalled: () => existsSync(file),
    isActive,
    install(plan) {
      const done = written(file, launchdAgent(label, plan));
      if (!done.ok) return done;
      // It reads the file once: the one before has to go.
      if (isActive()) run('launchctl', ['bootout', `${domain}/${label}`]);
      return steps(file, ['launchd does not take it', () => run('launchctl', ['bootstrap', domain, file])]);
    },
    remove() {
      const done = isActive()
        ? steps(file, ['launchd does not stop it', () => run('launchctl', ['bootout', `${domain}/${label}`])])
        : succeed(null);
      if (done.ok) rmSync(file, { force: true });
      return done;
    },
    hints: () => ['It runs while you are logged in. A Mac that sleeps runs nothing: see Energy in its settings.'],
  };
}

function taskScheduler({ name, dataFolder, run }: HostOptions): ServiceHost {
  const file = join(dataFolder, 'service.xml');
  const task = (...words: string[]): Said => run('schtasks', words);
  return {
    manager: 'the task scheduler',
    file,
    logs: 'desk.log in the data folder',
    isInstalled: () => task('/Query', '/TN', name).ok,
    isActive: () => /running/i.test(task('/Query', '/TN', name, '/FO', 'CSV', '/NH').out),
    install(plan) {
      // schtasks reads UTF-16 with its mark.
      const done = written(file, Buffer.from(`\uFEFF${scheduledTask(plan)}`, 'utf16le'));
      if (!done.ok) return done;
      return steps(
        file,
        ['The task scheduler does not take it', () => task('/Create', '/TN', name, '/XML', file, '/F')],
        ['The task scheduler does not start it', () => task('/Run', '/TN', name)],
      );
    },
    remove() {
      // It need not run.
      task('/End', '/TN', name);
      const done = steps(file, ['The task scheduler does not remove it', () => task('/Delete', '/TN', name, '/F')]);
      if (done.ok) rmSync(file, { force: true });
      return done;
    },
    hints: () => ['It runs while you are logged on.'],
  };
}
