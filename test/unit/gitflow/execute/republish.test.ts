/** A published branch that was rebased or amended: it replaces the remote's, and nothing that was never here. */
import { afterAll, describe, expect, test } from 'vitest';
import { openRepository, type Outcome, type Repository, type Request } from '../../../../src/gitflow/index';
import { fixedEnvironment, Sandbox, type Work } from '../sandbox';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

const publish: Request = { action: 'publish', kind: 'feature', name: 'x' };
const replace: Request = { ...publish, force: true };

async function rebased(): Promise<{ work: Work; remote: Work; repository: Repository; before: string }> {
  const work = sandbox.repository();
  const remote = sandbox.remote(work);
  work.start('feature/x');
  work.commit('f', '1', 'first');
  work.git('push', '-q', '-u', 'origin', 'feature/x');
  const before = work.git('rev-parse', 'HEAD');
  work.git('checkout', '-q', 'develop');
  work.commit('d', '2');
  work.git('checkout', '-q', 'feature/x');
  work.git('rebase', '-q', 'develop');
  const repository = await openRepository(work.folder, { trusted: true, env: fixedEnvironment });
  return { work, remote, repository, before };
}

async function act(repository: Repository, request: Request): Promise<Outcome> {
  const planned = await repository.plan(request);
  return planned.ok ? repository.execute(planned.plan) : { status: 'refused', refusals: planned.refusals };
}

describe('a published branch that was rebased', () => {
  test('is refused by the remote, which says what to do', async () => {
    const { remote, repository, before } = await rebased();
    const outcome = await act(repository, publish);
    expect(outcome.status === 'failed' && outcome.message).toContain('--force-with-lease');
    await repository.undo();
    expect(remote.git('rev-parse', 'feature/x')).toBe(before);
  });

  test('replaces what it was, which is shown, leased and kept', async () => {
    const { work, remote, repository, before } = await rebased();
    const planned = await repository.plan(replace);
    if (!planned.ok) throw new Error('There is no plan.');
    expect(planned.plan.warnings).toEqual([`These commits are replaced on origin: ${before.slice(0, 7)} first.`]);
    expect(planned.plan.steps[0]?.commands[0]).toContain(`--force-with-lease=refs/heads/feature/x:${before}`);
    const outcome = await repository.execute(planned.plan);
    expect(outcome.status).toBe('done');
    expect(remote.git('rev-parse', 'feature/x')).toBe(work.git('rev-parse', 'feature/x'));
    const [kept] = await repository.kept();
    expect(kept).toMatchObject({ kind: 'branch', of: 'feature/x', id: before });
    expect(outcome.status === 'done' && outcome.warnings.join()).toContain(kept?.restore);
  });

  test('never replaces what was never here, pushed before or just now', async () => {
    const { work, remote, repository } = await rebased();
    const planned = await repository.plan(replace);
    if (!planned.ok) throw new Error('There is no plan.');
    const other = sandbox.empty();
    other.git('clone', '-q', '-b', 'feature/x', remote.folder, '.');
    other.commit('g', '1', 'of a colleague');
    other.git('push', '-q', 'origin', 'feature/x');
    const theirs = remote.git('rev-parse', 'feature/x');
    const late = await repository.execute(planned.plan);
    expect(late.status === 'refused' && late.refusals[0]?.message).toMatch(
      /^origin has commits of 'feature\/x' that were never here: \w+ of a colleague\. Pull them first\.$/,
    );
    // Fetched is not yet taken up.
    work.git('fetch', '-q', 'origin');
    expect((await act(repository, replace)).status).toBe('refused');
    expect(remote.git('rev-parse', 'feature/x')).toBe(theirs);
  });

  test('is pushed like any other where nothing has to be replaced', async () => {
    const { work, repository } = await rebased();
    work.start('feature/y');
    work.commit('y', '1');
    const planned = await repository.plan({ action: 'publish', kind: 'feature', name: 'y', force: true });
    expect(planned.ok && planned.plan.steps[0]?.commands[0]).toEqual([
      'git',
      'push',
      '-u',
      '--',
      'origin',
      'refs/heads/feature/y:refs/heads/feature/y',
    ]);
  });
});
