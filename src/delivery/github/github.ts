/** GitHub Actions as this window follows them: by VS Code's own sessions, which are never asked for without a click. */
import { authentication, type Disposable, EventEmitter, workspace } from 'vscode';
import { isCancellation, log, messageOf, UserError, userSetting, type Watcher } from '../../workbench';
import type { Approval } from '../approvals';
import type { Checkout } from '../sources';
import { GitHubClient } from './client';
import { deploymentApprovals, intervalOf, keyOf, readGitHub, type RepositoryNow } from './reading';
import { type Repository, repositoriesOf, type Server, serversOf } from './servers';
import type { Asked } from './service';

/** What re-runs, approvals and the logs of private repositories need. */
const scopes = ['repo'];

export interface GitHubServices {
  readonly watcher: Watcher;
  checkouts(): Promise<readonly Checkout[]>;
  /** Milliseconds between looks at what moves. */
  pollInterval(): number;
  /** False where nothing is to be read unasked. */
  follows(): boolean;
}

export class GitHub implements Disposable {
  private readonly clients = new Map<string, { token: string; client: GitHubClient }>();
  private readonly changes = new EventEmitter<void>();
  /** Fires when something else was read. */
  readonly onDidChange = this.changes.event;
  private readonly disposables: Disposable[];
  private watching: Disposable | undefined;
  private read: readonly RepositoryNow[] | undefined;
  private problem: string | undefined;

  constructor(private readonly services: GitHubServices) {
    this.disposables = [
      this.changes,
      authentication.onDidChangeSessions(({ provider }) => {
        if (this.servers().some((server) => server.provider === provider.id)) this.again();
      }),
      workspace.onDidGrantWorkspaceTrust(() => this.follow()),
      workspace.onDidChangeConfiguration((event) => {
        const keys = ['mlopsFlow.delivery.githubEnterprise', 'github-enterprise.uri'];
        if (keys.some((key) => event.affectsConfiguration(key))) this.again();
      }),
    ];
    this.follow();
  }

  /** The repositories of the workspace on a GitHub, as they were last read. */
  get now(): readonly RepositoryNow[] {
    return this.read ?? [];
  }

  /** The deployments that wait for somebody's approval. */
  get approvals(): Approval[] {
    return deploymentApprovals(this.now);
  }

  /** Reads again now, as after a change. */
  async refresh(): Promise<void> {
    await this.services.watcher.refresh(watchKey);
  }

  /** What a repository is asked over. */
  async asked(repository: Repository): Promise<Asked> {
    const client = await this.client(repository.server);
    if (!client) throw new UserError(`Sign in to ${repository.server.host} first.`, signInAction(repository.server));
    return { client, repository };
  }

  /** The repository with this key, of those that the workspace leads to. */
  async repository(key: string): Promise<Repository> {
    const [checkout] = await this.services.checkouts();
    const found = checkout && repositoriesOf(checkout, this.servers()).find((each) => keyOf(each) === key);
    if (!found) throw new UserError(`No remote of this workspace leads to ${key} any more.`);
    return found;
  }

  /** Asks the user to sign in: to the server of a row, else to that of the first repository. */
  async signIn(server?: Server): Promise<void> {
    if (!workspace.isTrusted) throw new UserError('Trust this workspace first: until then GitHub is not asked.');
    const [checkout] = await this.services.checkouts();
    const found = server ?? (checkout && repositoriesOf(checkout, this.servers())[0]?.server) ?? this.servers()[0];
    if (!found) return;
    try {
      await authentication.getSession(found.provider, scopes, { createIfNone: true });
    } catch (error) {
      if (found.provider === 'github' || enterpriseOfVSCode() || isCancellation(error)) throw error;
      throw new UserError(
        `VS Code signs in to a GitHub Enterprise by its setting github-enterprise.uri. Set it to the address of ${found.host} first.`,
        { title: 'Open Setting', command: 'workbench.action.openSettings', arguments: ['github-enterprise.uri'] },
        { cause: error },
      );
    }
    this.again();
  }

  dispose(): void {
    this.watching?.dispose();
    for (const disposable of this.disposables) disposable.dispose();
  }

  private servers(): Server[] {
    return serversOf(userSetting('delivery.githubEnterprise') || enterpriseOfVSCode());
  }

  private again(): void {
    this.clients.clear();
    void this.refresh();
  }

  /** A workspace that is not trusted could name any repository: nothing is asked for it. */
  follow(): void {
    if (!workspace.isTrusted || !this.services.follows()) {
      this.watching?.dispose();
      this.watching = undefined;
      return;
    }
    if (this.watching) return;
    this.watching = this.services.watcher.watch<readonly RepositoryNow[]>(
      {
        key: watchKey,
        interval: () => intervalOf(this.read, this.services.pollInterval()),
        poll: (signal) =>
          readGitHub(
            {
              checkouts: () => this.services.checkouts(),
              servers: () => this.servers(),
              client: (server) => this.client(server),
            },
            signal,
            this.read,
          ),
        settled: () => false,
      },
      { value: (now) => this.heard(now), failed: (error) => this.failed(error) },
    );
  }

  private heard(now: readonly RepositoryNow[]): void {
    const isNew = JSON.stringify(now.map(shown)) !== JSON.stringify(this.read?.map(shown));
    this.read = now;
    for (const { problem } of now) if (problem) this.failed(problem);
    if (isNew) this.changes.fire();
  }

  private failed(error: unknown): void {
    if (isCancellation(error) || this.problem === messageOf(error)) return;
    this.problem = messageOf(error);
    log().warn(`GitHub: ${this.problem}`);
  }

  /** A client with the session that there is. Silent: neither a dialog nor a badge asks for one. */
  private async client(server: Server): Promise<GitHubClient | undefined> {
    const session = await authentication.getSession(server.provider, scopes, { silent: true });
    if (!session) return undefined;
    const known = this.clients.get(server.host);
    if (known?.token === session.accessToken) return known.client;
    const client = new GitHubClient(server.host, server.api, session.accessToken);
    this.clients.set(server.host, { token: session.accessToken, client });
    return client;
  }
}

const watchKey = 'delivery github';

/** The address that VS Code's own sign-in uses: the user's, for a workspace must not decide where a token goes. */
function enterpriseOfVSCode(): string | undefined {
  return workspace.getConfiguration('github-enterprise').inspect<string>('uri')?.globalValue;
}

/** A reading without what JSON drops. */
function shown({ problem, ...rest }: RepositoryNow): unknown {
  return { ...rest, problem: problem?.message };
}

export function signInAction({ host, ...server }: Server): { title: string; command: string; arguments: unknown[] } {
  return {
    title: 'Sign In',
    command: 'mlopsFlow.delivery.signInToGitHub',
    arguments: [{ github: { server: { host, ...server } } }],
  };
}
