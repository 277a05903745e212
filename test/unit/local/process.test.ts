import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreatePipelineCommand,
  DescribePipelineExecutionCommand,
  DescribeProcessingJobCommand,
  RetryPipelineExecutionCommand,
  SendPipelineExecutionStepSuccessCommand,
  StartPipelineExecutionCommand,
} from '@aws-sdk/client-sagemaker';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LocalHandle, launchLocal } from '../../../src/local/launch';
import {
  bucket,
  buildServer,
  clientsOf,
  definition,
  eventually,
  executionEnd,
  executionSteps,
  makeTemp,
  role,
  shellStep,
  sleep,
} from './support';

let folder: string;
let serverPath: string;
beforeAll(async () => {
  folder = makeTemp();
  serverPath = await buildServer(join(folder, 'dist'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const execPath = process.execPath;

async function launch(data: string, more: { port?: number } = {}): Promise<LocalHandle> {
  return launchLocal({ dataDir: join(folder, data), execPath, serverPath, ...more });
}

async function start(handle: LocalHandle, name: string, steps: object[]): Promise<string> {
  const { sagemaker } = clientsOf(handle);
  await sagemaker.send(
    new CreatePipelineCommand({
      PipelineName: name,
      ClientRequestToken: crypto.randomUUID(),
      RoleArn: role,
      PipelineDefinition: definition(steps),
    }),
  );
  const { PipelineExecutionArn = '' } = await sagemaker.send(
    new StartPipelineExecutionCommand({ PipelineName: name, ClientRequestToken: crypto.randomUUID() }),
  );
  return PipelineExecutionArn;
}

test('the keys lie in a file that only its owner can read, and stay the same from start to start', async () => {
  const first = await launch('keys');
  const { accessKeyId, secretAccessKey } = first;
  expect(statSync(join(folder, 'keys', 'credentials')).mode & 0o777).toBe(0o600);
  await first.stop();
  const second = await launch('keys');
  expect(second).toMatchObject({ accessKeyId, secretAccessKey });
  await second.stop();
});

test('it ends when its standard input closes, with its steps', async () => {
  const handle = await launch('stdin');
  const mark = join(folder, 'stdin-alive');
  const arn = await start(handle, 'long', [shellStep('Long', `echo $$ > ${mark}; sleep 60`)]);
  const pid = await eventually(async () => existsSync(mark) && Number(readFileSync(mark, 'utf8')));
  await handle.stop();
  expect((await handle.exited).code).toBe(0);
  expect(alive(pid)).toBe(false);
  const again = await launch('stdin');
  expect(await executionEnd(clientsOf(again).sagemaker, arn)).toMatchObject({
    status: 'Failed',
    reason: expect.stringMatching(/Retry it/) as string,
  });
  await again.stop();
});

test('killed at once, it leaves no step behind; after a start, what was finished is finished and the rest can be retried', async () => {
  const handle = await launch('crash');
  const [pidFile, flag] = [join(folder, 'crash-pid'), join(folder, 'crash-flag')];
  const arn = await start(handle, 'crash', [
    shellStep('Done', 'echo done'),
    shellStep('Running', `echo $$ > ${pidFile}; test -e ${flag} || sleep 60`, { DependsOn: ['Done'] }),
  ]);
  const pid = await eventually(async () => existsSync(pidFile) && Number(readFileSync(pidFile, 'utf8')));
  await clientsOf(handle).s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'kept', Body: 'kept' }));
  process.kill(handle.pid, 'SIGKILL');
  await handle.exited;
  await eventually(async () => !alive(pid));

  const again = await launch('crash');
  const { sagemaker, s3 } = clientsOf(again);
  expect(await executionEnd(sagemaker, arn)).toMatchObject({
    status: 'Failed',
    reason: expect.stringMatching(/Retry it/) as string,
  });
  const steps = await executionSteps(sagemaker, arn);
  expect(steps.Done?.StepStatus).toBe('Succeeded');
  expect(steps.Running).toMatchObject({
    StepStatus: 'Failed',
    FailureReason: expect.stringMatching(/Local stopped while this step was running/) as string,
  });
  const ProcessingJobName = steps.Running?.Metadata?.ProcessingJob?.Arn?.split('/')[1];
  const job = await sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName }));
  expect(job.ProcessingJobStatus).toBe('Failed');
  const kept = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'kept' }));
  expect(await kept.Body?.transformToString()).toBe('kept');

  writeFileSync(flag, '');
  await sagemaker.send(
    new RetryPipelineExecutionCommand({ PipelineExecutionArn: arn, ClientRequestToken: crypto.randomUUID() }),
  );
  expect((await executionEnd(sagemaker, arn)).status).toBe('Succeeded');
  expect((await executionSteps(sagemaker, arn)).Done).toEqual(steps.Done);
  await again.stop();
});

test('a step that waits for an answer waits on, however Local ends; what it ended beside is told when the answer is there', async () => {
  let handle = await launch('waiting');
  const ask = {
    Name: 'Ask',
    Type: 'Callback',
    SqsQueueUrl: 'https://sqs.eu-west-1.amazonaws.com/111122223333/asked',
    OutputParameters: [{ OutputName: 'answer', OutputType: 'String' }],
    Arguments: { question: { Get: "Steps.Before.ProcessingOutputConfig.Outputs['said'].S3Output.S3Uri" } },
  };
  const outputs = {
    ProcessingOutputConfig: {
      Outputs: [
        {
          OutputName: 'said',
          S3Output: { S3Uri: `s3://${bucket}/said`, LocalPath: '/opt/ml/processing/out', S3UploadMode: 'EndOfJob' },
        },
      ],
    },
  };
  const tell = {
    Name: 'Tell',
    Type: 'Fail',
    Arguments: { ErrorMessage: { Get: "Steps.Ask.OutputParameters['answer']" } },
  };
  const mark = join(folder, 'waiting-pid');
  const alone = await start(handle, 'alone', [shellStep('Before', 'true', outputs), ask, tell]);
  const beside = await start(handle, 'beside', [
    { ...ask, Arguments: {} },
    shellStep('Slow', `echo $$ > ${mark}; sleep 60`),
    shellStep('After', 'true', { DependsOn: ['Ask'] }),
  ]);
  const tokenOf = async (arn: string): Promise<string> => {
    const { sagemaker } = clientsOf(handle);
    return eventually(async () => (await executionSteps(sagemaker, arn)).Ask?.Metadata?.Callback?.CallbackToken);
  };
  const tokens = { alone: await tokenOf(alone), beside: await tokenOf(beside) };
  await eventually(async () => existsSync(mark) && readFileSync(mark, 'utf8') !== '');

  process.kill(handle.pid, 'SIGKILL');
  await handle.exited;
  handle = await launch('waiting');
  await handle.stop();
  handle = await launch('waiting');
  const { sagemaker } = clientsOf(handle);
  for (const arn of [alone, beside]) {
    const execution = await sagemaker.send(new DescribePipelineExecutionCommand({ PipelineExecutionArn: arn }));
    expect(execution.PipelineExecutionStatus).toBe('Executing');
    expect((await executionSteps(sagemaker, arn)).Ask?.StepStatus).toBe('Executing');
  }
  expect({ alone: await tokenOf(alone), beside: await tokenOf(beside) }).toEqual(tokens);
  expect((await executionSteps(sagemaker, beside)).Slow?.FailureReason).toMatch(/Local stopped while/);

  const answer = (CallbackToken: string): SendPipelineExecutionStepSuccessCommand =>
    new SendPipelineExecutionStepSuccessCommand({
      CallbackToken,
      OutputParameters: [{ Name: 'answer', Value: 'because' }],
    });
  expect((await sagemaker.send(answer(tokens.alone))).PipelineExecutionArn).toBe(alone);
  expect(await executionEnd(sagemaker, alone)).toEqual({ status: 'Failed', reason: 'because' });
  await sagemaker.send(answer(tokens.beside));
  expect((await executionEnd(sagemaker, beside)).status).toBe('Failed');
  const { Ask, After, Slow } = await executionSteps(sagemaker, beside);
  expect([Ask?.StepStatus, After?.StepStatus, Slow?.StepStatus]).toEqual(['Succeeded', 'Succeeded', 'Failed']);
  await expect(sagemaker.send(answer(tokens.alone))).rejects.toMatchObject({ name: 'ResourceNotFound' });
  await handle.stop();
});

test('an answer that was taken is kept though Local is killed at once', async () => {
  let handle = await launch('answered');
  const ask = { Name: 'Ask', Type: 'Callback', SqsQueueUrl: 'https://sqs/1/answered', Arguments: {} };
  const arn = await start(handle, 'answered', [ask, shellStep('After', 'true', { DependsOn: ['Ask'] })]);
  const { sagemaker } = clientsOf(handle);
  const CallbackToken = await eventually(
    async () => (await executionSteps(sagemaker, arn)).Ask?.Metadata?.Callback?.CallbackToken,
  );
  await sagemaker.send(new SendPipelineExecutionStepSuccessCommand({ CallbackToken }));
  process.kill(handle.pid, 'SIGKILL');
  await handle.exited;
  handle = await launch('answered');
  expect((await executionSteps(clientsOf(handle).sagemaker, arn)).Ask?.StepStatus).toBe('Succeeded');
  await handle.stop();
});

test('runs whose start was answered are there though Local is killed at once', async () => {
  let handle = await launch('starts');
  const { sagemaker } = clientsOf(handle);
  const first = await start(handle, 'starts', [
    { Name: 'Check', Type: 'Condition', Arguments: { Conditions: [], IfSteps: [], ElseSteps: [] } },
  ]);
  const answered = [first];
  // Some are answered together, others are still asked for when it is killed.
  const askings = Array.from({ length: 40 }, async () => {
    const ask = new StartPipelineExecutionCommand({
      PipelineName: 'starts',
      ClientRequestToken: crypto.randomUUID(),
    });
    const { PipelineExecutionArn = '' } = await sagemaker.send(ask);
    answered.push(PipelineExecutionArn);
    if (answered.length === 20) process.kill(handle.pid, 'SIGKILL');
  });
  const asked = Promise.allSettled(askings);
  await handle.exited;
  handle = await launch('starts');
  await asked;
  expect(answered.length).toBeGreaterThanOrEqual(20);
  for (const arn of answered) {
    expect(['Succeeded', 'Failed']).toContain((await executionEnd(clientsOf(handle).sagemaker, arn)).status);
  }
  await handle.stop();
});

test(
  'killed at any instant of a busy run, it always starts again in an honest state',
  { timeout: 120_000 },
  async () => {
    let handle = await launch('chaos');
    const arns: string[] = [];
    for (let round = 0; round < 8; round++) {
      const { s3 } = clientsOf(handle);
      const steps = Array.from({ length: 10 }, (_, index) =>
        shellStep(`S${index}`, `echo ${index}; sleep 0.0${index}`),
      );
      arns.push(await start(handle, `chaos${round}`, steps));
      const writes = Array.from({ length: 20 }, (_, index) =>
        s3
          .send(new PutObjectCommand({ Bucket: bucket, Key: `chaos/${index}`, Body: `${round}`.repeat(1000) }))
          .catch(() => undefined),
      );
      await sleep(round * 25);
      process.kill(handle.pid, 'SIGKILL');
      await Promise.all([handle.exited, ...writes]);
      handle = await launch('chaos');
      const clients = clientsOf(handle);
      for (const arn of arns) {
        const { status, reason } = await executionEnd(clients.sagemaker, arn);
        if (status === 'Failed') expect(reason).toMatch(/Retry it/);
        for (const step of Object.values(await executionSteps(clients.sagemaker, arn))) {
          expect(['Succeeded', 'Failed']).toContain(step.StepStatus);
          expect(step.EndTime).toBeInstanceOf(Date);
        }
      }
      const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'chaos/' }));
      for (const { Key } of Contents) {
        const object = await clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
        expect(await object.Body?.transformToString()).toMatch(/^(\d)\1{999}$/);
      }
    }
    const { sagemaker } = clientsOf(handle);
    for (const arn of arns) {
      if ((await executionEnd(sagemaker, arn)).status !== 'Failed') continue;
      await sagemaker.send(
        new RetryPipelineExecutionCommand({ PipelineExecutionArn: arn, ClientRequestToken: crypto.randomUUID() }),
      );
      expect((await executionEnd(sagemaker, arn)).status).toBe('Succeeded');
    }
    await handle.stop();
  },
);

test('two of them never share a folder', async () => {
  const first = await launch('shared');
  await expect(launch('shared')).rejects.toThrow(/Another control plane uses/);
  await first.stop();
});

test('what keeps it from starting is told in a sentence', async () => {
  const first = await launch('port');
  const port = Number(new URL(first.endpoint).port);
  await expect(launch('port2', { port })).rejects.toThrow(`Port ${port} is taken`);
  await first.stop();
  writeFileSync(join(folder, 'file'), '');
  await expect(launch('file')).rejects.toThrow(/cannot be written/);
  mkdirSync(join(folder, 'damaged'));
  writeFileSync(
    join(folder, 'damaged', 'store.sqlite'),
    'no database at all, but long enough to look like one'.repeat(20),
  );
  await expect(launch('damaged')).rejects.toThrow(/is damaged/);
  await expect(launchLocal({ dataDir: folder, execPath: '/nowhere/node', serverPath })).rejects.toThrow(
    /could not be started/,
  );
});

test('a cancelled start ends the process', async () => {
  const controller = new AbortController();
  const launched = launchLocal({ dataDir: join(folder, 'cancelled'), execPath, serverPath, signal: controller.signal });
  controller.abort();
  await expect(launched).rejects.toThrow(/cancelled/);
});

test('SIGTERM ends it as the end of its input does', async () => {
  const child: ChildProcess = spawn(execPath, [serverPath, '--data', join(folder, 'term')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  child.kill('SIGTERM');
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect(code).toBe(0);
});

test('the secret is in no argument, environment or log of a step', async () => {
  const handle = await launch('secret');
  const arn = await start(handle, 'secret', [shellStep('Env', 'env; set')]);
  expect((await executionEnd(clientsOf(handle).sagemaker, arn)).status).toBe('Succeeded');
  await handle.stop();
  const found = execFileSync('sh', ['-c', `grep -rl -- '${handle.secretAccessKey}' '${join(folder, 'secret')}'`], {
    encoding: 'utf8',
  });
  expect(found.trim()).toBe(join(folder, 'secret', 'credentials'));
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
