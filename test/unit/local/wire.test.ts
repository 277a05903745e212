import { request as httpRequest } from 'node:http';
import {
  CreatePipelineCommand,
  DeletePipelineCommand,
  DescribePipelineCommand,
  ListPipelineVersionsCommand,
  ListPipelinesCommand,
  SageMakerClient,
  UpdatePipelineCommand,
  UpdatePipelineVersionCommand,
  paginateListPipelines,
} from '@aws-sdk/client-sagemaker';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Sha256 } from './signed';
import { Bed, definition, role, shellStep } from './support';

let bed: Bed;
beforeAll(async () => {
  bed = await Bed.start();
});
afterAll(() => bed.stop());

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

/** Sends a request whose headers are signed, changed afterwards by `tamper`. */
async function send(
  tamper: (sent: { headers: Record<string, string>; body: string }) => void,
  {
    date = new Date(),
    target = 'SageMaker.ListPipelines',
    service = 'sagemaker',
    secret = bed.plane.ready.secretAccessKey,
  } = {},
): Promise<Answer> {
  const { endpoint, region, accessKeyId } = bed.plane.ready;
  const url = new URL(endpoint);
  const signer = new SignatureV4({
    service,
    region,
    credentials: { accessKeyId, secretAccessKey: secret },
    sha256: Sha256,
  });
  const body = '{}';
  const signed = await signer.sign(
    {
      method: 'POST',
      protocol: 'http:',
      hostname: url.hostname,
      port: Number(url.port),
      path: '/',
      headers: { host: url.host, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
      body,
    },
    { signingDate: date },
  );
  const sent = { headers: signed.headers, body };
  tamper(sent);
  return raw(sent.headers, sent.body);
}

async function raw(headers: Record<string, string>, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = httpRequest(bed.plane.ready.endpoint, { method: 'POST', headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    call.on('error', reject);
    call.end(body);
  });
}

const typeOf = (answer: Answer): string => (JSON.parse(answer.body) as { __type: string }).__type;

test('a request that is rightly signed is answered, with a request id', async () => {
  const answer = await send(() => undefined);
  expect(answer.status).toBe(200);
  expect(answer.headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
  expect(JSON.parse(answer.body)).toEqual({ PipelineSummaries: [] });
});

test.each([
  ['a changed body', 'InvalidSignatureException', (sent: { body: string }) => void (sent.body = '{"MaxResults":1}')],
  [
    'a changed target',
    'InvalidSignatureException',
    (sent: { headers: Record<string, string> }) => void (sent.headers['x-amz-target'] = 'SageMaker.DeletePipeline'),
  ],
  [
    'no signature',
    'MissingAuthenticationTokenException',
    (sent: { headers: Record<string, string> }) => void delete sent.headers.authorization,
  ],
  [
    'half a signature',
    'IncompleteSignature',
    (sent: { headers: Record<string, string> }) => void (sent.headers.authorization = 'AWS4-HMAC-SHA256 Credential=x'),
  ],
  [
    'an origin',
    'AccessDeniedException',
    (sent: { headers: Record<string, string> }) => void (sent.headers.origin = 'http://evil.example'),
  ],
  [
    'a foreign host',
    'AccessDeniedException',
    (sent: { headers: Record<string, string> }) => void (sent.headers.host = 'evil.example'),
  ],
] as const)('a request with %s is refused', async (_, type, tamper) => {
  const answer = await send(tamper);
  expect(answer.status).toBe(403);
  expect(typeOf(answer)).toBe(type);
});

test('a wrong secret, another service in the scope and a wrong clock are refused', async () => {
  expect(typeOf(await send(() => undefined, { secret: 'x'.repeat(40) }))).toBe('InvalidSignatureException');
  expect(typeOf(await send(() => undefined, { service: 'logs' }))).toBe('InvalidSignatureException');
  expect(typeOf(await send(() => undefined, { date: new Date(Date.now() - 16 * 60_000) }))).toBe(
    'InvalidSignatureException',
  );
  expect((await send(() => undefined, { date: new Date(Date.now() - 10 * 60_000) })).status).toBe(200);
});

test('a body that is too large is answered', async () => {
  const answer = await send((sent) => void (sent.body = ' '.repeat(9 * 1024 * 1024)));
  expect(answer.status).toBe(413);
  expect(typeOf(answer)).toBe('RequestEntityTooLargeException');
  expect(answer.headers['connection']).toBe('close');
});

test('what is not implemented says so in the shape of the service', async () => {
  const answer = await send(() => undefined, { target: 'SageMaker.CreateApp' });
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.body)).toMatchObject({
    __type: 'UnknownOperationException',
    message: 'Local does not implement SageMaker CreateApp. Use a connection to an AWS account for it.',
  });
  // A name that every object has is no operation.
  expect(typeOf(await send(() => undefined, { target: 'SageMaker.constructor' }))).toBe('UnknownOperationException');
});

test('GetCallerIdentity', async () => {
  const identity = await bed.clients.sts.send(new GetCallerIdentityCommand({}));
  expect(identity).toMatchObject({
    Account: '000000000000',
    Arn: 'arn:aws:sts::000000000000:assumed-role/execution/local',
  });
});

const create = (over: object = {}): CreatePipelineCommand =>
  new CreatePipelineCommand({
    PipelineName: 'valid',
    RoleArn: role,
    PipelineDefinition: definition([shellStep('S', 'true')]),
    ClientRequestToken: crypto.randomUUID(),
    ...over,
  });

test.each([
  [
    { PipelineName: '-bad' },
    /'pipelineName' failed to satisfy constraint: Member must satisfy regular expression pattern/,
  ],
  [{ PipelineName: 'x'.repeat(257) }, /Member must have length less than or equal to 256/],
  [{ PipelineName: undefined }, /Value null at 'pipelineName' failed to satisfy constraint: Member must not be null/],
  [{ RoleArn: 'role' }, /2 validation errors detected/],
  [{ ClientRequestToken: 'short' }, /Member must have length greater than or equal to 32/],
  [
    { ParallelismConfiguration: { MaxParallelExecutionSteps: 0 } },
    /'parallelismConfiguration.maxParallelExecutionSteps'.*greater than or equal to 1/,
  ],
  [{ Tags: [{ Key: 'k', Value: 'v'.repeat(257) }] }, /'tags\.1\.member\.value'/],
  [{ PipelineDefinition: undefined }, /PipelineDefinition/],
  [{ PipelineDefinition: '{' }, /^Unable to parse pipeline definition\. /],
  [
    {
      PipelineDefinition: definition([
        shellStep('A', 'true', { DependsOn: ['B'] }),
        shellStep('B', 'true', { DependsOn: ['A'] }),
      ]),
    },
    /^Unable to parse pipeline definition\. /,
  ],
  [
    { PipelineDefinition: definition([shellStep('A', 'true'), shellStep('A', 'true')]) },
    /^Unable to parse pipeline definition\. .*A/,
  ],
  [
    { PipelineDefinition: definition([shellStep('A', 'true', { Environment: { X: { Get: 'Parameters.Nope' } } })]) },
    /Nope/,
  ],
])('CreatePipeline refuses %j', async (over, message) => {
  const refused = bed.clients.sagemaker.send(create(over));
  await expect(refused).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringMatching(message) as string,
  });
});

test('a value of the wrong JSON type is a SerializationException', async () => {
  const wrong = create({ PipelineName: 5 });
  await expect(bed.clients.sagemaker.send(wrong)).rejects.toMatchObject({ name: 'SerializationException' });
});

test('pipelines are created, changed in versions, described by version, listed in pages and deleted', async () => {
  const { sagemaker } = bed.clients;
  for (const name of ['b2', 'a1', 'b1', 'c1'])
    await sagemaker.send(create({ PipelineName: name, PipelineDescription: name }));
  await expect(sagemaker.send(create({ PipelineName: 'a1' }))).rejects.toThrow(/already exists/);
  const second = definition([shellStep('Second', 'true')]);
  const updated = await sagemaker.send(new UpdatePipelineCommand({ PipelineName: 'a1', PipelineDefinition: second }));
  expect(updated.PipelineVersionId).toBe(2);
  await expect(
    sagemaker.send(new UpdatePipelineCommand({ PipelineName: 'a1', PipelineDefinition: '{"Steps": 1}' })),
  ).rejects.toThrow(/Unable to parse/);
  await sagemaker.send(
    new UpdatePipelineVersionCommand({
      PipelineArn: 'arn:aws:sagemaker:us-east-1:000000000000:pipeline/a1',
      PipelineVersionId: 1,
      PipelineVersionDisplayName: 'first',
    }),
  );
  const first = await sagemaker.send(new DescribePipelineCommand({ PipelineName: 'a1', PipelineVersionId: 1 }));
  expect(first).toMatchObject({
    PipelineVersionDisplayName: 'first',
    PipelineStatus: 'Active',
    PipelineDescription: 'a1',
  });
  expect(first.PipelineDefinition).not.toBe(second);
  const newest = await sagemaker.send(
    new DescribePipelineCommand({ PipelineName: 'arn:aws:sagemaker:us-east-1:000000000000:pipeline/a1' }),
  );
  expect(newest.PipelineDefinition).toBe(second);
  expect(newest.CreationTime).toBeInstanceOf(Date);
  const versions = await sagemaker.send(new ListPipelineVersionsCommand({ PipelineName: 'a1' }));
  expect(versions.PipelineVersionSummaries?.map(({ PipelineVersionId }) => PipelineVersionId)).toEqual([2, 1]);

  const listed: string[] = [];
  for await (const page of paginateListPipelines(
    { client: sagemaker, pageSize: 1 },
    { SortBy: 'Name', SortOrder: 'Ascending', PipelineNamePrefix: 'b' },
  )) {
    listed.push(...(page.PipelineSummaries ?? []).map(({ PipelineName }) => PipelineName ?? ''));
  }
  expect(listed).toEqual(['b1', 'b2']);
  const recent = await sagemaker.send(new ListPipelinesCommand({}));
  expect(recent.PipelineSummaries?.map(({ PipelineName }) => PipelineName)).toEqual(['c1', 'b1', 'a1', 'b2']);

  await sagemaker.send(new DeletePipelineCommand({ PipelineName: 'a1', ClientRequestToken: crypto.randomUUID() }));
  await expect(sagemaker.send(new DescribePipelineCommand({ PipelineName: 'a1' }))).rejects.toMatchObject({
    name: 'ResourceNotFound',
  });
});

test('a pipeline with a running execution is not deleted', async () => {
  const arn = await bed.run([shellStep('S', 'sleep 0.3')], { name: 'busy' });
  const remove = (): Promise<unknown> =>
    bed.clients.sagemaker.send(
      new DeletePipelineCommand({ PipelineName: 'busy', ClientRequestToken: crypto.randomUUID() }),
    );
  await expect(remove()).rejects.toMatchObject({ name: 'ConflictException' });
  await bed.end(arn);
  await remove();
});

test('many requests at once are all answered', async () => {
  const { endpoint, region, accessKeyId, secretAccessKey } = bed.plane.ready;
  const client = new SageMakerClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const answers = await Promise.all(
    Array.from({ length: 200 }, () => client.send(new ListPipelinesCommand({ MaxResults: 1 }))),
  );
  expect(answers.every(({ PipelineSummaries }) => PipelineSummaries?.length === 1)).toBe(true);
  client.destroy();
});
