import {
  CreatePipelineCommand,
  DeletePipelineCommand,
  DescribePipelineCommand,
  DescribePipelineExecutionCommand,
  DescribeProcessingJobCommand,
  ListPipelineExecutionStepsCommand,
  ListPipelineParametersForExecutionCommand,
  ListPipelineVersionsCommand,
  RetryPipelineExecutionCommand,
  StartPipelineExecutionCommand,
  StopPipelineExecutionCommand,
  StopProcessingJobCommand,
  UpdatePipelineCommand,
  UpdatePipelineExecutionCommand,
} from '@aws-sdk/client-sagemaker';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Bed, bucket, definition, eventually, output, role, shellStep } from './support';

let bed: Bed;
beforeAll(async () => {
  bed = await Bed.start();
});
afterAll(() => bed.stop());

const token = (): string => crypto.randomUUID();

test('steps run after what they need, and outputs reach the steps that reference them', async () => {
  const arn = await bed.run([
    shellStep('Second', 'cat /opt/ml/processing/in/hello.txt; test "$GREETING" = "hello 3"', {
      ProcessingInputs: [
        {
          InputName: 'in',
          S3Input: {
            S3Uri: { Get: "Steps.First.ProcessingOutputConfig.Outputs['made'].S3Output.S3Uri" },
            LocalPath: '/opt/ml/processing/in',
            S3DataType: 'S3Prefix',
            S3InputMode: 'File',
          },
        },
      ],
      Environment: { GREETING: { 'Std:Join': { On: ' ', Values: ['hello', 3] } } },
    }),
    shellStep('First', 'echo hi > /opt/ml/processing/made/hello.txt', {
      ProcessingOutputConfig: { Outputs: [output('made', `s3://${bucket}/order/made`)] },
    }),
  ]);
  expect(await bed.end(arn)).toEqual({ status: 'Succeeded', reason: undefined });
  const { First, Second } = await bed.steps(arn);
  expect(First?.EndTime?.getTime()).toBeLessThanOrEqual(Second?.StartTime?.getTime() ?? 0);
  const object = await bed.clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'order/made/hello.txt' }));
  expect(await object.Body?.transformToString()).toBe('hi\n');
});

test('the branch not taken is not listed, nor what comes after it', async () => {
  const arn = await bed.run(
    [
      {
        Name: 'Check',
        Type: 'Condition',
        Arguments: {
          Conditions: [{ Type: 'GreaterThan', LeftValue: { Get: 'Parameters.X' }, RightValue: 0.5 }],
          IfSteps: [shellStep('Yes', 'true')],
          ElseSteps: [shellStep('No', 'true'), shellStep('AfterNo', 'true', { DependsOn: ['No'] })],
        },
      },
      shellStep('AfterYes', 'true', { DependsOn: ['Yes'] }),
    ],
    { parameters: [{ Name: 'X', Type: 'Float', DefaultValue: 0.1 }], values: { X: '0.75' } },
  );
  expect((await bed.end(arn)).status).toBe('Succeeded');
  const steps = await bed.steps(arn);
  expect(Object.keys(steps).sort()).toEqual(['AfterYes', 'Check', 'Yes']);
  expect(steps.Check?.Metadata?.Condition?.Outcome).toBe('True');
  const { PipelineParameters } = await bed.clients.sagemaker.send(
    new ListPipelineParametersForExecutionCommand({ PipelineExecutionArn: arn }),
  );
  expect(PipelineParameters).toEqual([{ Name: 'X', Value: '0.75' }]);
});

test('Conditions nest', async () => {
  const arn = await bed.run([
    {
      Name: 'Outer',
      Type: 'Condition',
      Arguments: {
        Conditions: [{ Type: 'Equals', LeftValue: 1, RightValue: 1 }],
        IfSteps: [
          {
            Name: 'Inner',
            Type: 'Condition',
            Arguments: {
              Conditions: [{ Type: 'Equals', LeftValue: { Get: 'Steps.Outer.Outcome' }, RightValue: 'False' }],
              IfSteps: [shellStep('A', 'true')],
              ElseSteps: [shellStep('B', 'true')],
            },
          },
        ],
        ElseSteps: [],
      },
    },
  ]);
  expect((await bed.end(arn)).status).toBe('Succeeded');
  expect(Object.keys(await bed.steps(arn)).sort()).toEqual(['B', 'Inner', 'Outer']);
});

test('a Fail step ends the execution with its message, lets running steps finish, and forbids a retry', async () => {
  const arn = await bed.run([
    shellStep('Slow', 'sleep 0.4'),
    shellStep('AfterSlow', 'true', { DependsOn: ['Slow'] }),
    { Name: 'Stop', Type: 'Fail', Arguments: { ErrorMessage: { 'Std:Join': { On: ' ', Values: ['too', 'bad'] } } } },
  ]);
  expect(await bed.end(arn)).toEqual({ status: 'Failed', reason: 'too bad' });
  const steps = await bed.steps(arn);
  expect(steps.Slow?.StepStatus).toBe('Succeeded');
  expect(steps.AfterSlow).toBeUndefined();
  expect(steps.Stop?.Metadata?.Fail?.ErrorMessage).toBe('too bad');
  const retry = new RetryPipelineExecutionCommand({ PipelineExecutionArn: arn, ClientRequestToken: token() });
  await expect(bed.clients.sagemaker.send(retry)).rejects.toMatchObject({ name: 'ValidationException' });
});

test('a failed step tells its last log lines; other branches finish; a retry resumes from it and keeps the rest', async () => {
  const flag = join(bed.folder, 'mended');
  const count = join(bed.folder, 'count');
  const arn = await bed.run([
    shellStep('Once', `echo x >> ${count}`),
    shellStep('Fragile', `echo the cause >&2; test -e ${flag}`, { DependsOn: ['Once'] }),
    shellStep('Other', 'sleep 0.2', { DependsOn: ['Once'] }),
    shellStep('AfterOther', 'true', { DependsOn: ['Other'] }),
    shellStep('Last', 'true', { DependsOn: ['Fragile'] }),
  ]);
  expect(await bed.end(arn)).toMatchObject({ status: 'Failed' });
  const failed = await bed.steps(arn);
  expect(failed.Fragile?.FailureReason).toMatch(/exit code: 1[^]*the cause/);
  expect(failed.AfterOther?.StepStatus).toBe('Succeeded');
  expect(failed.Last).toBeUndefined();

  writeFileSync(flag, '');
  await bed.clients.sagemaker.send(
    new RetryPipelineExecutionCommand({ PipelineExecutionArn: arn, ClientRequestToken: token() }),
  );
  expect(await bed.end(arn)).toEqual({ status: 'Succeeded', reason: undefined });
  const retried = await bed.steps(arn);
  expect(retried.Once).toEqual(failed.Once);
  expect(retried.Last?.StepStatus).toBe('Succeeded');
  const again = new RetryPipelineExecutionCommand({ PipelineExecutionArn: arn, ClientRequestToken: token() });
  await expect(bed.clients.sagemaker.send(again)).rejects.toMatchObject({ name: 'ValidationException' });
});

test('a stop ends the whole group of processes, and the execution is Stopped', async () => {
  const mark = join(bed.folder, 'survivor');
  const arn = await bed.run([
    shellStep('Long', `(sleep 3; touch ${mark}) & sleep 30`),
    shellStep('Later', 'true', { DependsOn: ['Long'] }),
  ]);
  await eventually(async () => (await bed.steps(arn)).Long?.StepStatus === 'Executing');
  await bed.clients.sagemaker.send(
    new StopPipelineExecutionCommand({ PipelineExecutionArn: arn, ClientRequestToken: token() }),
  );
  const { PipelineExecutionStatus } = await bed.clients.sagemaker.send(
    new DescribePipelineExecutionCommand({ PipelineExecutionArn: arn }),
  );
  expect(['Stopping', 'Stopped']).toContain(PipelineExecutionStatus);
  expect((await bed.end(arn)).status).toBe('Stopped');
  const { Long, Later } = await bed.steps(arn);
  expect(Long?.StepStatus).toBe('Stopped');
  expect(Later).toBeUndefined();
  const name = Long?.Metadata?.ProcessingJob?.Arn?.split('/')[1];
  const job = await bed.clients.sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: name }));
  expect(job.ProcessingJobStatus).toBe('Stopped');
  await new Promise((resolve) => setTimeout(resolve, 3200));
  expect(existsSync(mark)).toBe(false);
  await bed.clients.sagemaker.send(
    new RetryPipelineExecutionCommand({ PipelineExecutionArn: arn, ClientRequestToken: token() }),
  );
  await bed.clients.sagemaker.send(
    new StopPipelineExecutionCommand({ PipelineExecutionArn: arn, ClientRequestToken: token() }),
  );
  expect((await bed.end(arn)).status).toBe('Stopped');
  const again = new StopPipelineExecutionCommand({ PipelineExecutionArn: arn, ClientRequestToken: token() });
  await expect(bed.clients.sagemaker.send(again)).rejects.toMatchObject({ name: 'ValidationException' });
});

test('a process that ignores the polite end is killed', async () => {
  const arn = await bed.run([shellStep('Stubborn', 'trap "" TERM; echo ready; while true; do sleep 0.1; done')]);
  await eventually(async () => (await bed.steps(arn)).Stubborn?.StepStatus === 'Executing');
  await bed.clients.sagemaker.send(
    new StopPipelineExecutionCommand({ PipelineExecutionArn: arn, ClientRequestToken: token() }),
  );
  expect((await bed.end(arn)).status).toBe('Stopped');
});

test('MaxRuntimeInSeconds is enforced and fails the step', async () => {
  const arn = await bed.run([shellStep('Slow', 'sleep 20', { StoppingCondition: { MaxRuntimeInSeconds: 1 } })]);
  expect((await bed.end(arn)).status).toBe('Failed');
  expect((await bed.steps(arn)).Slow?.FailureReason).toMatch(/MaxRuntimeExceeded/);
});

test('no more steps run at a time than MaxParallelExecutionSteps', async () => {
  const log = join(bed.folder, 'parallel');
  const steps = Array.from({ length: 6 }, (_, index) =>
    shellStep(`S${index}`, `echo + >> ${log}; sleep 0.1; echo - >> ${log}`),
  );
  const arn = await bed.run(steps, { parallel: 2 });
  expect((await bed.end(arn)).status).toBe('Succeeded');
  let [now, most] = [0, 0];
  for (const line of readFileSync(log, 'utf8').trim().split('\n')) {
    now += line === '+' ? 1 : -1;
    most = Math.max(most, now);
  }
  expect(most).toBe(2);
});

test('a cached step takes over the earlier result', async () => {
  const name = `cached${Date.now()}`;
  const cached = [
    shellStep('Work', 'true', {
      CacheConfig: { Enabled: true, ExpireAfter: 'PT1H' },
      Environment: { V: { Get: 'Parameters.V' } },
      ProcessingOutputConfig: { Outputs: [output('kept')] },
    }),
    shellStep('Use', 'true', {
      Environment: { P: { Get: "Steps.Work.ProcessingOutputConfig.Outputs['kept'].S3Output.S3Uri" } },
    }),
  ];
  const first = await bed.run(cached, { name, parameters: [{ Name: 'V', Type: 'String', DefaultValue: 'a' }] });
  expect((await bed.end(first)).status).toBe('Succeeded');
  const start = async (value: string): Promise<string> => {
    const { PipelineExecutionArn = '' } = await bed.clients.sagemaker.send(
      new StartPipelineExecutionCommand({
        PipelineName: name,
        ClientRequestToken: token(),
        PipelineParameters: [{ Name: 'V', Value: value }],
      }),
    );
    expect((await bed.end(PipelineExecutionArn)).status).toBe('Succeeded');
    return PipelineExecutionArn;
  };
  const { Work: before } = await bed.steps(first);
  const { Work: hit, Use } = await bed.steps(await start('a'));
  expect(hit?.CacheHitResult?.SourcePipelineExecutionArn).toBe(first);
  expect(hit?.Metadata).toEqual(before?.Metadata);
  expect(Use?.StepStatus).toBe('Succeeded');
  const { Work: miss } = await bed.steps(await start('b'));
  expect(miss?.CacheHitResult).toBeUndefined();
});

test('a retry policy runs a failing step again and counts the attempts', async () => {
  const count = join(bed.folder, 'attempts');
  const arn = await bed.run([
    shellStep('Flaky', `echo x >> ${count}; test "$(wc -l < ${count})" -ge 3`, {
      RetryPolicies: [
        { ExceptionType: ['SageMaker.JOB_INTERNAL_ERROR'], IntervalSeconds: 0, BackoffRate: 1, MaxAttempts: 5 },
      ],
    }),
  ]);
  expect((await bed.end(arn)).status).toBe('Succeeded');
  expect((await bed.steps(arn)).Flaky?.AttemptCount).toBe(3);
});

test('a retry waits as long as its policy says, and a stop does not wait for it', async () => {
  const times = join(bed.folder, 'times');
  const flaky = (IntervalSeconds: number, BackoffRate: number): object =>
    shellStep('Flaky', `date +%s%3N >> ${times}; test "$(wc -l < ${times})" -ge 3`, {
      RetryPolicies: [
        { ExceptionType: ['SageMaker.JOB_INTERNAL_ERROR'], IntervalSeconds, BackoffRate, MaxAttempts: 5 },
      ],
    });
  expect((await bed.end(await bed.run([flaky(1, 1.5)]))).status).toBe('Succeeded');
  const [first = 0, second = 0, third = 0] = readFileSync(times, 'utf8').trim().split('\n').map(Number);
  expect(second - first).toBeGreaterThanOrEqual(990);
  expect(third - second).toBeGreaterThanOrEqual(1490);

  writeFileSync(times, '');
  const arn = await bed.run([flaky(3600, 1)]);
  await eventually(async () => readFileSync(times, 'utf8').includes('\n'));
  await bed.clients.sagemaker.send(
    new StopPipelineExecutionCommand({ PipelineExecutionArn: arn, ClientRequestToken: token() }),
  );
  expect((await bed.end(arn)).status).toBe('Stopped');
});

test('a step whose job is stopped beside it has failed, and so has its execution', async () => {
  const arn = await bed.run([shellStep('Long', 'sleep 60'), shellStep('After', 'true', { DependsOn: ['Long'] })]);
  const ProcessingJobName = await eventually(async () => {
    const { Long } = await bed.steps(arn);
    return Long?.StepStatus === 'Executing' && Long.Metadata?.ProcessingJob?.Arn?.split('/')[1];
  });
  await bed.clients.sagemaker.send(new StopProcessingJobCommand({ ProcessingJobName }));
  expect((await bed.end(arn)).status).toBe('Failed');
  const { Long, After } = await bed.steps(arn);
  expect(Long).toMatchObject({ StepStatus: 'Failed', FailureReason: 'ClientError: The job was stopped.' });
  expect(After).toBeUndefined();
});

test('a selective execution runs the selected steps with the results of the source', async () => {
  const name = `selective${Date.now()}`;
  const source = await bed.run(
    [
      shellStep('Make', 'echo 1 > /opt/ml/processing/made/f', {
        ProcessingOutputConfig: { Outputs: [output('made')] },
      }),
      shellStep('Use', 'true', {
        Environment: { P: { Get: "Steps.Make.ProcessingOutputConfig.Outputs['made'].S3Output.S3Uri" } },
      }),
      shellStep('After', 'true', { DependsOn: ['Use'] }),
    ],
    { name },
  );
  expect((await bed.end(source)).status).toBe('Succeeded');
  const { PipelineExecutionArn = '' } = await bed.clients.sagemaker.send(
    new StartPipelineExecutionCommand({
      PipelineName: name,
      ClientRequestToken: token(),
      SelectiveExecutionConfig: { SourcePipelineExecutionArn: source, SelectedSteps: [{ StepName: 'Use' }] },
    }),
  );
  expect((await bed.end(PipelineExecutionArn)).status).toBe('Succeeded');
  expect(Object.keys(await bed.steps(PipelineExecutionArn))).toEqual(['Use']);
});

test('Std:JsonGet reads property files and objects; a path that leads nowhere fails the step with a sentence', async () => {
  await bed.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'limits.json', Body: '{"least": [0.5]}' }));
  const condition = (name: string, path: string): object => ({
    Name: name,
    Type: 'Condition',
    Arguments: {
      Conditions: [
        {
          Type: 'GreaterThanOrEqualTo',
          LeftValue: { 'Std:JsonGet': { PropertyFile: { Get: 'Steps.Report.PropertyFiles.Report' }, Path: path } },
          RightValue: {
            'Std:JsonGet': {
              S3Uri: { 'Std:Join': { On: '/', Values: [`s3://${bucket}`, 'limits.json'] } },
              Path: 'least[0]',
            },
          },
        },
      ],
      IfSteps: [shellStep(`${name}Good`, 'true')],
      ElseSteps: [],
    },
  });
  const arn = await bed.run([
    shellStep('Report', `echo '{"a b": {"value": 0.75}}' > /opt/ml/processing/report/r.json`, {
      ProcessingOutputConfig: { Outputs: [output('report')] },
      PropertyFiles: [{ PropertyFileName: 'Report', OutputName: 'report', FilePath: 'r.json' }],
    }),
    condition('Right', "['a b'].value"),
    condition('Wrong', "['a b'].missing"),
  ]);
  expect((await bed.end(arn)).status).toBe('Failed');
  const steps = await bed.steps(arn);
  expect(steps.RightGood?.StepStatus).toBe('Succeeded');
  expect(steps.Wrong?.FailureReason).toMatch(/there is no 'missing'/);
});

test('unknown parameters, values of another type and missing values are refused at the start', async () => {
  const parameters = [
    { Name: 'N', Type: 'Integer', DefaultValue: 1 },
    { Name: 'Must', Type: 'String' },
    { Name: 'One', Type: 'String', DefaultValue: 'a', EnumValues: ['a', 'b'] },
  ];
  const start = (name: string, values: Record<string, string>): Promise<string> =>
    bed.run([shellStep('S', 'true')], { name, parameters, values });
  await expect(start('par1', { Must: 'x', Nope: '1' })).rejects.toThrow(/Nope/);
  await expect(start('par2', { Must: 'x', N: '1.5' })).rejects.toThrow(/not of type Integer/);
  await expect(start('par3', {})).rejects.toThrow(/'Must' has no default/);
  await expect(start('par4', { Must: 'x', One: 'c' })).rejects.toThrow(/one of \[a, b\]/);
});

test('the same token starts one execution; with other parameters it is refused', async () => {
  const name = `once${Date.now()}`;
  await bed.end(await bed.run([shellStep('S', 'true')], { name }));
  const request = { PipelineName: name, ClientRequestToken: token() };
  const first = await bed.clients.sagemaker.send(new StartPipelineExecutionCommand(request));
  const second = await bed.clients.sagemaker.send(new StartPipelineExecutionCommand(request));
  expect(second.PipelineExecutionArn).toBe(first.PipelineExecutionArn);
  const other = new StartPipelineExecutionCommand({ ...request, PipelineExecutionDescription: 'other' });
  await expect(bed.clients.sagemaker.send(other)).rejects.toMatchObject({ name: 'ConflictException' });
});

test('a version tells which execution of it was started last, until the pipeline is deleted', async () => {
  const { sagemaker } = bed.clients;
  const PipelineName = 'versions';
  const fail = { Name: 'Fail', Type: 'Fail', Arguments: { ErrorMessage: 'As it should.' } };
  const started = async (): Promise<string | undefined> => {
    const ask = new StartPipelineExecutionCommand({ PipelineName, ClientRequestToken: token() });
    const { PipelineExecutionArn = '' } = await sagemaker.send(ask);
    await bed.end(PipelineExecutionArn);
    return PipelineExecutionArn;
  };
  const told = async (): Promise<(string | undefined)[]> => {
    const { PipelineVersionSummaries } = await sagemaker.send(new ListPipelineVersionsCommand({ PipelineName }));
    return (PipelineVersionSummaries ?? []).map((version) => version.LastExecutionPipelineExecutionArn);
  };
  const create = new CreatePipelineCommand({
    PipelineName,
    RoleArn: role,
    PipelineDefinition: definition([fail]),
    ClientRequestToken: token(),
  });
  await sagemaker.send(create);
  expect(await told()).toEqual([undefined]);
  await started();
  const ofFirst = await started();
  await sagemaker.send(new UpdatePipelineCommand({ PipelineName, PipelineDescription: 'Another version.' }));
  expect(await told()).toEqual([undefined, ofFirst]);
  const ofSecond = await started();
  expect(await told()).toEqual([ofSecond, ofFirst]);
  await sagemaker.send(new DeletePipelineCommand({ PipelineName, ClientRequestToken: token() }));
  await sagemaker.send(new CreatePipelineCommand({ ...create.input, ClientRequestToken: token() }));
  expect(await told()).toEqual([undefined]);
});

test('pages of steps follow one another, in both orders, and a foreign token is refused', async () => {
  const arn = await bed.run(
    Array.from({ length: 7 }, (_, index) => shellStep(`S${index}`, 'true')),
    { parallel: 1 },
  );
  await bed.end(arn);
  for (const SortOrder of ['Ascending', 'Descending'] as const) {
    const names: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await bed.clients.sagemaker.send(
        new ListPipelineExecutionStepsCommand({ PipelineExecutionArn: arn, SortOrder, MaxResults: 3, NextToken }),
      );
      names.push(...(page.PipelineExecutionSteps ?? []).map((step) => step.StepName ?? ''));
      ({ NextToken } = page);
    } while (NextToken !== undefined);
    const expected = ['S0', 'S1', 'S2', 'S3', 'S4', 'S5', 'S6'];
    expect(names).toEqual(SortOrder === 'Ascending' ? expected : expected.reverse());
  }
  const page = await bed.clients.sagemaker.send(
    new ListPipelineExecutionStepsCommand({ PipelineExecutionArn: arn, SortOrder: 'Ascending', MaxResults: 3 }),
  );
  const foreign = new ListPipelineExecutionStepsCommand({
    PipelineExecutionArn: arn,
    SortOrder: 'Descending',
    NextToken: page.NextToken,
  });
  await expect(bed.clients.sagemaker.send(foreign)).rejects.toMatchObject({ name: 'ValidationException' });
});

test('name and description of an execution can be changed while it runs, and outlive its end', async () => {
  const arn = await bed.run([shellStep('S', 'sleep 0.3')]);
  await bed.clients.sagemaker.send(
    new UpdatePipelineExecutionCommand({
      PipelineExecutionArn: arn,
      PipelineExecutionDisplayName: 'renamed',
      PipelineExecutionDescription: '{"commit":"abc"}',
    }),
  );
  await bed.end(arn);
  const described = await bed.clients.sagemaker.send(
    new DescribePipelineExecutionCommand({ PipelineExecutionArn: arn }),
  );
  expect(described).toMatchObject({
    PipelineExecutionDisplayName: 'renamed',
    PipelineExecutionDescription: '{"commit":"abc"}',
    PipelineExecutionStatus: 'Succeeded',
  });
});

test('all steps that Local cannot run are named before any of them runs', async () => {
  const name = `walls${Date.now()}`;
  const marker = join(bed.folder, 'ran');
  const image = (count: unknown): Record<string, unknown> => ({
    ProcessingResources: { ClusterConfig: { InstanceCount: count, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 } },
  });
  const check = { Name: 'Check', Type: 'Quantum', Arguments: {} };
  const Conditions = [{ Type: 'Equals', LeftValue: 1, RightValue: 1 }];
  const walls = [
    shellStep('First', `touch ${marker}`),
    { Name: 'Choose', Type: 'Condition', Arguments: { Conditions, IfSteps: [], ElseSteps: [check] } },
    { Name: 'Image', Type: 'Processing', Arguments: { ...image(1), AppSpecification: { ImageUri: 'image' } } },
    shellStep('Two', 'true', image(2)),
    shellStep('Some', 'true', image({ Get: 'Parameters.Count' })),
    shellStep('Later', 'true', image({ Get: 'Steps.First.ProcessingResources.ClusterConfig.InstanceCount' })),
  ];
  const parameters = [{ Name: 'Count', Type: 'Integer', DefaultValue: 3 }];
  const refused = bed.run(walls, { name, parameters });
  await expect(refused).rejects.toMatchObject({
    name: 'ValidationException',
    message:
      "Local cannot run 4 of the 7 steps: 'Check': Local does not run steps of type Quantum; " +
      "'Image': Local runs scripts, not what an image does by itself; " +
      "'Two': it asks for 2 instances, and Local has one; 'Some': it asks for 3 instances, and Local has one. " +
      'Use a connection to an AWS account for this pipeline, or say in .mlops/config.json what stands for data (fixtures) and for steps (stubs), and what functions are given (arguments).',
  });
  const start = { PipelineName: name, ClientRequestToken: token() };
  const PipelineParameters = [{ Name: 'Count', Value: '1' }];
  await expect(
    bed.clients.sagemaker.send(new StartPipelineExecutionCommand({ ...start, PipelineParameters })),
  ).rejects.toThrow(/^Local cannot run 3 of the 7 steps/);
  expect(existsSync(marker)).toBe(false);
});

test('scripts that could not do their work are told before any step runs; what may be right is not', async () => {
  const parser =
    'import argparse\np = argparse.ArgumentParser()\np.add_argument("--rate")\np.add_argument("--rounds")\n';
  const scripts: Record<string, [text: string, words?: string[], image?: string]> = {
    Broken: ['print "two"\n'],
    Lacks: ['import os\nimport no_such_module.part\nfrom another_one import x\n'],
    Words: [`${parser}p.parse_args()\n`, ['--rate', '1', '--speed=2', '--depth', '-3']],
    Reads: [
      'from urllib.request import urlopen\nROWS = "https://rows.invalid/a.csv"\ndef main():\n    urlopen(ROWS)\nif __name__ == "__main__":\n    main()\n',
    ],
    Told: ['import sys\n', ['--data-url', 'https://user@rows.invalid:8443/b.csv', '--site', 'https://site.invalid/']],
    Guards: [
      'import os\nread_csv = print\nif os.path.exists("/nowhere"):\n    read_csv("https://rows.invalid/a.csv")\ntry:\n    fetch_openml()\nexcept Exception:\n    pass\ndef never():\n    read_csv("https://rows.invalid/a.csv")\n',
    ],
    Fine: [`${parser}args = p.parse_args()\n`, ['--ra', '1', '--rounds', '2']],
    Some: [`${parser}args, more = p.parse_known_args()\n`, ['--speed', '2']],
    Lent: [`${parser}def grow(parser): parser.add_argument("--speed")\ngrow(p)\np.parse_args()\n`, ['--speed', '2']],
    Tries: ['try:\n    import no_such_module\nexcept ImportError:\n    pass\n'],
    Installs: ['import subprocess\nsubprocess.run(["true"])\n"""\nimport is_told_here\n"""\nimport os\n'],
    Beside: ['import helper\n'],
  };
  const step = (name: string, [text, words = []]: [string, string[]?]): object => {
    put(`judged/${name}/main.py`, text);
    put(`judged/${name}/helper.py`, 'x = 1\n');
    return shellStep(name, '', {
      AppSpecification: {
        ImageUri: 'image',
        ContainerEntrypoint: ['python3', '/opt/ml/processing/input/code/main.py'],
        ...(words.length === 0 ? {} : { ContainerArguments: words }),
      },
      ProcessingInputs: [input(`s3://${bucket}/judged/${name}`)],
    });
  };
  const puts: Promise<unknown>[] = [];
  function put(Key: string, Body: string): void {
    puts.push(bed.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body })));
  }
  const input = (S3Uri: string): object => ({
    InputName: 'code',
    S3Input: { S3Uri, LocalPath: '/opt/ml/processing/input/code', S3DataType: 'S3Prefix', S3InputMode: 'File' },
  });
  const steps = Object.entries(scripts).map(([name, [text, words]]) => step(name, [text, words]));
  await Promise.all(puts);
  const error: unknown = await bed.run(steps).catch((reason: unknown) => reason);
  expect(String(error)).toMatch(
    /Local cannot run 5 of the 12 steps: 'Broken': Python 3\.\d+ cannot read main\.py, line 1: [^;]+; 'Lacks': main\.py imports no_such_module and another_one, which your Python does not have; 'Words': main\.py takes no --speed and no --depth; 'Reads': main\.py reads https:\/\/rows\.invalid\/a\.csv, whose host cannot be found from here; 'Told': main\.py reads https:\/\/user@rows\.invalid:8443\/b\.csv, whose host cannot be found from here\./,
  );
  const arn = await bed.run(steps.slice(5));
  await bed.end(arn);
  const ends = Object.values(await bed.steps(arn)).map(({ StepStatus, FailureReason }) => FailureReason ?? StepStatus);
  expect(ends).toEqual(steps.slice(5).map(() => 'Succeeded'));
});

test('a parameter whose default is empty is empty in the run; an empty value at the start is refused', async () => {
  const parameters = [{ Name: 'P', Type: 'String', DefaultValue: '' }];
  const step = shellStep('S', 'test -n "${P+set}" && test -z "$P"', { Environment: { P: { Get: 'Parameters.P' } } });
  expect((await bed.end(await bed.run([step], { parameters }))).status).toBe('Succeeded');
  await expect(bed.run([step], { parameters, values: { P: '' } })).rejects.toThrow(/'P' is empty/);
});

test('what a job writes to /opt/ml/output/failure and message is its own word', async () => {
  const say = 'mkdir -p "$SAGEMAKER_BASE_DIR/output"; echo "no data for 2026" > "$SAGEMAKER_BASE_DIR/output/failure"';
  const failed = await bed.run([shellStep('S', `${say}; echo noise; exit 3`)]);
  expect((await bed.end(failed)).status).toBe('Failed');
  expect((await bed.steps(failed)).S?.FailureReason).toBe('AlgorithmError: no data for 2026, exit code: 3');
  const told = await bed.run([shellStep('S', 'echo 12 rows > /opt/ml/output/message')]);
  expect((await bed.end(told)).status).toBe('Succeeded');
  const { S } = await bed.steps(told);
  const ProcessingJobName = S?.Metadata?.ProcessingJob?.Arn?.split('/')[1];
  const job = await bed.clients.sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName }));
  expect(job.ExitMessage).toBe('12 rows');
});

test('a missing Python fails the step with the sentence that says so', async () => {
  const other = await Bed.start({ python: '/nowhere/python3' });
  try {
    const arn = await other.run([
      {
        ...shellStep('Script', ''),
        Arguments: {
          ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 10 } },
          AppSpecification: {
            ImageUri: 'image',
            ContainerEntrypoint: ['python3', '/opt/ml/processing/input/code/x.py'],
          },
        },
      },
    ]);
    expect((await other.end(arn)).status).toBe('Failed');
    expect((await other.steps(arn)).Script?.FailureReason).toMatch(/Python was not found at '\/nowhere\/python3'/);
  } finally {
    await other.stop();
  }
});

test('outputs that are links are copied, and what they lead to stays as it is', async () => {
  const mine = join(bed.folder, 'mine');
  writeFileSync(mine, 'mine');
  const arn = await bed.run([
    shellStep(
      'Link',
      `cd /opt/ml/processing/linked; ln -s ${mine} soft; cp ${mine} ../own; ln ../own hard; ln -s /opt/ml/processing/own inside; ln -s /nowhere dangling; mkdir -p deep/er; echo x > deep/er/file`,
      {
        ProcessingOutputConfig: { Outputs: [output('linked', `s3://${bucket}/linked`)] },
      },
    ),
  ]);
  expect(await bed.end(arn)).toEqual({ status: 'Succeeded', reason: undefined });
  writeFileSync(mine, 'changed');
  const { Contents = [] } = await bed.clients.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'linked/' }));
  expect(Contents.map(({ Key }) => Key)).toEqual([
    'linked/deep/er/file',
    'linked/hard',
    'linked/inside',
    'linked/soft',
  ]);
  for (const Key of ['linked/hard', 'linked/inside', 'linked/soft']) {
    const object = await bed.clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    expect(await object.Body?.transformToString()).toBe('mine');
  }
});

test('scripts that name /opt/ml find their own, their sources stay as they are, and jobs do not see each other', async () => {
  const script = `open("/opt/ml/processing/made/out.txt", "w").write(open('/opt/ml/processing/input/code/who.txt').read())`;
  const put = (Key: string, Body: string): Promise<unknown> =>
    bed.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  const steps = await Promise.all(
    ['One', 'Two'].map(async (name) => {
      await put(`code/${name}/main.py`, script);
      await put(`code/${name}/who.txt`, name);
      return {
        ...shellStep(name, ''),
        Arguments: {
          ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 10 } },
          AppSpecification: {
            ImageUri: 'image',
            ContainerEntrypoint: ['python3', '/opt/ml/processing/input/code/main.py'],
          },
          ProcessingInputs: [
            {
              InputName: 'code',
              S3Input: {
                S3Uri: `s3://${bucket}/code/${name}/`,
                LocalPath: '/opt/ml/processing/input/code',
                S3DataType: 'S3Prefix',
                S3InputMode: 'File',
              },
            },
          ],
          ProcessingOutputConfig: { Outputs: [output('made', `s3://${bucket}/made/${name}`)] },
        },
      };
    }),
  );
  const arn = await bed.run(steps);
  expect(await bed.end(arn)).toEqual({ status: 'Succeeded', reason: undefined });
  for (const name of ['One', 'Two']) {
    const made = await bed.clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key: `made/${name}/out.txt` }));
    expect(await made.Body?.transformToString()).toBe(name);
    const source = await bed.clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key: `code/${name}/main.py` }));
    expect(await source.Body?.transformToString()).toBe(script);
  }
});

test('a script that is not there, and inputs that are not there, are told', async () => {
  const input = (S3Uri: string): Record<string, unknown> => ({
    ProcessingInputs: [
      {
        InputName: 'in',
        S3Input: { S3Uri, LocalPath: '/opt/ml/processing/in', S3DataType: 'S3Prefix', S3InputMode: 'File' },
      },
    ],
  });
  const refused = bed.run([
    shellStep('NoObject', 'true', input(`s3://${bucket}/nothing/here`)),
    shellStep('NoBucket', 'true', input('s3://no-such-bucket/x')),
  ]);
  await expect(refused).rejects.toThrow(
    `Local cannot run 2 of the 2 steps: 'NoObject': it reads s3://${bucket}/nothing/here, which is not there; ` +
      "'NoBucket': it reads s3://no-such-bucket/x, which is not there. " +
      'Give the data as fixtures in .mlops/config.json, or use a connection to an AWS account for this pipeline.',
  );
  const arn = await bed.run([
    { ...shellStep('Late', 'true', input(`s3://${bucket}/nothing/here`)), DependsOn: ['First'] },
    shellStep('First', 'true'),
    {
      ...shellStep('NoCommand', ''),
      Arguments: {
        ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 10 } },
        AppSpecification: { ImageUri: 'image', ContainerEntrypoint: ['./no-such-command'] },
      },
    },
  ]);
  expect((await bed.end(arn)).status).toBe('Failed');
  const steps = await bed.steps(arn);
  expect(steps.Late?.FailureReason).toMatch(/No object was found at s3:\/\/.*nothing\/here/);
  expect(steps.NoCommand?.FailureReason).toMatch(/'\.\/no-such-command' was not found on this machine/);
});

test('a step that finds nothing where another was to write names that step', async () => {
  const place = (folder: string) => `s3://${bucket}/unwritten/${folder}`;
  const input = (S3Uri: string): Record<string, unknown> => ({
    ProcessingInputs: [
      {
        InputName: 'in',
        S3Input: { S3Uri, LocalPath: '/opt/ml/processing/in', S3DataType: 'S3Prefix', S3InputMode: 'File' },
      },
    ],
  });
  const output = {
    ProcessingOutputConfig: {
      Outputs: [
        {
          OutputName: 'out',
          S3Output: { S3Uri: place('rows'), LocalPath: '/opt/ml/processing/out', S3UploadMode: 'EndOfJob' },
        },
      ],
    },
  };
  const arn = await bed.run([
    shellStep('Prepare', 'true', output),
    { ...shellStep('Train', 'true', input(`${place('rows')}/train`)), DependsOn: ['Prepare'] },
    { ...shellStep('Other', 'true', input(place('rows-of-others'))), DependsOn: ['Prepare'] },
  ]);
  expect((await bed.end(arn)).status).toBe('Failed');
  const steps = await bed.steps(arn);
  expect(steps.Train?.FailureReason).toBe(
    `ClientError: No object was found at ${place('rows')}/train on Local. Step 'Prepare' succeeded and wrote nothing there: see its log.`,
  );
  expect(steps.Other?.FailureReason).toContain('Upload it or give it as a fixture');
});

test('a definition may come from S3', async () => {
  await bed.clients.s3.send(
    new PutObjectCommand({ Bucket: bucket, Key: 'definition.json', Body: definition([shellStep('S', 'true')]) }),
  );
  const create = (ObjectKey: string): Promise<unknown> =>
    bed.clients.sagemaker.send(
      new CreatePipelineCommand({
        PipelineName: 'from-s3',
        ClientRequestToken: token(),
        RoleArn: role,
        PipelineDefinitionS3Location: { Bucket: bucket, ObjectKey },
      }),
    );
  await expect(create('nope.json')).rejects.toThrow(/does not exist/);
  await create('definition.json');
  const { PipelineDefinition } = await bed.clients.sagemaker.send(
    new DescribePipelineCommand({ PipelineName: 'from-s3' }),
  );
  expect(JSON.parse(PipelineDefinition ?? '')).toHaveProperty('Steps');
});

test('a job finds its /opt/ml by whatever way it builds the path, and two at a time find each their own', async (context) => {
  if (!canMount()) context.skip('this system gives no mount namespace: mentions of /opt/ml are rewritten here');
  const python = `import os; p=os.path.join('/','opt','ml','processing','made'); open(p+'/py','w').write(open(p+'/who').read())`;
  const script = (name: string): string =>
    `d=/opt; d=$d/m; d=\${d}l/processing/made; echo ${name} > $d/who; sleep .3; ls /opt > $d/others; python3 -c "${python}"`;
  const made = (name: string): object => ({
    OutputName: 'made',
    S3Output: { S3Uri: `s3://${bucket}/${name}`, LocalPath: '/opt/ml/processing/made', S3UploadMode: 'EndOfJob' },
  });
  const step = (name: string): object =>
    shellStep(name, script(name), { ProcessingOutputConfig: { Outputs: [made(name)] } });
  const arn = await bed.run([step('one'), step('two')], { parallel: 2 });
  await bed.end(arn);
  expect(Object.values(await bed.steps(arn)).map(({ FailureReason }) => FailureReason)).toEqual([undefined, undefined]);
  for (const name of ['one', 'two']) {
    const read = async (file: string): Promise<string | undefined> => {
      const object = await bed.clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key: `${name}/${file}` }));
      return object.Body?.transformToString();
    };
    expect(await read('who')).toBe(`${name}\n`);
    expect(await read('py')).toBe(`${name}\n`);
    // All else that the machine has in /opt is still there.
    const others = (await read('others'))?.trim().split('\n') ?? [];
    expect(others.sort()).toEqual([...new Set([...readdirSync('/opt'), 'ml'])].sort());
  }
});

test('a script that names the folder above its own works in /, which it may write to; another one in /opt/ml', async (context) => {
  if (!canMount()) context.skip('this system gives no mount namespace: jobs work in their folder here');
  const climbing = `import os, pathlib
with open("../mlops-flow-left", "w") as file:
    file.write("left")
pathlib.Path("/mlops-flow-made").mkdir()
seen = [open("mlops-flow-left").read(), os.getcwd(), os.path.isdir("/usr"), os.path.samefile("/opt/ml", os.path.join("opt", "ml"))]
with open("/opt/ml/processing/made/seen", "w") as file:
    file.write(repr(seen))
`;
  const staying = `import os
with open("/opt/ml/processing/made/seen", "w") as file:
    file.write(os.getcwd() + ' "..')
`;
  const step = async (name: string, text: string): Promise<object> => {
    await bed.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: `${name}/run.py`, Body: text }));
    const code = { S3Uri: `s3://${bucket}/${name}/run.py`, LocalPath: '/opt/ml/processing/input/code' };
    const made = { S3Uri: `s3://${bucket}/${name}/made`, LocalPath: '/opt/ml/processing/made' };
    return shellStep(name, '', {
      AppSpecification: { ImageUri: 'i', ContainerEntrypoint: ['python3', '/opt/ml/processing/input/code/run.py'] },
      ProcessingInputs: [{ InputName: 'code', S3Input: { ...code, S3DataType: 'S3Prefix', S3InputMode: 'File' } }],
      ProcessingOutputConfig: { Outputs: [{ OutputName: 'made', S3Output: { ...made, S3UploadMode: 'EndOfJob' } }] },
    });
  };
  // Twice at a time: each has a place of its own.
  const steps = [
    await step('climbing', climbing),
    await step('climbing-again', climbing),
    await step('staying', staying),
  ];
  const arn = await bed.run(steps, { parallel: 3 });
  await bed.end(arn);
  const reasons = Object.values(await bed.steps(arn)).map(({ FailureReason }) => FailureReason);
  expect(reasons).toEqual([undefined, undefined, undefined]);
  const seen = async (name: string): Promise<string | undefined> => {
    const { Body } = await bed.clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key: `${name}/made/seen` }));
    return Body?.transformToString();
  };
  expect(await seen('climbing')).toBe("['left', '/', True, True]");
  expect(await seen('climbing-again')).toBe("['left', '/', True, True]");
  expect(await seen('staying')).toBe('/opt/ml "..');
  expect(['/mlops-flow-left', '/mlops-flow-made', '/opt/mlops-flow-left'].filter((path) => existsSync(path))).toEqual(
    [],
  );
});

test('a command that only its image has is told before the start, one of a framework when it is not found', async () => {
  const step = (Name: string, ImageUri: string, program: string): object =>
    shellStep(Name, '', { AppSpecification: { ImageUri, ContainerEntrypoint: [program, '/opt/ml/x'] } });
  await expect(
    bed.run([step('Own', 'image', 'no-such-program'), step('There', 'image', 'sh'), step('Path', 'image', '/no/such')]),
  ).rejects.toThrow(
    "Local cannot run 2 of the 3 steps: 'Own': its command 'no-such-program' is in its image, and not on this machine; " +
      "'Path': its command '/no/such' is in its image, and not on this machine.",
  );
  const arn = await bed.run([step('S', 'pytorch-training:2.3', 'no-such-program')]);
  expect((await bed.end(arn)).status).toBe('Failed');
  const { S } = await bed.steps(arn);
  expect(S?.FailureReason).toBe("ClientError: The command 'no-such-program' was not found on this machine.");
});

/** Whether this system lets the user of the tests mount, asked in a way of its own. */
function canMount(): boolean {
  if (process.platform !== 'linux' || !existsSync('/opt')) return false;
  return ['-Urm', '-m'].some((way) => spawnSync('unshare', [way, 'mount', '-t', 'tmpfs', 'x', '/opt']).status === 0);
}
