/** Running one process: what it answers, and that nothing which it leaves behind holds us up. */
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import type { GitProcess } from '../../../../src/gitflow/git/process';
import { lateOutput, runHere } from '../../../../src/gitflow/git/process';

const shell: GitProcess = { binary: 'sh', directory: tmpdir(), env: process.env };

function run(script: string, more: Partial<GitProcess> = {}): ReturnType<typeof runHere> {
  return runHere(['-c', script], { ...shell, ...more });
}

describe.runIf(process.platform !== 'win32')('a process', () => {
  test('answers its exit code and both outputs', async () => {
    expect(await run('echo out; echo err >&2; exit 3')).toEqual({ code: 3, stdout: 'out\n', stderr: 'err\n' });
  });

  test('that a signal ended has the code that shells give it', async () => {
    expect((await run('kill -9 $$')).code).toBe(137);
  });

  test('is given its input, and may leave it unread', async () => {
    const input = 'ä\n'.repeat(200_000);
    expect((await run('cat', { input })).stdout).toBe(input);
    expect((await run('exit 0', { input })).code).toBe(0);
    expect((await run('cat')).stdout).toBe('');
  });

  test('is followed as it goes, characters whole', async () => {
    const pieces: string[] = [];
    await run("printf 'a\\303'; sleep 0.1; printf '\\244'; echo b >&2", { onOutput: (text) => pieces.push(text) });
    expect(pieces.join('').replace('b\n', '')).toBe('aä');
    expect(pieces).toContain('b\n');
  });

  test('that left a daemon holding its output is waited for no longer than late output takes', async () => {
    const from = performance.now();
    const { code, stdout } = await run('sleep 30 & echo $!');
    expect(code).toBe(0);
    process.kill(Number(stdout));
    const took = performance.now() - from;
    expect(took).toBeGreaterThan(lateOutput - 100);
    expect(took).toBeLessThan(lateOutput + 8000);
  });

  test('that cannot be started is an error', async () => {
    await expect(run('', { binary: 'no-such-git' })).rejects.toThrow('ENOENT');
  });
});
