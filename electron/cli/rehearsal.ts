import { defaultDataFolder } from '../serve/home.ts';

/** Tasks a minute for each sample agent: lively on the board, light on a laptop. */
export const TRAFFIC_PER_MINUTE = 30;

/** Where a rehearsal keeps its data unless --data says otherwise: its tasks never stand beside real ones. */
export function rehearsalDataFolder(): string {
  return `${defaultDataFolder()}-rehearsal`;
}
