import { createHash } from 'node:crypto';
import { fail, type Result, succeed } from '#contract/errors.ts';

/*
 * The files that tell a system to run the desk in the background: systemd, launchd, the task scheduler of Windows. Pure.
 */

/** What the background desk runs. */
export type ServicePlan = {
  dataFolder: string;
  /** Program and arguments. */
  command: string[];
  /** PATH of the shell that installed it: MCP servers and the keychain's tools are found by it. */
  path: string;
  /** Where what it prints goes, where the system keeps no log itself. */
  log: string;
  /** Who runs it, for Windows: DOMAIN\user. */
  user: string;
};

/** Seconds between an end and the next start. A desk that finds its folder taken ends, and takes it over later. */
const AGAIN_S = 10;

/** The service of a data folder: the default one's is `nightdesk`, every other has the folder's hash in its name. */
export function serviceName(dataFolder: string, defaultFolder: string): string {
  if (dataFolder === defaultFolder) return 'nightdesk';
  return `nightdesk-${createHash('sha256').update(dataFolder).digest('hex').slice(0, 8)}`;
}

/** A line end would begin a setting of its own in a unit, and no control character may stand in XML: none is written. */
export function writablePlan(plan: ServicePlan): Result<ServicePlan> {
  const named = [['PATH', plan.path], ...[plan.dataFolder, ...plan.command].map((word) => ['a path', word] as const)];
  const [what, word] = named.find(([, text]) => /\p{Cc}/u.test(text ?? '')) ?? [];
  if (word === undefined) return succeed(plan);
  return fail('BAD_INPUT', `The service would be told of ${what} with a control character: ${JSON.stringify(word)}.`, {
    kept: 'Nothing was installed, and nothing was changed.',
    todo: 'Use a folder whose path has no line end, tab or other control character in it.',
    where: what === 'PATH' ? 'PATH' : word === plan.dataFolder ? '--data' : '--agents',
  });
}

/** A systemd user unit. */
export function systemdUnit({ dataFolder, command, path }: ServicePlan): string {
  return `[Unit]
Description=Nightdesk on ${specifierFree(dataFolder)}
StartLimitIntervalSec=0

[Service]
Type=simple
ExecStart=${command.map((word) => systemdWord(word)).join(' ')}
Environment=${systemdWord(`PATH=${path}`, false)}
Restart=always
RestartSec=${AGAIN_S}
KillMode=mixed
TimeoutStopSec=30

[Install]
WantedBy=default.target
`;
}

function specifierFree(text: string): string {
  return text.replaceAll('%', '%%');
}

/** @param expands whether systemd replaces variables in it, as it does in ExecStart */
function systemdWord(word: string, expands = true): string {
  const escaped = specifierFree(word).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  return `"${expands ? escaped.replaceAll('$', '$$$$') : escaped}"`;
}

/** A launchd agent. @param label its name, reverse-DNS */
export function launchdAgent(label: string, { command, path, log }: ServicePlan): string {
  const words = command.map((word) => `    <string>${xml(word)}</string>`).join('\n');
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${xml(label)}</string>
  <key>ProgramArguments</key>
  <array>
${words}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
    <key>PATH</key>
    <string>${xml(path)}</string>
  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <true/>
  <key>ThrottleInterval</key>
  <integer>${AGAIN_S}</integer>
  <key>ProcessType</key>
  <string>Background</string>
  <key>StandardOutPath</key>
  <string>${xml(log)}</string>
  <key>StandardErrorPath</key>
  <string>${xml(log)}</string>
</dict>
</plist>
`;
}

/** A task for the scheduler of Windows: at the user's logon, and again a minute after it ended. */
export function scheduledTask({ dataFolder, command: [program = '', ...words], user }: ServicePlan): string {
  return `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Nightdesk on ${xml(dataFolder)}</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>
      <Enabled>true</Enabled>
      <UserId>${xml(user)}</UserId>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>${xml(user)}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>999</Count>
    </RestartOnFailure>
    <Hidden>true</Hidden>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${xml(program)}</Command>
      <Arguments>${xml(words.map(windowsWord).join(' '))}</Arguments>
    </Exec>
  </Actions>
</Task>
`;
}

function xml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** One argument as CommandLineToArgvW reads it: backslashes count only before a quote. */
function windowsWord(word: string): string {
  if (word !== '' && !/[\s"]/.test(word)) return word;
  return `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
}
