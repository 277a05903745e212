/** What the room has once it is used: the overview, what is said of it, the documents of builds. */
import type { Disposable } from 'vscode';
import type { Connection, Session } from '../aws';
import {
  contextKeys,
  type LiveRow,
  type LiveTree,
  onSettingsChanged,
  type Reading,
  settings,
  type View,
  watchKey,
} from '../workbench';
import { Attention } from './attention';
import { type Approval, approvalsOf } from './approvals';
import { buildLogs, type LogReading } from './builds/logs';
import { BuildResults } from './builds/results';
import { DeployedDeclarations } from './commands/declaration';
import { projectsReading } from './builds/rows';
import { WorkspaceDeclarations } from './declarations';
import { GitHub } from './github/github';
import { jobLogs, type JobLogReading } from './github/logs';
import { gitHubRows } from './github/rows';
import { Jenkins, type JenkinsLog } from './jenkins/jenkins';
import { LogDocuments } from '../workbench/log-documents';
import { type Overview, type Pin, readOverview } from './overview';
import { overviewRows } from './rows';
import type { DeliveryServices, Place } from './services';

/** The id of the view, and of what is read at its top. */
export const viewId = 'mlopsFlow.delivery';
const overviewId = 'overview';

/** Milliseconds between looks at what moves on this machine. */
const localInterval = 1_500;
/** Milliseconds until the view is read again after something went wrong. */
const otherwise = 5_000;

/** Who follows the overview. */
interface Heard {
  value(overview: Overview): void;
  failed(error: unknown): void;
}

export interface RoomParts {
  services: DeliveryServices;
  readonly view: View<LiveTree<Connection, Session>>;
  /** Shows an approval among the others. */
  review(connection: Connection, key: string): void;
  /** Shows a pipeline, and a place in it. */
  open(place: Place): void;
  /** Shows the form that starts a pipeline. */
  start(place: Place): void;
}

export class Room implements Disposable {
  readonly logs: LogDocuments<LogReading>;
  readonly github: GitHub;
  readonly jobLogs: LogDocuments<JobLogReading>;
  readonly jenkins: Jenkins;
  readonly jenkinsLogs: LogDocuments<JenkinsLog>;
  readonly declared = new DeployedDeclarations();
  private readonly declarations = new WorkspaceDeclarations();
  private reports: BuildResults | undefined;
  readonly attention: Attention;
  private readonly own = new Set<string>();
  private readonly last = new Map<string, Overview>();
  private readonly disposables: Disposable[];

  constructor(readonly parts: RoomParts) {
    const {
      services,
      view: { view },
    } = parts;
    this.logs = new LogDocuments(
      services.watcher,
      buildLogs(services, () => localInterval),
    );
    this.github = new GitHub({
      watcher: services.watcher,
      checkouts: () => services.checkouts(),
      pollInterval: () => this.gitHubInterval,
      follows: () => this.follows,
    });
    this.jobLogs = new LogDocuments(
      services.watcher,
      jobLogs(this.github, () => this.gitHubInterval),
    );
    this.jenkins = new Jenkins(services.secrets);
    this.jenkinsLogs = new LogDocuments(
      services.watcher,
      this.jenkins.logs(() => localInterval),
    );
    this.attention = new Attention({
      memory: services.memory,
      checkouts: () => services.checkouts(),
      badge: (waiting) => {
        view.badge = waiting === 0 ? undefined : { value: waiting, tooltip: `${waiting} waiting for approval` };
      },
      isOwn: (run) => this.own.has(run),
      follows: () => this.follows,
      watch: (heard) => this.watchOverview(services.connections.active, heard),
    });
    this.disposables = [
      this.logs,
      this.jobLogs,
      this.jenkinsLogs,
      this.declared,
      this.github,
      this.github.onDidChange(() => {
        this.attention.heardGitHub(this.github.now);
        parts.view.made?.repaint();
      }),
      this.attention,
      services.connections.onDidChange(() => this.attention.begin()),
      services.onDidChangeCheckouts(() => {
        this.attention.repaint();
        void this.github.refresh();
        this.refresh();
      }),
      this.declarations,
      this.declarations.onDidChange(() => this.refresh()),
      view.onDidChangeVisibility(() => this.follow()),
      onSettingsChanged(['delivery.follow'], () => this.follow()),
    ];
  }

  /** Whether anything is read that nobody opened: never while the view is hidden, where the setting says so. */
  private get follows(): boolean {
    return this.parts.view.view.visible || settings('delivery.follow') !== false;
  }

  private follow(): void {
    this.attention.follow();
    this.github.follow();
  }

  /** The results of builds. VS Code shows a view for them as soon as there is a place for some. */
  get results(): BuildResults {
    return (this.reports ??= new BuildResults());
  }

  /** Reads the view anew, where it has been shown. */
  refresh(): void {
    this.parts.view.made?.refresh();
  }

  /** A run was started or retried from here. */
  started(run: string | undefined): void {
    if (run !== undefined) this.own.add(run);
    this.refresh();
  }

  pollInterval({ kind }: Connection): number {
    return kind === 'local' ? localInterval : 3_000 * (settings('pipelines.refreshSeconds') ?? 5);
  }

  /** Milliseconds between looks at what somebody watches. */
  watchInterval({ kind }: Connection): number {
    return kind === 'local' ? localInterval : 1_000 * (settings('pipelines.refreshSeconds') ?? 5);
  }

  /** What the view reads of a connection. */
  overview(connection: Connection): Reading<Session, Overview> {
    return {
      id: overviewId,
      loading: 'Looking for delivery pipelines…',
      interval: (overview) => overview?.interval ?? otherwise,
      read: (session, signal, before, _pages, show) => this.read(session, signal, before, show),
      rows: (overview) => this.rows(connection, overview),
    };
  }

  private read(
    session: Session,
    signal: AbortSignal,
    before: Overview | undefined,
    show?: (overview: Overview) => void,
  ): Promise<Overview> {
    const { services } = this.parts;
    return readOverview(
      {
        checkouts: () => services.checkouts(),
        declared: () => this.declarations.names(),
        pins,
        session: (connection, until) => services.connections.session(connection, until),
        pollInterval: (connection) => this.pollInterval(connection),
      },
      session,
      signal,
      before,
      show,
    );
  }

  /** Milliseconds between looks at runs of GitHub Actions that move. */
  private get gitHubInterval(): number {
    return 2_000 * (settings('pipelines.refreshSeconds') ?? 5);
  }

  /** The rows of the view; before the overview is read, those that do not wait for it. */
  private async rows(connection: Connection, overview: Overview | undefined): Promise<LiveRow<Session>[]> {
    const [checkout] = await this.parts.services.checkouts();
    const interval = this.gitHubInterval;
    const beside = [
      ...gitHubRows(this.github, connection, interval),
      ...this.jenkins.rows({ connection, commit: checkout?.commit, interval }),
    ];
    if (!overview) return beside;
    this.last.set(connection.id, overview);
    const none = overview.followed.length + overview.others.length === 0 && !overview.unlisted;
    contextKeys.set('mlopsFlow.delivery', none ? 'none' : 'some');
    const services = {
      commit: checkout?.commit,
      pollInterval: (of: Connection) => this.pollInterval(of),
      builds: (of: Connection) => projectsReading(of, () => this.pollInterval(of)),
    };
    return overviewRows(services, connection, overview, { approvals: this.github.approvals, rows: beside });
  }

  /** The approvals that wait, as they were read last from the active connection. */
  waiting(): { connection: Connection; approval: Approval }[] {
    const { active } = this.parts.services.connections;
    return [
      ...(this.last.get(active.id)?.followed ?? []).flatMap(({ connection, now }) =>
        now ? approvalsOf(now.board, now.runs).map((approval) => ({ connection, approval })) : [],
      ),
      ...this.github.approvals
        .filter(({ deployment }) => deployment?.canApprove)
        .map((approval) => ({ connection: active, approval })),
    ];
  }

  /** Reads the overview now, also where nobody sees it. */
  async readNow(): Promise<Overview> {
    const { connections } = this.parts.services;
    const { active } = connections;
    const { signal } = new AbortController();
    const overview = await this.read(await connections.session(active, signal), signal, this.last.get(active.id));
    this.last.set(active.id, overview);
    return overview;
  }

  refreshOverview(connection: Connection): Promise<void> {
    return this.parts.services.watcher.refresh(overviewKey(connection));
  }

  dispose(): void {
    this.reports?.dispose();
    for (const disposable of this.disposables) disposable.dispose();
  }

  /** Follows the overview of a connection; all who do share what is read. */
  watchOverview(active: Connection, heard: Heard): Disposable {
    const { connections, watcher } = this.parts.services;
    return watcher.watch<Overview>(
      {
        key: overviewKey(active),
        interval: () => this.last.get(active.id)?.interval ?? localInterval,
        poll: async (signal) => this.read(await connections.session(active, signal), signal, this.last.get(active.id)),
        settled: () => false,
      },
      {
        value: (overview) => {
          this.last.set(active.id, overview);
          heard.value(overview);
        },
        failed: (error) => heard.failed(error),
      },
    );
  }
}

/** The pipelines that the settings pin, without those that are not of the right form. */
function pins(): readonly Pin[] {
  return (settings('delivery.pipelines') ?? []).filter(
    (pin) => typeof pin.pipeline === 'string' && pin.pipeline !== '',
  );
}

/** The watch of the view's top, which others may join. */
function overviewKey({ id }: Connection): string {
  return watchKey(viewId, id, overviewId);
}
