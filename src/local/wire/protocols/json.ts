import { ServiceError } from '../errors';
import { headerOf } from '../message';
import { replaced } from '../replace';
import type { WireService } from '../service';
import type { Protocol } from './protocol';

/**
 * AWS JSON 1.0 and 1.1: the operation stands in `X-Amz-Target`, behind its last dot.
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export const json: Protocol = {
  operationOf(_service, { headers }) {
    return targetOf(headerOf(headers, 'x-amz-target')).operation;
  },

  read(_service, _name, _operation, { body }) {
    return parseJson(body);
  },

  write(_service, _name, _operation, output) {
    return { status: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: toJson(output) };
  },

  writeError(error, _request, _requestId, service) {
    // SageMaker's own exceptions spell their member with a capital; clients read either.
    return {
      status: error.status,
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amzn-errortype': error.type,
        ...queryError(error, service),
      },
      body: JSON.stringify({ __type: error.type, message: error.message, Message: error.message }),
    };
  },

  unknown: { type: 'UnknownOperationException', status: 400 },
  invalid: 'ValidationException',
};

/** What a service that once spoke the query protocol says beside its errors: their names there. */
export function queryError({ type, status }: ServiceError, service: WireService | undefined): Record<string, string> {
  if (!service?.queryErrors) return {};
  return { 'x-amzn-query-error': `${service.queryErrors[type] ?? type};${status >= 500 ? 'Receiver' : 'Sender'}` };
}

/** `Logs_20140328.GetLogEvents` in its two parts; the service's may have dots of its own. */
export function targetOf(target: string | undefined): { prefix: string; operation: string | undefined } {
  const text = target ?? '';
  const cut = text.lastIndexOf('.');
  const operation = text.slice(cut + 1);
  return { prefix: text.slice(0, Math.max(cut, 0)), operation: operation === '' ? undefined : operation };
}

/** The value of a body. @throws {ServiceError} `SerializationException` */
export function parseJson(body: Buffer): unknown {
  const text = body.toString();
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new ServiceError('SerializationException', 'The request is not valid JSON.');
  }
}

/** JSON as AWS writes it: times are seconds since the epoch, bytes are Base64. */
export function toJson(value: unknown): string {
  return JSON.stringify(replaced(value, seconds, base64));
}

function seconds(date: Date): number {
  return date.getTime() / 1000;
}

function base64(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
}
