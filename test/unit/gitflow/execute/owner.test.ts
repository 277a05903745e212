/** Is the process that worked on an action gone? Also after a restart, and from another container. */
import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { isGone, thisProcess } from '../../../../src/gitflow/execute/owner';

const here = thisProcess();
const linux = process.platform === 'linux';

test('this process is not', () => {
  expect(isGone(here, Date.now())).toBe(false);
});

test('one that has ended is', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise((done) => child.once('exit', done));
  expect(isGone({ ...here, pid: child.pid ?? 0 }, Date.now())).toBe(true);
});

test.runIf(linux)('another process of the same number is not it', () => {
  expect(isGone({ ...here, began: '1' }, Date.now())).toBe(true);
});

test.runIf(linux)('after a restart of the machine it is, whatever has its number', () => {
  expect(isGone({ ...here, boot: 'before' }, Date.now())).toBe(true);
});

test('where the system tells no more, a restart is told by the time', () => {
  const plain = { ...here, boot: '', began: '', space: '' };
  expect(isGone(plain, 1, plain)).toBe(true);
  expect(isGone(plain, Date.now(), plain)).toBe(false);
});

test('of another container or machine nothing is known', () => {
  expect(isGone({ ...here, space: 'pid:[1]' }, Date.now(), { ...here, space: 'pid:[2]' })).toBeUndefined();
  expect(isGone({ ...here, boot: 'theirs', host: 'theirs' }, Date.now(), { ...here, boot: 'ours' })).toBeUndefined();
  expect(isGone({ ...here, boot: '', host: 'theirs' }, Date.now(), { ...here, boot: '' })).toBeUndefined();
});
