/** What the commands on runs of GitHub Actions do. */
import { env, Uri, window } from 'vscode';
import { UserError } from '../../workbench';
import type { Approval } from '../approvals';
import { lineOfStep } from '../github/log-text';
import { jobLogPlace } from '../github/logs';
import { isFailure } from '../github/model';
import type { GitHubPlace } from '../github/rows';
import { cancelRun, decideDeployment, readJobs, rerun, rerunJob } from '../github/service';
import type { Room } from '../room';
import { tellRun, warningOf } from '../verbs';

/** Shows the log of a job, at the step that is meant or has failed; of a run, that of its first job that has failed. */
export async function openGitHubLog(
  { github, jobLogs }: Room,
  { repository, run, job, step }: GitHubPlace,
): Promise<void> {
  if (!repository) return;
  const jobs = job || !run ? [] : await readJobs(await github.asked(repository), run.id);
  const shown = job ?? jobs.find(({ status }) => isFailure(status)) ?? jobs[0];
  if (!shown) throw new UserError('The run has no jobs yet.');
  const at = step ?? shown.steps.find(({ status }) => isFailure(status));
  await jobLogs.show(jobLogPlace(repository, shown), ({ log }) => at && lineOfStep(log, at));
}

/** Runs again in the same run: `all` jobs, those that `failed`, or the one of the row. */
export async function rerunOnGitHub(
  { github }: Room,
  place: GitHubPlace,
  what: 'all' | 'failed' | 'job',
): Promise<void> {
  const { repository, run, job } = place;
  if (!repository || !run) return;
  const title = { all: 'Re-run All Jobs', failed: 'Re-run Failed Jobs', job: `Re-run ${job?.name ?? ''}` }[what];
  const consequence = {
    all: `All jobs of ${run.workflow} run again with the same commit, those that deploy too.`,
    failed: `The jobs that failed and those that depend on them run again with the same commit, in this same run.`,
    job: `The job and those that depend on it run again with the same commit, in this same run.`,
  }[what];
  if (!(await agree(`${title}?`, consequence, title))) return;
  const asked = await github.asked(repository);
  if (what === 'job') {
    if (job) await rerunJob(asked, job);
  } else await rerun(asked, run.id, what);
  await github.refresh();
}

export async function cancelOnGitHub({ github }: Room, { repository, run }: GitHubPlace): Promise<void> {
  if (!repository || !run) return;
  const consequence = 'Jobs that are under way are stopped; what they have deployed stays.';
  if (!(await agree(`Cancel ${run.workflow} #${run.number}?`, consequence, 'Cancel Run'))) return;
  await cancelRun(await github.asked(repository), run.id);
  await github.refresh();
}

/** Opens a run, a job or the runs of a repository in the browser. */
export async function openOnGitHub({ repository, run, job }: GitHubPlace): Promise<void> {
  const page = repository && `https://${repository.server.host}/${repository.path}/actions`;
  const url = (job?.url ?? '') || (run?.url ?? '') || page;
  if (url !== undefined) await env.openExternal(Uri.parse(url));
}

/** Approves or rejects a deployment that waits. @returns whether it was done */
export async function decideOnDeployment({ github }: Room, approval: Approval, approve: boolean): Promise<boolean> {
  const { deployment, action, promotes, behind } = approval;
  if (!deployment) return false;
  const verb = approve ? 'Approve' : 'Reject';
  const warning = approve ? warningOf(behind, undefined) : undefined;
  const comment = await window.showInputBox({
    title: `${verb} ${action} of ${approval.pipeline} · ${deployment.repository.server.host}`,
    prompt: [consequenceOf(approval, approve), warning, 'Comment (optional):']
      .filter((part) => part !== undefined)
      .join(' '),
    placeHolder: tellRun(promotes),
    ignoreFocusOut: true,
  });
  if (comment === undefined) return false;
  await sendDecision({ github }, approval, approve, comment);
  return true;
}

/** Sends what was decided, for the run that was shown and no other. */
export async function sendDecision(
  { github }: Pick<Room, 'github'>,
  { deployment, action }: Approval,
  approve: boolean,
  comment: string,
): Promise<void> {
  if (!deployment) return;
  const { repository, run, environmentId } = deployment;
  try {
    const decision = { run: run.id, environmentId, environment: action, approve, comment };
    await decideDeployment(await github.asked(repository), decision);
  } finally {
    await github.refresh();
  }
}

/** What a decision about a deployment leads to. */
export function consequenceOf({ action, promotes, stage }: Approval, approve: boolean): string {
  return approve
    ? `${stage} goes on and deploys ${tellRun(promotes)} to ${action}.`
    : `The jobs for ${action} do not run, and the run of ${stage} fails.`;
}

async function agree(text: string, detail: string, action: string): Promise<boolean> {
  return (await window.showWarningMessage(text, { modal: true, detail }, action)) === action;
}
