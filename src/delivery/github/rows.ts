/** The rows of GitHub Actions in the Delivery view: repositories, their runs, the jobs of a run, the steps of a job. */
import type { Connection, Session } from '../../aws';
import { formatAge, formatDuration, shortId } from '../../shared/format';
import { deliveryFace, rowIcon } from '../../shared/status';
import { type LiveRow, messageRow, problemRow, type Reading } from '../../workbench';
import { subjectOf } from '../model';
import { type GitHub, signInAction } from './github';
import { isFailure, type Job, type JobStep, moves, type WorkflowRun, worstOf } from './model';
import { isOf, keyOf, type RepositoryNow } from './reading';
import type { Repository, Server } from './servers';
import { readJobs, readOtherRuns, type WaitingRun } from './service';

/** What the commands on rows of GitHub Actions get. */
export interface GitHubPlace {
  server?: Server;
  repository?: Repository;
  run?: WorkflowRun;
  job?: Job;
  step?: JobStep;
}

interface GitHubRow extends LiveRow<Session> {
  connection: Connection;
  github: GitHubPlace;
}

/** Milliseconds between looks at what does not move: an unchanged answer costs nothing. */
const idleInterval = 60_000;

/** The rows of the repositories, none where the workspace has none on a GitHub. */
export function gitHubRows(github: GitHub, connection: Connection, interval: number): LiveRow<Session>[] {
  return github.now.map((now) => repositoryRow(github, connection, interval, now));
}

function repositoryRow(github: GitHub, connection: Connection, interval: number, now: RepositoryNow): GitHubRow {
  const { repository, commit, runs, waiting, isSignedOut, problem } = now;
  const id = `github ${keyOf(repository)}`;
  const worst = worstOf(runs);
  const where =
    repository.server.provider === 'github' ? repository.path : `${repository.server.host}/${repository.path}`;
  const state = isSignedOut ? 'Not signed in' : worst ? deliveryFace(worst.status).word : undefined;
  const make = (run: WorkflowRun, within: string): GitHubRow =>
    runRow(github, connection, interval, now, run, `${within} run ${run.id}`);
  const others: Reading<Session, readonly WorkflowRun[]> = {
    id: `${id} others`,
    loading: 'Looking for runs…',
    interval: (read) => (read?.some(({ status }) => moves(status)) ? interval : idleInterval),
    read: async (_session, signal) => readOtherRuns(await github.asked(repository), signal),
    rows: (read = []) =>
      read.filter((run) => commit === undefined || !isOf(run, commit)).map((run) => make(run, `${id} others`)),
    empty: messageRow(`${id} others#none`, 'No other runs'),
  };
  return {
    id,
    label: 'GitHub Actions',
    description: [state, where].filter((part) => part !== undefined).join(' · '),
    icon: worst && !isSignedOut ? rowIcon(deliveryFace(worst.status)) : { icon: 'github-action' },
    context: 'githubRepository',
    accessibleLabel: `GitHub Actions of ${where}${state === undefined ? '' : `, ${state}`}`,
    expanded: true,
    connection,
    github: { repository },
    below: isSignedOut
      ? [
          {
            id: `${id}#signIn`,
            label: `Sign In to ${repository.server.host}…`,
            tooltip: 'Shows the runs of this commit, their logs, and deployments that wait for approval.',
            icon: { icon: 'sign-in' },
            context: 'message',
            command: signInAction(repository.server),
          },
        ]
      : [
          ...(problem
            ? [problemRow(`${id}#problem`, problem, { title: 'Try Again', command: 'mlopsFlow.delivery.refresh' })]
            : []),
          ...runs.map((run) => make(run, id)),
          ...(runs.length === 0 && !problem
            ? [
                messageRow(
                  `${id}#none`,
                  commit === undefined ? 'No commit yet' : `No run of this commit, ${shortId(commit)}`,
                ),
              ]
            : []),
          ...elsewhere(waiting, commit).map((run) => make(run, id)),
          { id: `${id} others`, label: 'Other Runs', icon: { icon: 'folder' }, context: 'message', below: others },
        ],
  };
}

/** What waits with another commit than the one that is checked out. */
function elsewhere(waiting: readonly WaitingRun[], commit: string | undefined): WorkflowRun[] {
  return waiting.map(({ run }) => run).filter((run) => commit === undefined || !isOf(run, commit));
}

function runRow(
  github: GitHub,
  connection: Connection,
  interval: number,
  { repository, commit, waiting }: RepositoryNow,
  run: WorkflowRun,
  id: string,
): GitHubRow {
  const isYours = commit !== undefined && isOf(run, commit);
  const pending = waiting.find((each) => each.run.id === run.id)?.pending ?? [];
  const holders = pending.map(({ environment, reviewers, opensAt }) =>
    reviewers.length === 0 && opensAt !== undefined
      ? `${environment} opens in ${formatDuration(Math.max(0, opensAt - Date.now()))}`
      : `${environment} held for ${reviewers.join(', ') || 'approval'}`,
  );
  const parts = [
    deliveryFace(run.status).word,
    isYours ? 'your commit' : shortId(run.commit),
    run.attempt > 1 ? `attempt ${run.attempt}` : undefined,
    run.started === undefined ? undefined : formatAge(run.started, Date.now()),
    run.branch,
    ...holders,
    isYours ? undefined : subjectOf(run.message),
  ].filter((part) => part !== undefined);
  const words = moves(run.status)
    ? ['githubActive']
    : isFailure(run.status)
      ? ['githubDone', 'githubFailed']
      : ['githubDone'];
  const reading: Reading<Session, readonly Job[]> = {
    id: `${id} jobs`,
    loading: 'Looking for jobs…',
    interval: () => (moves(run.status) ? interval : idleInterval),
    read: async (_session, signal) => readJobs(await github.asked(repository), run.id, signal),
    rows: (jobs = []) => jobs.map((job) => jobRow(connection, repository, run, job, id)),
    empty: messageRow(`${id}#none`, 'No jobs yet'),
  };
  return {
    id,
    label: `${run.workflow} #${run.number}`,
    description: parts.join(' · '),
    tooltip: [
      `${run.workflow} #${run.number}: ${deliveryFace(run.status).word}`,
      ...(subjectOf(run.message) === undefined ? [] : [String(subjectOf(run.message))]),
      [run.event, run.by === undefined ? undefined : `by ${run.by}`].filter((part) => part !== undefined).join(' '),
    ].join('\n'),
    icon: rowIcon(deliveryFace(run.status)),
    context: ['githubRun', ...words].join(' '),
    accessibleLabel: `Run ${run.number} of ${run.workflow}, ${parts.join(', ')}`,
    expanded: isYours && isFailure(run.status),
    connection,
    github: { repository, run },
    below: reading,
  };
}

function jobRow(connection: Connection, repository: Repository, run: WorkflowRun, job: Job, runId: string): GitHubRow {
  const id = `${runId} job ${job.id}`;
  const parts = [deliveryFace(job.status).word, lengthOf(job)].filter((part) => part !== undefined);
  return {
    id,
    label: job.name,
    description: parts.join(' · '),
    icon: rowIcon(deliveryFace(job.status)),
    context: `githubJob${moves(job.status) || moves(run.status) ? '' : ' githubRerunnable'}`,
    accessibleLabel: `Job ${job.name}, ${parts.join(', ')}`,
    command: logCommand(connection, { repository, run, job }),
    expanded: isFailure(job.status),
    connection,
    github: { repository, run, job },
    below: job.steps.map((step): GitHubRow => {
      const said = [deliveryFace(step.status).word, lengthOf(step)].filter((part) => part !== undefined).join(' · ');
      return {
        id: `${id} step ${step.number}`,
        label: step.name,
        description: said,
        icon: rowIcon(deliveryFace(step.status)),
        context: 'githubStep',
        accessibleLabel: `Step ${step.name}, ${said}`,
        command: logCommand(connection, { repository, run, job, step }),
        connection,
        github: { repository, run, job, step },
      };
    }),
  };
}

function lengthOf({ started, ended }: { started?: number; ended?: number }): string | undefined {
  return started !== undefined && ended !== undefined && ended >= started ? formatDuration(ended - started) : undefined;
}

function logCommand(connection: Connection, github: GitHubPlace): NonNullable<LiveRow<Session>['command']> {
  return {
    command: 'mlopsFlow.delivery.openGitHubLog',
    title: 'Open Log',
    arguments: [{ connection, github }],
  };
}
