import { createReadStream, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Execution, executions, type Step, steps as stepRecords } from '../../../src/local/domain/executions';
import { objects } from '../../../src/local/domain/objects';
import { pipelineVersions } from '../../../src/local/domain/pipelines';
import { queues } from '../../../src/local/domain/queues';
import { Engine } from '../../../src/local/engine/engine';
import type { JobEnd } from '../../../src/local/jobs/kind';
import type { Jobs } from '../../../src/local/jobs/jobs';
import { execution, openStore } from './engine-bed';
import { shellStep } from './support';

/* Whole executions without processes: jobs end as they are told. */

const store = openStore();

/** Jobs that run until they are told how they end, or are stopped. */
class ToldJobs {
  private readonly running = new Map<string, (end: JobEnd) => void>();
  readonly requests: Record<string, unknown>[] = [];

  create(_kind: object, name: string, request: Record<string, unknown>): object {
    this.requests.push(request);
    return {
      name,
      arn: `arn:aws:sagemaker:us-east-1:000000000000:processing-job/${name}`,
      doc: { Name: name, request },
    };
  }

  run(_kind: object, { name }: { name: string }, _request: object, signal: AbortSignal): Promise<JobEnd> {
    const step = name.split('-')[2] ?? '';
    return new Promise((resolve) => {
      const end = (how: JobEnd): void => {
        this.running.delete(step);
        resolve(how);
      };
      this.running.set(step, end);
      if (signal.aborted) end({ status: 'Stopped' });
      else signal.addEventListener('abort', () => end({ status: 'Stopped' }), { once: true });
    });
  }

  get names(): string[] {
    return [...this.running.keys()];
  }

  /** Ends the jobs of steps, and lets what follows happen. */
  async end(end: JobEnd | JobEnd['status'], ...steps: string[]): Promise<void> {
    for (const step of steps) {
      const found = this.running.get(step);
      if (!found) throw new Error(`No job of ${step} runs; ${this.names.join(', ') || 'none'} does.`);
      found(typeof end === 'string' ? { status: end } : end);
    }
    await turns();
  }
}

/** Lets everything happen that needs no time. */
async function turns(): Promise<void> {
  for (let count = 0; count < 20; count++) await setImmediate();
}

let count = 0;

/** An engine of its own with an execution of a pipeline, which has begun unless it says otherwise. */
class Ran {
  readonly jobs = new ToldJobs();
  readonly broken: unknown[] = [];
  engine = this.anew();
  readonly id = `run${String(++count).padStart(9, '0')}`;

  constructor(definition: object[] | string, more: Partial<Execution> = {}, before: Partial<Step>[] = []) {
    const text = typeof definition === 'string' ? definition : JSON.stringify({ Steps: definition });
    const one = this.make(this.id, text, more);
    for (const [index, step] of before.entries()) {
      stepRecords(store).put({
        execution: this.id,
        name: `S${index}`,
        type: 'Processing',
        status: 'Succeeded',
        startedAt: new Date(index),
        attempts: 1,
        ...step,
      });
    }
    this.engine.start(one);
  }

  private make(id: string, definition: string, more: Partial<Execution>): Execution {
    const one = {
      ...execution,
      id,
      arn: `arn:aws:sagemaker:us-east-1:000000000000:pipeline/p/execution/${id}`,
      pipeline: id,
      ...more,
    };
    pipelineVersions(store).put({ pipeline: one.pipeline, version: one.version, definition, createdAt: new Date(0) });
    executions(store).put(one);
    return one;
  }

  /** The engine of the next process. */
  anew(): Engine {
    return (this.engine = new Engine(
      store,
      this.jobs as unknown as Jobs,
      (error) => this.broken.push(error),
      () => Promise.resolve({}),
    ));
  }

  get record(): Execution {
    const found = executions(store).get(this.id);
    if (!found) throw new Error('There is no execution.');
    return found;
  }

  step(name: string): Step {
    const found = stepRecords(store).get(`${this.id}/${name}`);
    if (!found) throw new Error(`There is no step ${name}.`);
    return found;
  }

  /** `Failed A:Succeeded B:Failed` */
  get told(): string {
    const own = stepRecords(store).list('execution = ?', this.id);
    return [this.record.status, ...own.map(({ name, status }) => `${name}:${status}`)].join(' ');
  }
}

async function begun(...args: ConstructorParameters<typeof Ran>): Promise<Ran> {
  const ran = new Ran(...args);
  await turns();
  return ran;
}

const job = (name: string, ...DependsOn: string[]): object => shellStep(name, 'true', { DependsOn });
const failStep = (Name: string, ErrorMessage: unknown = 'enough', ...DependsOn: string[]): object => ({
  Name,
  Type: 'Fail',
  Arguments: { ErrorMessage },
  DependsOn,
});
const callback = (Name: string, ...DependsOn: string[]): object => ({
  Name,
  Type: 'Callback',
  SqsQueueUrl: 'https://sqs.us-east-1.amazonaws.com/000000000000/asks',
  Arguments: {},
  OutputParameters: [{ OutputName: 'answer' }],
  DependsOn,
});
const token = (ran: Ran, name: string): string => ran.step(name).metadata?.Callback?.CallbackToken ?? '';

describe('an execution', () => {
  test('starts what may start, one after the other, and succeeds', async () => {
    const ran = await begun([job('A'), job('B'), job('C', 'A', 'B')]);
    expect(ran.told).toBe('Executing A:Executing B:Executing');
    await ran.jobs.end('Completed', 'A');
    expect(ran.jobs.names).toEqual(['B']);
    await ran.jobs.end('Completed', 'B');
    expect(ran.told).toBe('Executing A:Succeeded B:Succeeded C:Executing');
    await ran.jobs.end('Completed', 'C');
    expect(ran.told).toBe('Succeeded A:Succeeded B:Succeeded C:Succeeded');
    expect(ran.record.failureReason).toBeUndefined();
    expect(ran.record.modifiedAt.getTime()).toBeGreaterThan(0);
    expect(ran.step('A')).toMatchObject({ attempts: 1, endedAt: expect.any(Date) as Date });
    expect(ran.step('A').result).toMatchObject({ Name: expect.stringMatching(/-A-/) as string });
    expect(ran.broken).toEqual([]);
  });

  test('without steps succeeds', async () => {
    expect((await begun([])).told).toBe('Succeeded');
  });

  test('keeps the display name and description of its steps, where they have them', async () => {
    const ran = await begun([{ ...job('A'), DisplayName: 'An A', Description: 'what it does' }, job('B')]);
    expect(ran.step('A')).toMatchObject({ displayName: 'An A', description: 'what it does', type: 'Processing' });
    expect(Object.keys(ran.step('B'))).not.toContain('displayName');
    expect(Object.keys(ran.step('B'))).not.toContain('description');
    await ran.engine.shutDown();
  });

  test('runs as many steps at a time as are allowed, also when that changes', async () => {
    const names = ['A', 'B', 'C', 'D', 'E'];
    const ran = await begun(
      names.map((name) => job(name)),
      { parallelism: { MaxParallelExecutionSteps: 2 } },
    );
    expect(ran.jobs.names).toEqual(['A', 'B']);
    await ran.jobs.end('Completed', 'A');
    expect(ran.jobs.names).toEqual(['B', 'C']);
    ran.engine.parallelism(ran.id, 3);
    await turns();
    expect(ran.jobs.names).toEqual(['B', 'C', 'D']);
    ran.engine.parallelism('nobody', 1);
    ran.engine.parallelism(ran.id, undefined);
    await turns();
    expect(ran.jobs.names).toEqual(['B', 'C', 'D', 'E']);
    await ran.jobs.end('Completed', ...ran.jobs.names);
    expect(ran.record.status).toBe('Succeeded');
  });

  test('runs as many as the machine has processors where nothing is said, four at least', async () => {
    const limit = Math.max(4, availableParallelism());
    const ran = await begun(Array.from({ length: limit + 1 }, (_, index) => job(`S${index}`)));
    expect(ran.jobs.names).toHaveLength(limit);
    await ran.engine.shutDown();
  });

  test('fails with a step, when what does not need it has ended', async () => {
    const ran = await begun([job('A'), job('B'), job('AfterA', 'A'), job('AfterB', 'B')]);
    await ran.jobs.end({ status: 'Failed', reason: 'x'.repeat(2000) }, 'A');
    expect(ran.told).toBe('Executing A:Failed B:Executing');
    expect(ran.step('A').failureReason).toBe('x'.repeat(1024));
    await ran.jobs.end('Completed', 'B');
    await ran.jobs.end('Completed', 'AfterB');
    expect(ran.told).toBe('Failed A:Failed B:Succeeded AfterB:Succeeded');
    expect(ran.record).toMatchObject({
      failureReason: 'Step failure: One or multiple steps failed.',
      endedByFailStep: false,
    });
  });

  test('ends by a Fail step with its message, when what runs has ended, and starts nothing more', async () => {
    const ran = await begun([job('A'), failStep('Halt'), job('AfterA', 'A')]);
    expect(ran.told).toBe('Executing A:Executing Halt:Failed');
    await ran.jobs.end('Completed', 'A');
    expect(ran.told).toBe('Failed A:Succeeded Halt:Failed');
    expect(ran.record).toMatchObject({ failureReason: 'enough', endedByFailStep: true });
  });

  test('takes the branch of its condition', async () => {
    const decide = (RightValue: number): Promise<Ran> =>
      begun([
        {
          Name: 'If',
          Type: 'Condition',
          Arguments: {
            Conditions: [{ Type: 'Equals', LeftValue: 1, RightValue }],
            IfSteps: [failStep('Yes')],
            ElseSteps: [failStep('No')],
          },
        },
      ]);
    expect((await decide(1)).told).toBe('Failed If:Succeeded Yes:Failed');
    expect((await decide(2)).told).toBe('Failed If:Succeeded No:Failed');
  });

  test('whose definition cannot be read has failed at once', async () => {
    const ran = await begun('{"Steps": [{"Name": "A"}]}');
    expect(ran.record).toMatchObject({
      status: 'Failed',
      failureReason: 'Unable to parse pipeline definition. Every step needs a Name and a Type.',
    });
    expect(ran.record.modifiedAt.getTime()).toBeGreaterThan(0);
  });

  test('of a fault that is none of its own ends the control plane', async () => {
    const ran = new Ran([job('A')]);
    const bug = new RangeError('a bug');
    ran.jobs.create = () => {
      throw bug;
    };
    await turns();
    expect(ran.broken).toEqual([bug]);
    expect(ran.record.status).toBe('Executing');
    // The next process would take it up.
    executions(store).put({ ...ran.record, status: 'Failed' });
    const other = new Ran([]);
    expect(() => other.engine.start({ ...other.record, parameters: undefined as never })).toThrow(TypeError);
  });
});

describe('a stop', () => {
  test('stops what runs, starts nothing more, and is over when all has ended', async () => {
    const ran = await begun([job('A'), callback('Ask'), job('AfterA', 'A')]);
    ran.engine.stop(ran.id);
    expect(ran.told).toBe('Stopping A:Stopping Ask:Stopping');
    ran.engine.stop(ran.id);
    ran.engine.stop('nobody');
    await turns();
    expect(ran.told).toBe('Stopped A:Stopped Ask:Stopped');
    expect(ran.step('A').failureReason).toBeUndefined();
    expect(ran.record.failureReason).toBeUndefined();
  });

  test('before anything has run, and after all has, changes little', async () => {
    const early = new Ran([job('A')]);
    early.engine.stop(early.id);
    await turns();
    expect(early.told).toBe('Stopped');
    const late = await begun([failStep('Halt')]);
    late.engine.stop(late.id);
    await turns();
    expect(late.told).toBe('Failed Halt:Failed');
  });

  test('keeps what others have changed in the execution meanwhile', async () => {
    const ran = await begun([job('A')]);
    executions(store).put({ ...ran.record, displayName: 'named meanwhile' });
    ran.engine.stop(ran.id);
    await turns();
    expect(ran.record).toMatchObject({ status: 'Stopped', displayName: 'named meanwhile' });
  });
});

describe('the end of Local', () => {
  const cut = 'Local stopped while this execution was running. Retry it to continue from the interrupted step.';

  test('interrupts what runs, and says so', async () => {
    const ran = await begun([job('A'), job('B', 'A')]);
    await ran.engine.shutDown();
    expect(ran.told).toBe('Failed A:Failed');
    expect(ran.record).toMatchObject({ failureReason: cut, endedByFailStep: false });
    expect(ran.step('A').failureReason).toBe('Local stopped while this step was running.');
    await ran.engine.shutDown();
  });

  test('what ends by itself meanwhile has ended so', async () => {
    const ran = new Ran([job('A'), job('B')]);
    // Jobs that take their time to stop.
    const run = ran.jobs.run.bind(ran.jobs);
    ran.jobs.run = (kind, made, request) => run(kind, made, request, new AbortController().signal);
    await turns();
    const end = ran.engine.shutDown();
    await ran.jobs.end('Completed', 'A');
    await ran.jobs.end({ status: 'Failed', reason: 'its own' }, 'B');
    await end;
    expect(ran.told).toBe('Failed A:Succeeded B:Failed');
    expect(ran.step('A').failureReason).toBeUndefined();
    expect(ran.step('B').failureReason).toBe('its own');
    expect(ran.record.failureReason).toBe(cut);
  });

  test('after a Fail step keeps what that has said', async () => {
    const ran = await begun([job('A'), failStep('Halt')]);
    await ran.engine.shutDown();
    expect(ran.told).toBe('Failed A:Stopped Halt:Failed');
    expect(ran.record).toMatchObject({ failureReason: 'enough', endedByFailStep: true });
  });

  test('while an execution is stopping leaves it stopped', async () => {
    const ran = await begun([job('A')]);
    ran.engine.stop(ran.id);
    await ran.engine.shutDown();
    expect(ran.told).toBe('Stopped A:Stopped');
  });

  test('leaves a step that waits for an answer, which goes on by its token', async () => {
    const ran = await begun([
      callback('Ask'),
      callback('Other'),
      job('A'),
      failStep('Tell', { Get: "Steps.Ask.OutputParameters['answer']" }),
    ]);
    await ran.jobs.end('Completed', 'A');
    const before = token(ran, 'Ask');
    queues(store).purge('asks');
    await ran.engine.shutDown();
    expect(ran.told).toBe('Executing Ask:Executing Other:Executing A:Succeeded');
    ran.anew().goOn();
    await turns();
    expect(token(ran, 'Ask')).toBe(before);
    expect(queues(store).counts('asks')).toMatchObject({ visible: 0 });
    await ran.engine.callbacks.answer(before, { outputs: [{ Name: 'answer', Value: 'late' }] });
    await turns();
    expect(ran.told).toBe('Executing Ask:Succeeded Other:Executing A:Succeeded Tell:Failed');
    await ran.engine.callbacks.answer(token(ran, 'Other'), { failure: 'no' });
    await turns();
    expect(ran.record).toMatchObject({ status: 'Failed', failureReason: 'late', endedByFailStep: true });
  });

  test('what had failed beside a step that waits has failed the execution', async () => {
    const ran = await begun([callback('Ask'), job('A'), job('AfterA', 'A'), job('AfterAsk', 'Ask')]);
    await ran.engine.shutDown();
    expect(ran.told).toBe('Executing Ask:Executing A:Failed');
    ran.anew().goOn();
    await turns();
    expect(ran.jobs.names).toEqual([]);
    await ran.engine.callbacks.answer(token(ran, 'Ask'), { outputs: [{ Name: 'answer', Value: '' }] });
    await turns();
    await ran.jobs.end('Completed', 'AfterAsk');
    expect(ran.told).toBe('Failed Ask:Succeeded A:Failed AfterAsk:Succeeded');
  });

  test('an execution that goes on knows what its conditions came to, and what its steps gave', async () => {
    const ran = await begun([
      {
        Name: 'If',
        Type: 'Condition',
        Arguments: { Conditions: [], IfSteps: [callback('Ask'), job('Yes', 'Ask')], ElseSteps: [failStep('No')] },
      },
    ]);
    await ran.engine.shutDown();
    ran.anew().goOn();
    await turns();
    await ran.engine.callbacks.answer(token(ran, 'Ask'), { outputs: [{ Name: 'answer', Value: '1' }] });
    await turns();
    await ran.jobs.end('Completed', 'Yes');
    expect(ran.told).toBe('Succeeded If:Succeeded Ask:Succeeded Yes:Succeeded');
  });
});

describe('a retry', () => {
  test('keeps what has succeeded with its results, and runs the rest', async () => {
    const ran = await begun([job('A'), job('B'), failStep('Tell', { Get: 'Steps.A.Name' }, 'B')], {}, [
      { name: 'A', result: { Name: 'of before' } },
      { name: 'B', status: 'Failed', failureReason: 'x', attempts: 3 },
    ]);
    expect(ran.told).toBe('Executing A:Succeeded B:Executing');
    expect(ran.step('B')).toMatchObject({ attempts: 1 });
    expect(ran.step('B').failureReason).toBeUndefined();
    await ran.jobs.end('Completed', 'B');
    expect(ran.record.failureReason).toBe('of before');
  });

  test('goes on in the branch that was taken', async () => {
    const condition = {
      Name: 'If',
      Type: 'Condition',
      Arguments: { Conditions: [], IfSteps: [job('Yes')], ElseSteps: [job('No')] },
    };
    const before = { name: 'If', type: 'Condition', metadata: { Condition: { Outcome: 'False' as const } } };
    const ran = await begun([condition], {}, [before]);
    expect(ran.jobs.names).toEqual(['No']);
    await ran.engine.shutDown();
  });
});

describe('retry policies', () => {
  const retried = (more: object): object =>
    shellStep('A', 'true', {
      RetryPolicies: [
        {
          ExceptionType: ['SageMaker.JOB_INTERNAL_ERROR'],
          IntervalSeconds: 1,
          BackoffRate: 1,
          MaxAttempts: 1,
          ...more,
        },
      ],
    });
  const internal: JobEnd = { status: 'Failed', reason: 'again', exception: 'SageMaker.JOB_INTERNAL_ERROR' };

  test('run a step again, as often as they say', async () => {
    const ran = await begun([retried({})]);
    await ran.jobs.end(internal, 'A');
    expect(ran.jobs.names).toEqual([]);
    await expect.poll(() => ran.jobs.names).toEqual(['A']);
    expect(ran.jobs.requests).toHaveLength(2);
    await ran.jobs.end(internal, 'A');
    expect(ran.told).toBe('Failed A:Failed');
    expect(ran.step('A')).toMatchObject({ attempts: 2, failureReason: 'again' });
  });

  test('concern the exceptions that they name', async () => {
    const ran = await begun([retried({})]);
    await ran.jobs.end({ status: 'Failed', reason: 'no' }, 'A');
    expect(ran.told).toBe('Failed A:Failed');
    expect(ran.step('A').attempts).toBe(1);
  });

  test('are not waited for where the execution is stopped', async () => {
    const ran = await begun([retried({ IntervalSeconds: 1000 })]);
    await ran.jobs.end(internal, 'A');
    expect(ran.told).toBe('Executing A:Executing');
    ran.engine.stop(ran.id);
    await turns();
    expect(ran.told).toBe('Stopped A:Failed');
    expect(ran.step('A').attempts).toBe(1);
  });
});

describe('the cache', () => {
  const cached = shellStep('A', 'true', { CacheConfig: { Enabled: true } });

  test('gives the result of an earlier run, and says of which; what was stubbed gives none', async () => {
    const stubs = { A: { status: 'Succeeded' as const, outputs: {}, metrics: {}, artifacts: {} } };
    const pipeline = `cached${count}`;
    const jobs = { stub: () => Promise.resolve({ status: 'Completed' }) };
    const stubbed = new Ran([cached], { pipeline, stubs });
    Object.assign(stubbed.jobs, jobs);
    await turns();
    expect(stubbed.told).toBe('Succeeded A:Succeeded');
    expect(stubbed.step('A')).toMatchObject({ isStubbed: true });
    expect(stubbed.step('A').cacheKey).toBeUndefined();
    const first = await begun([cached], { pipeline });
    expect(first.jobs.names).toEqual(['A']);
    await first.jobs.end('Completed', 'A');
    expect(first.step('A').cacheKey).toMatch(/^[0-9a-f]{64}$/);
    expect(first.step('A').isStubbed).toBeUndefined();
    const second = await begun([cached, failStep('Tell', { Get: 'Steps.A.Name' }, 'A')], { pipeline });
    expect(second.jobs.requests).toEqual([]);
    const { metadata, result, cacheSource, startedAt, endedAt } = second.step('A');
    expect([metadata, result]).toEqual([first.step('A').metadata, first.step('A').result]);
    expect(cacheSource).toBe(`arn:aws:sagemaker:us-east-1:000000000000:pipeline/${pipeline}/execution/${first.id}`);
    expect(endedAt?.getTime()).toBeGreaterThanOrEqual(startedAt.getTime());
    expect(second.record.failureReason).toBe(first.step('A').result?.['Name']);
  });
});

describe('a selection', () => {
  test('runs the steps that are selected with the results and outcomes of its source', async () => {
    const steps = [
      job('A'),
      {
        Name: 'If',
        Type: 'Condition',
        Arguments: { Conditions: [], IfSteps: [], ElseSteps: [] },
      },
      failStep('Tell', { 'Std:Join': { On: ' ', Values: [{ Get: 'Steps.A.Name' }, { Get: 'Steps.If.Outcome' }] } }),
    ];
    const source = await begun(steps.slice(0, 2));
    await source.jobs.end('Completed', 'A');
    const selective = {
      SourcePipelineExecutionArn: source.record.arn,
      SelectedSteps: [{ StepName: 'Tell' }],
    };
    const ran = await begun(steps, { selective });
    expect(ran.told).toBe('Failed Tell:Failed');
    expect(ran.record.failureReason).toBe(`${String(source.step('A').result?.['Name'])} True`);
  });
});

describe('references', () => {
  const told = async (ErrorMessage: unknown, more: Partial<Execution> = {}): Promise<string | undefined> => {
    const ran = await begun([failStep('Tell', ErrorMessage)], more);
    return ran.step('Tell').failureReason?.replaceAll(ran.id, '<id>');
  };
  const put = async (key: string, text: string): Promise<void> => {
    const file = join(store.folder, 'object');
    writeFileSync(file, text);
    objects(store).createBucket('refs');
    await objects(store).put('refs', key, createReadStream(file));
  };

  test.each([
    ['PipelineName', '<id>'],
    ['PipelineArn', 'arn:aws:sagemaker:us-east-1:000000000000:pipeline/<id>'],
    ['PipelineExecutionId', '<id>'],
    ['PipelineExecutionArn', 'arn:aws:sagemaker:us-east-1:000000000000:pipeline/p/execution/<id>'],
    ['StartDateTime', '1970-01-01T00:00:00.000Z'],
  ])('Execution.%s', async (name, value) => {
    expect(await told({ Get: `Execution.${name}` })).toBe(value);
  });

  test('the time is that of the step', async () => {
    const before = Date.now();
    const time = Date.parse((await told({ Get: 'Execution.CurrentDateTime' })) ?? '');
    expect(time).toBeGreaterThanOrEqual(before - 1);
    expect(time).toBeLessThanOrEqual(Date.now());
  });

  test('parameters have their values of the start', async () => {
    const definition = JSON.stringify({
      Parameters: [{ Name: 'P', Type: 'String', DefaultValue: 'x' }],
      Steps: [failStep('Tell', { Get: 'Parameters.P' })],
    });
    const ran = await begun(definition, { parameters: [{ Name: 'P', Value: 'given' }] });
    expect(ran.record.failureReason).toBe('given');
  });

  test('objects in S3 have to be there, and JSON', async () => {
    await put('good.json', '{"a": [7]}');
    await put('bad.json', '{');
    const get = (S3Uri: string): object => ({ 'Std:JsonGet': { S3Uri, Path: 'a[0]' } });
    expect(await told(get('s3://refs/good.json'))).toBe('7');
    expect(await told(get('s3://refs/none.json'))).toBe('ClientError: There is no object at s3://refs/none.json.');
    expect(await told(get('nowhere'))).toBe('ClientError: There is no object at nowhere.');
    expect(await told(get('s3://refs/bad.json'))).toBe(
      'ClientError: The object at s3://refs/bad.json is not valid JSON.',
    );
  });

  test('property files lie where the output of their step went', async () => {
    await put('out/eval/report.json', '{"a": 7}');
    const evaluate = {
      ...job('E'),
      PropertyFiles: [
        { PropertyFileName: 'Other', OutputName: 'other', FilePath: 'x.json' },
        { PropertyFileName: 'Report', OutputName: 'eval', FilePath: 'report.json' },
        { PropertyFileName: 'Lost', OutputName: 'lost', FilePath: 'report.json' },
      ],
    };
    const message = async (file: string, doc: object): Promise<string | undefined> => {
      const get = { 'Std:JsonGet': { PropertyFile: { Get: `Steps.E.PropertyFiles.${file}` }, Path: 'a' } };
      const ran = await begun([evaluate, failStep('Tell', get, 'E')], {}, [{ name: 'E', result: doc as never }]);
      return ran.step('Tell').failureReason;
    };
    const outputs = (S3Uri: string): object => ({
      ProcessingOutputConfig: {
        Outputs: [
          { OutputName: 'other', S3Output: { S3Uri: 's3://refs/else' } },
          { OutputName: 'eval', S3Output: { S3Uri } },
          { OutputName: 'lost' },
        ],
      },
    });
    expect(await message('Report', outputs('s3://refs/out/eval'))).toBe('7');
    expect(await message('Report', outputs('s3://refs/out/eval/'))).toBe('7');
    const none = (file: string): string =>
      `ClientError: The step 'E' has no property file '${file}' with an output in S3.`;
    expect(await message('Nope', outputs('s3://refs/out/eval'))).toBe(none('Nope'));
    expect(await message('Lost', outputs('s3://refs/out/eval'))).toBe(none('Lost'));
    expect(await message('Report', {})).toBe(none('Report'));
  });
});
