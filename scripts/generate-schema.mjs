// Writes the JSON schema of .mlops/config.json, by which the editor completes, explains and checks the file, from the
// schema in src/gitflow/lifecycle/config-file.ts.
//
//   node scripts/generate-schema.mjs [--check]
//
// With --check nothing is written; the exit code is 1 where the file is out of date.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { toJSONSchema } from 'zod/mini';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = join(root, '.cache', `config-file-${process.pid}.mjs`);
await esbuild.build({
  absWorkingDir: root,
  entryPoints: ['src/gitflow/lifecycle/config-file.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  // One zod: it keeps what is explained.
  packages: 'external',
  logLevel: 'warning',
});
const { configFile } = await import(pathToFileURL(bundle).href);
rmSync(bundle);

const schema = toJSONSchema(configFile, { target: 'draft-7', io: 'input' });
const text = `${JSON.stringify(schema, undefined, 2)}\n`;
const path = join(root, 'media', 'mlops-config.schema.json');
if (!existsSync(path) || readFileSync(path, 'utf8').replaceAll('\r\n', '\n') !== text) {
  if (process.argv.includes('--check')) {
    console.error('media/mlops-config.schema.json is out of date. Run: npm run generate');
    process.exitCode = 1;
  } else {
    writeFileSync(path, text);
  }
}
