import { isFileBody } from '../message';
import type { FileBody } from '../message';
import { fromXml, parseXml, toXml, xmlDocument } from '../xml';
import type { Protocol } from './protocol';
import { matchRoute, readBindings, writeBindings } from './rest';

/**
 * REST with XML bodies, as S3 speaks it.
 * @see https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html
 */
export const restXml: Protocol = {
  operationOf({ model }, request) {
    return matchRoute(model, request);
  },

  read({ model }, name, { input = '' }, request) {
    const shape = model.shapes[input];
    if (!shape) return {};
    const bound = readBindings(model, name, shape, request);
    const { payload } = shape;
    if (payload === undefined) return bound;
    const target = shape.members?.[payload] ?? '';
    if (request.upload) return { ...bound, [payload]: request.upload };
    if (model.shapes[target]?.type !== 'structure') return { ...bound, [payload]: request.body };
    return request.body.length === 0
      ? bound
      : { ...bound, [payload]: fromXml(model, target, parseXml(request.body.toString())) };
  },

  write({ model, xmlRoots }, name, { output = '', http }, value) {
    const shape = model.shapes[output];
    const { headers, rest } = writeBindings(model, shape, value as Record<string, unknown>);
    const status = headers['content-range'] === undefined ? (http?.status ?? 200) : 206;
    const payload = shape?.payload === undefined ? undefined : rest[shape.payload];
    if (payload !== undefined && isBody(payload)) return { status, headers, body: payload };
    if (!hasBody(shape?.members, shape?.bindings)) return { status, headers, body: '' };
    const target = payload === undefined ? output : (shape?.members?.[shape.payload ?? ''] ?? '');
    const root = xmlRoots?.[name] ?? target;
    const content = toXml(model, target, payload ?? rest) as Record<string, unknown>;
    // An answer whose only member is called as its root is that member itself: `<LocationConstraint>`.
    const own = Object.keys(content).length === 1 ? content[root] : undefined;
    return {
      status,
      headers: { 'content-type': 'application/xml', ...headers },
      body: xmlDocument(root, model.xmlNamespace, own === undefined ? content : { '#text': own }),
    };
  },

  writeError(error, { method, path }, requestId) {
    const content = { Code: error.type, Message: error.message, Resource: path, RequestId: requestId };
    return {
      status: error.status,
      headers: { 'content-type': 'application/xml' },
      // Nothing follows the head of these.
      body: method === 'HEAD' || error.status === 304 ? '' : xmlDocument('Error', undefined, content),
    };
  },

  unknown: { type: 'NotImplemented', status: 501 },
  invalid: 'InvalidRequest',
};

function isBody(value: unknown): value is string | Uint8Array | FileBody {
  if (typeof value === 'string' || value instanceof Uint8Array) return true;
  return typeof value === 'object' && value !== null && isFileBody(value as FileBody);
}

/** Whether an answer has members that stand in its body. */
function hasBody(members: object | undefined, bindings: Record<string, { location?: string }> | undefined): boolean {
  return Object.keys(members ?? {}).some((name) => bindings?.[name]?.location === undefined);
}
