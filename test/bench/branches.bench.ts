import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRepository } from '../../src/gitflow';
import { branchRow, groupBranches } from '../../src/gitflow/vscode/rows';
import type { Bench } from './harness';

const branchCount = 10_000;
/** As many rows as the view makes of a group at once. */
const pageSize = 100;

/** What the Branches view does for its first rows, and for the first page of a group that is unfolded. */
export default async function branches(bench: Bench): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mlops-flow-branches-'));
  try {
    makeRepository(folder);
    const git = await bench.time(() => {
      const format = '--format=%(refname)%00%(objectname)%00%(upstream)%00%(HEAD)';
      execFileSync('git', ['for-each-ref', format, 'refs/heads'], { cwd: folder, maxBuffer: 1e9 });
    });
    bench.add({ name: `git for-each-ref, ${branchCount} branches`, value: git, unit: 'ms' });

    const against = 'git for-each-ref';
    const first = await bench.time(() => firstRows(folder));
    bench.add({
      name: `first rows of ${branchCount} branches`,
      value: first,
      unit: 'ms',
      ratio: first / git,
      against,
      target: '< 300 ms',
    });

    const repository = await openRepository(folder, { trusted: true });
    const { branches } = groupBranches(await repository.branches());
    const page = (branches.get('feature')?.sorted ?? []).slice(0, pageSize).map(({ ref }) => ref);
    const details = await bench.time(() => repository.details(page));
    bench.add({
      name: `${pageSize} rows with author, age and upstream`,
      value: details,
      unit: 'ms',
      ratio: details / git,
      against,
    });

    const listing = await repository.branches();
    const narrow = await bench.time(() => groupBranches(listing, 'f99').branches.get('feature')?.sorted);
    bench.add({ name: `filter ${branchCount} branches`, value: narrow, unit: 'ms', ratio: narrow / git, against });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Everything between a look at the folder and the rows at the top: state, listing, groups, the long-lived branches. */
async function firstRows(folder: string): Promise<number> {
  const repository = await openRepository(folder, { trusted: true });
  const [state, , listing] = await Promise.all([repository.state(), repository.configuration(), repository.branches()]);
  const { trunk } = groupBranches(listing);
  const details = await repository.details(trunk.map(({ ref }) => ref));
  const rows = trunk.map((branch) => {
    const detail = details.get(branch.ref);
    const facts = {
      root: folder,
      hasRemotes: false,
      ready: state.ready,
      busy: false,
      elsewhere: {},
      staleAfterDays: 30,
      now: Date.now(),
    };
    return branchRow(branch, { ...facts, ...(detail && { details: detail }) });
  });
  if (rows.length !== 2) throw new Error(`There are ${rows.length} rows in place of 2.`);
  return rows.length;
}

/** main, develop, and ten thousand features of one commit each, with packed refs. */
function makeRepository(folder: string): void {
  const git = (args: string[], input?: string): void => {
    execFileSync('git', args, {
      cwd: folder,
      stdio: ['pipe', 'ignore', 'inherit'],
      ...(input === undefined ? {} : { input }),
    });
  };
  git(['init', '-q', '-b', 'main']);
  const keys = {
    'branch.master': 'main',
    'branch.develop': 'develop',
    'prefix.feature': 'feature/',
    'prefix.versiontag': 'v',
  };
  for (const [key, value] of Object.entries(keys)) git(['config', `gitflow.${key}`, value]);
  const commit = (ref: string, mark: number, from?: number): string =>
    [
      `commit ${ref}`,
      `mark :${mark}`,
      `committer Ada <ada@example.com> ${1_700_000_000 + mark} +0000`,
      'data 1\nx',
      ...(from === undefined ? [] : [`from :${from}`]),
      '',
    ].join('\n');
  const stream = [commit('refs/heads/main', 1), 'reset refs/heads/develop\nfrom :1\n'];
  for (let n = 0; n < branchCount; n++) stream.push(commit(`refs/heads/feature/f${n}`, n + 2, 1));
  git(['fast-import', '--quiet'], stream.join('\n'));
  git(['pack-refs', '--all']);
  git(['checkout', '-q', 'develop']);
}
