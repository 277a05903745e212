import { cbor, dateToTag } from '@smithy/core/cbor';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ServiceError } from '../../../src/local/wire/errors';
import type { ServiceModel } from '../../../src/local/wire/model';
import { WireServer } from '../../../src/local/wire/server';
import type { WireService } from '../../../src/local/wire/service';
import { type Answer, type Keys, Sha256, type Request, send, sendSigned } from './signed';
import { Bed } from './support';

/** One little service in every protocol, so that what the wire does is seen apart from what services do. */
const shapes: ServiceModel['shapes'] = {
  Text: { type: 'string', max: 10 },
  Number: { type: 'integer' },
  Flag: { type: 'boolean' },
  Time: { type: 'timestamp' },
  Bytes: { type: 'blob' },
  Texts: { type: 'list', member: 'Text' },
  Map: { type: 'map', key: 'Text', value: 'Text' },
  Echo: {
    type: 'structure',
    required: ['Name'],
    members: { Name: 'Text', Count: 'Number', On: 'Flag', At: 'Time', Data: 'Bytes', Tags: 'Texts', Extra: 'Map' },
  },
  RestEcho: {
    type: 'structure',
    required: ['Name'],
    members: { Name: 'Text', Count: 'Number', Tags: 'Texts', Who: 'Text', Labels: 'Map', Extra: 'Map', At: 'Time' },
    bindings: {
      Name: { location: 'uri' },
      Count: { location: 'querystring', name: 'count' },
      Tags: { location: 'querystring', name: 'tag' },
      Who: { location: 'header', name: 'X-Who' },
      Labels: { location: 'headers', name: 'X-Label-' },
    },
  },
  RestAnswer: {
    type: 'structure',
    members: { Name: 'Text', Count: 'Number', Tags: 'Texts', Who: 'Text', Labels: 'Map', Extra: 'Map', At: 'Time' },
    bindings: { Who: { location: 'header', name: 'X-Who' } },
  },
};
const echo = (input: object): object => input;
const plain: ServiceModel = { shapes, operations: { Echo: { input: 'Echo', output: 'Echo' } } };
const rest: ServiceModel = {
  shapes,
  operations: {
    Echo: { input: 'RestEcho', output: 'RestAnswer', http: { method: 'POST', uri: '/things/{Name}', status: 201 } },
  },
  routes: { Echo: ['POST /things/{Name}'], Drop: ['DELETE /things/{Name}'] },
};
const services: WireService[] = [
  {
    signingName: 'rows',
    title: 'Rows',
    protocols: ['json', 'rpc-v2-cbor', 'query'],
    targetPrefix: 'com.example.Rows',
    model: plain,
    operations: {
      Echo: (input: { Name: string }) => {
        if (input.Name === 'taken') throw new ServiceError('ConflictException', 'It is taken.', 409);
        return input;
      },
    },
  },
  { signingName: 'things', title: 'Things', protocols: ['rest-json'], model: rest, operations: { Echo: echo } },
];

let server: WireServer;
let keys: Keys;
let bed: Bed;
beforeAll(async () => {
  const pair = { accessKeyId: 'AKTEST', secretAccessKey: 'secret' };
  server = new WireServer({ keys: pair, services, explain: () => 'explained' });
  keys = { ...pair, endpoint: `http://127.0.0.1:${await server.listen(0)}` };
  bed = await Bed.start();
});
afterAll(async () => {
  await server.close();
  await bed.stop();
});

const jsonOf = ({ body }: Answer): unknown => JSON.parse(body.toString());
const json = (operation: string, body: object, more: Partial<Request> = {}): Promise<Answer> =>
  sendSigned(keys, {
    service: 'rows',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': operation },
    body: JSON.stringify(body),
    ...more,
  });
const form = (parameters: Record<string, string>, more: Partial<Request> = {}): Promise<Answer> =>
  sendSigned(keys, {
    service: 'rows',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(parameters).toString(),
    ...more,
  });
const cborCall = (operation: string, value: object, service = 'com.example.Rows'): Promise<Answer> =>
  sendSigned(keys, {
    service: 'rows',
    path: `/service/${service}/operation/${operation}`,
    headers: { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' },
    body: cbor.serialize(value),
  });

const at = new Date('2026-01-02T03:04:05Z');

test('json: the operation stands behind the last dot of the target', async () => {
  const answer = await json('com.example.Rows.Echo', { Name: 'n', At: at.getTime() / 1000, Data: 'AQI=', Unknown: 1 });
  expect(answer.status).toBe(200);
  expect(jsonOf(answer)).toEqual({ Name: 'n', At: at.getTime() / 1000, Data: 'AQI=' });
  expect(jsonOf(await json('com.example.Rows.Echo', { Name: 'taken' }))).toMatchObject({ __type: 'ConflictException' });
  expect(jsonOf(await json('com.example.Rows.Echo', {}))).toMatchObject({ __type: 'ValidationException' });
  for (const target of ['com.example.Rows.Nope', 'com.example.Rows.toString', 'com.example.Echo', 'Echo', '']) {
    expect(jsonOf(await json(target, { Name: 'n' })), target).toMatchObject({ __type: 'UnknownOperationException' });
  }
});

test('rpc-v2-cbor: times are tagged, bytes are bytes, errors are CBOR', async () => {
  const answer = await cborCall('Echo', { Name: 'n', Count: 3, At: dateToTag(at), Data: new Uint8Array([1, 2]) });
  expect(answer.headers['smithy-protocol']).toBe('rpc-v2-cbor');
  const value = cbor.deserialize(answer.body) as Record<string, unknown>;
  expect(value).toMatchObject({ Name: 'n', Count: 3, At: { value: at.getTime() / 1000 } });
  expect(Buffer.from(value.Data as Uint8Array)).toEqual(Buffer.from([1, 2]));
  for (const [operation, input, type, service] of [
    ['Echo', { Name: 'taken' }, 'ConflictException'],
    ['Echo', {}, 'ValidationException'],
    ['Nope', {}, 'UnknownOperationException'],
    ['Echo', {}, 'UnknownOperationException', 'Other'],
  ] as const) {
    const error = await cborCall(operation, input, service);
    expect(error.headers['content-type']).toBe('application/cbor');
    expect(cbor.deserialize(error.body)).toMatchObject({ __type: type });
  }
  const broken = await sendSigned(keys, {
    service: 'rows',
    path: '/service/com.example.Rows/operation/Echo',
    headers: { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' },
    body: new Uint8Array([0xbf, 0x61]),
  });
  expect(cbor.deserialize(broken.body)).toMatchObject({ __type: 'SerializationException' });
});

test('query: lists and maps have numbers, ten comes after nine, errors are XML', async () => {
  const tags = Object.fromEntries(
    Array.from({ length: 10 }, (_, index) => [`Tags.member.${index + 1}`, `t${index + 1}`]),
  );
  const answer = await form({
    Action: 'Echo',
    Name: 'a&<b>',
    Count: '7',
    On: 'true',
    At: at.toISOString(),
    'Extra.entry.1.key': 'k',
    'Extra.entry.1.value': 'v',
    ...tags,
  });
  const text = answer.body.toString();
  expect(text).toContain('<EchoResult><Name>a&amp;&lt;b&gt;</Name><Count>7</Count><On>true</On>');
  expect(text).toContain(`<At>${at.toISOString()}</At>`);
  expect(text).toContain('<member>t9</member><member>t10</member>');
  expect(text).toContain('<Extra><entry><key>k</key><value>v</value></entry></Extra>');
  expect(text).toMatch(/<ResponseMetadata><RequestId>[0-9a-f-]{36}</);
  for (const [parameters, code, status] of [
    [{ Action: 'Echo', Name: 'taken' }, 'ConflictException', 409],
    [{ Action: 'Echo' }, 'ValidationError', 400],
    [{ Action: 'Nope' }, 'InvalidAction', 400],
    [{}, 'InvalidAction', 400],
  ] as const) {
    const error = await form(parameters);
    expect(error.status).toBe(status);
    expect(error.body.toString()).toMatch(new RegExp(`<ErrorResponse.*<Type>Sender</Type><Code>${code}</Code>`));
  }
});

test('rest-json: members stand in path, query, headers and body', async () => {
  const answer = await sendSigned(keys, {
    service: 'things',
    path: '/things/a%20b?count=3&tag=x',
    headers: { 'content-type': 'application/json', 'x-who': 'me', 'x-label-colour': 'red' },
    body: JSON.stringify({ Extra: { k: 'v' }, At: at.getTime() / 1000 }),
  });
  expect(answer.status).toBe(201);
  expect(answer.headers['x-who']).toBe('me');
  expect(jsonOf(answer)).toEqual({
    Name: 'a b',
    Count: 3,
    Tags: ['x'],
    Labels: { colour: 'red' },
    Extra: { k: 'v' },
    At: at.getTime() / 1000,
  });
  const call = (method: string, path: string): Promise<Answer> => sendSigned(keys, { service: 'things', method, path });
  for (const [method, path, type] of [
    ['DELETE', '/things/a', 'UnknownOperationException'],
    ['POST', '/others/a', 'UnknownOperationException'],
    ['POST', '/things/a/b', 'UnknownOperationException'],
    ['POST', '/things/a?filter=x', 'UnknownOperationException'],
    ['POST', '/things/aaaaaaaaaaaaaaa', 'ValidationException'],
    ['POST', '/things/a?count=many', 'SerializationException'],
  ] as const) {
    const error = await call(method, path);
    expect(jsonOf(error), `${method} ${path}`).toMatchObject({ __type: type });
    expect(error.headers['x-amzn-errortype']).toBe(type);
  }
});

test('a service that is not there is answered in the protocol that it is asked in', async () => {
  const service = 'nowhere';
  expect(jsonOf(await json('Nowhere.Do', {}, { service }))).toMatchObject({
    __type: 'UnknownOperationException',
    message: expect.stringContaining("the service 'nowhere' (Do)") as string,
  });
  expect((await form({ Action: 'Do' }, { service })).body.toString()).toContain('<Code>InvalidAction</Code>');
  const unknown = await sendSigned(keys, { service, method: 'GET', path: '/2015-03-31/functions' });
  expect(jsonOf(unknown)).toMatchObject({ __type: 'UnknownOperationException' });
  const s3 = await sendSigned(keys, { service: 's3', method: 'GET', path: '/bucket/key' });
  expect(s3.body.toString()).toContain('<Error><Code>NotImplemented</Code>');
});

test('a host that an SDK has put a label before is taken; a foreign one and a page are not', async () => {
  const { port } = new URL(keys.endpoint);
  const target = 'com.example.Rows.Echo';
  for (const host of [`sync-127.0.0.1:${port}`, `localhost:${port}`, `bucket.localhost:${port}`]) {
    expect((await json(target, { Name: 'n' }, { host })).status, host).toBe(200);
  }
  for (const host of [
    `evil.example:${port}`,
    `127.0.0.1.evil.example:${port}`,
    `evil.example/127.0.0.1:${port}`,
    '127.0.0.1:1',
  ]) {
    expect((await json(target, { Name: 'n' }, { host })).status, host).toBe(403);
  }
  for (const origin of ['null', 'http://localhost', 'vscode-webview://x', '']) {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target, origin };
    expect((await json(target, {}, { headers })).status, `origin '${origin}'`).toBe(403);
  }
});

test('sub-resources of S3 that Local has not are refused, none is taken for the bucket or object itself', async () => {
  const { endpoint, accessKeyId, secretAccessKey } = bed.plane.ready;
  const bucket = '/sagemaker-us-east-1-000000000000';
  const s3 = (method: string, path: string): Promise<Answer> =>
    sendSigned({ endpoint, accessKeyId, secretAccessKey }, { service: 's3', method, path: `${bucket}${path}` });
  expect((await s3('PUT', '/kept')).status).toBe(200);
  for (const [method, path] of [
    ['GET', '?acl'],
    ['GET', '?policy'],
    ['GET', '?lifecycle'],
    ['GET', '?never-heard-of'],
    ['PUT', '?versioning'],
    ['DELETE', '?policy'],
    ['DELETE', '?never-heard-of'],
    ['GET', '/kept?legal-hold'],
    ['GET', '/kept?never-heard-of'],
    ['PUT', '/kept?acl'],
    ['PUT', '/kept?retention'],
    ['PUT', '/kept?never-heard-of'],
    ['POST', '/kept?restore'],
  ] as const) {
    const answer = await s3(method, path);
    expect(answer.status, `${method} ${path}`).toBe(501);
    expect(answer.body.toString(), `${method} ${path}`).toMatch(
      /<Error><Code>NotImplemented<\/Code><Message>Local does/,
    );
  }
  expect((await s3('GET', '/kept?x-id=GetObject')).status).toBe(200);
  expect((await s3('GET', '/kept?versionId=null')).status).toBe(200);
  expect((await s3('GET', '/kept?versionId=abc')).body.toString()).toContain('<Code>NoSuchVersion</Code>');
  expect((await s3('PUT', `/${'k'.repeat(1025)}`)).body.toString()).toContain('<Code>KeyTooLongError</Code>');
  const head = await s3('HEAD', '/nothing');
  expect([head.status, head.body.length]).toEqual([404, 0]);
});

test('XML of strangers: namespaces and entities are read, document types are not', async () => {
  const { endpoint, accessKeyId, secretAccessKey } = bed.plane.ready;
  const own = { endpoint, accessKeyId, secretAccessKey };
  const bucket = '/sagemaker-us-east-1-000000000000';
  const remove = (body: string): Promise<Answer> => sendSigned(own, { service: 's3', path: `${bucket}?delete`, body });
  const put = (key: string): Promise<Answer> =>
    sendSigned(own, { service: 's3', method: 'PUT', path: `${bucket}/${key}`, body: 'x' });
  await put('a%26b');
  const answer = await remove(
    '<x:Delete xmlns:x="http://s3.amazonaws.com/doc/2006-03-01/"><x:Object><x:Key>a&#38;b</x:Key></x:Object></x:Delete>',
  );
  expect(answer.body.toString()).toContain('<Deleted><Key>a&amp;b</Key></Deleted>');
  expect((await sendSigned(own, { service: 's3', method: 'GET', path: `${bucket}/a%26b` })).status).toBe(404);
  for (const body of [
    '<!DOCTYPE d [<!ENTITY e "x">]><Delete><Object><Key>&e;</Key></Object></Delete>',
    '<Delete><Object>',
    'Delete',
  ]) {
    expect((await remove(body)).body.toString(), body).toContain('<Code>MalformedXML</Code>');
  }
  expect((await remove('<Delete></Delete>')).status).toBe(400);
});

test('presigned requests are good for their time: not after it, not from the future, not without one', async () => {
  const { hostname, port } = new URL(keys.endpoint);
  const signer = new SignatureV4({ service: 'rows', region: 'us-east-1', credentials: keys, sha256: Sha256 });
  const presigned = async (signingDate: Date, expiresIn: number): Promise<Answer> => {
    const { query = {} } = await signer.presign(
      {
        method: 'GET',
        protocol: 'http:',
        hostname,
        port: Number(port),
        path: '/',
        query: { Action: 'Echo', Name: 'n' },
        headers: { host: `${hostname}:${port}` },
      },
      { signingDate, expiresIn },
    );
    const search = new URLSearchParams(query as Record<string, string>);
    return send(keys.endpoint, 'GET', `/?${search.toString()}`, {});
  };
  const minutes = (count: number): Date => new Date(Date.now() + count * 60_000);
  expect((await presigned(minutes(0), 60)).status).toBe(200);
  expect((await presigned(minutes(-10), 660)).status).toBe(200);
  for (const [date, seconds] of [
    [minutes(-10), 540],
    [minutes(20), 3600],
    [minutes(0), 0],
    [minutes(0), -1],
  ] as const) {
    const refused = await presigned(date, seconds);
    expect([refused.status, refused.body.toString().includes('<Code>AccessDenied</Code>')]).toEqual([403, true]);
  }
});
