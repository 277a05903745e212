/** `mlops-flow deploy` and `mlops-flow endpoint` as programs, against a Local that goes sixty times as fast. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { putObject, setAlarm } from '../../../src/deployment/service';
import { type LocalSession, startLocalSession } from '../../fixtures/local/session';
import { archive, echo, image } from '../local/serving';
import { bucket, buildServer, makeTemp } from '../local/support';

let folder: string;
let local: LocalSession;

beforeAll(async () => {
  folder = makeTemp();
  await buildServer(join(folder, 'dist'));
  local = await startLocalSession('cli-deploy', { speed: 60 });
  mkdirSync(join(folder, '.mlops'));
  const deployment = {
    endpoint: 'echo',
    instances: 2,
    strategy: 'canary',
    percent: 50,
    interval: 60,
    bake: 60,
    alarms: {},
    sample: 'sample.json',
  };
  const strict = { ...deployment, endpoint: 'strict', requires: { approval: true } };
  const environments = {
    dev: { connection: 'Local', deployment },
    production: { connection: 'Local', deployment: strict },
  };
  writeFileSync(join(folder, '.mlops', 'config.json'), JSON.stringify({ environments }));
  writeFileSync(join(folder, 'sample.json'), '[1]');
  const { sagemaker, sdk } = local.session;
  await sagemaker.send(new sdk.CreateModelPackageGroupCommand({ ModelPackageGroupName: 'echo' }));
  for (const name of ['one', 'two', 'three']) {
    const data = `s3://${bucket}/models/${name}/model.tar.gz`;
    const files = name === 'three' ? echo(name, 'raise ValueError("no such luck")') : echo(name);
    await putObject(local.session, data, archive(files));
    await sagemaker.send(
      new CreateModelPackageCommand({
        ModelPackageGroupName: 'echo',
        ModelApprovalStatus: name === 'three' ? 'PendingManualApproval' : 'Approved',
        InferenceSpecification: {
          Containers: [{ Image: image, ModelDataUrl: data }],
          SupportedContentTypes: ['application/json'],
          SupportedResponseMIMETypes: ['application/json'],
        },
      }),
    );
  }
});

afterAll(async () => {
  await local.end();
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Runs a command; `heard` hears of all that it has said to standard error so far. */
function cli(
  command: 'deploy' | 'endpoint' | 'transform',
  args: string[],
  input = '',
  heard: (err: string, child: ChildProcess) => void = () => undefined,
): Promise<Ended> {
  const main = `require(${JSON.stringify(join(folder, 'dist', `${command}.js`))}).run(process.argv.slice(1)).then((code) => (process.exitCode = code), (error) => { console.error(error.message); process.exitCode = 2; })`;
  const { endpoint, accessKeyId, secretAccessKey, region } = local.controlPlane.ready;
  const child = spawn(process.execPath, ['-e', main, '--', ...args], {
    cwd: folder,
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_REGION: region,
      MLOPS_FLOW_DATA: local.folder,
    },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
    heard(err, child);
  });
  child.stdin.end(input);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })));
}

test('the plan is printed before anything is done', async () => {
  const { code, out } = await cli('deploy', ['echo:1', '--to', 'dev', '--plan', 'cli']);
  expect(code).toBe(0);
  expect(out).toMatch(/aws sagemaker create-model[\s\S]*aws sagemaker create-endpoint /);
  expect((await cli('endpoint', ['status'])).out).toBe('');
});

test('a version is deployed after its dry run, and followed to its verdict', async () => {
  const { code, out, err } = await cli('deploy', ['echo:1', '--to', 'dev', '--dry-run', '--wait']);
  expect(err).toContain('Dry run: It answers the sample.');
  expect(err).toMatch(/The sample was answered by AllTraffic in \d+ ms\.\n$/);
  expect(out).toBe('Deployed v1\n');
  expect(code).toBe(0);
});

test('without a version the newest approved one is meant; the update is a canary', async () => {
  const { code, out, err } = await cli('deploy', ['echo', '--to', 'dev', '--wait']);
  expect(err).toContain('canary capacity of 1 instance(s)');
  expect(out).toBe('Deployed v2\n');
  expect(code).toBe(0);
});

test('an update that fails is rolled back: 3, with the reason, and the status says so too', async () => {
  const { code, out } = await cli('deploy', ['echo:3', '--to', 'dev', '--wait']);
  expect(out).toMatch(/^Rolled back to v2: /);
  expect(code).toBe(3);
  const status = await cli('endpoint', ['status', 'echo', '--json']);
  expect(status.code).toBe(3);
  expect(JSON.parse(status.out)).toMatchObject({
    serves: 'v2',
    last: { outcome: 'rolled-back' },
    history: [{ label: 'v3' }, { label: 'v2', outcome: 'deployed' }, { label: 'v1', outcome: 'deployed' }],
  });
});

test('a request from standard input is answered, and the fault of a model is 1', async () => {
  const { code, out } = await cli('endpoint', ['invoke', 'echo'], '[1, 2]');
  expect(JSON.parse(out)).toMatchObject({ model: 'two' });
  expect(code).toBe(0);
  const wrong = await cli('endpoint', ['invoke', 'echo', '--content-type', 'image/png'], 'x');
  expect(wrong.err).toMatch(/^The model answered 5\d\d: /);
  expect(wrong.code).toBe(1);
});

test('back to the version before, by its own config', async () => {
  const { code, out } = await cli('endpoint', ['rollback', 'echo', '--version', '1', '--wait']);
  expect(out).toBe('Deployed v1\n');
  expect(code).toBe(0);
  const never = await cli('endpoint', ['rollback', 'echo', '--version', '9']);
  expect(never.err).toContain('9 was never deployed to echo.');
  expect(never.code).toBe(1);
});

test('Ctrl-C ends the waiting and not the update, which another one does not disturb', async () => {
  let waiting: ChildProcess | undefined;
  const ending = cli('deploy', ['echo:2', '--to', 'dev', '--wait', '--set', 'interval=3600'], '', (err, child) => {
    if (err.includes('canary capacity')) waiting = child;
  });
  await expect.poll(() => waiting, { timeout: 60_000 }).toBeDefined();
  const second = await cli('deploy', ['echo:1', '--to', 'dev']);
  const back = await cli('endpoint', ['rollback', 'echo']);
  waiting?.kill('SIGINT');
  const first = await ending;
  expect(first).toMatchObject({ code: 130, out: '' });
  expect(first.err).toMatch(/Not waited for any more\. The deployment .*: mlops-flow endpoint status echo\n$/);
  expect(second).toMatchObject({
    code: 1,
    err: expect.stringContaining('This endpoint is Updating: AWS takes no update until it has settled.') as string,
  });
  expect(back).toMatchObject({ code: 1, err: expect.stringContaining('is Updating') as string });
  await setAlarm(local.session, 'echo-abort', 'ALARM', 'A person has ended it.');
  // Whoever looks at it next follows it on: nobody has written down that it was another one.
  await expect
    .poll(async () => (await cli('endpoint', ['status', 'echo'])).out, { timeout: 120_000, interval: 500 })
    .toMatch(/^echo\tInService\tserves v1\nRolled back to v1: /);
});

test('what the environment asks for holds a version back', async () => {
  const { code, err } = await cli('deploy', ['echo:3', '--to', 'production', '--wait']);
  expect(err).toContain('The environment asks for an approved version.');
  expect(code).toBe(1);
});

test.each([
  [['echo', '--to', 'nowhere'], "has no environment 'nowhere'. There are: dev, production."],
  [['echo', '--strategy', 'slowly'], '--strategy is one of all-at-once, canary, linear, rolling'],
  [['echo', '--set', 'colour=red'], '--set takes FIELD=VALUE'],
  [['echo:1', '--to', 'dev', '--set', 'size=80'], 'The canary must be a whole number from 1 to 50 percent.'],
  [[], 'Name one model'],
])('%j is wrong usage', async (args, message) => {
  const { code, err } = await cli('deploy', args);
  expect(err).toContain(message);
  expect(code).toBe(2);
});

test('a file goes through a version, and each file names its results', async () => {
  writeFileSync(join(folder, 'rows.jsonl'), '[1]\n[2]\n');
  const args = [
    'echo:1',
    '--input',
    'rows.jsonl',
    '--output',
    `s3://${bucket}/results`,
    '--set',
    'strategy=SingleRecord',
  ];
  const plan = await cli('transform', [...args, '--plan', 'cli']);
  expect(plan.out).toMatch(/aws sagemaker create-model [\s\S]*aws sagemaker create-transform-job /);
  const { code, out, err } = await cli('transform', [...args, '--wait']);
  expect(err).toContain('Transforming rows.jsonl with echo version 1');
  expect(out).toMatch(/^rows\.jsonl\ts3:\/\/\S+\/results\/echo-v1-\S+\/rows\.jsonl\.out\n$/);
  expect(code).toBe(0);
  const wrong = await cli('transform', ['echo:1', '--input', 'rows.jsonl']);
  expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('Results go to an S3 folder') as string });
  writeFileSync(join(folder, 'bad.jsonl'), 'no json\n');
  const failed = await cli('transform', ['echo:1', '--input', 'bad.jsonl', ...args.slice(3), '--wait']);
  expect(failed).toMatchObject({ code: 1, out: 'bad.jsonl\tno results\n' });
  expect(failed.err).toContain('The job is Failed');
});

test('an endpoint is deleted with what it was made of', async () => {
  const { code, out } = await cli('endpoint', ['delete', 'echo', '--all']);
  expect(out).toMatch(/deleted: endpoint echo\n[\s\S]*deleted: config echo-v1-/);
  expect(code).toBe(0);
  const gone = await cli('endpoint', ['invoke', 'echo'], '[1]');
  expect(gone.code).toBe(1);
});
