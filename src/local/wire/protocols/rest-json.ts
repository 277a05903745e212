import { parseJson, toJson } from './json';
import type { Protocol } from './protocol';
import { matchRoute, readBindings, writeBindings } from './rest';

/**
 * REST with JSON bodies.
 * @see https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
 */
export const restJson: Protocol = {
  operationOf({ model }, request) {
    return matchRoute(model, request);
  },

  read({ model }, name, { input = '' }, request) {
    const shape = model.shapes[input];
    if (!shape) return {};
    const bound = readBindings(model, name, shape, request);
    if (shape.payload === undefined) return { ...(parseJson(request.body) as object), ...bound };
    const isDocument = model.shapes[shape.members?.[shape.payload] ?? '']?.type === 'structure';
    if (request.body.length > 0) bound[shape.payload] = isDocument ? parseJson(request.body) : request.body;
    return bound;
  },

  write({ model }, _name, { output = '', http }, value) {
    const shape = model.shapes[output];
    const { status, headers, rest } = writeBindings(model, shape, value as Record<string, unknown>);
    const payload = shape?.payload === undefined ? rest : rest[shape.payload];
    const isRaw = typeof payload === 'string' || payload instanceof Uint8Array;
    if (isStream(payload)) {
      const type = 'application/vnd.amazon.eventstream';
      return { status: status ?? http?.status ?? 200, headers: { ...headers, 'content-type': type }, body: payload };
    }
    return {
      status: status ?? http?.status ?? 200,
      headers: { 'content-type': isRaw ? 'application/octet-stream' : 'application/json', ...headers },
      body: isRaw ? payload : toJson(payload ?? {}),
    };
  },

  writeError(error) {
    return {
      status: error.status,
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': error.type },
      body: JSON.stringify({ ...error.members, message: error.message, Message: error.message, __type: error.type }),
    };
  },

  unknown: { type: 'UnknownOperationException', status: 404 },
  invalid: 'ValidationException',
};

/** An answer that is a stream of events, encoded already. */
function isStream(payload: unknown): payload is AsyncIterable<Uint8Array> {
  return typeof payload === 'object' && payload !== null && Symbol.asyncIterator in payload;
}
