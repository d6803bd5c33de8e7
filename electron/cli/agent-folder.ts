import { defaultDataFolder } from '../serve/home.ts';
import type { Cli } from './cli.ts';

/** The data folder whose agents and settings a command means, whether a desk runs on it or not. */
export function dataFolderOf(cli: Cli): string {
  return cli.dataFolder() ?? defaultDataFolder();
}
