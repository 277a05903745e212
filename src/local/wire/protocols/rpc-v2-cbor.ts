import { cbor, dateToTag } from '@smithy/core/cbor';
import { ServiceError } from '../errors';
import { queryError } from './json';
import type { Protocol } from './protocol';

/** Where requests of this protocol go: `/service/<service>/operation/<operation>`, behind any prefix. */
const place = /\/service\/([^/]+)\/operation\/([^/]+)$/;

/**
 * Smithy RPC v2 with CBOR.
 * @see https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
 */
export const rpcV2Cbor: Protocol = {
  operationOf(_service, { path }) {
    return place.exec(path)?.[2];
  },

  read(_service, _name, _operation, { body }) {
    if (body.length === 0) return {};
    try {
      return plain(cbor.deserialize(body));
    } catch {
      throw new ServiceError('SerializationException', 'The request is not valid CBOR.');
    }
  },

  write(_service, _name, _operation, output) {
    return answer(200, output);
  },

  writeError(error, _request, _requestId, service) {
    const written = answer(error.status, { __type: error.type, message: error.message });
    return { ...written, headers: { ...written.headers, ...queryError(error, service) } };
  },

  unknown: { type: 'UnknownOperationException', status: 404 },
  invalid: 'ValidationException',
};

/** The service in the path of a request. */
export function serviceInPath(path: string): string | undefined {
  return place.exec(path)?.[1];
}

function answer(status: number, value: object): ReturnType<Protocol['write']> {
  return {
    status,
    headers: { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' },
    body: cbor.serialize(encodable(value)),
  };
}

/** Times are tagged numbers, and what is undefined is not there. */
function encodable(value: unknown): unknown {
  if (value instanceof Date) return dateToTag(value);
  if (Array.isArray(value)) return value.map(encodable);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries.map(([name, member]) => [name, encodable(member)])) as unknown;
}

/** Tagged times as seconds since the epoch, as the check of inputs takes them. */
function plain(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if ('tag' in value && 'value' in value) return plain(value.value);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)])) as unknown;
}
