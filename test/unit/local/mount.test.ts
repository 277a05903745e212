import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Mounts } from '../../../src/local/jobs/run/mount';

// A data folder may be called anything; a table of mounts has signs of its own for these.
const parent = mkdtempSync(join(tmpdir(), "it's #1 of\tthe user\\"));
afterAll(() => rmSync(parent, { recursive: true, force: true }));
const mounts = new Mounts();
const isPossible = await mounts.isPossible(parent);

/** Runs a shell's command with a folder of its own as `/opt/ml`. */
async function inside(job: string, place: string, command: string): Promise<{ root: string; lines: string[] }> {
  const root = join(parent, job, 'opt', 'ml');
  mkdirSync(root, { recursive: true });
  const [program = '', ...words] = await mounts.wrap(join(parent, job), root, place, ['/bin/sh', '-c', command]);
  return { root, lines: execFileSync(program, words, { encoding: 'utf8' }).split('\n').slice(0, -1) };
}

test.skipIf(!isPossible)('a job finds its folder at /opt/ml, and beside it what lies in /opt', async () => {
  const before = readdirSync('/opt').toSorted();
  const { root, lines } = await inside('job', '/opt/ml', 'pwd; echo "$0" > told; cp told again; ls -A /opt');
  expect(lines[0]).toBe('/opt/ml');
  expect(lines.slice(1).toSorted()).toEqual([...new Set([...before, 'ml'])].toSorted());
  expect(readFileSync(join(root, 'again'), 'utf8')).toBe('/bin/sh\n');
  expect(readdirSync(root).toSorted()).toEqual(['again', 'told']);
  expect(readdirSync('/opt').toSorted()).toEqual(before);
});

test.skipIf(!isPossible)('what lies in folders of /opt is seen through, at any depth', async () => {
  const list = 'cd /opt && find . -path ./ml -prune -o -print | sort';
  const there = execFileSync('/bin/sh', ['-c', list], { encoding: 'utf8' }).split('\n').slice(0, -1);
  expect((await inside('deep', '/opt/ml', list)).lines).toEqual(there);
});

test.skipIf(!isPossible)('jobs at the same time have each their own', async () => {
  const jobs = await Promise.all(['a', 'b', 'c'].map((job) => inside(job, '/opt/ml', `echo ${job} > own; cat own`)));
  expect(jobs.map(({ lines }) => lines)).toEqual([['a'], ['b'], ['c']]);
  expect(jobs.map(({ root }) => readFileSync(join(root, 'own'), 'utf8'))).toEqual(['a\n', 'b\n', 'c\n']);
});

test.skipIf(!isPossible)('a job that works in / may write there, and sees its folder', async () => {
  const { root, lines } = await inside('top', '/', 'pwd; echo x > mine; echo y > /opt/ml/file; ls mine');
  expect(lines).toEqual(['/', 'mine']);
  expect(existsSync('/mine')).toBe(false);
  expect(readFileSync(join(root, 'file'), 'utf8')).toBe('y\n');
});
