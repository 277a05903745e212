/** The command line itself: exit codes, plans as JSON, status, resume, undo. */
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Plan } from '../../../src/gitflow';
import { buildProgram } from './program';
import type { Work } from './sandbox';
import { Sandbox, fixedEnvironment } from './sandbox';

const sandbox = new Sandbox();
const program = sandbox.path('flow.cjs');

beforeAll(() => buildProgram('test/fixtures/gitflow/flow.ts', program));
afterAll(() => sandbox.remove());

interface Answer {
  code: number;
  stdout: string;
  stderr: string;
}

function flow(work: Work, ...args: string[]): Promise<Answer> {
  return new Promise((done) => {
    const env = { ...process.env, ...fixedEnvironment };
    const child = execFile(process.execPath, [program, ...args], { cwd: work.folder, env }, (error, stdout, stderr) => {
      done({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
    child.stdin?.end();
  });
}

describe("exit codes are git-flow's", () => {
  const cases: [args: string[], code: number][] = [
    [[], 1],
    [['nonsense'], 1],
    [['feature'], 0],
    [['feature', 'start'], 129],
    [['feature', 'start', '-h'], 129],
    [['feature', 'help'], 129],
    [['feature', 'nonsense'], 129],
    [['feature', 'start', '--nonsense', 'x'], 2],
    [['feature', 'start', 'y', 'nowhere'], 1],
    [['release', 'start'], 129],
    [['support', 'start', '1'], 129],
    [['feature', 'finish', 'nope'], 1],
    [['feature', 'finish'], 1],
    [['feature', 'checkout', 'zzz'], 0],
    [['feature', 'rename'], 1],
    [['feature', 'delete'], 129],
    [['hotfix', 'delete'], 129],
    [['config'], 0],
    [['config', 'set'], 129],
    [['config', 'set', 'nothing', 'x'], 129],
    [['config', 'base', 'develop'], 0],
    [['finish'], 1],
    [['init', '-h'], 129],
    [['init', '-d'], 0],
    [['version'], 0],
    [['resume'], 1],
    [['undo'], 1],
    [['status'], 0],
  ];
  test.concurrent.each(cases)('flow %j', async (args, code) => {
    expect((await flow(sandbox.repository(), ...args)).code).toBe(code);
  });
});

test('a branch is renamed in the order of the words that the model comes from; its base goes along', async () => {
  const avh = sandbox.repository();
  avh.start('feature/old');
  expect((await flow(avh, 'feature', 'rename', 'new', 'old')).code).toBe(0);
  // git-flow has no such command.
  expect((await flow(avh, 'rename', 'newer')).code).toBe(1);
  const work = sandbox.repository();
  work.shell(
    'git config --remove-section gitflow.branch 2>/dev/null; git config --remove-section gitflow.prefix 2>/dev/null; true',
  );
  expect((await flow(work, 'init', '--preset', 'github', '--force')).code).toBe(0);
  expect((await flow(work, 'feature', 'start', 'old')).code).toBe(0);
  expect((await flow(work, 'feature', 'rename', 'old', 'new')).code).toBe(0);
  expect((await flow(work, 'rename', 'newest')).code).toBe(0);
  expect(work.git('symbolic-ref', '--short', 'HEAD')).toBe('feature/newest');
  expect(work.git('config', 'gitflow.branch.feature/newest.base')).toBe('main');
});

describe('plans and journals', () => {
  test('--plan prints the plan as JSON and changes nothing', async () => {
    const work = sandbox.repository();
    work.start('hotfix/1.0.1', 'main');
    work.commit('h', '1');
    const before = work.state();
    const { code, stdout } = await flow(work, 'hotfix', 'finish', '--plan', '-m', 'text');
    const plan = JSON.parse(stdout) as Plan;
    expect(code).toBe(0);
    expect(plan.tag).toBe('v1.0.1');
    expect(plan.steps.flatMap(({ commands }) => commands).map((command) => command.slice(0, 3).join(' '))).toEqual([
      'git checkout -q',
      'git merge -q',
      'git tag -a',
      'git checkout -q',
      'git merge -q',
      'git branch -d',
      'git config --local',
    ]);
    expect(work.state()).toBe(before);
  });

  test('--plan of what is refused tells why', async () => {
    const work = sandbox.repository();
    const { code, stdout } = await flow(work, 'feature', 'start', 'a b', '--plan');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ refusals: [{ code: 'bad-name' }] });
  });

  test('a conflict is shown by status, and undone', async () => {
    const work = sandbox.repository();
    work.start('release/1.0');
    work.commit('a', 'release');
    work.git('checkout', '-q', 'main');
    work.commit('a', 'main');
    const before = work.state();
    const finish = await flow(work, 'release', 'finish', '-m', 'm', '1.0');
    expect([finish.code, finish.stderr]).toEqual([1, expect.stringContaining('merge conflicts')]);
    expect((await flow(work, 'status')).stdout).toMatch(/conflict\s+Merge release\/1.0 into main/);
    expect((await flow(work, 'undo')).code).toBe(0);
    expect(work.state()).toBe(before);
  });

  test('a conflict is resolved and resumed', async () => {
    const work = sandbox.repository();
    work.start('release/1.0');
    work.commit('a', 'release');
    work.git('checkout', '-q', 'develop');
    work.commit('a', 'develop');
    expect((await flow(work, 'release', 'finish', '-m', 'm', '1.0')).code).toBe(1);
    work.write('a', 'both\n');
    work.git('add', 'a');
    expect((await flow(work, 'resume')).code).toBe(0);
    expect(work.git('branch', '--format=%(refname:short)')).toBe('develop\nmain');
    expect(work.git('log', '-1', '--format=%s')).toBe("Merge tag 'v1.0' into develop");
  });

  test('init makes a repository where there is none', async () => {
    const work = sandbox.repository();
    rmSync(`${work.folder}/.git`, { recursive: true });
    expect((await flow(work, 'init', '-d', '--tag', 'v')).code).toBe(0);
    expect(work.git('branch', '--format=%(refname:short)')).toBe('develop\nmaster');
    expect(work.git('config', 'gitflow.prefix.versiontag')).toBe('v');
  });

  test('commands are shown when asked', async () => {
    const { stderr } = await flow(sandbox.repository(), 'feature', 'start', '--showcommands', 'x');
    expect(stderr).toContain('git checkout -q -b feature/x refs/heads/develop --');
  });
});
