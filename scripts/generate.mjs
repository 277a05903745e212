// Makes everything that is derived: tables from the models of services, pages of rules, what Local implements, lists in the
// manifest, the schema of the configuration file.
//
//   npm run generate [-- --check]
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

let failed = false;
for (const name of [
  'generate-tables.mjs',
  'generate-docs.mjs',
  'generate-local-docs.mjs',
  'generate-commands.mjs',
  'generate-schema.mjs',
]) {
  try {
    const script = fileURLToPath(new URL(name, import.meta.url));
    execFileSync(process.execPath, [script, ...process.argv.slice(2)], { stdio: 'inherit' });
  } catch {
    failed = true;
  }
}
process.exitCode = failed ? 1 : 0;
