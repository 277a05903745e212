/**
 * As git-flow-next, on the operations that both have: the same steps on twin repositories give the same state after
 * every step. Where `git-flow-next` is not on the path (or in MLOPS_FLOW_NEXT), its recorded states stand for it;
 * MLOPS_FLOW_RECORD=1 records them.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildProgram } from '../program';
import { Sandbox, type Work, fixedEnvironment } from '../sandbox';
import { scenarios, type Scenario } from './scenarios';

const dumps = fileURLToPath(new URL('../../../fixtures/gitflow/next', import.meta.url));
const next = process.env['MLOPS_FLOW_NEXT'] ?? 'git-flow-next';
const hasNext = spawnSync(next, ['version']).status === 0;
if (!hasNext) console.warn('git-flow-next is not installed: its recorded states stand for it.');

const sandbox = new Sandbox();
const program = sandbox.path('flow.cjs');

type Run = (work: Work, args: string[]) => boolean;

const ours: Run = (work, args) => run(work, process.execPath, [program, ...args]);
const theirs: Run = (work, args) => run(work, next, args);

function run(work: Work, command: string, args: string[]): boolean {
  const env = { ...process.env, ...fixedEnvironment, GIT_EDITOR: 'true', GIT_MERGE_AUTOEDIT: 'no' };
  return spawnSync(command, args, { cwd: work.folder, env, input: '' }).status === 0;
}

function build({ keys, branches = [], remote }: Scenario): Work {
  const work = sandbox.empty();
  work.git('init', '-q', '-b', 'main');
  work.commit('a', 'base');
  for (const branch of branches) work.git('branch', branch);
  for (const [key, value] of Object.entries(keys)) work.git('config', `gitflow.${key}`, value);
  if (remote) sandbox.remote(work);
  return work;
}

/** The states after each step. */
function play(scenario: Scenario, flow: Run): string {
  const work = build(scenario);
  const states = scenario.steps.map((step) => {
    const [first = '', second = '', ...rest] = step.split(' ');
    const ok = first === 'git' ? plain(work, second, rest) : flow(work, step.split(' '));
    return `$ ${step}\n${ok ? 'ok' : 'FAIL'}\n${stateOf(work)}`;
  });
  sandbox.drop(work);
  return states.join('\n\n');
}

/** A commit to a file of its own name, or one that conflicts, or any command. */
function plain(work: Work, command: string, rest: string[]): boolean {
  if (/^c\d$/.test(command)) work.commit(command, '1');
  else if (command === 'conflict') work.commit('a', rest[0] ?? '');
  else work.git(command, ...rest);
  return true;
}

/** Everything that counts, without ids: a commit is its tree and the shapes of its parents. */
function stateOf(work: Work): string {
  const shapes = new Map<string, string>();
  for (const line of work.git('log', '--all', '--topo-order', '--reverse', '--format=%H %T %P').split('\n')) {
    const [commit = '', tree = '', ...parents] = line.split(' ');
    const known = parents.filter(Boolean).map((parent) => shapes.get(parent) ?? '?');
    shapes.set(
      commit,
      createHash('sha1')
        .update([tree, ...known].join(' '))
        .digest('hex')
        .slice(0, 10),
    );
  }
  const refs = work.git('for-each-ref', '--format=%(refname) %(objecttype) %(objectname) %(*objectname)').split('\n');
  const config = work.git('config', '--local', '--list').split('\n');
  return [
    `HEAD ${work.git('rev-parse', '--symbolic-full-name', 'HEAD')}`,
    ...work.git('status', '--porcelain').split('\n').filter(Boolean),
    ...refs.map((line) => {
      const [ref = '', type = '', object = '', peeled = ''] = line.split(' ');
      return `${ref} ${type} ${shapes.get(peeled || object) ?? '?'}`;
    }),
    ...config.filter((line) => isOfBranch(line, refs)).sort(),
  ].join('\n');
}

/** Its first versions leave the base of a branch behind that is gone. */
function isOfBranch(line: string, refs: readonly string[]): boolean {
  const name = /^gitflow\.branch\.(.*)\.base=/.exec(line)?.[1];
  if (name === undefined) return line.startsWith('branch.');
  return refs.some((ref) => ref.startsWith(`refs/heads/${name} `));
}

function expected(id: string, scenario: Scenario): string {
  const file = join(dumps, `${id}.txt`);
  if (!hasNext) return readFileSync(file, 'utf8').trimEnd();
  const states = play(scenario, theirs);
  if (process.env['MLOPS_FLOW_RECORD']) {
    mkdirSync(dumps, { recursive: true });
    writeFileSync(file, `${states}\n`);
  }
  return states;
}

describe.runIf(process.platform !== 'win32')('as git-flow-next', () => {
  beforeAll(() => buildProgram('test/fixtures/gitflow/flow.ts', program));
  afterAll(() => sandbox.remove());

  test.each(Object.entries(scenarios))('%s', { timeout: 120_000 }, (id, scenario) => {
    expect(play(scenario, ours), scenario.about).toBe(expected(id, scenario));
  });
});

test('every recorded state is of a scenario that there is', () => {
  const recorded = existsSync(dumps) ? readdirSync(dumps).map((file) => file.replace(/\.txt$/, '')) : [];
  expect(recorded.sort()).toEqual(Object.keys(scenarios).sort());
});
