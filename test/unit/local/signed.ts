import { createHash, createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';

/** An answer as it came over the wire. */
export interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: Buffer;
}

/** Where requests go, and with which keys. */
export interface Keys {
  endpoint: string;
  accessKeyId: string;
  secretAccessKey: string;
}

export interface Request {
  service: string;
  method?: string;
  /** With its query. */
  path?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** The header `Host`, where it is not the endpoint's. */
  host?: string;
}

/** Sends a signed request of any protocol. */
export async function sendSigned(keys: Keys, request: Request): Promise<Answer> {
  const { method = 'POST', path = '/', body = '' } = request;
  return send(keys.endpoint, method, path, await signedHeaders(keys, request), body);
}

/** The headers of a request with its signature. */
export async function signedHeaders(
  { endpoint, accessKeyId, secretAccessKey }: Keys,
  { service, method = 'POST', path = '/', headers = {}, body = '', host }: Request,
): Promise<Record<string, string>> {
  const url = new URL(path, endpoint);
  const signer = new SignatureV4({
    service,
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey },
    sha256: Sha256,
    uriEscapePath: service !== 's3',
    applyChecksum: true,
  });
  const signed = await signer.sign({
    method,
    protocol: 'http:',
    hostname: url.hostname,
    port: Number(url.port),
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { host: host ?? url.host, ...headers },
    body,
  });
  return signed.headers;
}

/** Sends a request as it is. */
export async function send(
  endpoint: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: string | Uint8Array = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = httpRequest(new URL(path, endpoint), { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    call.on('error', reject);
    call.end(body);
  });
}

export class Sha256 {
  private readonly hash;
  constructor(secret?: unknown) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as Buffer);
  }
  update(data: Uint8Array | string): void {
    this.hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }
  reset(): void {
    throw new Error('A hash is used once.');
  }
}
