/** What a workspace that is not trusted may lead to: nothing. */
import { workspace } from 'vscode';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { GitHub } from '../../../src/delivery/github/github';
import { Watcher } from '../../../src/workbench';
import { GitHubServer, token } from '../../fixtures/github/server';

const { getSession, trusted, enterprise } = vi.hoisted(() => ({
  getSession: vi.fn(),
  trusted: { tell: (): void => undefined },
  enterprise: { url: '' },
}));

vi.mock('vscode', async () => {
  const vscode = await import('../../fixtures/vscode');
  const never = () => ({ dispose: () => undefined });
  Object.assign(vscode.workspace, {
    onDidChangeConfiguration: never,
    onDidGrantWorkspaceTrust: (listener: () => void) => {
      trusted.tell = listener;
      return { dispose: () => undefined };
    },
    getConfiguration: () => ({
      get: () => undefined,
      inspect: (key: string) => (key === 'uri' ? { globalValue: enterprise.url } : undefined),
    }),
  });
  return { ...vscode, authentication: { getSession, onDidChangeSessions: never } };
});

let server: GitHubServer;
let watcher: Watcher;
let github: GitHub;

beforeEach(async () => {
  server = await GitHubServer.start();
  enterprise.url = server.url;
  getSession.mockReset().mockResolvedValue({ accessToken: token });
  watcher = new Watcher();
});

afterEach(async () => {
  github.dispose();
  watcher.dispose();
  vi.restoreAllMocks();
  await server.stop();
});

function follow(isTrusted: boolean): { checkouts: ReturnType<typeof vi.fn> } {
  vi.spyOn(workspace, 'isTrusted', 'get').mockReturnValue(isTrusted);
  const commit = '1'.repeat(40);
  const remotes = [`${server.url}/team/penguins.git`];
  const checkouts = vi.fn(() => Promise.resolve([{ root: '/penguins', commit, remotes }]));
  github = new GitHub({ watcher, checkouts, pollInterval: () => 1000, follows: () => true });
  return { checkouts };
}

test('neither GitHub nor VS Code is asked for it, whoever asks; once it is trusted it is followed', async () => {
  const { checkouts } = follow(false);
  await github.refresh();
  await expect(github.signIn()).rejects.toThrow('Trust this workspace first: until then GitHub is not asked.');
  expect([checkouts.mock.calls, getSession.mock.calls, server.asked]).toEqual([[], [], []]);
  vi.spyOn(workspace, 'isTrusted', 'get').mockReturnValue(true);
  trusted.tell();
  await vi.waitFor(() => expect(github.now).toHaveLength(1), { timeout: 20_000 });
  expect(server.asked).not.toEqual([]);
});

test('in one that is trusted the session is looked for silently', async () => {
  follow(true);
  await vi.waitFor(() => expect(github.now).toHaveLength(1), { timeout: 20_000 });
  expect(getSession.mock.calls.map(([, , options]) => options as unknown)).toContainEqual({ silent: true });
  expect(getSession.mock.calls.every(([, , options]) => (options as { silent?: boolean }).silent)).toBe(true);
});
