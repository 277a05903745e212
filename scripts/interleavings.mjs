// Draws many more courses of an interrupted action than the suite does: npm run interleavings -- [COUNT [SEED]]
//
// Takes minutes per thousand; meant for a nightly job. Exit code 1 where an object of the user was lost.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const [count = '5000', seed = '20261128'] = process.argv.slice(2);
for (const each of [count, seed]) if (!/^[1-9]\d*$/.test(each)) throw new Error(`'${each}' is not a number.`);
const words = ['run', '--project', 'unit', 'test/unit/gitflow/execute/interleavings.test.ts', '-t', 'random courses'];
const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', ...words], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: { ...process.env, MLOPS_FLOW_INTERLEAVINGS: count, MLOPS_FLOW_INTERLEAVINGS_SEED: seed },
  stdio: 'inherit',
});
const [code] = await once(child, 'close');
process.exitCode = code ?? 1;
