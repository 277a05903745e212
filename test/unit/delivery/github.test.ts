/** GitHub Actions over a stand-in of its REST API. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GitHubClient } from '../../../src/delivery/github/client';
import { jobLogOf, groupsIn, lineOfStep } from '../../../src/delivery/github/log-text';
import { statusOf, worstOf } from '../../../src/delivery/github/model';
import { deploymentApprovals, intervalOf, readGitHub, type RepositoryNow } from '../../../src/delivery/github/reading';
import { repositoriesOf, serversOf } from '../../../src/delivery/github/servers';
import {
  type Asked,
  cancelRun,
  decideDeployment,
  readDeployed,
  readJobLog,
  readJobs,
  readRunsOf,
  rerun,
  rerunJob,
} from '../../../src/delivery/github/service';
import { failingJob, GitHubServer, token } from '../../fixtures/github/server';

vi.mock('vscode', () => import('../../fixtures/vscode'));

const commit = '1111111111111111111111111111111111111111';
const older = '2222222222222222222222222222222222222222';
const { signal } = new AbortController();
let github: GitHubServer;
let asked: Asked;

beforeEach(async () => {
  github = await GitHubServer.start();
  const [, server] = serversOf(github.url);
  if (!server) throw new Error('no server');
  asked = {
    client: new GitHubClient(server.host, server.api, token),
    repository: { server, path: 'team/penguins' },
  };
});

afterEach(() => github.stop());

async function read(before?: readonly RepositoryNow[], client: GitHubClient | undefined = asked.client) {
  return readGitHub(
    {
      checkouts: () => Promise.resolve([{ root: '/penguins', commit, remotes: [`${github.url}/team/penguins.git`] }]),
      servers: () => [asked.repository.server],
      client: () => Promise.resolve(client),
    },
    signal,
    before,
  );
}

describe('servers and repositories', () => {
  it('has the API of github.com, of an Enterprise and of one with data residency', () => {
    expect(serversOf('').map(({ api }) => api)).toEqual(['https://api.github.com']);
    expect(serversOf('https://github.example.com/').map(({ api }) => api)).toEqual([
      'https://api.github.com',
      'https://github.example.com/api/v3',
    ]);
    expect(serversOf('https://company.ghe.com')[1]).toEqual({
      host: 'company.ghe.com',
      api: 'https://api.company.ghe.com',
      provider: 'github-enterprise',
    });
    expect(serversOf('not an address')).toHaveLength(1);
    expect(serversOf('file:///etc')).toHaveLength(1);
  });

  it.each([
    ['git@github.com:Team/Penguins.git', ['team/penguins']],
    ['https://token@github.com/team/penguins', ['team/penguins']],
    ['ssh://git@ssh.github.com:443/team/penguins.git', ['team/penguins']],
    ['git@github.com-work:team/penguins.git', ['team/penguins']],
    ['git@gitlab.com:team/penguins.git', []],
    ['https://github.com.example.org/team/penguins', []],
    ['https://github.com/team/group/penguins', []],
    ['https://github.com/team', []],
  ])('%s', (url, expected) => {
    expect(repositoriesOf({ root: '/p', remotes: [url, url] }, serversOf('')).map(({ path }) => path)).toEqual(
      expected,
    );
  });
});

describe('the runs of a commit', () => {
  it('are the newest of each workflow, with what waits for whom', async () => {
    github.run({ id: 1, head_sha: commit, conclusion: 'failure' });
    github.run({ id: 2, head_sha: commit, conclusion: 'success' });
    github.run({ id: 3, head_sha: older, name: 'Deploy', workflow_id: 2 });
    github.run({
      id: 4,
      head_sha: commit,
      name: 'Deploy',
      workflow_id: 2,
      status: 'waiting',
      conclusion: null,
      pending: [{ id: 7, name: 'production', canApprove: true, reviewers: ['ada', 'release-team'] }],
    });
    const [now] = await read();
    expect(now?.runs.map(({ id, status }) => [id, status])).toEqual([
      [4, 'Waiting'],
      [2, 'Succeeded'],
    ]);
    const [approval] = deploymentApprovals(now ? [now] : []);
    expect(approval).toMatchObject({ pipeline: 'team/penguins', stage: 'Deploy', action: 'production', run: '4' });
    expect(approval?.deployment?.reviewers).toEqual(['ada', 'release-team']);
  });

  it('are asked again with the ETag, and an unchanged answer is taken from before', async () => {
    github.run({ id: 1, head_sha: commit });
    const first = await read();
    const second = await read(first);
    expect(second).toEqual(first);
    expect(github.asked.map(({ status }) => status)).toEqual([200, 200, 304, 304]);
    const run = github.runs[0];
    if (run) run.conclusion = 'failure';
    const [third] = await read(second);
    expect(third?.runs[0]?.status).toBe('Failed');
  });

  it('are not asked for where nobody is signed in', async () => {
    const [now] = await readGitHub(
      {
        checkouts: () => Promise.resolve([{ root: '/p', commit, remotes: [`${github.url}/team/penguins`] }]),
        servers: () => [asked.repository.server],
        client: () => Promise.resolve(undefined),
      },
      signal,
    );
    expect(now?.isSignedOut).toBe(true);
    expect(github.asked).toEqual([]);
  });

  it('stay as they were where a later reading fails, with the reason', async () => {
    github.run({ id: 1, head_sha: commit });
    const first = await read();
    github.refusal = { status: 500, message: 'Server Error' };
    const [now] = await read(first);
    expect(now?.runs.map(({ id }) => id)).toEqual([1]);
    expect(now?.problem?.message).toContain('Server Error');
  });

  it('cost at most 36 requests a minute while they move, and one look a minute otherwise', async () => {
    const pending = [{ id: 7, name: 'production', canApprove: true, reviewers: ['ada'] }];
    for (let id = 1; id <= 10; id++) {
      github.run({ id, head_sha: commit, workflow_id: id, status: 'waiting', conclusion: null, pending });
    }
    const now = await read();
    const requests = github.asked.length;
    expect(requests).toBe(12);
    expect((60_000 / intervalOf(now, 1_000)) * requests).toBeLessThanOrEqual(36);
    for (const run of github.runs) Object.assign(run, { status: 'completed', conclusion: 'success' });
    expect(intervalOf(await read(now), 1_000)).toBe(60_000);
  });
});

describe('what GitHub refuses', () => {
  const refused = async (): Promise<string> => {
    try {
      await readRunsOf(asked, commit);
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
    return 'nothing';
  };

  it('asks for another session where the token has expired', async () => {
    asked.client = new GitHubClient('127.0.0.1', asked.repository.server.api, 'expired');
    expect(await refused()).toContain('Sign in again');
  });

  it('says that the account does not see the repository', async () => {
    asked.repository = { ...asked.repository, path: 'team/secret' };
    expect(await refused()).toContain('this account does not see it');
  });

  it('tells of single sign-on with the page that authorizes', async () => {
    const page = 'https://github.example.com/orgs/team/sso?authorization_request=A';
    github.refusal = { status: 403, headers: { 'x-github-sso': `required; url=${page}` }, message: 'SAML' };
    await expect(readRunsOf(asked, commit)).rejects.toMatchObject({ next: { arguments: [page] } });
  });

  it('sends nothing more until the limit of requests is renewed', async () => {
    const reset = Math.floor(Date.now() / 1000) + 3600;
    github.refusal = {
      status: 403,
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) },
      message: 'API rate limit exceeded',
    };
    expect(await refused()).toContain('is used up until');
    expect(await refused()).toContain('is used up until');
    expect(github.asked).toHaveLength(1);
  });

  it('says that the server was not reached', async () => {
    await github.stop();
    expect(await refused()).toMatch(/was not reached \(.*ECONNREFUSED/);
  });

  it('never repeats the token', async () => {
    asked.client = new GitHubClient('127.0.0.1', asked.repository.server.api, 'gho_secret');
    expect(await refused()).not.toContain('gho_secret');
  });
});

describe('deployments that wait', () => {
  const decision = { run: 4, environmentId: 7, environment: 'production', approve: true, comment: '' };
  const waits = (canApprove = true) =>
    github.run({
      id: 4,
      head_sha: commit,
      status: 'waiting',
      conclusion: null,
      pending: [{ id: 7, name: 'production', canApprove, reviewers: ['grace'] }],
    });

  it('are approved for this environment alone', async () => {
    const run = waits();
    run.pending.push({ id: 8, name: 'staging', canApprove: true, reviewers: ['grace'] });
    await decideDeployment(asked, decision);
    expect(github.asked.at(-1)?.body).toEqual({ environment_ids: [7], state: 'approved', comment: 'Approved' });
    expect(run.pending.map(({ id }) => id)).toEqual([8]);
  });

  it('say who was faster, and are not decided twice', async () => {
    waits();
    await decideDeployment(asked, { ...decision, approve: false, comment: 'Not yet' });
    await expect(decideDeployment(asked, decision)).rejects.toThrow(
      'The deployment to production was rejected already by ada: “Not yet”.',
    );
    expect(github.asked.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('say that the run was cancelled meanwhile', async () => {
    const run = waits();
    Object.assign(run, { status: 'completed', conclusion: 'cancelled', pending: [] });
    await expect(decideDeployment(asked, decision)).rejects.toThrow('does not wait any more: the run has ended');
  });

  it('are not sent where somebody else has to decide', async () => {
    waits(false);
    await expect(decideDeployment(asked, decision)).rejects.toThrow('waits for grace, not for this account');
    expect(github.asked.some(({ method }) => method === 'POST')).toBe(false);
  });

  it('replace the newest deployment that succeeded', async () => {
    github.deployments.push(
      { id: 1, environment: 'production', sha: older, states: ['in_progress', 'success', 'inactive'] },
      { id: 2, environment: 'production', sha: commit, states: ['waiting'] },
    );
    expect(await readDeployed(asked, 'production')).toMatchObject({ commit: older });
    expect(await readDeployed(asked, 'staging')).toBeUndefined();
  });

  it('name the newer ones that wait behind', async () => {
    waits();
    github.run({
      id: 5,
      head_sha: older,
      status: 'waiting',
      conclusion: null,
      pending: [{ id: 7, name: 'production', canApprove: true, reviewers: ['grace'] }],
    });
    const now = await read();
    const [first] = deploymentApprovals(now).filter(({ run }) => run === '4');
    expect(first?.behind.map(({ id }) => id)).toEqual(['5']);
  });
});

describe('running again', () => {
  it('takes all jobs, those that failed, or one', async () => {
    const failed = failingJob(11);
    const good = { ...failingJob(12), name: 'lint', conclusion: 'success' };
    const run = github.run({ id: 1, head_sha: commit, conclusion: 'failure', jobs: [failed, good] });
    await rerun(asked, 1, 'failed');
    expect(run.jobs.map(({ status }) => status)).toEqual(['in_progress', 'completed']);
    expect(run.run_attempt).toBe(2);
    await expect(rerun(asked, 1, 'all')).rejects.toThrow('The run is under way');
    await cancelRun(asked, 1);
    await rerun(asked, 1, 'all');
    expect(run.jobs.map(({ status }) => status)).toEqual(['in_progress', 'in_progress']);
    await cancelRun(asked, 1);
    await rerunJob(asked, { id: 12, name: 'lint' });
    expect(github.asked.at(-1)?.path).toContain('/actions/jobs/12/rerun');
  });
});

describe('logs of jobs', () => {
  it('come over the redirect, to which no token is sent', async () => {
    github.run({ id: 1, head_sha: commit, jobs: [failingJob(11)] });
    const [job] = await readJobs(asked, 1);
    const log = jobLogOf((await readJobLog(asked, job?.id ?? 0)) ?? '');
    const lines = log.text.split('\n');
    expect(github.asked.at(-1)).toMatchObject({ path: '/logs/11', token: undefined });
    expect(lines[2]).toBe('pytest -q');
    const step = job?.steps[1];
    expect(step && lineOfStep(log, step)).toBe(5);
    expect(job?.steps[0] && lineOfStep(log, job.steps[0])).toBe(0);
    expect(job?.steps[2] && lineOfStep(log, job.steps[2])).toBe(6);
    expect(groupsIn(lines)).toEqual([{ start: 1, end: 3 }]);
  });

  it('are not there while the job runs', async () => {
    github.run({ id: 1, head_sha: commit, jobs: [{ ...failingJob(11), status: 'in_progress', conclusion: null }] });
    expect(await readJobLog(asked, 11)).toBeUndefined();
  });
});

describe('states', () => {
  it.each([
    ['completed', 'success', 'Succeeded'],
    ['completed', 'cancelled', 'Cancelled'],
    ['completed', 'skipped', 'Skipped'],
    ['completed', 'timed_out', 'TIMED_OUT'],
    ['completed', 'newer_than_this', 'newer_than_this'],
    ['waiting', '', 'Waiting'],
    ['queued', '', 'QUEUED'],
    ['in_progress', '', 'InProgress'],
  ])('%s %s is %s', (status, conclusion, expected) => expect(statusOf(status, conclusion)).toBe(expected));

  it('of a commit are those of the run that asks most for attention', async () => {
    github.run({ id: 1, head_sha: commit, workflow_id: 1, status: 'in_progress', conclusion: null });
    github.run({ id: 2, head_sha: commit, workflow_id: 2, conclusion: 'failure' });
    github.run({ id: 3, head_sha: commit, workflow_id: 3, conclusion: 'success' });
    expect(worstOf(await readRunsOf(asked, commit))?.id).toBe(2);
    expect(worstOf([])).toBeUndefined();
  });
});
