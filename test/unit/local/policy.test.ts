import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreatePipelineCommand, ListPipelinesCommand } from '@aws-sdk/client-sagemaker';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decide, parsePolicy } from '../../../src/local/domain/policy';
import { Bed, bucket, definition, role } from './support';

const allow = (Action: string | string[], Resource: string | string[] = '*') => ({ Effect: 'Allow', Action, Resource });
const deny = (Action: string, Resource = '*') => ({ Effect: 'Deny', Action, Resource });
const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

describe('a policy', () => {
  const pipeline = 'arn:aws:sagemaker:us-east-1:000000000000:pipeline/penguins';

  it.each([
    ['allows what it names', policy(allow('sagemaker:ListPipelines')), 'sagemaker:ListPipelines', '*', 'allowed'],
    ['in any letters', policy(allow('SageMaker:listpipelines')), 'sagemaker:ListPipelines', '*', 'allowed'],
    [
      'and nothing else',
      policy(allow('sagemaker:ListPipelines')),
      'sagemaker:ListPipelineExecutions',
      '*',
      'not allowed',
    ],
    ['by patterns', policy(allow('sagemaker:List*')), 'sagemaker:ListPipelineExecutions', pipeline, 'allowed'],
    ['with one character', policy(allow('sagemaker:ListPipeline?')), 'sagemaker:ListPipelines', '*', 'allowed'],
    ['that end where they end', policy(allow('sagemaker:List')), 'sagemaker:ListPipelines', '*', 'not allowed'],
    ['a dot is a dot', policy(allow('*', 'arn:aws:s3:::a.b')), 's3:GetObject', 'arn:aws:s3:::axb', 'not allowed'],
    [
      'on its resource',
      policy(allow('*', `${pipeline}/*`)),
      'sagemaker:StopPipelineExecution',
      `${pipeline}/execution/a`,
      'allowed',
    ],
    ['and no other', policy(allow('*', pipeline)), 'sagemaker:UpdatePipeline', `${pipeline}-2`, 'not allowed'],
    ['a call that names none needs *', policy(allow('*', pipeline)), 'sagemaker:ListPipelines', '*', 'not allowed'],
    [
      'a deny wins',
      policy(allow('*'), deny('sagemaker:Stop*')),
      'sagemaker:StopPipelineExecution',
      pipeline,
      'denied explicitly',
    ],
    [
      'NotAction',
      policy({ Effect: 'Deny', NotAction: 's3:*', Resource: '*' }, allow('*')),
      'sagemaker:ListPipelines',
      '*',
      'denied explicitly',
    ],
    [
      'NotResource',
      policy({ Effect: 'Allow', Action: '*', NotResource: pipeline }),
      'sagemaker:UpdatePipeline',
      pipeline,
      'not allowed',
    ],
    ['one statement that is no list', JSON.stringify({ Statement: allow('*') }), 's3:GetObject', '*', 'allowed'],
  ])('%s', (_what, text, action, resource, decision) => {
    expect(decide(parsePolicy(text), action, resource)).toBe(decision);
  });

  it.each([
    ['{', /JSON/],
    ['{}', /Statement 1 needs an Effect/],
    [policy({ Effect: 'Maybe', Action: '*', Resource: '*' }), /Statement 1 needs an Effect/],
    [policy(allow('*'), { Effect: 'Deny', Resource: '*' }), /Statement 2 has one of Action and NotAction/],
    [policy({ Effect: 'Allow', Action: '*' }), /Statement 1 has one of Resource and NotResource/],
  ])('%s is not one', (text, problem) => {
    expect(() => parsePolicy(text)).toThrow(problem);
  });
});

describe('Local with a policy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mlops-flow-policy-'));
  const file = join(folder, 'policy.json');
  let bed: Bed;
  beforeAll(async () => {
    writeFileSync(file, policy(allow('*')));
    bed = await Bed.start({ policy: file });
  });
  afterAll(async () => {
    await bed.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const create = () =>
    bed.clients.sagemaker.send(
      new CreatePipelineCommand({
        PipelineName: 'penguins',
        ClientRequestToken: crypto.randomUUID(),
        RoleArn: role,
        PipelineDefinition: definition([]),
      }),
    );

  it('answers as AWS does, in the error of each protocol, and follows the file', async () => {
    const { sagemaker, s3, sts } = bed.clients;
    writeFileSync(file, policy(allow(['sagemaker:ListModels', 's3:PutObject'])));
    const User = 'arn:aws:sts::000000000000:assumed-role/execution/local';
    await expect(sagemaker.send(new ListPipelinesCommand({}))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: ${User} is not authorized to perform: sagemaker:ListPipelines on resource: * because no identity-based policy allows the sagemaker:ListPipelines action`,
    });
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'k', Body: 'x' }));
    await expect(s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'k' }))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(`s3:GetObject on resource: arn:aws:s3:::${bucket}/k`) as string,
    });
    await expect(s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'k' }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
    expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe('000000000000');
    writeFileSync(file, policy(allow('sagemaker:*'), deny('sagemaker:ListPipelines')));
    await expect(sagemaker.send(new ListPipelinesCommand({}))).rejects.toThrow('with an explicit deny');
    writeFileSync(file, policy(allow('*'), { Effect: 'Allow', Action: 's3:*', Resource: '*' }));
    expect((await sagemaker.send(new ListPipelinesCommand({}))).PipelineSummaries).toEqual([]);
  });

  it('asks for the permission to pass a role, and allows nothing where the file is broken', async () => {
    writeFileSync(file, policy(allow('sagemaker:*')));
    await expect(create()).rejects.toThrow(`iam:PassRole on resource: ${role}`);
    writeFileSync(file, '{');
    await expect(create()).rejects.toThrow(`The policy ${file} cannot be read`);
    writeFileSync(file, policy(allow('sagemaker:*'), allow('iam:PassRole', 'arn:aws:iam::*:role/*')));
    expect((await create()).PipelineArn).toContain('penguins');
  });

  it('does not start with a file that is none', async () => {
    writeFileSync(join(folder, 'broken.json'), '{}');
    await expect(Bed.start({ policy: join(folder, 'broken.json') })).rejects.toThrow('Statement 1 needs an Effect');
  });
});
