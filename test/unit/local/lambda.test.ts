import {
  AddPermissionCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dataWithKeptEnvironments, hasPackages, noPackages } from './packages';
import { Bed, makeTemp, role } from './support';

let bed: Bed;
let lambda: LambdaClient;
beforeAll(async () => {
  bed = await Bed.start();
  const { endpoint, region, accessKeyId, secretAccessKey } = bed.plane.ready;
  lambda = new LambdaClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 });
});
afterAll(() => bed.stop());

const zip = (files: Record<string, string>): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));

const python = `import os, json
from lib.names import greet

def handler(event, context):
    print("called", context.function_name)
    if event.get("fail"):
        raise ValueError("no " + event["fail"])
    return {"greeting": greet(event.get("name", "?")), "count": 3, "level": os.environ.get("LEVEL")}
`;

async function create(name: string, files: Record<string, string>, more: object = {}): Promise<void> {
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: 'python3.12',
      Handler: 'app.handler',
      Role: role,
      Code: { ZipFile: zip(files) },
      ...more,
    }),
  );
}

async function invoke(name: string, event: object): Promise<{ value: unknown; error: string | undefined }> {
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: name, Payload: strToU8(JSON.stringify(event)) }),
  );
  return { value: JSON.parse(Buffer.from(Payload ?? []).toString()), error: FunctionError };
}

test('a Python function runs, keeps its log, and tells its errors', async () => {
  await create(
    'greet',
    { 'app.py': python, 'lib/names.py': 'def greet(name):\n    return "hello " + name\n' },
    {
      Environment: { Variables: { LEVEL: 'high' } },
    },
  );
  expect(await invoke('greet', { name: 'Ada' })).toEqual({
    value: { greeting: 'hello Ada', count: 3, level: 'high' },
    error: undefined,
  });
  expect(await invoke('greet', { fail: 'way' })).toMatchObject({
    value: { errorType: 'ValueError', errorMessage: 'no way' },
    error: 'Unhandled',
  });
  const { events = [] } = await bed.clients.logs.send(
    new FilterLogEventsCommand({ logGroupName: '/aws/lambda/greet' }),
  );
  expect(events.map(({ message }) => message)).toContain('called greet');
});

test('a JavaScript function, by promise and by callback', async () => {
  const source =
    'exports.handler = async (event) => ({ sum: event.a + event.b });\nexports.old = (event, context, done) => done(new Error("old way"));';
  await create('sum', { 'index.js': source }, { Runtime: 'nodejs22.x', Handler: 'index.handler' });
  expect(await invoke('sum', { a: 1, b: 2 })).toEqual({ value: { sum: 3 }, error: undefined });
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'sum', Handler: 'index.old' }));
  expect(await invoke('sum', {})).toMatchObject({ value: { errorMessage: 'old way' }, error: 'Unhandled' });
});

test('new code takes the place of the old; what is deleted is gone', async () => {
  await create('twice', { 'app.py': 'def handler(event, context):\n    return 1\n' });
  await lambda.send(
    new UpdateFunctionCodeCommand({
      FunctionName: 'twice',
      ZipFile: zip({ 'app.py': 'def handler(event, context):\n    return 2\n' }),
    }),
  );
  expect((await invoke('twice', {})).value).toBe(2);
  await expect(create('twice', { 'app.py': '' })).rejects.toMatchObject({ name: 'ResourceConflictException' });
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: 'twice' }));
  expect(Configuration).toMatchObject({ Handler: 'app.handler', State: 'Active', Timeout: 3 });
  await lambda.send(new DeleteFunctionCommand({ FunctionName: 'twice' }));
  await expect(lambda.send(new GetFunctionCommand({ FunctionName: 'twice' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('lists page by page, and permissions are answered', async () => {
  await create('a-first', { 'app.py': 'def handler(event, context): pass\n' });
  const first = await lambda.send(new ListFunctionsCommand({ MaxItems: 1 }));
  expect(first.Functions).toMatchObject([{ FunctionName: 'a-first' }]);
  expect(first.NextMarker).toBe('a-first');
  const { Statement } = await lambda.send(
    new AddPermissionCommand({
      FunctionName: 'a-first',
      StatementId: 's',
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
    }),
  );
  expect(JSON.parse(Statement ?? '')).toMatchObject({ Sid: 's', Effect: 'Allow' });
});

test.each([
  ['an archive that is none', { Code: { ZipFile: strToU8('no zip') } }, /unzip/],
  ['another runtime', { Runtime: 'java21' as const }, /Python and JavaScript, not in java21/],
])('%s is refused', async (_what, more, message) => {
  await expect(create('refused', {}, more)).rejects.toThrow(message);
});

test('a Lambda step calls its function with its arguments, and hands its outputs on', async () => {
  await create('step', {
    'app.py': 'def handler(event, context):\n    return {"uri": "s3://b/" + event["key"], "size": 3, "more": [1]}\n',
  });
  const call = (name: string, key: object | string, outputs: string[]): object => ({
    Name: name,
    Type: 'Lambda',
    FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:step',
    Arguments: { key },
    OutputParameters: outputs.map((OutputName) => ({ OutputName, OutputType: 'String' })),
  });
  const parameters = [{ Name: 'Key', Type: 'String', DefaultValue: 'k' }];
  const arn = await bed.run(
    [
      call('First', { Get: 'Parameters.Key' }, ['uri', 'size']),
      call('Second', { Get: "Steps.First.OutputParameters['uri']" }, ['uri']),
    ],
    { parameters },
  );
  expect(await bed.end(arn)).toMatchObject({ status: 'Succeeded' });
  const { First, Second } = await bed.steps(arn);
  expect(First?.Metadata?.Lambda?.OutputParameters).toEqual([
    { Name: 'uri', Value: 's3://b/k' },
    { Name: 'size', Value: '3' },
  ]);
  expect(Second?.Metadata?.Lambda?.OutputParameters).toEqual([{ Name: 'uri', Value: 's3://b/s3://b/k' }]);
  const missing = await bed.run([call('Only', 'k', ['nothing'])]);
  expect(await bed.end(missing)).toMatchObject({ status: 'Failed' });
  expect((await bed.steps(missing)).Only?.FailureReason).toContain("returned no 'nothing'");
  const none = { ...call('Gone', 'k', []), FunctionArn: { Get: 'Parameters.Arn' } };
  await expect(
    bed.run([call('There', 'k', []), none], {
      parameters: [{ Name: 'Arn', Type: 'String', DefaultValue: 'arn:aws:lambda:us-east-1:1:function:gone' }],
    }),
  ).rejects.toThrow("Local cannot run 1 of the 2 steps: 'Gone': its function gone is not on Local.");
});

test.skipIf(!hasPackages)(
  `a function that imports boto3 has it, whatever the user's Python has${noPackages}`,
  async () => {
    const bare = join(makeTemp(), 'bare');
    execFileSync('python3', ['-m', 'venv', bare]);
    const own = await Bed.start({ data: dataWithKeptEnvironments(), python: join(bare, 'bin', 'python') });
    const before = lambda;
    try {
      const { endpoint, region, accessKeyId, secretAccessKey } = own.plane.ready;
      lambda = new LambdaClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 });
      const source = `import boto3
def handler(event, context):
    return boto3.client("sts").get_caller_identity()["Account"]
`;
      await create('who', { 'app.py': source }, { Timeout: 60 });
      expect(await invoke('who', {})).toEqual({ value: '000000000000', error: undefined });
      // What a function brings along is its own.
      await create('own', { 'app.py': source, 'boto3/__init__.py': 'def client(name): raise ValueError("mine")\n' });
      expect(await invoke('own', {})).toMatchObject({ value: { errorMessage: 'mine' } });
      const installed = execFileSync(join(bare, 'bin', 'python'), ['-m', 'pip', 'list'], { encoding: 'utf8' });
      expect(installed).not.toContain('boto3');
    } finally {
      lambda = before;
      await own.stop();
    }
  },
  300_000,
);
