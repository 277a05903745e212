/** What is not read unasked: Jenkins in a workspace that is not trusted; anything while the view is hidden and the setting is off. */
import { type SecretStorage, type Uri, workspace } from 'vscode';
import { afterEach, expect, test, vi } from 'vitest';
import { Attention } from '../../../src/delivery/attention';
import { GitHub } from '../../../src/delivery/github/github';
import { Jenkins } from '../../../src/delivery/jenkins/jenkins';
import { itemQuery } from '../../../src/delivery/jenkins/model';
import { Watcher } from '../../../src/workbench';
import { JenkinsServer } from '../../fixtures/jenkins';

const { addresses } = vi.hoisted(() => ({ addresses: [] as string[] }));

vi.mock('vscode', async () => {
  const vscode = await import('../../fixtures/vscode');
  const never = () => ({ dispose: () => undefined });
  Object.assign(vscode.workspace, {
    onDidChangeConfiguration: never,
    onDidGrantWorkspaceTrust: never,
    getConfiguration: () => ({
      get: () => undefined,
      inspect: (key: string) => (key === 'delivery.jenkins' ? { globalValue: addresses } : undefined),
    }),
  });
  const item = { hide: () => undefined, show: () => undefined, dispose: () => undefined };
  return {
    ...vscode,
    authentication: { getSession: () => Promise.resolve(undefined), onDidChangeSessions: never },
    StatusBarAlignment: { Left: 1 },
    window: { ...vscode.window, createStatusBarItem: () => item },
  };
});

afterEach(() => {
  vi.restoreAllMocks();
  addresses.length = 0;
});

const { signal } = new AbortController();

test('Jenkins is not asked for a workspace that is not trusted, by rows, logs or signing in; then it is', async () => {
  const server = await JenkinsServer.start();
  const secrets = { get: vi.fn(() => Promise.resolve(undefined)), store: vi.fn() };
  const jenkins = new Jenkins(secrets as unknown as SecretStorage);
  const standing = { connection: {} as never, commit: undefined, interval: 1000 };
  const job = `${server.url}/job/nightly/`;
  addresses.push(job);
  server.answers[`/job/nightly/${itemQuery}`] = { body: { builds: [] } };
  server.answers['/job/nightly/1/logText/progressiveText?start=0'] = { body: 'Started\n' };
  const log = (): Promise<unknown> => jenkins.logs(() => 1000).read({ fragment: `${job}1/` } as Uri, undefined, signal);
  try {
    const trust = vi.spyOn(workspace, 'isTrusted', 'get').mockReturnValue(false);
    expect(jenkins.rows(standing)).toEqual([]);
    await expect(log()).rejects.toThrow('Trust this workspace first: until then Jenkins is not asked.');
    await expect(jenkins.signIn(undefined)).rejects.toThrow('Trust this workspace first');
    expect([server.asked, secrets.get.mock.calls, secrets.store.mock.calls]).toEqual([[], [], []]);
    trust.mockReturnValue(true);
    expect(jenkins.rows(standing)).toHaveLength(1);
    await expect(log()).resolves.toMatchObject({ text: 'Started\n' });
  } finally {
    await server.stop();
  }
});

test('what is followed while the view is hidden ends with the setting, and comes back with the view', () => {
  let follows = true;
  const watches = new Set<object>();
  const attention = new Attention({
    memory: {} as never,
    checkouts: () => Promise.resolve([]),
    badge: () => undefined,
    isOwn: () => false,
    follows: () => follows,
    watch: () => {
      const watch = {};
      watches.add(watch);
      return { dispose: () => watches.delete(watch) };
    },
  });
  expect(watches.size).toBe(1);
  const [first] = watches;
  attention.follow();
  expect([...watches]).toEqual([first]);
  follows = false;
  attention.follow();
  // A switch of the connection begins nothing either.
  attention.begin();
  expect(watches.size).toBe(0);
  follows = true;
  attention.follow();
  expect(watches.size).toBe(1);
  attention.dispose();
  expect(watches.size).toBe(0);
});

test('GitHub rests likewise', () => {
  const watcher = new Watcher();
  const ended = vi.fn();
  vi.spyOn(workspace, 'isTrusted', 'get').mockReturnValue(true);
  const watch = vi.spyOn(watcher, 'watch').mockReturnValue({ dispose: ended });
  let follows = false;
  const github = new GitHub({
    watcher,
    checkouts: () => Promise.resolve([]),
    pollInterval: () => 1000,
    follows: () => follows,
  });
  expect(watch).not.toHaveBeenCalled();
  follows = true;
  github.follow();
  github.follow();
  expect(watch).toHaveBeenCalledTimes(1);
  follows = false;
  github.follow();
  expect(ended).toHaveBeenCalledTimes(1);
  github.dispose();
  watcher.dispose();
});
