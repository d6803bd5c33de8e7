import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultDataFolder } from '../serve/home.ts';

/** What a start of the desktop asks for. */
export type ShellOptions = {
  dataFolder: string;
  /** Folders with agents, beside the shipped ones and those of the data folder. */
  agentFolders: string[];
  rehearsal: boolean;
  /** Tasks a minute of the rehearsal's traffic for each agent. */
  trafficPerMinute: number;
  /** A desk elsewhere, in place of one of its own. */
  attach: { address: string; token: string } | null;
};

/**
 * Reads the command line: `--data DIR`, `--agents DIR` (may be repeated), `--rehearsal`, `--traffic PER_MINUTE`, `--attach ADDRESS` with the token in
 * NIGHTDESK_TOKEN. Electron and Chromium add switches of their own: what is not known is passed over.
 */
export function readOptions(args: string[], env: NodeJS.ProcessEnv): ShellOptions {
  const { values } = parseArgs({
    args,
    strict: false,
    options: {
      data: { type: 'string' },
      agents: { type: 'string', multiple: true },
      rehearsal: { type: 'boolean' },
      traffic: { type: 'string' },
      attach: { type: 'string' },
    },
  });
  const traffic = Number(values.traffic ?? 0);
  const address = typeof values.attach === 'string' ? values.attach : env.NIGHTDESK_ATTACH;
  return {
    dataFolder: typeof values.data === 'string' ? values.data : defaultDataFolder(),
    agentFolders: (values.agents ?? []).flatMap((folder) => (typeof folder === 'string' ? [resolve(folder)] : [])),
    rehearsal: values.rehearsal === true,
    trafficPerMinute: Number.isFinite(traffic) && traffic > 0 ? traffic : 0,
    attach: address === undefined ? null : { address, token: env.NIGHTDESK_TOKEN ?? '' },
  };
}

/**
 * The view that a deep link names: `nightdesk://incident/3`, `nightdesk://task/t12`, `nightdesk://run/4`.
 *
 * @returns its path in the console, or undefined for a link that names none
 */
export function viewOf(link: string): string | undefined {
  const match = /^nightdesk:\/\/(incident|task|run|runbook|agent)\/([a-z0-9][a-z0-9._-]{0,63})\/?$/i.exec(link);
  return match ? `/${match[1]?.toLowerCase()}s/${match[2]}` : undefined;
}
