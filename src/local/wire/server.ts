import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { ServiceError } from './errors';
import { type WireAnswer, type WireRequest, isFileBody, isParts } from './message';
import type { OperationModel, ServiceModel } from './model';
import { protocols } from './protocols';
import { strangeParameters } from './protocols/rest';
import { type Destination, askedFor, route } from './router';
import { type ProtocolName, type WireService, notImplemented } from './service';
import { type KeyPair, type Signed, sha256, signingNameOf, verifySignature } from './signature';
import { isSignedByV2, verifyV2 } from './signature-v2';
import { readBody, readRequest, readWhole } from './upload';
import { parseInput } from './validate';

/** The largest body of a request that is not an upload: a definition may be 1 MiB, its JSON text some more. */
const maxBody = 8 * 1024 * 1024;

export interface WireOptions {
  keys: KeyPair;
  services: readonly WireService[];
  /** Says in a sentence what an unexpected error is about; undefined for one that nobody knows. */
  explain(error: unknown): string | undefined;
  /** Why a call is denied, in a sentence; undefined where it is allowed. All are, where this is left out. */
  refusal?(service: WireService, operation: string, input: object): string | undefined;
  /** Hears of every answer before it is written, for tests. */
  observe?(service: WireService, operation: string, output: object): void;
}

/** The HTTP front of the control plane: who may ask, which service is asked, how its answer is written. */
export class WireServer {
  private readonly server: Server;
  private port = 0;

  constructor(private readonly options: WireOptions) {
    this.server = createServer((request, response) => void this.handle(request, response));
    // A client may keep a connection for a long while between two looks at a run.
    this.server.keepAliveTimeout = 65_000;
  }

  /** @returns the port. @throws the system's error when the port cannot be had. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', resolve);
    });
    ({ port: this.port } = this.server.address() as AddressInfo);
    return this.port;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    const request = readHead(message);
    const signingName = isSignedByV2(request.query) ? 's3' : signingNameOf(message);
    const destination = route(this.options.services, signingName, request);
    try {
      this.refuseForeign(message);
      const answer = await this.answer(message, request, destination, requestId);
      send(answer, request.method, requestId, response);
    } catch (error) {
      this.fail(error, destination, request, requestId, message, response);
    }
  }

  private async answer(
    message: IncomingMessage,
    request: WireRequest,
    destination: Destination,
    requestId: string,
  ): Promise<WireAnswer> {
    const { service } = destination;
    const protocol = protocols[destination.protocol];
    const signed = await this.receive(message, request, destination);
    const name = service && protocol.operationOf(service, request);
    const operation = service && name !== undefined ? ownProperty(service.model.operations, name) : undefined;
    const handler = service && name !== undefined ? ownProperty(service.operations, name) : undefined;
    if (!service || name === undefined || !operation || !handler) {
      const { type, status } = protocol.unknown;
      throw notImplemented(
        askedFor(destination, signed.service, name, request),
        service?.errors?.unknown ?? type,
        status,
      );
    }
    if (operation.http) {
      const strange = strangeParameters(service.model, operation, request);
      if (strange.length > 0) {
        const { type, status } = protocol.unknown;
        throw notImplemented(`${service.title} ${name} with ?${strange.join('&')}`, type, status);
      }
    }
    const value = protocol.read(service, name, operation, request);
    const invalid = service.errors?.invalid ?? protocol.invalid;
    const input = operation.input === undefined ? {} : parseInput(service.model, operation.input, value, invalid);
    const refusal = this.options.refusal?.(service, name, input);
    if (refusal !== undefined) throw denied(destination.protocol, refusal);
    const output = await handler(input as never);
    this.options.observe?.(service, name, output);
    return protocol.write(service, name, operation, output, requestId);
  }

  /** Reads what the operation needs of the body, and checks the signature with it. */
  private async receive(message: IncomingMessage, request: WireRequest, destination: Destination): Promise<Signed> {
    const { keys } = this.options;
    if (destination.protocol === 'rest-xml') {
      // S3's clients sign the declared hash of the body: the body itself is checked as it comes.
      const signed = isSignedByV2(request.query) ? verifyV2(message, keys) : verifySignature(message, keys);
      const upload = readBody(message, signed);
      if (takesStream(destination.service, request)) request.upload = upload;
      else request.body = await readWhole(upload, maxBody);
      return signed;
    }
    request.body = await readRequest(message, destination.service?.maxBody ?? maxBody);
    const hash = sha256(request.body);
    const signed = verifySignature(message, keys, hash);
    if (/^[0-9a-f]{64}$/.test(signed.payloadHash) && signed.payloadHash !== hash) {
      const text = 'The body of the request is not the one that was signed.';
      throw new ServiceError('InvalidSignatureException', text, 403);
    }
    const { service } = destination;
    if (!service) this.refuseWrongScope(signed, request);
    if (request.headers['content-encoding'] === 'gzip')
      request.body = unzipped(request.body, service?.maxBody ?? maxBody);
    return signed;
  }

  /** A target of a service that is here, signed for another one. */
  private refuseWrongScope(signed: Signed, request: WireRequest): void {
    const meant = this.options.services.find((service) => route([service], service.signingName, request).service);
    if (meant?.targetPrefix === undefined || request.headers['x-amz-target'] === undefined) return;
    if (meant.signingName === signed.service) return;
    throw new ServiceError(
      'InvalidSignatureException',
      `Credential should be scoped to correct service: '${meant.signingName}'.`,
      403,
    );
  }

  /**
   * No web page may drive this server: its requests carry an origin, or a name that was made to lead here.
   * Some SDKs put a label before the host (`sync-`, or a bucket): it is let through.
   */
  private refuseForeign(request: IncomingMessage): void {
    const { host = '', origin } = request.headers;
    const isOurs = /^(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*[.-])?(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(host);
    if ((!isOurs && !/^\[::1\](:\d+)?$/.test(host)) || (!host.endsWith(`:${this.port}`) && this.port !== 80)) {
      throw new ServiceError('AccessDeniedException', `Requests to '${host}' are not answered here.`, 403);
    }
    if (origin !== undefined)
      throw new ServiceError('AccessDeniedException', 'Requests from web pages are not answered.', 403);
  }

  private fail(
    error: unknown,
    { protocol, service }: Destination,
    request: WireRequest,
    requestId: string,
    message: IncomingMessage,
    response: ServerResponse,
  ): void {
    // A client that has gone hears nothing, and its going is no fault of ours.
    if (message.destroyed && !message.complete) return;
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const known = error instanceof ServiceError ? error : this.internal(error);
    const answer = protocols[protocol].writeError(known, request, requestId, service);
    // What is left of an upload is not waited for.
    if (!message.complete) answer.headers['connection'] = 'close';
    send(answer, request.method, requestId, response);
    if (!message.complete) message.resume();
  }

  private internal(error: unknown): ServiceError {
    const explained = this.options.explain(error);
    const text = error instanceof Error ? error.message : String(error);
    if (explained === undefined) process.stderr.write(`${error instanceof Error ? (error.stack ?? text) : text}\n`);
    return new ServiceError('InternalFailure', explained ?? text, 500);
  }
}

/** What a call is answered that its caller has no permission for. */
function denied(protocol: ProtocolName, message: string): ServiceError {
  const isXml = protocol === 'rest-xml' || protocol === 'query';
  return isXml
    ? new ServiceError('AccessDenied', message, 403)
    : new ServiceError('AccessDeniedException', message, protocol === 'json' ? 400 : 403);
}

/** The content of a body that a client has compressed. @param most bytes @throws {ServiceError} */
function unzipped(body: Buffer, most: number): Buffer {
  try {
    return gunzipSync(body, { maxOutputLength: most });
  } catch {
    throw new ServiceError('SerializationException', 'The body of the request is not valid gzip, or too large.');
  }
}

const noBody = Buffer.alloc(0);

function readHead(message: IncomingMessage): WireRequest {
  const url = message.url ?? '/';
  const cut = url.indexOf('?');
  return {
    method: message.method ?? 'GET',
    path: cut < 0 ? url : url.slice(0, cut),
    query: new URLSearchParams(cut < 0 ? '' : url.slice(cut + 1)),
    headers: message.headers,
    body: noBody,
  };
}

/** Whether the operation asked for takes its body as a stream: a blob that is the whole body. */
function takesStream(service: WireService | undefined, request: WireRequest): boolean {
  const name = service && protocols['rest-xml'].operationOf(service, request);
  const operation = name === undefined ? undefined : service?.model.operations[name];
  return service !== undefined && operation !== undefined && isBlobBody(service.model, operation);
}

function isBlobBody(model: ServiceModel, { input }: OperationModel): boolean {
  const shape = model.shapes[input ?? ''];
  return shape?.payload !== undefined && model.shapes[shape.members?.[shape.payload] ?? '']?.type === 'blob';
}

function send(answer: WireAnswer, method: string, requestId: string, response: ServerResponse): void {
  const { status, body } = answer;
  const headers = { 'x-amzn-requestid': requestId, 'x-amz-request-id': requestId, ...answer.headers };
  if (isFileBody(body)) {
    const length = Math.max(body.last - body.first + 1, 0);
    response.writeHead(status, { 'content-length': String(length), ...headers });
    if (method === 'HEAD' || length === 0) {
      response.end();
      return;
    }
    const file = createReadStream(body.path, { start: body.first, end: body.last });
    file.on('error', () => response.destroy());
    file.pipe(response);
    return;
  }
  if (isParts(body)) {
    response.writeHead(status, headers);
    const parts = Readable.from(body, { objectMode: false });
    parts.on('error', () => response.destroy());
    response.on('close', () => parts.destroy());
    parts.pipe(response);
    return;
  }
  const length: Record<string, string> = status === 204 ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  response.writeHead(status, { ...length, ...headers });
  response.end(method === 'HEAD' ? undefined : body);
}

/** A member of a table that is its own: names that every object has are none of its. */
function ownProperty<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
