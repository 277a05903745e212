/** What the view, the status bar and the notifications show of GitHub Actions: read in one go. Pure of VS Code. */
import { outcomeOf } from '../../aws';
import type { Approval } from '../approvals';
import { brings } from '../commit';
import type { Checkout } from '../sources';
import type { GitHubClient } from './client';
import { deliveryRunOf, moves, type WorkflowRun } from './model';
import { type Repository, repositoriesOf, type Server } from './servers';
import { readRunsOf, readWaiting, type WaitingRun } from './service';

/** A repository of the workspace on a GitHub, as it is now. */
export interface RepositoryNow {
  repository: Repository;
  /** The commit that is checked out. */
  commit?: string;
  /** Nobody is signed in there, or has not let this extension see the session. */
  isSignedOut: boolean;
  /** The newest run of each workflow for the commit. */
  runs: readonly WorkflowRun[];
  /** The runs of all commits that wait. */
  waiting: readonly WaitingRun[];
  /** Why it could not be read. */
  problem?: Error;
}

export interface ReadingServices {
  checkouts(): Promise<readonly Checkout[]>;
  servers(): readonly Server[];
  /** A client with the user's session; undefined where there is none. Never asks the user. */
  client(server: Server): Promise<GitHubClient | undefined>;
}

/** Repositories that are followed: `origin` and what it was forked from. */
const mostRepositories = 3;

export async function readGitHub(
  services: ReadingServices,
  signal: AbortSignal,
  before: readonly RepositoryNow[] = [],
): Promise<RepositoryNow[]> {
  const [checkout] = await services.checkouts();
  if (!checkout) return [];
  const repositories = repositoriesOf(checkout, services.servers()).slice(0, mostRepositories);
  return Promise.all(
    repositories.map(async (repository): Promise<RepositoryNow> => {
      const { commit } = checkout;
      const head = { repository, ...(commit === undefined ? {} : { commit }) };
      const client = await services.client(repository.server);
      if (!client) return { ...head, isSignedOut: true, runs: [], waiting: [] };
      const asked = { client, repository };
      const [runs, waiting] = await Promise.all([
        outcomeOf(commit === undefined ? Promise.resolve([]) : readRunsOf(asked, commit, signal)),
        outcomeOf(readWaiting(asked, signal)),
      ]);
      const kept = before.find((each) => keyOf(each.repository) === keyOf(repository));
      const problem = runs.problem ?? waiting.problem;
      return {
        ...head,
        isSignedOut: false,
        runs: runs.value ?? (kept?.commit === commit ? kept?.runs : undefined) ?? [],
        waiting: waiting.value ?? kept?.waiting ?? [],
        ...(problem ? { problem } : {}),
      };
    }),
  );
}

export function keyOf({ server, path }: Repository): string {
  return `${server.host}/${path}`;
}

/** Requests a minute that following may cost, the unchanged ones included. */
const mostRequests = 36;
const idle = 60_000;

/** Milliseconds until the next reading: short while something of the commit moves, within what a minute may cost. */
export function intervalOf(now: readonly RepositoryNow[] | undefined, pollInterval: number): number {
  if (!now) return pollInterval;
  const asked = now.filter(({ isSignedOut }) => !isSignedOut);
  const requests = asked.reduce((sum, { waiting }) => sum + 2 + waiting.length, 0);
  const isMoving = asked.some(({ runs }) => runs.some(({ status }) => moves(status)));
  return isMoving ? Math.max(pollInterval, Math.ceil((60_000 * requests) / mostRequests)) : idle;
}

/** The deployments that wait for somebody's approval, in the words that approvals have of all services. */
export function deploymentApprovals(now: readonly RepositoryNow[]): Approval[] {
  return now.flatMap(({ repository, waiting }) =>
    waiting.flatMap(({ run, pending }) =>
      pending
        .filter(({ reviewers, canApprove }) => canApprove || reviewers.length > 0)
        .map((each): Approval => ({
          pipeline: repository.path,
          stage: run.workflow,
          action: each.environment,
          run: String(run.id),
          ...(run.updated === undefined ? {} : { since: run.updated }),
          promotes: deliveryRunOf(run),
          behind: waiting
            .filter((other) => other.run.workflowId === run.workflowId && other.run.number > run.number)
            .filter((other) => other.pending.some(({ environment }) => environment === each.environment))
            .map((other) => deliveryRunOf(other.run))
            .sort((a, b) => (a.started ?? 0) - (b.started ?? 0)),
          deployment: {
            repository,
            run,
            environmentId: each.environmentId,
            canApprove: each.canApprove,
            reviewers: each.reviewers,
          },
        })),
    ),
  );
}

/** True where the run is of this commit. */
export function isOf(run: WorkflowRun, commit: string): boolean {
  return brings(deliveryRunOf(run), commit);
}
