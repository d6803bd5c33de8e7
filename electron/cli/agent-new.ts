import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { findHome } from '../serve/home.ts';
import { dataFolderOf } from './agent-folder.ts';
import type { Cli } from './cli.ts';
import { refuse } from './refusal.ts';
import { agentFiles, TSCONFIG } from './scaffold.ts';

/** Parts of zod that its types need; the rest of it is not an agent's business. */
const ZOD_PARTS = ['index.d.ts', 'v4/classic', 'v4/core', 'v4/locales'];

/** Writes a new agent that works at once, and what an editor needs to know of its imports. */
export function newAgent(cli: Cli, name: string, options: { code: boolean; dir: string | undefined }): void {
  const parent = resolve(options.dir ?? join(dataFolderOf(cli), 'agents'));
  const folder = join(parent, name);
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    refuse('CONFLICT', `${folder} is there already.`, {
      kept: 'Nothing was written.',
      todo: 'Give the agent another name, or another place with --dir.',
      where: folder,
    });
  }
  const files = agentFiles(name, options.code);
  for (const [path, text] of Object.entries(files)) write(join(folder, path), text);
  writeTypes(parent);
  const config = join(parent, 'tsconfig.json');
  if (existsSync(config) && readFileSync(config, 'utf8') !== TSCONFIG)
    cli.note(`${config} was left as it is: see that it finds .nightdesk/agent.d.ts.`);
  else write(config, TSCONFIG);
  const seen = options.dir === undefined ? '' : ` --dir ${parent}`;
  cli.finish(
    'agent new',
    { name, folder, files: Object.keys(files) },
    [
      `${name} is in ${folder}: ${Object.keys(files).join(', ')}`,
      `Check it: nightdesk agent check ${folder}`,
      `Try it:   nightdesk agent try ${folder}`,
      ...(seen === '' ? [] : [`Run it:   nightdesk serve --agents ${parent}`]),
    ].join('\n'),
  );
}

/** Types of `nightdesk/agent` and of zod, of this version: an older copy is replaced. */
function writeTypes(parent: string): void {
  const types = join(parent, '.nightdesk');
  const { agentFolder } = findHome(import.meta.dirname);
  mkdirSync(types, { recursive: true });
  cpSync(join(agentFolder, 'nightdesk-agent.d.ts'), join(types, 'agent.d.ts'));
  const zod = dirname(createRequire(import.meta.url).resolve('zod/package.json'));
  for (const part of ZOD_PARTS) {
    cpSync(join(zod, part), join(types, 'zod', part), {
      recursive: true,
      filter: (path) => !/\.(c?js|mjs|map|d\.cts)$/.test(path),
    });
  }
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
