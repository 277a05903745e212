import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

/** A request as the protocols read it. */
export interface WireRequest {
  method: string;
  /** Still encoded, without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** The whole body; empty where the operation reads a stream. */
  body: Buffer;
  /** The body of an operation that takes a stream. */
  upload?: Upload;
}

/** The content of an upload, and the check that it has arrived as it was sent. */
export interface Upload {
  stream: Readable;
  /**
   * To be called after the stream has ended.
   * @returns the checksums that came with it, by the names of their headers
   * @throws {ServiceError} when the content is not what was sent
   */
  check: () => Promise<Record<string, string>>;
}

/** Part of a file as the body of an answer. */
export interface FileBody {
  path: string;
  /** The first and last byte; `last < first` for none. */
  first: number;
  last: number;
}

/** An answer as it goes out. */
export interface WireAnswer {
  status: number;
  headers: Record<string, string>;
  body: string | Uint8Array | FileBody | AsyncIterable<Uint8Array>;
}

/** The value of a header, several joined as HTTP does. */
export function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

export function isFileBody(body: WireAnswer['body']): body is FileBody {
  return typeof body === 'object' && 'path' in body;
}

/** A body that comes in parts. */
export function isParts(body: WireAnswer['body']): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && Symbol.asyncIterator in body;
}
