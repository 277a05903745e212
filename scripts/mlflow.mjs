// Reads runs of Local from a real MLflow tracking server:
//
//   npm run mlflow
//
// MLflow comes from PyPI into .cache/mlflow/ the first time, which takes minutes; where PyPI cannot be reached, it says so.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const environment = join(root, '.cache', 'mlflow');
const python = join(environment, 'bin', 'python');
const program = join(environment, 'bin', 'mlflow');

if (!existsSync(program)) {
  try {
    execFileSync('python3', ['-m', 'venv', environment], { stdio: 'inherit' });
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', 'mlflow'], { stdio: 'inherit' });
  } catch (error) {
    console.error(`MLflow could not be installed from PyPI (${error.message}). Nothing was tried.`);
    process.exit(1);
  }
}

const port = await freePort();
const folder = mkdtempSync(join(tmpdir(), 'mlops-flow-mlflow-'));
const address = `http://127.0.0.1:${port}`;
const server = spawn(
  program,
  ['server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1']
    .concat(['--backend-store-uri', `sqlite:///${join(folder, 'store.sqlite')}`])
    .concat(['--artifacts-destination', join(folder, 'artifacts')]),
  { stdio: 'ignore', detached: true },
);
let code = 1;
try {
  await answers(`${address}/health`);
  const test = ['run', '--project', 'unit', 'test/unit/pipelines/mlflow-server.test.ts'];
  const tests = spawn(process.execPath, [join(root, 'node_modules', 'vitest', 'vitest.mjs'), ...test], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, MLOPS_FLOW_MLFLOW_SERVER: address, MLOPS_FLOW_MLFLOW_PYTHON: python },
  });
  code = await new Promise((resolve) => tests.on('exit', (ended) => resolve(ended ?? 1)));
} finally {
  // Its workers are in its process group.
  if (server.pid !== undefined && server.exitCode === null) process.kill(-server.pid);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
process.exit(code);

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address();
      probe.close(() => resolve(free));
    });
  });
}

/** Waits until the server answers: it makes its database first. */
async function answers(url) {
  for (;;) {
    if (server.exitCode !== null) throw new Error(`The server ended with ${server.exitCode}.`);
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
