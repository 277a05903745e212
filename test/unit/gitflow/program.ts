/** Programs that tests run in processes of their own. */
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

/** Bundles an entry, a path from the root of the project, into a program of its own. */
export async function buildProgram(entry: string, outfile: string): Promise<void> {
  await esbuild.build({
    entryPoints: [fileURLToPath(new URL(`../../../${entry}`, import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
}
