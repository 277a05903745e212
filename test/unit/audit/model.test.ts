import { describe, expect, it } from 'vitest';
import { csvOf, type Entry, entryOf, joined, type Subject, type TrailEvent } from '../../../src/audit/model';
import { digestOf, readProvenance, writeProvenance } from '../../../src/pipelines/provenance';

const origins = { digestOf, readProvenance };
const penguins: Subject = { kind: 'pipeline', name: 'penguins' };
const model: Subject = { kind: 'model', name: 'penguins' };
const execution = 'arn:aws:sagemaker:eu-west-1:111122223333:pipeline/penguins/execution/fx3k9abcdef1';
const version = 'arn:aws:sagemaker:eu-west-1:111122223333:model-package/penguins/3';

/** How IAM Identity Center signs in: the person is the name of the session. */
const ana = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLE:ana@example.com',
  arn: 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Developer_0123/ana@example.com',
  sessionContext: { sessionIssuer: { type: 'Role', userName: 'AWSReservedSSO_Developer_0123' } },
};

function event(eventName: string, record: object, Username?: string): TrailEvent {
  const all = { eventName, eventSource: 'sagemaker.amazonaws.com', userIdentity: ana, ...record };
  return {
    EventId: eventName,
    EventTime: new Date(Date.UTC(2026, 10, 1)),
    Username,
    CloudTrailEvent: JSON.stringify(all),
  };
}

const said = (eventName: string, record: object, subject = penguins) =>
  entryOf(event(eventName, record), subject, origins);

describe('what a record says of a pipeline', () => {
  it('names the person, the role, the run and its commit', () => {
    const pipelineExecutionDescription = writeProvenance({ commit: 'c'.repeat(40), branch: 'develop', digest: 'd' });
    expect(
      said('StartPipelineExecution', {
        requestParameters: {
          pipelineName: 'penguins',
          pipelineExecutionDisplayName: 'first',
          pipelineExecutionDescription,
        },
        responseElements: { pipelineExecutionArn: execution },
      }),
    ).toMatchObject({
      who: 'ana@example.com',
      as: 'role AWSReservedSSO_Developer_0123',
      what: 'Started run first',
      target: execution,
      commit: 'c'.repeat(40),
      branch: 'develop',
      at: Date.UTC(2026, 10, 1),
    });
  });

  it.each([
    ['StopPipelineExecution', { pipelineExecutionArn: execution }, 'Stopped run fx3k9abcdef1'],
    ['RetryPipelineExecution', { pipelineExecutionArn: execution }, 'Retried run fx3k9abcdef1'],
    ['UpdatePipelineExecution', { pipelineExecutionArn: execution }, 'Changed name or description of run fx3k9abcdef1'],
    ['UpdatePipeline', { pipelineName: 'penguins' }, 'Updated the pipeline'],
    ['DeletePipeline', { pipelineName: 'penguins' }, 'Deleted the pipeline'],
    ['StartPipelineExecution', { pipelineName: 'arn:aws:sagemaker:eu-west-1:1:pipeline/penguins' }, 'Started run'],
    [
      'UpdatePipelineVersion',
      { pipelineArn: 'arn:aws:sagemaker:eu-west-1:1:pipeline/penguins' },
      'Changed name or description of a version',
    ],
  ])('%s %j', (name, requestParameters, what) => {
    expect(said(name, { requestParameters })?.what).toBe(what);
  });

  it.each([
    ['of another pipeline', 'UpdatePipeline', { requestParameters: { pipelineName: 'penguins-2' } }],
    [
      'of a run of another pipeline',
      'StopPipelineExecution',
      { requestParameters: { pipelineExecutionArn: execution.replace('penguins', 'penguins-2') } },
    ],
    [
      'of CodePipeline, which has calls of the same name',
      'UpdatePipeline',
      { eventSource: 'codepipeline.amazonaws.com', requestParameters: { pipelineName: 'penguins' } },
    ],
    ['of no request', 'UpdatePipeline', { requestParameters: null }],
  ])('says nothing %s', (_of, name, record) => {
    expect(said(name, record)).toBeUndefined();
  });

  it('survives a record that cannot be read', () => {
    expect(entryOf({ CloudTrailEvent: '{"eventName": ' }, penguins, origins)).toBeUndefined();
    expect(entryOf({}, penguins, origins)).toBeUndefined();
  });

  it('tells what was refused, and why', () => {
    const entry = said('StopPipelineExecution', {
      requestParameters: { pipelineExecutionArn: execution },
      errorCode: 'AccessDenied',
      errorMessage: 'not today',
    });
    expect(entry?.error).toBe('AccessDenied: not today');
  });

  it.each([
    [{ type: 'IAMUser', userName: 'ben', arn: 'arn:aws:iam::1:user/ben' }, 'ben', 'arn:aws:iam::1:user/ben'],
    [{ type: 'Root', arn: 'arn:aws:iam::1:root' }, 'root', 'arn:aws:iam::1:root'],
    [
      { type: 'AWSService', invokedBy: 'scheduler.amazonaws.com' },
      'scheduler.amazonaws.com',
      'through scheduler.amazonaws.com',
    ],
    [
      { ...ana, invokedBy: 'sagemaker.amazonaws.com' },
      'ana@example.com',
      'role AWSReservedSSO_Developer_0123, through sagemaker.amazonaws.com',
    ],
    [{ ...ana, sessionContext: { sourceIdentity: 'ana' } }, 'ana', 'role AWSReservedSSO_Developer_0123'],
  ])('%j is %s', (userIdentity, who, as) => {
    expect(said('DeletePipeline', { userIdentity, requestParameters: { pipelineName: 'penguins' } })).toMatchObject({
      who,
      as,
    });
  });
});

describe('what a record says of a model', () => {
  it.each([
    [
      'UpdateModelPackage',
      { requestParameters: { modelPackageArn: version, modelApprovalStatus: 'Approved', approvalDescription: 'Good' } },
      'Approved version 3',
    ],
    [
      'UpdateModelPackage',
      { requestParameters: { modelPackageArn: version, modelApprovalStatus: 'Rejected' } },
      'Rejected version 3',
    ],
    ['UpdateModelPackage', { requestParameters: { modelPackageArn: version } }, 'Changed version 3'],
    [
      'CreateModelPackage',
      { requestParameters: { modelPackageGroupName: 'penguins' }, responseElements: { modelPackageArn: version } },
      'Registered version 3',
    ],
    [
      'CreateModelPackage',
      { requestParameters: { modelPackageGroupName: 'penguins' }, errorCode: 'ValidationException' },
      'Registered a version',
    ],
    ['DeleteModelPackage', { requestParameters: { modelPackageName: version } }, 'Deleted version 3'],
    [
      'CreateModelPackageGroup',
      { requestParameters: { modelPackageGroupName: 'penguins' } },
      'Created the model group',
    ],
    [
      'CreateModel',
      { requestParameters: { modelName: 'm', containers: [{}, { modelPackageName: version }] } },
      'Created model m of version 3',
    ],
  ])('%s %j', (name, record, what) => {
    expect(said(name, record, model)?.what).toBe(what);
  });

  it.each([
    ['CreateModel', { requestParameters: { modelName: 'm', primaryContainer: { image: 'i' } } }],
    ['UpdateModelPackage', { requestParameters: { modelPackageArn: version.replace('/penguins/', '/penguins-2/') } }],
    ['UpdatePipeline', { requestParameters: { pipelineName: 'penguins' } }],
  ])('says nothing of %s %j', (name, record) => {
    expect(said(name, record, model)).toBeUndefined();
  });
});

describe('a trail', () => {
  const entry = (id: string, at: number, more: Partial<Entry> = {}): Entry => ({
    id,
    at,
    source: 'CloudTrail',
    who: 'ana',
    what: 'Updated the pipeline',
    ...more,
  });

  it('is in order, has each event once, and an update has the commit that its definition was run from', () => {
    const trail = joined([
      entry('a', 1, { definition: 'x' }),
      entry('b', 3, { definition: 'x', commit: 'c1', branch: 'main' }),
      entry('b', 3),
      entry('c', 2, { definition: 'y' }),
    ]);
    expect(trail.map(({ id, commit }) => [id, commit])).toEqual([
      ['b', 'c1'],
      ['c', undefined],
      ['a', 'c1'],
    ]);
  });

  it('is exported with quotes where they are needed, and without formulas', () => {
    const commits = new Map([['c1', { id: 'c1', author: '=cmd()', subject: 'One, two "three"', tag: '1.0.0' }]]);
    const lines = csvOf([entry('a', 0, { commit: 'c1', comment: 'two\nlines' })], commits).split('\r\n');
    expect(lines[0]).toBe(
      'Time,Who,Signed in as,What,Comment,Error,Resource,Event,Commit,Branch,Commit author,Commit subject,Tag,Source',
    );
    expect(lines[1]).toBe(
      '1970-01-01T00:00:00.000Z,ana,,Updated the pipeline,"two\nlines",,,,c1,,\'=cmd(),"One, two ""three""",1.0.0,CloudTrail',
    );
  });
});
