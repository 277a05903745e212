import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { layoutFindings, misplaced, programOf, readArchive, repacked } from '../../../src/deployment/archive';
import { deletionOf } from '../../../src/deployment/model/deletion';
import { capacityIn, versionLabel } from '../../../src/deployment/model/endpoint';
import { helpFor } from '../../../src/deployment/model/failures';
import { percentilesOf } from '../../../src/deployment/model/load';
import { missingOf } from '../../../src/deployment/model/references';
import { accessOf, type Decision, judgeAccess } from '../../../src/deployment/model/access';
import { imageCheck, trustsSageMaker } from '../../../src/deployment/preflight';
import { sampleOf } from '../../../src/deployment/dry-run';
import { archive } from '../local/serving';

const sklearn = { image: '1.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:1.2-1', environment: {} };
const pytorch = { image: '1.dkr.ecr.eu-west-1.amazonaws.com/pytorch-inference:2.0', environment: {} };
const own = { image: '1.dkr.ecr.eu-west-1.amazonaws.com/mine:1', environment: {} };
const found = async (files: Record<string, string>, container: typeof sklearn) =>
  layoutFindings(await readArchive(archive(files), programOf(container.environment)), container).map(
    ({ severity, text }) => `${severity}: ${text}`,
  );

describe('the layout of an archive', () => {
  test('with the script where containers look for it has nothing against it', async () => {
    expect(await found({ 'model.json': '{}', 'code/inference.py': 'def model_fn(d):\n  pass\n' }, sklearn)).toEqual([]);
  });

  test('with the script a folder too deep is found, the classic mistake', async () => {
    expect(await found({ 'model/code/inference.py': 'def model_fn(d): pass' }, sklearn)).toEqual([
      'error: The script is model/code/inference.py; containers look for code/inference.py at the top of the archive.',
    ]);
  });

  test.each([
    [
      'with its folder',
      { 'model/model.joblib': 'w', 'model/code/inference.py': 'def model_fn(d): pass', 'model/code/more.py': '1' },
      ['code/inference.py', 'code/more.py', 'model.joblib'],
    ],
    [
      'with the script at the top',
      { 'model.joblib': 'w', 'inference.py': 'def model_fn(d): pass', 'requirements.txt': 'x', 'helper.py': '1' },
      ['code/helper.py', 'code/inference.py', 'code/requirements.txt', 'model.joblib'],
    ],
    [
      'with the script in another folder',
      { 'model.joblib': 'w', 'src/inference.py': 'def model_fn(d): pass', 'src/lib/a.py': '1' },
      ['code/inference.py', 'code/lib/a.py', 'model.joblib'],
    ],
  ])('%s is packed as containers look for it', async (_, files, wanted) => {
    const packed = await repacked(archive(files), 'inference.py');
    const read = await readArchive(packed, 'inference.py');
    expect(read.entries.map(({ name }) => name).sort()).toEqual(wanted);
    expect(misplaced(read, 'inference.py')).toBeUndefined();
    expect(layoutFindings(read, sklearn)).toEqual([]);
    await expect(repacked(packed, 'inference.py')).rejects.toThrow(
      'There is no inference.py to be put into its place.',
    );
  });

  test('without a script is an error where the container cannot load a model, a warning where it may', async () => {
    expect((await found({ 'model.pkl': 'x' }, sklearn))[0]).toMatch(/^error: .*scikit-learn/);
    expect((await found({ 'model.pt': 'x' }, pytorch))[0]).toMatch(/^warning: /);
    expect(await found({ 'model.bin': 'x' }, own)).toEqual([]);
  });

  test('with the source of a script elsewhere is not judged', async () => {
    const environment = { SAGEMAKER_SUBMIT_DIRECTORY: 's3://code/sourcedir.tar.gz' };
    expect(await found({ 'model.pkl': 'x' }, { ...sklearn, environment })).toEqual([]);
  });

  test('a script without model_fn, or with both ways to answer, is found', async () => {
    expect((await found({ 'code/inference.py': 'model_fn = None' }, sklearn))[0]).toMatch(/^error: .*no model_fn/);
    expect(
      await found(
        { 'code/inference.py': 'def model_fn(d): pass\ndef transform_fn(m): pass\ndef input_fn(d): pass' },
        pytorch,
      ),
    ).toEqual(['error: code/inference.py has transform_fn and input_fn: a container takes either.']);
  });

  test('another program is looked for by its name', async () => {
    const environment = { SAGEMAKER_PROGRAM: 'serve.py' };
    expect(await found({ 'code/serve.py': 'def model_fn(d): pass' }, { ...sklearn, environment })).toEqual([]);
  });

  test('the script is read wherever it stands among files of some kilobytes', async () => {
    const text = `def model_fn(d): pass\n${'#'.repeat(9000)}\n`;
    const files = { 'code/a.py': text, 'code/b.py': text, 'code/inference.py': text, 'code/c.py': text };
    const { entries, script } = await readArchive(archive(files), 'inference.py');
    expect([entries.length, script?.text]).toEqual([4, text]);
  });

  test('what is no archive is an error', async () => {
    await expect(readArchive(Buffer.from('nonsense'), 'inference.py')).rejects.toThrow();
    await expect(readArchive(gzipSync(''), 'inference.py')).resolves.toMatchObject({ entries: [] });
  });
});

describe('checks', () => {
  const aws = { region: 'eu-west-1', connection: { kind: 'environment', id: 'e', label: 'e' } } as const;

  test.each([
    ['1'.repeat(12) + '.dkr.ecr.eu-west-1.amazonaws.com/x:1', 'passed'],
    ['1'.repeat(12) + '.dkr.ecr.us-east-1.amazonaws.com/x:1', 'failed'],
    ['docker.io/x:1', 'warning'],
    ['', 'failed'],
  ])('the image %s is %s', (image, state) => {
    expect(imageCheck(aws, image).state).toBe(state);
  });

  test('a role is trusted by its policy', () => {
    expect(trustsSageMaker('{"Statement":[{"Principal":{"Service":"sagemaker.amazonaws.com"}}]}')).toBe(true);
    expect(trustsSageMaker('{"Statement":[{"Principal":{"Service":["lambda.amazonaws.com"]}}]}')).toBe(false);
  });
});

describe('what a role must be allowed', () => {
  const role = 'arn:aws-cn:iam::111122223333:role/service-role/execution';

  test('is to read the archive and to pull the image, by their ARNs', () => {
    const image = '444455556666.dkr.ecr.cn-north-1.amazonaws.com.cn/team/penguins:1.0';
    expect(accessOf({ data: 's3://models/penguins/model.tar.gz', image }, role)).toEqual([
      { actions: ['s3:GetObject'], resource: 'arn:aws-cn:s3:::models/penguins/model.tar.gz' },
      {
        actions: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        resource: 'arn:aws-cn:ecr:cn-north-1:444455556666:repository/team/penguins',
      },
      { actions: ['ecr:GetAuthorizationToken'], resource: '*' },
    ]);
  });

  test('is every object where the archive is a folder, and nothing of what is neither in S3 nor in ECR', () => {
    expect(accessOf({ data: 's3://models/penguins/', image: 'docker.io/penguins' }, role)).toEqual([
      { actions: ['s3:GetObject'], resource: 'arn:aws-cn:s3:::models/penguins/*' },
    ]);
    expect(accessOf({ image: '' }, role)).toEqual([]);
  });

  const decision = (
    action: string,
    how: Decision['decision'],
    resource = 'arn:aws:s3:::models/m.tar.gz',
  ): Decision => ({
    action,
    resource,
    decision: how,
  });

  test('fails where it is denied outright, and warns where no policy of the role allows it', () => {
    const allowed = decision('s3:GetObject', 'allowed');
    expect(judgeAccess('execution', [allowed])).toEqual({ state: 'passed', text: 'execution may s3:GetObject' });
    const missing = decision('ecr:GetAuthorizationToken', 'implicitDeny', '*');
    expect(judgeAccess('execution', [allowed, missing])).toEqual({
      state: 'warning',
      text: 'No policy of execution allows ecr:GetAuthorizationToken. Add it, unless a policy of the bucket or the repository allows it.',
    });
    expect(judgeAccess('execution', [decision('s3:GetObject', 'explicitDeny'), missing])).toEqual({
      state: 'failed',
      text: 'execution is denied s3:GetObject on arn:aws:s3:::models/m.tar.gz. Take it out of the policy that denies it.',
    });
  });
});

describe('small parts', () => {
  test('what is gone of an endpoint is told with what follows', () => {
    expect(missingOf({ config: 'c', doc: {}, models: [{ name: 'm', doc: {} }] })).toEqual([]);
    expect(missingOf({ config: 'c', models: [] })[0]).toMatch(/config c was deleted/);
    expect(missingOf({ config: 'c', doc: {}, models: [{ name: 'm' }] })[0]).toMatch(/cannot scale out/);
  });

  test('a deletion takes the scaling first, and says what stays', () => {
    const target = { ResourceId: 'endpoint/e/variant/v', ScalableDimension: 'd' };
    const plan = deletionOf({
      endpoint: 'e',
      config: 'c',
      models: ['m'],
      scaling: [{ target, policies: [] }],
      alarms: ['a'],
    });
    expect(plan.goes.map(({ call }) => call.operation)).toEqual([
      'DeregisterScalableTarget',
      'DeleteEndpoint',
      'DeleteAlarms',
    ]);
    expect(plan.stays.map(({ label }) => label)).toEqual(['config c', 'model m']);
    expect(deletionOf({ endpoint: 'e', config: undefined, models: [], scaling: [], alarms: [] }).stays).toEqual([]);
  });

  test('reasons of AWS have a cause and a check, unknown ones have none', () => {
    expect(helpFor('did not pass the ping health check.')?.hasLog).toBe(true);
    expect(helpFor('InsufficientInstanceCapacity error')?.text).toMatch(/rolling/);
    expect(helpFor('Something new')).toBeUndefined();
  });

  test('capacities are read from the messages of the service', () => {
    expect(capacityIn('Activating traffic on canary capacity of 1 instance(s).')).toEqual({
      isFull: false,
      instances: 1,
    });
    expect(capacityIn('with traffic enabled on full capacity of 3 instance(s).')).toEqual({
      isFull: true,
      instances: 3,
    });
    expect(capacityIn('Launching 3 instance(s).')).toBeUndefined();
  });

  test('a version is called by its number, another model by its name', () => {
    expect(versionLabel('arn:aws:sagemaker:eu-west-1:1:model-package/penguins/7', 'm')).toBe('v7');
    expect(versionLabel('arn:aws:sagemaker:eu-west-1:1:model-package/penguins', 'm')).toBe('m');
    expect(versionLabel(undefined, 'm')).toBe('m');
  });

  test('percentiles are those of the nearest rank', () => {
    expect(percentilesOf(Array.from({ length: 100 }, (_, index) => 100 - index))).toEqual([50, 90, 99]);
    expect(percentilesOf([7])).toEqual([7, 7, 7]);
  });

  test('a sample has the type of its file', () => {
    expect(sampleOf('a/request.csv', '1,2').contentType).toBe('text/csv');
    expect(sampleOf('a/request.json', '[]').contentType).toBe('application/json');
    expect(sampleOf('a/request', 'x').contentType).toBe('text/plain');
  });
});
