/** Setting up: interrupted and undone, whichever file takes the keys; and with a develop branch made on the way. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import type { Repository, Request } from '../../../../src/gitflow/index';
import { openRepository } from '../../../../src/gitflow/index';
import type { Work } from '../sandbox';
import { Sandbox, fixedEnvironment } from '../sandbox';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

/** A repository with one commit on main, nothing of git-flow. */
function plain(): Work {
  const work = sandbox.repository();
  work.git('checkout', '-q', 'main');
  work.git('branch', '-q', '-D', 'develop');
  for (const section of ['gitflow.branch', 'gitflow.prefix']) work.git('config', '--remove-section', section);
  return work;
}

/** Does the first `steps` steps. */
async function begin(repository: Repository, request: Request, steps: number): Promise<void> {
  const planned = await repository.plan(request);
  if (!planned.ok) throw new Error(JSON.stringify(planned.refusals));
  const stop = new AbortController();
  const outcome = await repository.execute(planned.plan, {
    signal: stop.signal,
    onStep: ({ index, state }) => index === steps - 1 && state === 'done' && stop.abort(),
  });
  expect(outcome.status).toBe('cancelled');
}

describe('undone', () => {
  test.each(['global', 'file'] as const)('the %s file is as it was', async (which) => {
    const work = plain();
    const file = `${work.folder}.config`;
    const env = { ...fixedEnvironment, ...(which === 'global' ? { GIT_CONFIG_GLOBAL: file } : {}) };
    const scope = which === 'global' ? which : { file };
    const text = '# mine\n[user]\n\tname = T\n[gitflow "prefix"]\n\tfeature = mine/\n\tother = kept\n';
    writeFileSync(file, text);
    const before = work.state();
    const repository = await openRepository(work.folder, { trusted: true, env });
    await begin(repository, { action: 'init', force: true, prefixes: { feature: 'f/' }, scope }, 7);
    expect(readFileSync(file, 'utf8')).toContain('feature = f/');
    expect(work.state()).not.toBe(before);
    expect((await repository.undo()).status).toBe('undone');
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(work.state()).toBe(before);
  });

  test.each(['global', 'file'] as const)('a %s file that there was not is gone', async (which) => {
    const work = plain();
    const file = `${work.folder}.config`;
    const env = { ...fixedEnvironment, ...(which === 'global' ? { GIT_CONFIG_GLOBAL: file } : {}) };
    const repository = await openRepository(work.folder, { trusted: true, env });
    await begin(repository, { action: 'init', scope: which === 'global' ? which : { file } }, 5);
    expect(existsSync(file)).toBe(true);
    expect((await repository.undo()).status).toBe('undone');
    expect(existsSync(file)).toBe(false);
  });
});

describe('develop beside other branches', () => {
  const request = { action: 'init', createDevelop: true } as const;

  test('is made of production where that is asked, within the plan', async () => {
    const work = plain();
    work.git('branch', 'other');
    const before = work.state();
    const repository = await openRepository(work.folder, { trusted: true, env: fixedEnvironment });
    expect((await repository.plan({ action: 'init' })).ok).toBe(false);
    await begin(repository, request, 3);
    expect(work.git('rev-parse', 'develop')).toBe(work.git('rev-parse', 'main'));
    expect((await repository.undo()).status).toBe('undone');
    expect(work.state()).toBe(before);
    const planned = await repository.plan(request);
    expect(planned.ok && (await repository.execute(planned.plan)).status).toBe('done');
    expect((await repository.state()).initialised).toBe(true);
    expect(work.git('symbolic-ref', '--short', 'HEAD')).toBe('main');
  });

  test('or of the branch that the remote has', async () => {
    const work = plain();
    work.git('branch', 'develop');
    const remote = sandbox.remote(work, 'company');
    remote.git('update-ref', 'refs/heads/develop', 'refs/heads/main');
    work.git('branch', '-q', '-D', 'develop');
    work.git('branch', 'other');
    work.git('config', 'gitflow.origin', 'company');
    const repository = await openRepository(work.folder, { trusted: true, env: fixedEnvironment });
    const planned = await repository.plan(request);
    expect(planned.ok && (await repository.execute(planned.plan)).status).toBe('done');
    expect(work.git('rev-parse', '--abbrev-ref', 'develop@{upstream}')).toBe('company/develop');
  });
});
