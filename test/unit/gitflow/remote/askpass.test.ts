/** git asks the extension for user name and password, over a real server that wants to know them. */
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Outcome, Repository, Request } from '../../../../src/gitflow/index';
import { openRepository } from '../../../../src/gitflow/index';
import { AskpassServer, type Question } from '../../../../src/gitflow/remote/askpass/index';
import { readPrompt } from '../../../../src/gitflow/remote/askpass/question';
import { type GitServer, hasGitServer, startGitServer } from '../../../fixtures/gitflow/git-server';
import { buildProgram } from '../program';
import type { Work } from '../sandbox';
import { Sandbox, fixedEnvironment } from '../sandbox';

const sandbox = new Sandbox();
const program = sandbox.path('askpass.cjs');
const secret = 'kept-secret-1';
let server: GitServer;
let askpass: AskpassServer | undefined;

beforeAll(async () => {
  await buildProgram('src/askpass.ts', program);
  server = await startGitServer(sandbox.folder, 'me', secret);
});
afterEach(() => {
  askpass?.dispose();
  askpass = undefined;
});
afterAll(() => {
  server.close();
  sandbox.remove();
});

/** Answers as told, and keeps what was asked. */
function answering(answer: (question: Question) => string | undefined): { server: AskpassServer; asked: Question[] } {
  const asked: Question[] = [];
  askpass = new AskpassServer({
    program,
    node: process.execPath,
    answer: (question) => {
      asked.push(question);
      return Promise.resolve(answer(question));
    },
  });
  return { server: askpass, asked };
}

const rightly = ({ kind }: Question): string => (kind === 'username' ? 'me' : secret);

/** A repository whose remote is the server's. */
function published(): Work {
  const work = sandbox.repository();
  const bare = sandbox.remote(work);
  bare.git('config', 'http.receivepack', 'true');
  work.git('remote', 'set-url', 'origin', `${server.url}/${bare.folder.slice(sandbox.folder.length + 1)}`);
  work.start('feature/x');
  work.commit('f', '1');
  return work;
}

async function act(work: Work, asking: AskpassServer, request: Request): Promise<Outcome> {
  const env = { ...fixedEnvironment, ...asking.environment() };
  const repository: Repository = await openRepository(work.folder, { trusted: true, env });
  const planned = await repository.plan(request);
  if (!planned.ok) throw new Error(JSON.stringify(planned.refusals));
  return asking.during(() => repository.execute(planned.plan));
}

const publish = { action: 'publish', kind: 'feature', name: 'x' } as const;

describe.runIf(hasGitServer && process.platform !== 'win32')('a remote that wants a password', () => {
  test('is published to and pushed to; each thing is asked once in an action, and again in the next', async () => {
    const work = published();
    const { server: asking, asked } = answering(rightly);
    expect(await act(work, asking, publish)).toMatchObject({ status: 'done' });
    expect(asked).toEqual([
      { kind: 'username', url: server.url },
      { kind: 'password', url: server.url, username: 'me' },
    ]);
    const finish = { action: 'finish', kind: 'feature', name: 'x', push: true } as const;
    expect(await act(work, asking, finish)).toMatchObject({ status: 'done' });
    expect(asked).toHaveLength(4);
    expect(work.git('rev-parse', 'origin/develop')).toBe(work.git('rev-parse', 'develop'));
  });

  test('cancelled: git ends at once, nothing more is asked, and the sentence says so', async () => {
    const work = published();
    const { server: asking, asked } = answering(() => undefined);
    const outcome = await act(work, asking, publish);
    expect(outcome).toMatchObject({
      status: 'refused',
      refusals: [
        { code: 'fetch-failed', message: expect.stringContaining("'origin' asks for a sign-in and got none.") },
      ],
    });
    expect(asked).toHaveLength(1);
  });

  test('cancelled at a push: what was done here is kept, and resuming asks again', async () => {
    const work = published();
    let willing = false;
    const { server: asking } = answering((question) => (willing ? rightly(question) : undefined));
    const finish = { action: 'finish', kind: 'feature', name: 'x', push: true } as const;
    const outcome = await act(work, asking, finish);
    expect(outcome).toMatchObject({ status: 'failed', message: expect.stringMatching(/sign-in.*kept.*resume/s) });
    willing = true;
    const env = { ...fixedEnvironment, ...asking.environment() };
    const repository = await openRepository(work.folder, { trusted: true, env });
    expect(await asking.during(() => repository.resume())).toMatchObject({ status: 'done' });
    expect(work.git('rev-parse', 'origin/develop')).toBe(work.git('rev-parse', 'develop'));
  });

  test('a wrong password is told, and is in no journal, plan or message', async () => {
    const work = published();
    const before = server.refused;
    const { server: asking } = answering(({ kind }) => (kind === 'username' ? 'me' : 'wrong-secret-2'));
    const finish = { action: 'finish', kind: 'feature', name: 'x', push: true } as const;
    const outcome = await act(work, asking, finish);
    expect(server.refused).toBeGreaterThan(before);
    expect(outcome).toMatchObject({ status: 'failed', message: expect.stringContaining('did not accept') });
    const journal = readFileSync(`${work.folder}/.git/mlops-flow/journal.json`, 'utf8');
    expect(journal).toContain('Finish feature x');
    for (const text of [JSON.stringify(outcome), journal, work.git('config', '--list')]) {
      expect(text).not.toContain('wrong-secret-2');
      expect(text).not.toContain(asking.environment()['MLOPS_FLOW_ASKPASS_TOKEN']);
    }
  });

  test('without anything to ask, git does not hang', async () => {
    const work = published();
    const repository = await openRepository(work.folder, { trusted: true, env: fixedEnvironment });
    const planned = await repository.plan(publish);
    if (!planned.ok) throw new Error('refused');
    expect(await repository.execute(planned.plan)).toMatchObject({
      refusals: [{ message: expect.stringContaining('credential helper') }],
    });
  });
});

describe.runIf(process.platform !== 'win32')('who may ask', () => {
  /** Runs the program as git does; answers its code and what it prints. */
  function ask(prompt: string, env: Record<string, string>): Promise<{ code: number; stdout: string }> {
    return new Promise((done) => {
      execFile(env['GIT_ASKPASS'] ?? '', [prompt], { env: { ...process.env, ...env } }, (error, stdout) =>
        done({ code: error ? Number(error.code) : 0, stdout }),
      );
    });
  }

  test('the token is needed, and folder and socket are private', async () => {
    const { server: asking, asked } = answering(() => 'yes');
    const env = asking.environment();
    await asking.during(async () => {
      expect(await ask('Password: ', env)).toEqual({ code: 0, stdout: 'yes\n' });
      expect(await ask('Password: ', { ...env, MLOPS_FLOW_ASKPASS_TOKEN: 'f'.repeat(64) })).toEqual({
        code: 1,
        stdout: '',
      });
      const socket = env['MLOPS_FLOW_ASKPASS_ADDRESS'] ?? '';
      expect(statSync(socket).mode & 0o777).toBe(0o600);
      expect(statSync(dirname(socket)).mode & 0o777).toBe(0o700);
    });
    expect(asked).toEqual([{ kind: 'secret', prompt: 'Password:' }]);
  });

  test('the same process asks again where the answer was wrong; another is given what is known', async () => {
    let count = 0;
    const { server: asking } = answering(() => `answer ${++count}`);
    const env = asking.environment();
    // The shell that asks twice is one process, as ssh is.
    const twice = (): Promise<string> =>
      new Promise((done) => {
        const script =
          '"$GIT_ASKPASS" "Enter passphrase for key \'k\': "; "$GIT_ASKPASS" "Enter passphrase for key \'k\': "; :';
        execFile('/bin/sh', ['-c', script], { env: { ...process.env, ...env } }, (_error, stdout) => done(stdout));
      });
    await asking.during(async () => {
      expect(await twice()).toBe('answer 1\nanswer 2\n');
      expect(await ask("Enter passphrase for key 'k': ", env)).toEqual({ code: 0, stdout: 'answer 2\n' });
    });
    expect(await asking.during(() => ask("Enter passphrase for key 'k': ", env))).toEqual({
      code: 0,
      stdout: 'answer 3\n',
    });
  });

  test.runIf(spawnSync('ssh-keygen', ['--help']).error === undefined)(
    "OpenSSH's own questions are answered",
    async () => {
      const key = sandbox.path('key');
      spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', secret, '-f', key]);
      const { server: asking, asked } = answering(() => secret);
      const env = { ...process.env, ...asking.environment() };
      const shown = await asking.during(
        () =>
          new Promise<string>((done) => {
            execFile('ssh-keygen', ['-y', '-f', key], { env }, (_error, stdout) => done(stdout));
          }),
      );
      expect(shown.split(' ').slice(0, 2)).toEqual(readFileSync(`${key}.pub`, 'utf8').split(' ').slice(0, 2));
      // Versions differ in whether they name the key.
      expect(JSON.stringify(asked)).toMatch(/^\[\{[^{]*passphrase[^{]*\}\]$/);
    },
  );

  test('when git is stopped, the question goes', async () => {
    let shown: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (shown = resolve));
    let withdrawn = false;
    askpass = new AskpassServer({
      program,
      node: process.execPath,
      answer: (_question, gone) => {
        shown();
        return new Promise((done) => {
          gone.addEventListener('abort', () => {
            withdrawn = true;
            done(undefined);
          });
        });
      },
    });
    const env = { ...process.env, ...askpass.environment() };
    await askpass.during(async () => {
      const child = execFile(env['GIT_ASKPASS'] ?? '', ['Password: '], { env });
      await asked;
      child.kill('SIGKILL');
      await vi.waitFor(() => expect(withdrawn).toBe(true));
    });
  });

  test('when the window is gone there is no answer', async () => {
    const { server: asking } = answering(() => 'yes');
    const env = asking.environment();
    await asking.during(() => Promise.resolve());
    asking.dispose();
    expect((await ask('Password: ', env)).code).not.toBe(0);
  });
});

test.each<[string, Question]>([
  ["Username for 'https://github.com': ", { kind: 'username', url: 'https://github.com' }],
  ["Password for 'https://a%40b@github.com': ", { kind: 'password', url: 'https://github.com', username: 'a@b' }],
  ["Password for 'https://github.com': ", { kind: 'password', url: 'https://github.com', username: undefined }],
  ["Enter passphrase for key '/home/me/.ssh/id': ", { kind: 'passphrase', key: '/home/me/.ssh/id' }],
  ["me@host's password: ", { kind: 'secret', prompt: "me@host's password:" }],
])('%s is understood', (prompt, question) => {
  expect(readPrompt(prompt)).toEqual(question);
});

test('a server that nobody knows yet is a question of its own', () => {
  const prompt =
    "The authenticity of host 'h (1.2.3.4)' can't be established.\nED25519 key fingerprint is SHA256:abc.\nAre you sure you want to continue connecting (yes/no/[fingerprint])? ";
  expect(readPrompt(prompt)).toEqual({ kind: 'host', host: 'h (1.2.3.4)', prompt });
});
