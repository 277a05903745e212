import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findNode } from '../../../src/cli/serve-node';
import { buildServer, clientsOf, makeTemp } from './support';

let folder: string;
beforeAll(async () => {
  folder = makeTemp();
  await buildServer(join(folder, 'dist'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Serving {
  child: ChildProcess;
  /** Resolves with the first output. */
  output: Promise<string>;
  ended: Promise<{ code: number | null; complaint: string }>;
}

function serve(...args: string[]): Serving {
  const main = `require('./serve.js').run(process.argv.slice(1)).then((code) => process.exit(code), (error) => { console.error(error.message); process.exit(2); })`;
  const child = spawn(process.execPath, ['-e', main, '--', '--data', join(folder, 'data'), ...args], {
    cwd: join(folder, 'dist'),
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  return {
    child,
    output: new Promise((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()))),
    ended: new Promise((resolve) => child.once('close', (code) => resolve({ code, complaint }))),
  };
}

test('serve --env prints what AWS clients need, and Ctrl-C ends it well', async () => {
  const { child, output, ended } = serve('--env');
  const lines = (await output).trim().split('\n');
  const variables = Object.fromEntries(lines.map((line) => /^export (\w+)=(.*)$/.exec(line)?.slice(1) ?? []));
  expect(Object.keys(variables)).toEqual([
    'AWS_ENDPOINT_URL',
    'AWS_REGION',
    'AWS_DEFAULT_REGION',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_EC2_METADATA_DISABLED',
    'AWS_CONFIG_FILE',
    'AWS_SHARED_CREDENTIALS_FILE',
    'PYTHONPATH',
    'SAGEMAKER_ADMIN_CONFIG_OVERRIDE',
    'SAGEMAKER_USER_CONFIG_OVERRIDE',
  ]);
  const { sts } = clientsOf({
    endpoint: variables.AWS_ENDPOINT_URL ?? '',
    region: variables.AWS_REGION ?? '',
    accessKeyId: variables.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: variables.AWS_SECRET_ACCESS_KEY ?? '',
    pid: 0,
  });
  expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe('000000000000');
  child.kill('SIGINT');
  expect(await ended).toEqual({ code: 0, complaint: '' });
});

test('serve prints endpoint, region and keys for people', async () => {
  const { child, output, ended } = serve();
  expect(await output).toMatch(
    /^endpoint +http:\/\/127\.0\.0\.1:\d+\nregion +us-east-1\naccessKeyId +\S+\nsecretAccessKey +\S+\n$/,
  );
  child.kill('SIGTERM');
  expect((await ended).code).toBe(0);
});

test('wrong use is told in a sentence', async () => {
  expect(await serve('--port', 'x').ended).toEqual({
    code: 2,
    complaint: "'x' is not a port: give a number from 0 to 65535.\n",
  });
});

test('an old Node is replaced by the one that npm has installed', () => {
  expect(findNode('24.1.0', '/node', folder)).toBe('/node');
  expect(findNode('22.13.0', '/node', folder)).toBe('/node');
  const nested = join(folder, 'a', 'b');
  mkdirSync(nested, { recursive: true });
  expect(() => findNode('20.19.0', '/node', nested)).toThrow(/needs Node 22.13 or newer, and this is 20.19.0/);
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const bin = join(folder, 'a', 'node_modules', `node-${platform}-${process.arch}`, 'bin');
  mkdirSync(bin, { recursive: true });
  const program = join(bin, process.platform === 'win32' ? 'node.exe' : 'node');
  writeFileSync(program, '');
  expect(findNode('22.12.0', '/node', nested)).toBe(program);
});
