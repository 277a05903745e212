import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { printed } from '../local/build-bed';
import { buildServer, eventually, makeTemp, root } from '../local/support';

let folder: string;
beforeAll(async () => {
  folder = makeTemp();
  await buildServer(join(folder, 'dist'));
  cpSync(join(root, 'media', 'python'), join(folder, 'media', 'python'), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;

/** Makes a project with this buildspec. @returns its folder */
function project(buildspec: string): string {
  const place = join(folder, `project-${++count}`);
  mkdirSync(place);
  writeFileSync(join(place, 'buildspec.yml'), buildspec);
  return place;
}

interface Building {
  child: ChildProcess;
  ended: Promise<{ code: number | null; lines: string[]; err: string }>;
}

function build(place: string, ...args: string[]): Building {
  const main = `require('./build.js').run(process.argv.slice(1)).then((code) => process.exit(code), (error) => { console.error(error.message); process.exit(2); })`;
  const words = ['-e', main, '--', '--data', join(folder, 'data'), '--source', place, ...args];
  const child = spawn(process.execPath, words, { cwd: join(folder, 'dist') });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<Awaited<Building['ended']>>((resolve) =>
    child.once('close', (code) => resolve({ code, lines: out.trimEnd().split('\n'), err })),
  );
  return { child, ended };
}

test('a build that succeeds leaves the folder as it is and gives its artifacts', async () => {
  const place = project(`version: 0.2
env: {variables: {A: spec, B: spec}}
phases: {build: {commands: ['echo "$A $B" > made', cat made, 'echo "$AWS_ENDPOINT_URL"']}}
artifacts: {files: [made], secondary-artifacts: {more: {files: [buildspec.yml]}}}
`);
  const artifacts = join(folder, 'artifacts');
  const { code, lines } = await build(place, '--env', 'B=start', '--artifacts', artifacts).ended;
  expect(printed(lines).slice(0, 2)).toEqual(['spec start', expect.stringMatching(/^http:\/\/127\.0\.0\.1:/)]);
  expect(lines.at(-1)).toBe('SUCCEEDED');
  expect(code).toBe(0);
  expect(existsSync(join(place, 'made'))).toBe(false);
  expect(readFileSync(join(artifacts, 'made'), 'utf8')).toBe('spec start\n');
  expect(existsSync(join(artifacts, 'more', 'buildspec.yml'))).toBe(true);
});

test('in place it runs in the folder itself', async () => {
  const place = project('version: 0.2\nphases: {build: {commands: [touch made]}}\n');
  expect((await build(place, '--in-place').ended).code).toBe(0);
  expect(existsSync(join(place, 'made'))).toBe(true);
});

test('a failed command is exit code 1, wrong usage 2', async () => {
  const failing = await build(project("version: 0.2\nphases: {build: {commands: ['false']}}\n")).ended;
  expect(failing.code).toBe(1);
  expect(failing.lines.join('\n')).toContain('Command did not exit successfully false exit status 1');
  const missing = await build(join(folder, 'dist')).ended;
  expect(missing).toMatchObject({ code: 2, err: expect.stringContaining('There is no buildspec') });
});

test('Ctrl-C stops the build, and that is exit code 3', async () => {
  const mark = join(folder, 'mark');
  const { child, ended } = build(project(`version: 0.2\nphases: {build: {commands: ['touch ${mark}; sleep 600']}}\n`));
  await eventually(async () => existsSync(mark));
  child.kill('SIGINT');
  const { code, lines } = await ended;
  expect(lines.at(-1)).toBe('STOPPED');
  expect(code).toBe(3);
});

test('27: a build that takes too long is exit code 4', async () => {
  const { code, lines } = await build(
    project('version: 0.2\nphases: {build: {commands: [sleep 600]}}\n'),
    '--timeout',
    '0.02',
  ).ended;
  expect(lines.at(-1)).toBe('TIMED_OUT');
  expect(code).toBe(4);
});
