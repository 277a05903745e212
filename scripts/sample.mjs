// A project to try the extension on: what the command `Create Sample Project…` makes of media/sample.
//
//   node scripts/sample.mjs          makes the one of `npm start`
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { transform } from 'esbuild';
import { root, testHome } from './vscode.mjs';

/** Where `npm start` keeps its sample. */
export const startSample = join(testHome, 'start', 'penguins');

/**
 * Makes the sample project, unless the folder exists already: what somebody did in it is kept.
 * @param {string} folder absolute
 * @param {Record<string, string>} [env] for git, beside the process's own
 */
export async function makeSample(folder, env = {}) {
  if (existsSync(folder)) return;
  const git = async (directory, args) => {
    const options = { cwd: directory, env: { ...process.env, ...env } };
    const { stdout } = await promisify(execFile)('git', args, options);
    return stdout;
  };
  const { makeSample: make } = await product('src/projects/sample.ts');
  await make(join(root, 'media', 'sample'), folder, git);
}

/** A module of the product that needs nothing but Node. */
async function product(path) {
  const { code } = await transform(readFileSync(join(root, path), 'utf8'), { loader: 'ts', format: 'esm' });
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await makeSample(startSample);
