/** What is asked of GitHub Actions and told to it. */
import { shortId } from '../../shared/format';
import { UserError } from '../../workbench/errors';
import type { GitHubClient } from './client';
import {
  deploymentsIn,
  type Job,
  jobIn,
  jobsIn,
  moves,
  type PendingDeployment,
  pendingIn,
  type Review,
  reviewsIn,
  runIn,
  runsIn,
  statesIn,
  type WorkflowRun,
} from './model';
import type { Repository } from './servers';

/** A repository over a session with its server. */
export interface Asked {
  client: GitHubClient;
  repository: Repository;
}

/** Runs of a commit, and of a list of others, that are looked at. */
const mostOfCommit = 30;
const mostOthers = 20;
const mostJobs = 100;
/** Deployments through which the one in use is searched. */
const mostDeployments = 5;

function at({ repository }: Asked, rest: string): string {
  return `/repos/${repository.path}${rest}`;
}

/** The newest run of each workflow for a commit. */
export async function readRunsOf(asked: Asked, commit: string, signal?: AbortSignal): Promise<WorkflowRun[]> {
  const path = at(asked, `/actions/runs?head_sha=${commit}&per_page=${mostOfCommit}`);
  const runs = runsIn(await asked.client.get(`list the runs of ${asked.repository.path}`, path, signal));
  const newest = new Map<string, WorkflowRun>();
  for (const run of runs) {
    const key = `${run.workflowId} ${run.event}`;
    const known = newest.get(key);
    if (!known || known.number < run.number) newest.set(key, run);
  }
  return [...newest.values()];
}

/** The newest runs of the repository, whatever their commit. */
export async function readOtherRuns(asked: Asked, signal?: AbortSignal): Promise<WorkflowRun[]> {
  const path = at(asked, `/actions/runs?per_page=${mostOthers}`);
  return runsIn(await asked.client.get(`list the runs of ${asked.repository.path}`, path, signal));
}

/** A run that waits, and for what. */
export interface WaitingRun {
  run: WorkflowRun;
  pending: readonly PendingDeployment[];
}

/** The runs of all commits that wait for the protection of an environment. */
export async function readWaiting(asked: Asked, signal?: AbortSignal): Promise<WaitingRun[]> {
  const path = at(asked, `/actions/runs?status=waiting&per_page=${mostOthers}`);
  const runs = runsIn(await asked.client.get(`list what waits in ${asked.repository.path}`, path, signal));
  return Promise.all(runs.map(async (run) => ({ run, pending: await readPending(asked, run.id, signal) })));
}

export async function readRun(asked: Asked, run: number, signal?: AbortSignal): Promise<WorkflowRun> {
  return runIn(await asked.client.get('read the run', at(asked, `/actions/runs/${run}`), signal));
}

async function readPending(asked: Asked, run: number, signal?: AbortSignal): Promise<PendingDeployment[]> {
  return pendingIn(
    await asked.client.get(
      'read what the run waits for',
      at(asked, `/actions/runs/${run}/pending_deployments`),
      signal,
    ),
  );
}

/** The jobs of the latest attempt of a run. */
export async function readJobs(asked: Asked, run: number, signal?: AbortSignal): Promise<Job[]> {
  const path = at(asked, `/actions/runs/${run}/jobs?filter=latest&per_page=${mostJobs}`);
  return jobsIn(await asked.client.get('list the jobs of the run', path, signal));
}

export async function readJob(asked: Asked, job: number, signal?: AbortSignal): Promise<Job> {
  return jobIn(await asked.client.get('read the job', at(asked, `/actions/jobs/${job}`), signal));
}

/** The log of a job; undefined as long as GitHub does not give it: until the job has ended, and once it has expired. */
export function readJobLog(asked: Asked, job: number, signal?: AbortSignal): Promise<string | undefined> {
  return asked.client.text('read the log of the job', at(asked, `/actions/jobs/${job}/logs`), signal);
}

/** The commit that is in use in an environment: that of its newest deployment that succeeded. */
export async function readDeployed(
  asked: Asked,
  environment: string,
): Promise<{ commit: string; at?: number } | undefined> {
  const path = at(asked, `/deployments?environment=${encodeURIComponent(environment)}&per_page=${mostDeployments}`);
  const deployments = deploymentsIn(await asked.client.get(`list the deployments to ${environment}`, path));
  for (const { id, commit, at: since } of deployments) {
    const states = statesIn(
      await asked.client.get('read a deployment', at(asked, `/deployments/${id}/statuses?per_page=10`)),
    );
    if (states.includes('success')) return { commit, ...(since === undefined ? {} : { at: since }) };
  }
  return undefined;
}

/** What is said of a deployment that waits. */
export interface DeploymentDecision {
  run: number;
  environmentId: number;
  environment: string;
  approve: boolean;
  comment: string;
}

/**
 * Approves or rejects the deployment of a run to an environment. What waits is read right before.
 *
 * @throws UserError that says who has decided, or that it waits no more
 */
export async function decideDeployment(asked: Asked, decision: DeploymentDecision): Promise<void> {
  const { run, environmentId, environment, approve, comment } = decision;
  const pending = await readPending(asked, run);
  const found = pending.find((each) => each.environmentId === environmentId);
  if (!found) throw new UserError(await whyNot(asked, decision));
  if (!found.canApprove) {
    const who = found.reviewers.length === 0 ? 'others' : found.reviewers.join(', ');
    throw new UserError(`The deployment to ${environment} waits for ${who}, not for this account.`);
  }
  const verb = approve ? 'approve' : 'reject';
  try {
    await asked.client.post(
      `${verb} the deployment to ${environment}`,
      at(asked, `/actions/runs/${run}/pending_deployments`),
      {
        environment_ids: [environmentId],
        state: approve ? 'approved' : 'rejected',
        comment: comment.trim() === '' ? (approve ? 'Approved' : 'Rejected') : comment,
      },
    );
  } catch (error) {
    const now = await readPending(asked, run).catch(() => pending);
    if (now.some((each) => each.environmentId === environmentId)) throw error;
    throw new UserError(await whyNot(asked, decision), undefined, { cause: error });
  }
}

async function whyNot(asked: Asked, { run, environmentId, environment }: DeploymentDecision): Promise<string> {
  const path = at(asked, `/actions/runs/${run}/approvals`);
  const reviews: Review[] = reviewsIn(await asked.client.get('read who decided', path));
  const review = reviews.find(({ environments }) => environments.includes(environmentId));
  if (!review) {
    const { status } = await readRun(asked, run);
    return `The deployment to ${environment} does not wait any more${moves(status) ? '' : ': the run has ended'}.`;
  }
  const comment = review.comment === '' ? '' : `: “${review.comment}”`;
  return `The deployment to ${environment} was ${review.state} already by ${review.by}${comment}.`;
}

/** Runs again what a run did, in the same run: all its jobs, or those that failed and what depends on them. */
export async function rerun(asked: Asked, run: number, jobs: 'all' | 'failed'): Promise<void> {
  const now = await readRun(asked, run);
  if (moves(now.status)) throw new UserError('The run is under way. Cancel it first, or wait.');
  const rest = jobs === 'all' ? 'rerun' : 'rerun-failed-jobs';
  await asked.client.post(
    `re-run ${now.workflow} of ${shortId(now.commit)}`,
    at(asked, `/actions/runs/${run}/${rest}`),
  );
}

/** Runs a job again, with what depends on it. */
export async function rerunJob(asked: Asked, job: Pick<Job, 'id' | 'name'>): Promise<void> {
  await asked.client.post(`re-run ${job.name}`, at(asked, `/actions/jobs/${job.id}/rerun`));
}

export async function cancelRun(asked: Asked, run: number): Promise<void> {
  await asked.client.post('cancel the run', at(asked, `/actions/runs/${run}/cancel`));
}
