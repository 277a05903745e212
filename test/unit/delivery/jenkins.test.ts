/** Jobs of Jenkins over a stand-in of its remote access API. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JenkinsClient } from '../../../src/delivery/jenkins/client';
import { itemOf, itemQuery, jobAddresses, jobBelow, stagesOf } from '../../../src/delivery/jenkins/model';
import { JenkinsServer } from '../../fixtures/jenkins';

vi.mock('vscode', () => import('../../fixtures/vscode'));

const { signal } = new AbortController();
const commit = '1111111111111111111111111111111111111111';
let jenkins: JenkinsServer;
let base: string;

beforeEach(async () => {
  jenkins = await JenkinsServer.start();
  base = `${jenkins.url}/job/penguins/`;
});

afterEach(() => jenkins.stop());

describe('jobs', () => {
  it('have their builds, with commit and cause', async () => {
    jenkins.answers[`/job/penguins/${itemQuery}`] = {
      body: {
        _class: 'org.jenkinsci.plugins.workflow.job.WorkflowJob',
        builds: [
          { number: 3, building: true, result: null, timestamp: 5, duration: 0, actions: [] },
          {
            number: 2,
            building: false,
            result: 'UNSTABLE',
            timestamp: 1,
            duration: 4,
            actions: [
              {},
              { causes: [{ shortDescription: 'Started by an SCM change' }] },
              { lastBuiltRevision: { SHA1: commit } },
            ],
          },
        ],
      },
    };
    const item = itemOf(await new JenkinsClient(undefined).json(`${base}${itemQuery}`, signal));
    expect(item.builds).toEqual([
      { number: 3, status: 'InProgress', started: 5, commits: [] },
      { number: 2, status: 'Unstable', started: 1, length: 4, commits: [commit], cause: 'Started by an SCM change' },
    ]);
  });

  it('of folders and multibranch projects stand below, under the address that the user gave', () => {
    const item = itemOf({
      jobs: [{ name: 'feature%2Fislands', color: 'red_anime' }, { name: 'main', color: 'blue' }, {}],
    });
    expect(item.jobs.map(({ status }) => status)).toEqual(['InProgress', 'Succeeded', 'NotRun']);
    expect(jobBelow('https://j.example/job/p/', 'feature%2Fislands')).toBe(
      'https://j.example/job/p/job/feature%252Fislands/',
    );
  });

  it('are those addresses of the settings that are some', () => {
    expect(jobAddresses(['https://j.example/job/p', 'https://j.example/job/p//?x=1', 'ftp://j', 'j', 7])).toEqual([
      'https://j.example/job/p/',
      'https://j.example/job/p/',
    ]);
  });
});

describe('builds', () => {
  it('have stages, and none where the plugin is not there', async () => {
    jenkins.answers['/job/penguins/2/wfapi/describe'] = {
      body: {
        stages: [
          { name: 'Test', status: 'FAILED', durationMillis: 7 },
          { name: 'Deploy', status: 'NOT_EXECUTED' },
        ],
      },
    };
    const client = new JenkinsClient(undefined);
    expect(stagesOf(await client.json(`${base}2/wfapi/describe`, signal))).toEqual([
      { name: 'Test', status: 'Failed', length: 7 },
      { name: 'Deploy', status: 'Skipped' },
    ]);
    expect(stagesOf(await client.json(`${base}1/wfapi/describe`, signal))).toEqual([]);
  });

  it('have a log that is read on from where it ended, also behind letters of several bytes', async () => {
    jenkins.answers['/job/penguins/2/logText/progressiveText?start=0'] = {
      body: 'größe\n',
      headers: { 'x-text-size': '8', 'x-more-data': 'true' },
    };
    jenkins.answers['/job/penguins/2/logText/progressiveText?start=8'] = {
      body: 'done\n',
      headers: { 'x-text-size': '13' },
    };
    const client = new JenkinsClient(undefined);
    const first = await client.log(`${base}2/`, 0, signal);
    expect(first).toEqual({ text: 'größe\n', end: 8, hasMore: true });
    expect(await client.log(`${base}2/`, first?.end ?? 0, signal)).toEqual({ text: 'done\n', end: 13, hasMore: false });
  });
});

describe('who reads', () => {
  it('is asked for where Jenkins wants to know, and told where it refuses', async () => {
    jenkins.needs = `Basic ${Buffer.from('ada:11aa').toString('base64')}`;
    jenkins.answers['/job/penguins/x'] = { body: {} };
    await expect(new JenkinsClient(undefined).json(`${base}x`, signal)).rejects.toMatchObject({
      message: expect.stringContaining('asks who reads it') as unknown,
      next: { command: 'mlopsFlow.delivery.signInToJenkins' },
    });
    const wrong = new JenkinsClient({ user: 'ada', token: 'old-secret' }).json(`${base}x`, signal);
    await expect(wrong).rejects.toThrow(/does not let ada read it/);
    await expect(wrong).rejects.not.toThrow(/old-secret/);
    expect(await new JenkinsClient({ user: 'ada', token: '11aa' }).json(`${base}x`, signal)).toEqual({});
  });
});
