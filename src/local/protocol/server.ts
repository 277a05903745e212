import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { explain } from '../store/database';
import type { Operations } from '../services/context';
import { answerS3, readS3Request, s3ErrorBody } from '../services/s3';
import { Uploads } from '../services/s3-uploads';
import { answerSts, identity, stsErrorBody } from '../services/sts';
import type { ObjectStore } from '../store/objects';
import { ServiceError, notImplemented } from './errors';
import { type ServiceModel, serviceModels } from './service-model';
import { type KeyPair, type Signed, sha256, verifySignature } from './signature';
import { parseInput } from './validate';
import { toWire } from './wire-json';

/** The largest body of a request that is not an upload: a definition may be 1 MiB, its JSON text some more. */
const maxBody = 8 * 1024 * 1024;

/** The services that speak AWS JSON, by the prefix of `X-Amz-Target`. */
interface JsonService {
  /** The name in the credential scope. */
  scope: string;
  model: ServiceModel;
  operations: Operations;
}

export interface WireOptions {
  keys: KeyPair;
  sagemaker: Operations;
  logs: Operations;
  objects: ObjectStore;
  /** For messages about the disk. */
  folder: string;
}

/** The HTTP front of the control plane: who may ask, which service is asked, how its answer is written. */
export class WireServer {
  private readonly server: Server;
  private readonly uploads: Uploads;
  private readonly services: Readonly<Record<string, JsonService>>;

  constructor(private readonly options: WireOptions) {
    this.uploads = new Uploads(options.objects);
    this.services = {
      SageMaker: { scope: 'sagemaker', model: serviceModels.sagemaker, operations: options.sagemaker },
      Logs_20140328: { scope: 'logs', model: serviceModels.logs, operations: options.logs },
    };
    this.server = createServer((request, response) => void this.answer(request, response));
    // A client may keep a connection for a long while between two looks at a run.
    this.server.keepAliveTimeout = 65_000;
  }

  /** @returns the port. @throws the system's error when the port cannot be had. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    response.setHeader('x-amzn-requestid', requestId);
    response.setHeader('x-amz-request-id', requestId);
    const style = styleOf(request);
    try {
      this.refuseForeign(request);
      if (style === 's3') {
        const signed = verifySignature(request, this.options.keys);
        if (signed.service !== 's3') throw notImplemented(`the service '${signed.service}' at this address`);
        await answerS3(this.options.objects, this.uploads, readS3Request(request, signed), response);
        return;
      }
      const body = await readAll(request);
      const signed = verifySignature(request, this.options.keys, sha256(body));
      checkBody(signed, body);
      if (style === 'query') this.answerQuery(signed, body.toString(), requestId, response);
      else await this.answerJson(request, signed, body.toString(), response);
    } catch (error) {
      this.fail(error, style, request, response, requestId);
    }
  }

  /** No web page may drive this server: its requests carry an origin, or a name that was made to lead here. */
  private refuseForeign(request: IncomingMessage): void {
    const { host = '', origin } = request.headers;
    const { port } = this.server.address() as AddressInfo;
    if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host) || (!host.endsWith(`:${port}`) && port !== 80)) {
      throw new ServiceError('AccessDeniedException', `Requests to '${host}' are not answered here.`, 403);
    }
    if (origin !== undefined)
      throw new ServiceError('AccessDeniedException', 'Requests from web pages are not answered.', 403);
  }

  private answerQuery(signed: Signed, body: string, requestId: string, response: ServerResponse): void {
    if (signed.service !== 'sts') throw notImplemented(`the service '${signed.service}'`);
    response.writeHead(200, { 'content-type': 'text/xml' }).end(answerSts(body, requestId));
  }

  private async answerJson(
    request: IncomingMessage,
    signed: Signed,
    body: string,
    response: ServerResponse,
  ): Promise<void> {
    const target = String(request.headers['x-amz-target'] ?? '');
    const [prefix = '', name = ''] = target.split('.');
    const type = request.headers['content-type'] ?? 'application/x-amz-json-1.1';
    let answer: object;
    if (prefix === 'AWSSecurityTokenServiceV20110615' && name === 'GetCallerIdentity') answer = identity;
    else {
      const service = this.services[prefix];
      const operation = service && Object.hasOwn(service.operations, name) ? service.operations[name] : undefined;
      const input = service?.model.operations[name]?.input;
      if (!service || !operation || input === undefined) throw notImplemented(target.replace('.', ' '));
      if (signed.service !== service.scope) {
        throw new ServiceError(
          'InvalidSignatureException',
          `Credential should be scoped to correct service: '${service.scope}'.`,
          403,
        );
      }
      answer = await operation(parseInput(service.model, input, parseJson(body)) as never);
    }
    response.writeHead(200, { 'content-type': type }).end(toWire(answer));
  }

  private fail(
    error: unknown,
    style: Style,
    request: IncomingMessage,
    response: ServerResponse,
    requestId: string,
  ): void {
    // A client that has gone hears nothing, and its going is no fault of ours.
    if (request.destroyed && !request.complete) return;
    const known = error instanceof ServiceError ? error : this.internal(error);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    // What is left of an upload is not waited for.
    if (!request.complete) response.setHeader('connection', 'close');
    if (style === 's3') {
      const body =
        request.method === 'HEAD' || known.status === 304 ? '' : s3ErrorBody(known, request.url ?? '/', requestId);
      response.writeHead(known.status, { 'content-type': 'application/xml' }).end(body);
    } else if (style === 'query') {
      response.writeHead(known.status, { 'content-type': 'text/xml' }).end(stsErrorBody(known, requestId));
    } else {
      // SageMaker's own exceptions spell their member with a capital; clients read either.
      const body = { __type: known.type, message: known.message, Message: known.message };
      response
        .writeHead(known.status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': known.type })
        .end(JSON.stringify(body));
    }
    if (!request.complete) request.resume();
  }

  private internal(error: unknown): ServiceError {
    const explained = explain(error, this.options.folder);
    const message = explained instanceof Error ? explained.message : String(explained);
    if (explained === error) process.stderr.write(`${error instanceof Error ? (error.stack ?? message) : message}\n`);
    return new ServiceError('InternalFailure', message, 500);
  }
}

type Style = 'json' | 'query' | 's3';

/** Which kind of protocol a request speaks, by its headers alone: errors must be written in it too. */
function styleOf(request: IncomingMessage): Style {
  if (request.headers['x-amz-target'] !== undefined) return 'json';
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return 'query';
  return 's3';
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    length += bytes.length;
    if (length > maxBody) throw new ServiceError('RequestEntityTooLargeException', 'The request is too large.', 413);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Whether the body is the one that was signed. */
function checkBody(signed: Signed, body: Buffer): void {
  if (/^[0-9a-f]{64}$/.test(signed.payloadHash) && signed.payloadHash !== sha256(body)) {
    throw new ServiceError('InvalidSignatureException', 'The body of the request is not the one that was signed.', 403);
  }
}

function parseJson(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new ServiceError('SerializationException', 'The request is not valid JSON.');
  }
}
