import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { createChecksum } from './checksums';
import { ServiceError } from './errors';
import type { Upload } from './message';
import { type Signed, chunkSignature, same, sha256 } from './signature';

/** The largest chunk of an aws-chunked body that is taken, and the longest line before or after one. */
const maxChunk = 64 * 1024 * 1024;
const maxLine = 8 * 1024;

/**
 * Reads the body of an upload: plain, or in aws-chunked encoding with or without signatures and trailer.
 * Hashes, checksums and lengths that the client declares are verified.
 */
export function readBody(request: IncomingMessage, signed: Signed): Upload {
  const chunked = signed.payloadHash.startsWith('STREAMING-');
  const trailers = new Map<string, string>();
  const content = chunked ? decodeChunks(request, signed, trailers) : request;
  const hash = createHash('sha256');
  const md5 = createHash('md5');
  const declared = Object.keys(request.headers).filter((name) => name.startsWith('x-amz-checksum-'));
  const announced = String(request.headers['x-amz-trailer'] ?? '')
    .split(',')
    .map((name) => name.trim());
  const sums = [...declared, ...announced].flatMap((name) => {
    const sum = createChecksum(name.replace('x-amz-checksum-', ''));
    return sum ? [{ name, sum }] : [];
  });
  const { headers } = request;
  const checksums: Record<string, string> = {};
  let length = 0;

  async function* measured(): AsyncGenerator<Buffer> {
    for await (const chunk of content) {
      const bytes = chunk as Buffer;
      length += bytes.length;
      hash.update(bytes);
      md5.update(bytes);
      for (const { sum } of sums) sum.update(bytes);
      yield bytes;
    }
  }

  return {
    stream: Readable.from(measured(), { objectMode: false }),
    async check() {
      const wanted = Number(headers[chunked ? 'x-amz-decoded-content-length' : 'content-length'] ?? length);
      if (wanted !== length) throw new ServiceError('IncompleteBody', 'The request body terminated unexpectedly');
      if (!chunked && /^[0-9a-f]{64}$/.test(signed.payloadHash) && !same(hash.digest('hex'), signed.payloadHash)) {
        throw new ServiceError(
          'XAmzContentSHA256Mismatch',
          "The provided 'x-amz-content-sha256' header does not match what was computed.",
        );
      }
      const { 'content-md5': contentMd5 } = headers;
      if (contentMd5 !== undefined && contentMd5 !== md5.digest('base64')) {
        throw new ServiceError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
      }
      for (const { name, sum } of sums) {
        const given = trailers.get(name) ?? headers[name];
        if (given === undefined) continue;
        if (Buffer.from(await sum.digest()).toString('base64') !== given) {
          throw new ServiceError(
            'BadDigest',
            `The ${name.replace('x-amz-checksum-', '').toUpperCase()} you specified did not match the calculated checksum.`,
          );
        }
        checksums[name] = given;
      }
      return checksums;
    },
  };
}

/** Takes the aws-chunked encoding off a body and verifies each chunk's signature where it has one. */
async function* decodeChunks(source: Readable, signed: Signed, trailers: Map<string, string>): AsyncGenerator<Buffer> {
  const reader = new Reader(source);
  const chain = signed.payloadHash.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD') ? signed.chain : undefined;
  let previous = chain?.signature ?? '';
  for (;;) {
    const [sizeText = '', extension = ''] = (await reader.line()).split(';');
    const size = Number.parseInt(sizeText, 16);
    if (!/^[0-9a-f]+$/i.test(sizeText) || size > maxChunk) throw malformed();
    const chunk = await reader.take(size);
    if (chain) {
      const given = extension.replace('chunk-signature=', '');
      const expected = chunkSignature(chain, previous, sha256(chunk));
      if (!same(expected, given)) {
        throw new ServiceError('SignatureDoesNotMatch', 'The signature of a chunk does not match.', 403);
      }
      previous = expected;
    }
    if (size === 0) break;
    yield chunk;
    if ((await reader.line()) !== '') throw malformed();
  }
  for (let line = await reader.line(); line !== ''; line = await reader.line()) {
    const cut = line.indexOf(':');
    trailers.set(line.slice(0, cut).trim().toLowerCase(), line.slice(cut + 1).trim());
  }
}

/** Takes lines and counted bytes from a stream in turn. */
class Reader {
  private rest: Buffer = Buffer.alloc(0);
  private readonly chunks: AsyncIterator<Buffer>;

  constructor(source: Readable) {
    this.chunks = (source as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  /** The next line without its end; at the end of the stream, an empty one. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.rest.indexOf('\r\n');
      if (end >= 0) {
        const line = this.rest.subarray(0, end).toString('latin1');
        this.rest = this.rest.subarray(end + 2);
        return line;
      }
      if (this.rest.length > maxLine) throw malformed();
      if (!(await this.more())) return '';
    }
  }

  async take(size: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let missing = size;
    for (;;) {
      const part = this.rest.subarray(0, missing);
      parts.push(part);
      missing -= part.length;
      this.rest = this.rest.subarray(part.length);
      if (missing === 0) return parts.length === 1 ? part : Buffer.concat(parts, size);
      if (!(await this.more())) throw new ServiceError('IncompleteBody', 'The request body terminated unexpectedly');
    }
  }

  private async more(): Promise<boolean> {
    const next = await this.chunks.next();
    if (next.done) return false;
    this.rest = this.rest.length === 0 ? next.value : Buffer.concat([this.rest, next.value]);
    return true;
  }
}

function malformed(): ServiceError {
  return new ServiceError('InvalidRequest', 'The aws-chunked body is malformed.');
}

/** The whole content of a small upload. @param most bytes @throws {ServiceError} */
export async function readWhole({ stream, check }: Upload, most: number): Promise<Buffer> {
  const content = await readStream(stream, most);
  await check();
  return content;
}

async function readStream(stream: Readable, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = chunk as Buffer;
    length += bytes.length;
    if (length > most) throw tooLarge();
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/**
 * All bytes of a request, by its events: an iterator over it would take longer than the rest of a small request.
 * @param most bytes @throws {ServiceError} `RequestEntityTooLargeException`
 */
export async function readRequest(request: IncomingMessage, most: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (bytes: Buffer) => {
      length += bytes.length;
      if (length <= most) chunks.push(bytes);
      else {
        request.pause();
        reject(tooLarge());
      }
    });
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length)));
    request.on('error', reject);
  });
}

function tooLarge(): ServiceError {
  return new ServiceError('RequestEntityTooLargeException', 'The request is too large.', 413);
}
