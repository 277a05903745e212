import { crc32 } from 'node:zlib';

/** One event of a stream, or the exception that ends it. */
export interface StreamEvent {
  kind: 'event' | 'exception';
  /** `PayloadPart` */
  type: string;
  contentType: string;
  payload: Uint8Array;
}

/**
 * An event as bytes: lengths, their checksum, headers, payload, checksum of all.
 * @see https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export function encodeEvent({ kind, type, contentType, payload }: StreamEvent): Buffer {
  const headers = Buffer.concat([
    header(':message-type', kind),
    header(kind === 'event' ? ':event-type' : ':exception-type', type),
    header(':content-type', contentType),
  ]);
  const message = Buffer.alloc(16 + headers.length + payload.length);
  message.writeUInt32BE(message.length, 0);
  message.writeUInt32BE(headers.length, 4);
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8);
  headers.copy(message, 12);
  message.set(payload, 12 + headers.length);
  message.writeUInt32BE(crc32(message.subarray(0, message.length - 4)), message.length - 4);
  return message;
}

/** The type of a header that is text. */
const text = 7;

function header(name: string, value: string): Buffer {
  const [key, content] = [Buffer.from(name), Buffer.from(value)];
  const start = Buffer.from([key.length]);
  const middle = Buffer.alloc(3);
  middle.writeUInt8(text, 0);
  middle.writeUInt16BE(content.length, 1);
  return Buffer.concat([start, key, middle, content]);
}
