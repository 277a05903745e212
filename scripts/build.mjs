// Builds every bundle of the product into dist/.
//
//   node scripts/build.mjs [--watch] [--dev]
//
// dist/inputs.json lists the files that went into them.
//
// A source file named `x.bundle.ts` is a bundle of its own, `dist/x.js`. It is only ever imported by
// `await import('…/x.bundle')`, which stays a `require('./x.js')` at run time: heavy code is loaded on
// first use, and once, however many bundles ask for it. What several of them contain stands in chunks.
import { basename, dirname, join } from 'node:path';
import { existsSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const watch = process.argv.includes('--watch');
const dev = watch || process.argv.includes('--dev');

/** Turns an import of `*.bundle` into a require of the bundle beside the importing one. */
const bundles = {
  name: 'bundles',
  setup(build) {
    build.onResolve({ filter: /\.bundle$/ }, (args) => {
      if (args.kind === 'entry-point') return undefined;
      if (args.kind !== 'dynamic-import') {
        return { errors: [{ text: `${args.path} is a bundle of its own: import it with await import()` }] };
      }
      return { path: `./${basename(args.path, '.bundle')}.js`, external: true };
    });
  },
};

/**
 * Writes a build of ES modules as CommonJS, which is what the extension host loads fast: import() has Node parse
 * each file twice, once for its export names. esbuild splits ES modules only.
 */
const asCommonJs = {
  name: 'as-common-js',
  setup(build) {
    build.initialOptions.write = false;
    build.onEnd(async ({ outputFiles = [] }) => {
      const writing = outputFiles.map(async ({ path, text }) => {
        const { code } = await esbuild.transform(text, {
          format: 'cjs',
          platform: 'node',
          target: 'node22',
          minify: !dev,
          legalComments: 'none',
          sourcemap: dev ? 'inline' : false,
          supported: { 'dynamic-import': false },
          banner: text.includes('importMetaUrl') ? ownAddress : '',
        });
        await writeFile(path, askedOnce(code));
      });
      await Promise.all(writing);
    });
  },
};

/** Writes what starts with the window, which is CommonJS already. */
const asWritten = {
  name: 'as-written',
  setup(build) {
    build.initialOptions.write = false;
    build.onEnd(async ({ outputFiles = [] }) => {
      await Promise.all(outputFiles.map(({ path, text }) => writeFile(path, askedOnce(text))));
    });
  },
};

/**
 * The code with one `require('vscode')` instead of one for each source file that it was made of: the extension host
 * answers each by the real path of who asks and by which extension that belongs to, together a seventh of activation.
 * The builds that are debugged stay as their source maps say.
 */
function askedOnce(code) {
  const asking = 'require("vscode")';
  if (dev || code.split(asking).length < 3) return code;
  return `"use strict";const vscodeApi=${asking};${code.replaceAll(asking, 'vscodeApi')}`;
}

/** Puts each new build into the VS Code of `npm start`, where a reload of the window takes it. */
const intoTheTriedOne = {
  name: 'into-the-tried-one',
  setup(build) {
    build.onEnd(async ({ errors }) => {
      const data = join(root, '.vscode-test', 'start', 'vscode');
      if (errors.length > 0 || !existsSync(data)) return;
      const { installExtension } = await import('./install.mjs');
      await installExtension(data);
    });
  },
};

/** What was written as an ES module may ask for its own address, which CommonJS has not. */
const ownAddress = "const importMetaUrl=require('node:url').pathToFileURL(__filename).href;";

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: !dev,
  keepNames: false,
  sourcemap: dev ? 'linked' : false,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
};

const entries = {};
for (const name of ['language-server', 'local-server', 'cli']) entries[name] = `src/${name}.ts`;
for (const file of globSync('src/**/*.bundle.ts', { cwd: root })) {
  const name = basename(file, '.bundle.ts');
  if (entries[name]) throw new Error(`Two bundles are named ${name}: ${entries[name]} and ${file}.`);
  entries[name] = file;
}

const panels = {};
for (const file of globSync('webview/panels/*/index.ts', { cwd: root })) panels[basename(dirname(file))] = file;
for (const file of globSync('webview/**/*.worker.ts', { cwd: root })) panels[basename(file, '.ts')] = file;

const node = {
  ...common,
  outdir: dist,
  platform: 'node',
  target: 'node22',
  // `module` first: the UMD builds of jsonc-parser and its kin hide their requires from a bundler.
  mainFields: ['module', 'main'],
  define: { 'import.meta.url': 'importMetaUrl' },
  external: ['vscode'],
  loader: { '.py': 'text' },
};

const configurations = [
  // What starts with each window or each question of git is one file.
  {
    ...node,
    entryPoints: { extension: 'src/extension.ts', askpass: 'src/askpass.ts' },
    format: 'cjs',
    supported: { 'dynamic-import': false },
    plugins: [bundles, asWritten],
  },
  {
    ...node,
    entryPoints: entries,
    format: 'esm',
    splitting: true,
    sourcemap: dev ? 'inline' : false,
    plugins: [bundles, asCommonJs],
  },
  {
    ...common,
    entryPoints: panels,
    outdir: join(dist, 'webview'),
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    loader: { '.svg': 'text' },
  },
];

mkdirSync(dist, { recursive: true });
if (watch) {
  for (const configuration of configurations) {
    const plugins = [...(configuration.plugins ?? []), intoTheTriedOne];
    await (await esbuild.context({ ...configuration, plugins })).watch();
  }
  console.log('Watching for changes.');
} else {
  // What is wrong was printed by esbuild.
  const building = Promise.all(configurations.map((configuration) => esbuild.build(configuration)));
  const results = await building.catch(() => process.exit(1));
  writeFileSync(
    join(dist, 'inputs.json'),
    JSON.stringify([...new Set(results.flatMap(({ metafile }) => Object.keys(metafile.inputs)))]),
  );
  removeAllBut(results.flatMap(({ metafile }) => Object.keys(metafile.outputs)));
}

/** Removes from dist what an earlier build left: the folder is never empty for a VS Code that runs on it. */
function removeAllBut(outputs) {
  const made = new Set(outputs.map((path) => join(root, path)));
  for (const file of globSync('**/*.{js,css,map}', { cwd: dist })) {
    if (!made.has(join(dist, file))) rmSync(join(dist, file));
  }
}
