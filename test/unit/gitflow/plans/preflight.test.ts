/** What would fail in the middle of a plan is refused before anything happens. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Request, StartRequest } from '../../../../src/gitflow/index';
import { openRepository } from '../../../../src/gitflow/index';
import type { Work } from '../sandbox';
import { Sandbox, fixedEnvironment } from '../sandbox';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

/** What stands against it: refused by the plan, or as it begins. Nothing is changed by then. */
async function refusals(work: Work, request: Request): Promise<string[]> {
  const before = work.state();
  const repository = await openRepository(work.folder, { trusted: true, env: fixedEnvironment });
  const planned = await repository.plan(request);
  const outcome = planned.ok ? await repository.execute(planned.plan) : { status: 'refused' as const, ...planned };
  if (outcome.status !== 'refused') return [];
  expect(work.state()).toBe(before);
  return outcome.refusals.map(({ code }) => code);
}

function withRelease(): Work {
  const work = sandbox.repository();
  work.start('release/1.0');
  work.commit('v', '1');
  return work;
}

const finish: Request = { action: 'finish', kind: 'release', name: '1.0', message: 'one' };

describe('a push', () => {
  test('needs a remote', async () => {
    expect(await refusals(withRelease(), { ...finish, push: true })).toEqual(['no-remote']);
    expect(await refusals(withRelease(), finish)).toEqual([]);
  });

  test('of a tag that the remote has already', async () => {
    const work = withRelease();
    sandbox.remote(work);
    work.git('tag', 'v1.0', 'main');
    work.git('push', '-q', 'origin', 'v1.0');
    work.git('tag', '-d', 'v1.0');
    expect(await refusals(work, { ...finish, push: true })).toEqual(['tag-exists']);
    expect(await refusals(work, finish)).toEqual([]);
  });
});

describe('a signature', () => {
  const signed: Request = { ...finish, sign: true };

  test('needs a key that is there', async () => {
    const work = withRelease();
    work.git('config', 'gpg.format', 'ssh');
    expect(await refusals(work, signed)).toEqual(['signing']);
    work.git('config', 'user.signingkey', join(work.folder, '../no-such-key'));
    expect(await refusals(work, signed)).toEqual(['signing']);
    expect(await refusals(work, { ...finish, signingKey: join(work.folder, '../no-such-key') })).toEqual(['signing']);
    work.git('config', 'commit.gpgsign', 'true');
    expect(await refusals(work, finish)).toEqual(['signing']);
  });

  test('and a program that makes it', async () => {
    const work = withRelease();
    work.git('config', 'gpg.program', join(sandbox.folder, 'no-such-program'));
    expect(await refusals(work, signed)).toEqual(['signing']);
    const program = join(sandbox.folder, 'gpg');
    writeFileSync(program, '#!/bin/sh\n[ "$3" = known ]\n', { mode: 0o755 });
    work.git('config', 'gpg.program', program);
    work.git('config', 'user.signingkey', 'unknown');
    expect(await refusals(work, signed)).toEqual(['signing']);
  });

  test('is not asked for where nothing signs', async () => {
    const work = withRelease();
    work.git('config', 'user.signingkey', 'unknown');
    expect(await refusals(work, finish)).toEqual([]);
  });
});

test('a name that differs in case alone, where the file system does not tell', async () => {
  const work = sandbox.repository();
  work.start('feature/Case');
  const start = (name: string): Request => ({ action: 'start', kind: 'feature', name });
  work.git('config', 'core.ignoreCase', 'true');
  expect(await refusals(work, start('case'))).toEqual(['exists']);
  expect(await refusals(work, start('CASE/x'))).toEqual(['exists']);
  expect(await refusals(work, start('cases'))).toEqual([]);
  work.git('config', 'core.ignoreCase', 'false');
  expect(await refusals(work, start('case'))).toEqual([]);
});

describe('a version', () => {
  test('goes into files that hold one where the branch starts', async () => {
    const work = sandbox.repository();
    work.commit('VERSION', '0.9');
    const start = (bump: string[]): StartRequest => ({ action: 'start', kind: 'release', name: '1.0', bump });
    expect(await refusals(work, start(['VERSIO']))).toEqual(['bad-option']);
    expect(await refusals(work, start(['a']))).toEqual(['bad-option']);
    expect(await refusals(work, { ...start(['VERSION']), name: '0.9' })).toEqual(['bad-option']);
    expect(await refusals(work, { ...start(['VERSION']), base: 'main' })).toEqual(['bad-option']);
    expect(await refusals(work, start(['VERSION']))).toEqual([]);
    expect(work.git('show', 'release/1.0:VERSION')).toBe('1.0');
  });
});
