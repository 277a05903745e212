/** What the menus of steps offer and do, over a server in place of AWS. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Connections } from '../../../src/aws';
import { stepMenu } from '../../../src/pipelines/panels/run-graph/step-kinds';
import { connectionsTo, keysFor, Profiles } from '../../fixtures/aws/profiles';
import { callerIdentity, FakeService, type Operation } from '../../fixtures/aws/service';
import { answers as questions } from '../../fixtures/vscode';

const desk = vi.hoisted(() => ({
  folder: '',
  clipboard: '',
  opened: [] as string[],
  /** The label that is picked from each list. */
  pick: '',
  cancelled: false,
  /** What is typed into one box after the other, and what the boxes said of it. */
  typed: [] as (string | undefined)[],
  boxes: [] as { title?: string; prompt?: string; problem?: string }[],
}));

vi.mock('vscode', async () => {
  const fixture = await import('../../fixtures/vscode');
  const file = (name: string) => fixture.Uri.file(`${desk.folder}/${name}`);
  return {
    ...fixture,
    ProgressLocation: { Notification: 15 },
    env: {
      clipboard: { writeText: (text: string) => Promise.resolve(void (desk.clipboard = text)) },
      openExternal: (uri: unknown) => Promise.resolve(void desk.opened.push(String(uri))),
    },
    window: {
      ...fixture.window,
      showInputBox: ({
        title,
        prompt,
        validateInput,
      }: {
        title?: string;
        prompt?: string;
        validateInput?: (text: string) => string | undefined;
      }) => {
        const text = desk.typed.shift();
        const problem = text === undefined ? undefined : validateInput?.(text);
        desk.boxes.push({
          ...(title === undefined ? {} : { title }),
          ...(prompt === undefined ? {} : { prompt }),
          ...(problem === undefined ? {} : { problem }),
        });
        return Promise.resolve(problem === undefined ? text : undefined);
      },
      showSaveDialog: () => Promise.resolve(file('saved')),
      showOpenDialog: () => Promise.resolve([file('below')]),
      showQuickPick: (items: readonly { label: string }[]) =>
        Promise.resolve(items.find(({ label }) => label === desk.pick)),
      withProgress: (_options: object, work: (progress: object, token: object) => unknown) =>
        work(
          { report: () => undefined },
          { onCancellationRequested: (listener: () => void) => void (desk.cancelled && listener()) },
        ),
    },
  };
});

const { runCommands } = await import('../../../src/pipelines/commands');

const execution = 'arn:aws:sagemaker:eu-west-1:1:pipeline/penguins/execution/abc';
const job = 'arn:aws:sagemaker:eu-west-1:1:training-job/train-abc';
const reviewed = {
  Version: '2020-12-01',
  Steps: [
    {
      Name: 'Review',
      Type: 'Callback',
      SqsQueueUrl: 'https://q/reviews',
      Arguments: {},
      OutputParameters: [
        { OutputName: 'verdict', OutputType: 'String' },
        { OutputName: 'score', OutputType: 'Float' },
      ],
    },
  ],
};
const target = { connection: 'profile:dev', executionArn: execution, step: 'Train' };

describe('the menu of a step', () => {
  it.each([
    [{ TrainingJob: { Arn: job } }, { arn: job, job: true, artifact: true, console: true }],
    [{ ClarifyCheck: { CheckJobArn: job } }, { arn: job, job: true, artifact: true, console: true }],
    [{ AutoMLJob: { Arn: job } }, { arn: job, job: true, artifact: true }],
    [
      { Lambda: { Arn: 'arn:aws:lambda:eu-west-1:1:function:f' } },
      { arn: 'arn:aws:lambda:eu-west-1:1:function:f', console: true },
    ],
    [{ RegisterModel: { Arn: 'arn:p' } }, { arn: 'arn:p' }],
    [{ EMR: { ClusterId: 'j-1' } }, { console: true }],
    [{ Condition: { Outcome: 'True' as const } }, {}],
    [{ TrainingJob: {} }, {}],
    [{}, {}],
  ])('%j: %j', (Metadata, menu) => {
    expect(stepMenu({ StepStatus: 'Succeeded', Metadata }, 'eu-west-1')).toEqual(menu);
  });

  it('offers an answer while a Callback step waits, and not when it has ended', () => {
    const Metadata = { Callback: { SqsQueueUrl: 'https://q', CallbackToken: 't' } };
    expect(stepMenu({ StepStatus: 'Executing', Metadata }, undefined)).toEqual({ callback: true });
    expect(stepMenu({ StepStatus: 'Succeeded', Metadata }, undefined)).toEqual({});
  });

  it('has no console on Local', () => {
    expect(stepMenu({ Metadata: { TrainingJob: { Arn: job } } }, undefined)).toEqual({
      arn: job,
      job: true,
      artifact: true,
    });
  });
});

describe('what is chosen', () => {
  let profiles: Profiles;
  let service: FakeService;
  let connections: Connections;
  let keys: string[];
  let callback: object;
  let answers: object[];
  const shown: [path: string, text: string][] = [];
  const at = (): never =>
    ({
      connections,
      changed: () => undefined,
      documents: { show: (path: string, text: string) => Promise.resolve(void shown.push([path, text])) },
      revealStep: (pipeline: string, step: string) => Promise.resolve(void desk.opened.push(`${pipeline} ${step}`)),
      runAgain: (arn: string, { id }: { id: string }) => void desk.opened.push(`${id} ${arn}`),
    }) as never;

  const s3: Operation = ({ path }) => {
    if (!path.includes('list-type=2'))
      return { type: 'binary/octet-stream', body: `content of ${path.split('?')[0] ?? ''}` };
    const contents = keys.map((key) => `<Contents><Key>${key}</Key><Size>9</Size></Contents>`).join('');
    return {
      type: 'text/xml',
      body: `<ListBucketResult><IsTruncated>false</IsTruncated>${contents}</ListBucketResult>`,
    };
  };

  beforeEach(async () => {
    desk.folder = await mkdtemp(join(tmpdir(), 'mlops-flow-download-'));
    desk.opened = [];
    desk.cancelled = false;
    desk.typed = [];
    desk.boxes = [];
    answers = [];
    callback = { CallbackToken: 'token-1', SqsQueueUrl: 'https://q/reviews' };
    const answered: Operation = ({ input }) => {
      answers.push(input);
      return { body: { PipelineExecutionArn: execution } };
    };
    keys = ['a/model.tar.gz'];
    profiles = await Profiles.use('', keysFor('dev'));
    service = await FakeService.start({
      ListPipelineExecutionSteps: () => ({
        body: {
          PipelineExecutionSteps: [
            { StepName: 'Train', StepStatus: 'Succeeded', Metadata: { TrainingJob: { Arn: job } } },
            { StepName: 'Check', StepStatus: 'Succeeded', Metadata: { Condition: { Outcome: 'True' } } },
            { StepName: 'Review', StepStatus: 'Executing', Metadata: { Callback: callback } },
          ],
        },
      }),
      GetCallerIdentity: () => callerIdentity('000000000000'),
      DescribePipelineDefinitionForExecution: () => ({ body: { PipelineDefinition: JSON.stringify(reviewed) } }),
      SendPipelineExecutionStepSuccess: answered,
      SendPipelineExecutionStepFailure: answered,
      DescribeTrainingJob: () => ({
        body: { TrainingJobName: 'train-abc', ModelArtifacts: { S3ModelArtifacts: 's3://b/a/model.tar.gz' } },
      }),
      GET: s3,
    });
    connections = connectionsTo(service.url);
  });
  afterEach(async () => {
    await connections.dispose();
    await service.stop();
    await profiles.restore();
    await rm(desk.folder, { recursive: true, force: true });
  });

  it('the job as the service describes it', async () => {
    await runCommands.openJob(at(), target);
    const [path, text] = shown.at(-1) ?? [];
    expect(path).toBe('jobs/train-abc.json');
    expect(JSON.parse(text ?? '')).toMatchObject({ TrainingJobName: 'train-abc' });
    expect(text).not.toContain('$metadata');
    await expect(runCommands.openJob(at(), { ...target, step: 'Check' })).rejects.toThrow('has not started a job');
    await expect(runCommands.openJob(at(), { ...target, step: 'None' })).rejects.toThrow('has not been reached');
  });

  it('its page in the console of its region', async () => {
    await runCommands.openInConsole(at(), target);
    expect(desk.opened[0]).toContain('eu-west-1.console.aws.amazon.com');
    await expect(runCommands.openInConsole(at(), { ...target, step: 'Check' })).rejects.toThrow('not known here');
  });

  it('the ARN of the step, of the run where there is none, and of a row', async () => {
    await runCommands.copyArn(at(), { ...target, arn: job });
    expect(desk.clipboard).toBe(job);
    await runCommands.copyArn(at(), { connection: 'local', executionArn: execution });
    expect(desk.clipboard).toBe(execution);
    await runCommands.copyArn(at(), { model: { arn: 'arn:model' } });
    expect(desk.clipboard).toBe('arn:model');
  });

  it('the definition, and another run over the connection of the panel', async () => {
    await runCommands.goToStep(at(), target);
    await runCommands.runAgain(at(), target);
    expect(desk.opened).toEqual(['penguins Train', `profile:dev ${execution}`]);
  });

  it('a file that the step wrote', async () => {
    await runCommands.downloadArtifact(at(), target);
    expect(await readFile(join(desk.folder, 'saved'), 'utf8')).toBe('content of /b/a/model.tar.gz');
  });

  it('all that lies below a prefix, and nothing beside the folder', async () => {
    keys = ['a/x.csv', 'a/deep/y.csv', 'a/../../z.csv'];
    desk.pick = 'All 3 files';
    await runCommands.downloadArtifact(at(), { ...target, uri: 's3://b/a/' });
    expect((await readdir(join(desk.folder, 'below'), { recursive: true })).sort()).toEqual([
      'deep',
      'deep/y.csv',
      'x.csv',
      'z.csv',
    ]);
    expect(await readdir(desk.folder)).toEqual(['below']);
  });

  it('nothing where there is nothing, or where it is cancelled', async () => {
    desk.cancelled = true;
    await runCommands.downloadArtifact(at(), target);
    expect(await readdir(desk.folder)).toEqual([]);
    keys = [];
    await expect(runCommands.downloadArtifact(at(), target)).rejects.toThrow('There is nothing under');
    await expect(runCommands.downloadArtifact(at(), { ...target, step: 'Check' })).rejects.toThrow('has not written');
  });

  it('the answer of a Callback step: each output that it declares, after a question on AWS', async () => {
    const review = { ...target, step: 'Review' };
    desk.typed = ['good', '0.9'];
    questions.push('Succeed');
    await runCommands.succeedCallback(at(), review);
    expect(answers).toEqual([
      {
        CallbackToken: 'token-1',
        ClientRequestToken: expect.any(String) as string,
        OutputParameters: [
          { Name: 'verdict', Value: 'good' },
          { Name: 'score', Value: '0.9' },
        ],
      },
    ]);
    expect(desk.boxes.map(({ title }) => title)).toEqual(['Succeed Review (1/2)', 'Succeed Review (2/2)']);
    desk.typed = ['the data is old'];
    questions.push('Fail');
    await runCommands.failCallback(at(), review);
    expect(answers[1]).toMatchObject({ CallbackToken: 'token-1', FailureReason: 'the data is old' });
    await expect(runCommands.succeedCallback(at(), target)).rejects.toThrow('does not wait for an answer any more');
  });

  it('no answer where a box is left, a value is of another type, or the question is declined', async () => {
    const review = { ...target, step: 'Review' };
    await runCommands.failCallback(at(), review);
    desk.typed = ['good', 'very'];
    await runCommands.succeedCallback(at(), review);
    expect(desk.boxes.at(-1)?.problem).toBe('score must be a number.');
    desk.typed = ['no'];
    questions.push(undefined);
    await runCommands.failCallback(at(), review);
    expect(answers).toEqual([]);
  });

  it('the token is asked for where the service does not list it, and it is said where it is', async () => {
    callback = { SqsQueueUrl: 'https://q/reviews' };
    desk.typed = [' token-2 ', 'no'];
    questions.push('Fail');
    await runCommands.failCallback(at(), { ...target, step: 'Review' });
    expect(desk.boxes[0]?.prompt).toContain('https://q/reviews');
    expect(answers).toMatchObject([{ CallbackToken: 'token-2', FailureReason: 'no' }]);
  });
});
