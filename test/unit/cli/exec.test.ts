import { spawn } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildServer, makeTemp, root } from '../local/support';

let folder: string;
beforeAll(async () => {
  folder = makeTemp();
  await buildServer(join(folder, 'dist'));
  cpSync(join(root, 'media', 'python'), join(folder, 'media', 'python'), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function exec(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const main = `require('./exec.js').run(process.argv.slice(1)).then((code) => process.exit(code), (error) => { console.error(error.message); process.exit(2); })`;
  const child = spawn(process.execPath, ['-e', main, '--', ...args], { cwd: join(folder, 'dist') });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

const data = (): string => join(folder, 'data');

test('a program finds Local, and no account of the user', async () => {
  const script = join(folder, 'seen.py');
  writeFileSync(
    script,
    `import os, sys, urllib.request
answer = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"])
try:
    urllib.request.urlopen(answer)
except Exception as error:
    print(type(error).__name__, os.environ.get("AWS_PROFILE"), "sitecustomize" in sys.modules)
`,
  );
  const { code, out } = await exec('--data', data(), '--', 'env', 'AWS_REGION=eu-west-1', 'python3', script);
  expect(out.trim()).toBe('HTTPError None True');
  expect(code).toBe(0);
});

test('its exit code is the command’s', async () => {
  expect((await exec('--data', data(), '--', 'sh', '-c', 'exit 7')).code).toBe(7);
  expect(await exec('--data', data(), '--', 'no-such-program-here')).toMatchObject({
    code: 127,
    err: expect.stringContaining('no-such-program-here cannot be run'),
  });
});

test('without a command it says how to give one', async () => {
  expect(await exec('python')).toMatchObject({ code: 2, err: expect.stringContaining('after two hyphens') });
});
