/**
 * What is planned, word for word: the commands, what is told before, and what stands against it, for every action in
 * repositories that are as they should be and in those that are not. A change is seen in the recorded list:
 * `npx vitest run --project unit test/unit/gitflow/plans/told.test.ts -u`.
 */
import { afterAll, expect, test } from 'vitest';
import { openRepository, type Planned, type Request } from '../../../../src/gitflow/index';
import { fixedEnvironment, Sandbox, type Work } from '../sandbox';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

function base(): Work {
  const work = sandbox.repository();
  for (const [branch, from] of [
    ['feature/x', 'develop'],
    ['bugfix/b', 'develop'],
    ['release/1.0', 'develop'],
    ['hotfix/0.9.1', 'main'],
    ['support/old', 'main'],
  ] as const) {
    work.start(branch, from);
    work.commit(branch.replace('/', '-'), '1');
  }
  work.git('checkout', '-q', 'feature/x');
  work.commit('feature-x', '2');
  return work;
}

/** A remote has the branches; develop there is ahead of here, main is behind, bugfix/b has diverged, release/1.0 is new. */
function shared(): Work {
  const work = base();
  sandbox.remote(work);
  work.git('push', '-q', '-u', 'origin', 'feature/x', 'bugfix/b', 'support/old');
  work.git('checkout', '-q', 'develop');
  work.commit('theirs', '1');
  work.git('push', '-q', 'origin', 'develop', 'develop:refs/heads/feature/theirs');
  work.git('fetch', '-q', 'origin');
  work.git('reset', '-q', '--hard', 'HEAD~1');
  work.git('checkout', '-q', 'main');
  work.commit('ours', '1');
  work.git('checkout', '-q', 'bugfix/b');
  work.git('commit', '-q', '--amend', '-m', 'another');
  work.git('checkout', '-q', 'feature/x');
  return work;
}

const scenes: Record<string, () => Work> = {
  'as it should be': base,
  'with a remote that has moved': shared,
  'with uncommitted changes': () => {
    const work = base();
    work.write('a', 'changed\n');
    return work;
  },
  'before it is set up': () => {
    const work = sandbox.empty();
    work.git('init', '-q', '-b', 'main');
    work.commit('a', '1');
    return work;
  },
  'without a commit': () => {
    const work = sandbox.empty();
    work.git('init', '-q', '-b', 'main');
    return work;
  },
  'on a detached HEAD': () => {
    const work = base();
    work.git('checkout', '-q', '--detach');
    return work;
  },
};

const requests: Request[] = [
  { action: 'init' },
  ...['feature', 'bugfix', 'release', 'hotfix', 'support'].map((kind): Request => ({
    action: 'start',
    kind,
    name: kind === 'support' ? 'new' : '2.0',
    base: kind === 'support' ? 'main' : undefined,
  })),
  { action: 'start', kind: 'feature', name: 'x' },
  { action: 'start', kind: 'feature', name: 'bad..name' },
  { action: 'start', kind: 'feature', name: 'y', base: 'nowhere' },
  { action: 'start', kind: 'feature', name: 'y', fetch: true, stash: true },
  { action: 'start', kind: 'release', name: '1.1' },
  { action: 'finish', kind: 'feature', name: 'x' },
  { action: 'finish', kind: 'feature' },
  { action: 'finish', kind: 'feature', name: 'nobody' },
  { action: 'finish', kind: 'feature', name: 'x', rebase: true, keep: true },
  { action: 'finish', kind: 'feature', name: 'x', squash: true, push: true, fetch: true },
  { action: 'finish', kind: 'feature', name: 'x', noFastForward: true, stash: true, keepRemote: true },
  { action: 'finish', kind: 'bugfix', name: 'b', keepLocal: true, forceDelete: true },
  { action: 'finish', kind: 'release', name: '1.0', message: 'one' },
  { action: 'finish', kind: 'release', name: '1.0', noTag: true, noBackMerge: true },
  { action: 'finish', kind: 'release', name: '1.0', message: 'one', noDevelopMerge: true, sign: true },
  { action: 'finish', kind: 'release', name: '1.0', message: 'one', squash: true, push: true },
  { action: 'finish', kind: 'release', name: '1.0', message: 'one', pushTag: true, pushProduction: true, keep: true },
  { action: 'finish', kind: 'release', name: '1.0', message: 'one', fastForwardMain: true, pushDevelop: true },
  { action: 'finish', kind: 'release', name: '1.0', message: 'one', messageFile: 'a' },
  { action: 'finish', kind: 'release', name: '1.0', messageFromGit: true, tagName: 'other' },
  { action: 'finish', kind: 'hotfix', name: '0.9.1', message: 'one' },
  { action: 'finish', kind: 'hotfix', name: '0.9.1', message: 'one', intoRelease: 'release/1.0' },
  { action: 'finish', kind: 'hotfix', name: '0.9.1', message: 'one', intoRelease: 'release/nobody' },
  { action: 'finish', kind: 'hotfix', name: '0.9.1', message: 'one', squash: true, noBackMerge: true, push: true },
  { action: 'publish', kind: 'feature', name: 'x' },
  { action: 'publish', kind: 'release', name: '1.0' },
  { action: 'publish', kind: 'bugfix', name: 'b' },
  { action: 'track', kind: 'feature', name: 'theirs' },
  { action: 'track', kind: 'feature', name: 'x' },
  { action: 'pull', kind: 'feature', remote: 'origin', name: 'x' },
  { action: 'pull', kind: 'feature', remote: 'nobody', name: 'x', rebase: true },
  { action: 'update', kind: 'feature', name: 'x' },
  { action: 'update', kind: 'feature', name: 'x', how: 'merge', fetch: true },
  { action: 'update', kind: 'feature', name: 'x', how: 'rebase', rebaseMerges: true },
  { action: 'update', kind: 'bugfix', name: 'b', how: 'rebase' },
  { action: 'update', kind: 'hotfix', name: '0.9.1', stash: true },
  { action: 'rename', kind: 'feature', name: 'x', to: 'y' },
  { action: 'rename', kind: 'feature', name: 'x', to: 'x' },
  { action: 'rename', kind: 'release', name: '1.0', to: '1.1' },
  { action: 'delete', kind: 'feature', name: 'x' },
  { action: 'delete', kind: 'feature', name: 'x', force: true, remote: true },
  { action: 'delete', kind: 'support', name: 'old' },
  { action: 'delete', kind: 'feature', name: 'nobody' },
  { action: 'checkout', branch: 'develop' },
  { action: 'checkout', branch: 'feature/theirs' },
  { action: 'checkout', branch: 'nobody' },
  { action: 'cleanUp', kind: 'feature', name: 'x' },
  { action: 'cleanUp', kind: 'feature', name: 'x', force: true, keepRemote: true },
  { action: 'releaseBranch', version: '1.0', message: 'one' },
  { action: 'releaseBranch', version: '1.0', message: 'one', squash: true, push: true, noTag: true },
  { action: 'releaseBranch', version: '1.0', branch: 'main', fetch: true },
  { action: 'integrate', name: 'develop' },
  { action: 'tagRelease', version: '3.0' },
  { action: 'tagRelease', version: '3.0', branch: 'nobody', push: true, message: 'three' },
  { action: 'revert' },
];

function told(planned: Planned): string[] {
  if (!planned.ok) return planned.refusals.map(({ code, message }) => `  ! ${code}: ${message}`);
  const { plan } = planned;
  return [
    `  ${plan.title}${plan.tag === undefined ? '' : ` [${plan.tag}]`}${plan.endsOn === undefined ? '' : `, ends on ${plan.endsOn}`}`,
    ...plan.fetches.map(
      ({ remote, branches, optional }) => `    fetch ${remote} ${branches.join(' ')}${optional ? ' (optional)' : ''}`,
    ),
    ...plan.warnings.map((warning) => `    note: ${warning}`),
    ...plan.steps.flatMap(({ title, commands, undo, precondition }) => [
      `    ${title} [${precondition}] [${undo}]`,
      ...commands.map((argv) => `      ${argv.join(' ')}`),
    ]),
    ...plan.summary.map((line) => `    = ${line}`),
  ];
}

/** The first request of each action, and of each kind of branch. */
const few = requests.filter(
  (request, at) =>
    requests.findIndex(
      (other) =>
        other.action === request.action && ('kind' in other && other.kind) === ('kind' in request && request.kind),
    ) === at,
);

test.each(Object.keys(scenes))(
  'the plans of every action %s',
  async (name) => {
    const work = (scenes[name] ?? base)();
    const repository = await openRepository(work.folder, { trusted: true, env: fixedEnvironment });
    const before = work.git('for-each-ref');
    const lines: string[] = [];
    for (const request of name === 'as it should be' || name.startsWith('with a remote') ? requests : few) {
      lines.push(JSON.stringify(request), ...told(await repository.plan(request)));
    }
    expect(work.git('for-each-ref')).toBe(before);
    const text = lines
      .join('\n')
      .replaceAll(sandbox.folder, '<folder>')
      .replaceAll(/\b[0-9a-f]{40}\b/g, '<id>');
    const file = `../../../fixtures/gitflow/plans/${name.replaceAll(' ', '-')}.txt`;
    await expect(`${text}\n`).toMatchFileSnapshot(file);
  },
  // Several hundred plans, each of some git processes.
  600_000,
);
