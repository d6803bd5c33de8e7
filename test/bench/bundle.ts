import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { ROOT } from './desk.ts';

const RENDERER = join(ROOT, 'out/renderer');
const EMPTY = 'virtual:empty';
/** What a console built of React cannot do without. */
const EMPTY_PAGE = `import { createRoot } from 'react-dom/client'; createRoot(document.body).render(null);`;

/** What the browser fetches before the board can show, kB (1,000 bytes). Fonts are compressed already and stand apart. */
export type FirstLoad = { gzipKb: number; fontsKb: number; files: string[] };

/** Reads the built page: its scripts with all they import at once, its styles and icon, its Latin fonts. */
export function firstLoad(): FirstLoad {
  const page = readFileSync(join(RENDERER, 'index.html'), 'utf8');
  const files = new Set(['index.html']);
  for (const [, file] of page.matchAll(/(?:src|href)="\.?\/(assets\/[^"]+)"/g)) addWithImports(String(file), files);
  if (files.size < 3) throw new Error('the built page names no script and style');
  const styles = [...files].filter((file) => file.endsWith('.css'));
  return {
    gzipKb: sum([...files].map((file) => gzipSync(read(file)).length)) / 1_000,
    fontsKb: sum(styles.flatMap(latinFonts).map((file) => read(file).length)) / 1_000,
    files: [...files],
  };
}

/** kB of an empty React page, built by the same bundler with the same settings. */
export async function emptyReactPage(): Promise<number> {
  const built = await build({
    root: ROOT,
    configFile: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'empty-page',
        resolveId: (id) => (id === EMPTY ? join(ROOT, 'renderer/empty.js') : undefined),
        load: (id) => (id === join(ROOT, 'renderer/empty.js') ? EMPTY_PAGE : undefined),
      },
    ],
    build: { write: false, minify: true, rolldownOptions: { input: EMPTY } },
  });
  if (!('output' in built)) throw new Error('vite built something else than one bundle');
  return sum(built.output.map((file) => (file.type === 'chunk' ? gzipSync(file.code).length : 0))) / 1_000;
}

function addWithImports(file: string, files: Set<string>): void {
  if (files.has(file)) return;
  files.add(file);
  if (!file.endsWith('.js')) return;
  // A dynamic import has a bracket: it is fetched later.
  for (const [, name] of read(file)
    .toString()
    .matchAll(/(?:\bfrom|\bimport)\s*["'`]\.\/([^"'`]+\.js)["'`]/g)) {
    addWithImports(`assets/${name}`, files);
  }
}

/** Files of the faces that plain English text asks for. */
function latinFonts(style: string): string[] {
  return [
    ...read(style)
      .toString()
      .matchAll(/@font-face\s*\{[^}]*\}/g),
  ].flatMap(([face]) => {
    const url = /url\(["']?[^)"']*?([^/)"']+\.woff2)/.exec(face)?.[1];
    return url !== undefined && /unicode-range:\s*U\+(?:\?\?|0+-)/i.test(face) ? [`assets/${url}`] : [];
  });
}

function read(file: string): Buffer {
  return readFileSync(join(RENDERER, file));
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
