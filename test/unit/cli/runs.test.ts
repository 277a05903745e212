/** `mlops-flow run`, `sweep` and `callback` as programs, on a Local of their own. */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildServer, makeTemp, root } from '../local/support';

let folder: string;
beforeAll(async () => {
  folder = makeTemp();
  await buildServer(join(folder, 'dist'));
  cpSync(join(root, 'media', 'python'), join(folder, 'media', 'python'), { recursive: true });
  writeFileSync(
    join(folder, 'gate.pipeline.json'),
    JSON.stringify({
      Version: '2020-12-01',
      Parameters: [
        { Name: 'Score', Type: 'Float', DefaultValue: 1 },
        { Name: 'Least', Type: 'Float', DefaultValue: 0 },
      ],
      Steps: [
        {
          Name: 'IsGood',
          Type: 'Condition',
          Arguments: {
            Conditions: [
              {
                Type: 'GreaterThanOrEqualTo',
                LeftValue: { Get: 'Parameters.Score' },
                RightValue: { Get: 'Parameters.Least' },
              },
            ],
            IfSteps: [],
            ElseSteps: [{ Name: 'Stop', Type: 'Fail', Arguments: { ErrorMessage: 'too low' } }],
          },
        },
      ],
    }),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** A command that goes on; `seen` waits until its errors or output match. */
function begin(command: string, ...args: string[]) {
  const main = `require('./${command}.js').run(process.argv.slice(1)).then((code) => process.exit(code), (error) => { console.error(error.message); process.exit(2); })`;
  const child = spawn(process.execPath, ['-e', main, '--', ...args, '--data', join(folder, 'data')], {
    cwd: join(folder, 'dist'),
  });
  const said = { out: '', err: '' };
  const waiting: { pattern: RegExp; found: (match: RegExpExecArray) => void }[] = [];
  const look = (): void => {
    for (const { pattern, found } of waiting) {
      const match = pattern.exec(said.err + said.out);
      if (match) found(match);
    }
  };
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk.toString();
    look();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said.err += chunk.toString();
    look();
  });
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, ...said })));
  const seen = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((found, failed) => {
      waiting.push({ pattern, found });
      look();
      void ended.then(({ err }) => failed(new Error(`${command} ended: ${err}`)));
    });
  return { ended, seen };
}

const call = (command: string, ...args: string[]): Promise<Ended> => begin(command, ...args).ended;
const sweep = (...args: string[]): Promise<Ended> => call('sweep', ...args);

function write(name: string, steps: object[]): string {
  const file = join(folder, `${name}.pipeline.json`);
  writeFileSync(file, JSON.stringify({ Version: '2020-12-01', Parameters: [], Steps: steps }));
  return file;
}

test('twelve runs of a grid, three at a time, are one table in the end', async () => {
  const file = join(folder, 'gate.pipeline.json');
  const { code, out, err } = await sweep(
    file,
    '--vary',
    'Score=0..1 points 4',
    '--vary',
    'Least=0, 0.5, 0.9',
    '--name',
    'scores',
    '--at-a-time',
    '3',
  );
  expect(err).not.toContain('Error');
  const [head, ...rows] = out.trim().split('\n');
  expect(head).toBe('run,status,Score,Least');
  expect(rows).toHaveLength(12);
  expect(rows[0]).toBe('scores-01,Succeeded,0,0');
  expect(rows[1]).toBe('scores-02,Failed,0,0.5');
  expect(rows[11]).toBe('scores-12,Succeeded,1,0.9');
  expect(code).toBe(1);
}, 120_000);

test('wrong usage is a sentence and starts nothing', async () => {
  const file = join(folder, 'gate.pipeline.json');
  expect(await sweep(file, '--vary', 'Rate=1,2')).toMatchObject({
    code: 2,
    err: expect.stringContaining('has no parameter Rate; it has Score, Least.') as string,
  });
  expect(await sweep(file)).toMatchObject({ code: 2, err: expect.stringContaining('Choose a parameter') as string });
  expect((await sweep(file, '--vary', 'Score=0..1')).err).toContain('a grid needs a step');
}, 120_000);

test('a Callback step is listed, answered as it declares, and its run goes on', async () => {
  const file = write('asks', [
    {
      Name: 'Ask',
      Type: 'Callback',
      SqsQueueUrl: 'https://sqs.eu-west-1.amazonaws.com/111122223333/questions',
      OutputParameters: [
        { OutputName: 'verdict', OutputType: 'String' },
        { OutputName: 'score', OutputType: 'Float' },
      ],
      Arguments: { question: 'good enough?' },
    },
    { Name: 'Tell', Type: 'Fail', Arguments: { ErrorMessage: { Get: "Steps.Ask.OutputParameters['verdict']" } } },
  ]);
  expect(await call('callback', 'list')).toMatchObject({ code: 0, out: '' });
  const told = begin('run', file);
  const [, token = ''] = await told.seen(/Ask waits for an answer: mlops-flow callback succeed --token (\S+)/);
  const listed = await call('callback', 'list');
  expect(listed.out.trim().split('\t')).toEqual([
    'asks',
    expect.any(String),
    'Ask',
    token,
    'https://sqs.eu-west-1.amazonaws.com/111122223333/questions',
    'verdict (String), score (Float)',
  ]);
  expect(await call('callback', 'succeed', 'asks', '--output', 'verdict=fine')).toMatchObject({
    code: 2,
    err: expect.stringContaining('score (Float) is missing.') as string,
  });
  expect(await call('callback', 'succeed', '--output', 'verdict=fine', '--output', 'score=good')).toMatchObject({
    code: 2,
    err: expect.stringContaining('score must be a number.') as string,
  });
  expect(await call('callback', 'succeed', '--output', 'verdict=fine', '--output', 'score=0.9')).toMatchObject({
    code: 0,
    out: expect.stringContaining('Answered Ask: arn:') as string,
  });
  expect(await told.ended).toMatchObject({ code: 1, out: 'Failed: fine\n' });
  // What has been answered waits no more.
  expect(await call('callback', 'succeed', '--step', 'Ask')).toMatchObject({
    code: 1,
    err: 'Ask does not wait for an answer.\n',
  });
  expect((await call('callback', 'fail', '--token', token, '--reason', 'late')).code).toBe(1);
}, 120_000);

test('of several steps that wait one must be named; a reason fails it', async () => {
  const ask = (Name: string): object => ({
    Name,
    Type: 'Callback',
    SqsQueueUrl: 'https://sqs.eu-west-1.amazonaws.com/111122223333/questions',
    OutputParameters: [],
    Arguments: {},
  });
  const told = begin('run', write('twice', [ask('First'), ask('Second')]), '--follow');
  await told.seen(/First waits/);
  await told.seen(/Second waits/);
  expect(await call('callback', 'fail', '--reason', 'no')).toMatchObject({
    code: 1,
    err: expect.stringMatching(/2 steps wait: First of arn:.+, Second of arn:.+--step/) as string,
  });
  expect((await call('callback', 'fail')).code).toBe(2);
  expect((await call('callback', 'succeed', '--step', 'Second')).code).toBe(0);
  expect((await call('callback', 'fail', '--step', 'First', '--reason', 'nobody is here')).code).toBe(0);
  expect(await told.ended).toMatchObject({ code: 1, err: expect.stringContaining('nobody is here') as string });
}, 120_000);

test('a run that is refused before the start ends with 1, wrong usage and nothing to run with 2', async () => {
  const file = write('needs', [{ Name: 'Search', Type: 'AutoML', Arguments: {} }]);
  for (const command of ['run', 'sweep']) {
    const more = command === 'sweep' ? ['--vary', 'Score=0,1'] : [];
    expect(await call(command, join(folder, 'none.pipeline.json'), ...more)).toMatchObject({
      code: 2,
      err: expect.stringContaining('cannot be read') as string,
    });
  }
  expect(await call('run', file)).toMatchObject({ code: 1, err: expect.stringContaining('Search') as string });
  const blank = join(folder, 'blank.json');
  writeFileSync(blank, '{"Version": "2020-12-01", "Parameters": [{"DefaultValue": {{ count }}}], "Steps": []}');
  expect(await call('run', blank)).toMatchObject({ code: 2, err: expect.stringContaining('{{ count }}') as string });
  expect(await call('run', join(folder, 'gate.pipeline.json'), '--param', 'Rate=1')).toMatchObject({ code: 1 });
  expect(await call('run', join(folder, 'gate.pipeline.json'), '--bogus')).toMatchObject({ code: 2 });
  expect(await call('run', join(folder, 'gate.pipeline.json'))).toMatchObject({ code: 0, out: 'Succeeded\n' });
  expect(
    await call('sweep', join(folder, 'gate.pipeline.json'), '--vary', 'Score=1,2', '--param', 'Other=1'),
  ).toMatchObject({ code: 1 });
}, 120_000);

test('the definition in a template runs, with its name; what a deployment alone knows refuses the start', async () => {
  const stack = (message: unknown): string => {
    const file = join(folder, 'cdk.out', 'Stack.template.json');
    mkdirSync(join(folder, 'cdk.out'), { recursive: true });
    const gate = { Type: 'Equals', LeftValue: 1, RightValue: 1 };
    const end = { Name: 'End', Type: 'Fail', Arguments: { ErrorMessage: message } };
    const steps = [
      { Name: 'Gate', Type: 'Condition', Arguments: { Conditions: [gate], IfSteps: [], ElseSteps: [end] } },
    ];
    writeFileSync(
      file,
      JSON.stringify({
        Resources: {
          Rivers: {
            Type: 'AWS::SageMaker::Pipeline',
            Properties: {
              PipelineName: 'rivers',
              PipelineDefinition: { PipelineDefinitionBody: { Version: '2020-12-01', Steps: steps } },
            },
          },
        },
      }),
    );
    return file;
  };
  const told = await call('run', stack({ Ref: 'AWS::Region' }), '--root', folder);
  expect(told).toMatchObject({ code: 0, err: expect.stringContaining('pipeline/rivers/execution') as string });
  const refused = await call('run', stack({ 'Fn::ImportValue': 'Elsewhere' }), '--root', folder);
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('not known when it was rendered') as string });
}, 120_000);

test('a file that is not there is told as that', async () => {
  const { code, err } = await call('run', 'no-such-file.py');
  expect(code).toBe(2);
  expect(err).toMatch(/^no-such-file\.py is neither a file nor a module in .+ that makes a pipeline\.\n$/);
});
