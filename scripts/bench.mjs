// Runs the benchmarks: node scripts/bench.mjs [ROOM…]
//
// Each file test/bench/<room>.bench.ts exports `default async (bench: Bench) => void`. The figures are
// printed as a table and, after it, as JSON lines. A file *.work.ts is what a worker of a benchmark runs.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { basename, join } from 'node:path';
import { globSync, mkdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, '.cache', 'bench');
mkdirSync(out, { recursive: true });

const wanted = process.argv.slice(2);
const files = globSync('test/bench/*.bench.ts', { cwd: root }).filter(
  (file) => wanted.length === 0 || wanted.includes(basename(file, '.bench.ts')),
);
await esbuild.build({
  absWorkingDir: root,
  entryPoints: [...files, ...globSync('test/bench/*.work.ts', { cwd: root }), 'test/bench/harness.ts'],
  outdir: out,
  outbase: 'test/bench',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  outExtension: { '.js': '.mjs' },
  loader: { '.py': 'text' },
  packages: 'external',
  // The trees of the extension outside VS Code.
  alias: { vscode: './test/bench/vscode.cjs' },
  // They find the project by where they lie; from here the way to them is as long as from test/bench.
  external: ['../../scripts/*'],
  mainFields: ['module', 'main'],
  logLevel: 'warning',
});
const load = (name) => import(pathToFileURL(join(out, `${name}.mjs`)).href);
const { Bench } = await load('harness');
const bench = new Bench();
for (const file of files) {
  const name = basename(file, '.ts');
  console.error(`${name}…`);
  // A process for each: starting other processes takes longer the more memory the own one has.
  const child = fork(join(root, 'scripts', 'bench-room.mjs'), [join(out, `${name}.mjs`), join(out, 'harness.mjs')]);
  child.on('message', (figures) => figures.forEach((figure) => bench.add(figure)));
  const [code] = await once(child, 'close');
  if (code !== 0) process.exit(1);
}
bench.print();
