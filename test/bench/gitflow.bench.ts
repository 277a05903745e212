/**
 * The branching model: a release finish beside git-flow and beside the bare git commands of its plan; listing ten
 * thousand branches beside `git for-each-ref`; ahead and behind of all of them.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plan } from '../../src/gitflow';
import { openRepository } from '../../src/gitflow';
import type { Bench } from './harness';
import { collector, median, ratioOf } from './harness';

const folder = mkdtempSync(join(tmpdir(), 'mlops-flow-bench-'));
const env = {
  ...process.env,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'T',
  GIT_AUTHOR_EMAIL: 't@example.com',
  GIT_COMMITTER_NAME: 'T',
  GIT_COMMITTER_EMAIL: 't@example.com',
  GIT_EDITOR: ':',
};

function git(directory: string, args: string[], input?: string): string {
  return execFileSync('git', args, {
    cwd: directory,
    env,
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}

export default async function run(bench: Bench): Promise<void> {
  try {
    await finish(bench);
    await list(bench);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A repository with some files and an open release of two commits. */
function release(): string {
  const directory = join(folder, 'release');
  mkdirSync(join(directory, 'src'), { recursive: true });
  git(directory, ['init', '-q', '-b', 'main']);
  for (let i = 0; i < 300; i++) writeFileSync(join(directory, 'src', `file-${i}.py`), `value = ${i}\n`.repeat(40));
  git(directory, ['add', '.']);
  git(directory, ['commit', '-q', '-m', 'base']);
  git(directory, ['branch', 'develop']);
  const config = { 'branch.master': 'main', 'branch.develop': 'develop', 'prefix.versiontag': 'v' };
  for (const [key, value] of Object.entries(config)) git(directory, ['config', `gitflow.${key}`, value]);
  for (const kind of ['feature', 'bugfix', 'release', 'hotfix', 'support']) {
    git(directory, ['config', `gitflow.prefix.${kind}`, `${kind}/`]);
  }
  git(directory, ['checkout', '-q', '-b', 'release/1.0', 'develop']);
  git(directory, ['config', 'gitflow.branch.release/1.0.base', 'develop']);
  for (const version of ['1', '2']) {
    writeFileSync(join(directory, 'VERSION'), version);
    git(directory, ['add', '.']);
    git(directory, ['commit', '-q', '-m', `version ${version}`]);
  }
  return directory;
}

async function finish(bench: Bench): Promise<void> {
  const start = release();
  const request = { action: 'finish', kind: 'release', name: '1.0', message: 'm' } as const;
  let plan: Plan | undefined;
  const ours = async (directory: string): Promise<void> => {
    const repository = await openRepository(directory, { trusted: true, env });
    const planned = await repository.plan(request);
    if (!planned.ok) throw new Error(JSON.stringify(planned.refusals));
    plan = planned.plan;
    const outcome = await repository.execute(planned.plan);
    if (outcome.status !== 'done') throw new Error(JSON.stringify(outcome));
  };
  const undo = async (directory: string): Promise<void> => {
    const repository = await openRepository(directory, { trusted: true, env });
    const outcome = await repository.undo();
    if (outcome.status !== 'undone') throw new Error(JSON.stringify(outcome));
  };
  const bare = (directory: string): void => {
    for (const command of plan?.steps.flatMap(({ commands }) => commands) ?? []) {
      git(directory, command.slice(1), command.includes('-F') ? 'm\n' : undefined);
    }
  };
  const gitFlow = (directory: string): void => {
    const answer = spawnSync('git', ['flow', 'release', 'finish', '-m', 'm', '1.0'], { cwd: directory, env });
    if (answer.status !== 0) throw new Error(String(answer.stderr));
  };
  const hasGitFlow = spawnSync('git', ['flow', 'version'], { env }).status === 0;

  const samples: Record<'ours' | 'bare' | 'gitFlow' | 'undo', number[]> = { ours: [], bare: [], gitFlow: [], undo: [] };
  const rounds = 20;
  for (let round = 0; round < rounds; round++) {
    // Side by side, so that a busy machine is busy for all of them.
    for (const [name, work] of [
      ['ours', ours],
      ['bare', bare],
      ['gitFlow', gitFlow],
    ] as const) {
      if (name === 'gitFlow' && !hasGitFlow) continue;
      const directory = join(folder, `${name}-${round}`);
      cpSync(start, directory, { recursive: true });
      git(directory, ['status']);
      const from = performance.now();
      await work(directory);
      if (round > 0) samples[name].push(performance.now() - from);
      if (name === 'ours') {
        const finished = performance.now();
        await undo(directory);
        if (round > 0) samples.undo.push(performance.now() - finished);
      }
      rmSync(directory, { recursive: true, force: true });
    }
  }
  bench.add({ name: 'release finish: bare git commands', value: median(samples.bare), unit: 'ms' });
  bench.add({
    name: 'release finish: plan, journal, steps',
    value: median(samples.ours),
    unit: 'ms',
    ratio: ratioOf(samples.ours, samples.bare),
    against: 'bare git commands',
    target: 'ratio ≤ 1.3',
  });
  bench.add({
    name: 'undo of a release finish',
    value: median(samples.undo),
    unit: 'ms',
    ratio: ratioOf(samples.undo, samples.ours),
    against: 'the finish',
    target: 'ratio ≤ 1.5',
  });
  if (hasGitFlow) {
    bench.add({
      name: 'release finish: git-flow',
      value: median(samples.gitFlow),
      unit: 'ms',
      ratio: ratioOf(samples.gitFlow, samples.ours),
      against: 'ours',
      target: 'ratio ≥ 3',
    });
  } else {
    console.error('git-flow is not installed: the comparison with it is left out.');
  }
}

const branchCount = 10_000;

/** Ten thousand branches of one commit each on five thousand commits, half of them with an upstream. */
function manyBranches(): string {
  const directory = join(folder, 'many');
  mkdirSync(directory);
  git(directory, ['init', '-q', '-b', 'main']);
  const lines: string[] = [];
  const commit = (ref: string, mark: number, from: string): void => {
    lines.push(
      `commit ${ref}`,
      `mark :${mark}`,
      `committer T <t@example.com> ${1_600_000_000 + mark} +0000`,
      'data 1',
      'x',
      from,
      '',
    );
  };
  for (let i = 1; i <= 5000; i++) commit('refs/heads/main', i, i === 1 ? '' : `from :${i - 1}`);
  for (let i = 0; i < branchCount; i++) {
    const ref = `refs/heads/feature/branch-${i}`;
    lines.push(`reset ${ref}`, `from :${1 + ((i * 7919) % 5000)}`, '');
    commit(ref, 5001 + i, '');
  }
  git(directory, ['fast-import', '--quiet'], `${lines.filter((line) => line !== '').join('\n')}\n`);
  git(directory, ['config', 'gitflow.branch.master', 'main']);
  git(directory, ['config', 'gitflow.prefix.feature', 'feature/']);
  git(directory, ['config', 'gitflow.branch.develop', 'main']);
  git(directory, ['pack-refs', '--all']);
  git(directory, ['repack', '-adq']);
  return directory;
}

async function list(bench: Bench): Promise<void> {
  const directory = manyBranches();
  const repository = await openRepository(directory, { trusted: true, env });
  const format = '%(refname)%00%(objectname)%00%(upstream)%00%(HEAD)';
  const asked = ['for-each-ref', `--format=${format}`, 'refs/heads', 'refs/remotes', 'refs/tags'];
  const visible = Array.from({ length: 60 }, (_, i) => `refs/heads/feature/branch-${i * 10}`);
  const bareSamples: number[] = [];
  const ourSamples: number[] = [];
  for (let round = 0; round < 15; round++) {
    bareSamples.push(await bench.time(() => git(directory, asked), 1, 0));
    const listed = async (): Promise<void> => {
      const found = await repository.branches();
      if (found.local.length !== branchCount + 1) throw new Error(`listed ${found.local.length}`);
      await repository.details(visible);
    };
    ourSamples.push(await bench.time(listed, 1, 0));
  }
  bench.add({ name: '10,000 branches: git for-each-ref', value: median(bareSamples), unit: 'ms' });
  bench.add({
    name: '10,000 branches: listing, details of 60',
    value: median(ourSamples),
    unit: 'ms',
    ratio: ratioOf(ourSamples, bareSamples),
    against: 'git for-each-ref',
    target: 'ratio ≤ 1.5',
  });

  const collect = collector();
  collect();
  const before = process.memoryUsage().heapUsed;
  const listing = await repository.branches();
  collect();
  bench.add({
    name: '10,000 branches: memory of the listing',
    value: (process.memoryUsage().heapUsed - before) / 1e6,
    unit: 'MB',
  });

  const fresh = async (): Promise<void> => {
    const again = await openRepository(directory, { trusted: true, env });
    const relations = await again.relations('main');
    if (relations.size !== listing.local.length) throw new Error(`related ${relations.size}`);
  };
  bench.add({
    name: '10,000 branches: ahead and behind of all',
    value: await bench.time(fresh, 5, 1),
    unit: 'ms',
    target: '≤ 1000 ms',
  });
  await repository.relations('main');
  bench.add({
    name: '10,000 branches: ahead and behind again',
    value: await bench.time(() => repository.relations('main'), 5, 1),
    unit: 'ms',
  });
}
