import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { randomId } from '../../domain/arns';
import { ServiceError } from '../../wire/errors';
import type { ObjectStore, StoredObject } from '../../domain/objects';

/** A part that has come. */
export interface Part {
  path: string;
  size: number;
  etag: string;
  modified: Date;
}

/** A multipart upload under way. */
export interface Upload {
  id: string;
  begun: Date;
  bucket: string;
  key: string;
  headers: Record<string, string>;
  parts: Map<number, Part>;
}

/**
 * Multipart uploads that are under way. They live as long as the process: after a restart the client is told
 * that there is no such upload and begins again, and the parts are swept with all files that no object has.
 */
export class Uploads {
  private readonly uploads = new Map<string, Upload>();

  constructor(private readonly objects: ObjectStore) {}

  create(bucket: string, key: string, headers: Record<string, string>): string {
    const id = randomId(32);
    this.uploads.set(id, { id, begun: new Date(), bucket, key, headers, parts: new Map() });
    return id;
  }

  /** Those of a bucket whose keys begin with a prefix, by key. */
  list(bucket: string, prefix: string): Upload[] {
    return [...this.uploads.values()]
      .filter((upload) => upload.bucket === bucket && upload.key.startsWith(prefix))
      .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.begun.getTime() - b.begun.getTime()));
  }

  /** The parts of one that have come, by number. @throws {ServiceError} `NoSuchUpload` */
  parts(id: string): [number, Part][] {
    const upload = this.uploads.get(id);
    if (!upload) throw noSuchUpload();
    return [...upload.parts].toSorted(([a], [b]) => a - b);
  }

  async addPart(id: string, number: number, received: Omit<Part, 'modified'>): Promise<void> {
    const part = { ...received, modified: new Date() };
    const upload = this.uploads.get(id);
    const valid = Number.isInteger(number) && number >= 1 && number <= 10_000;
    if (!upload || !valid) {
      await rm(part.path, { force: true });
      if (!upload) throw noSuchUpload();
      throw new ServiceError('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
    }
    const before = upload.parts.get(number);
    upload.parts.set(number, part);
    if (before) await rm(before.path, { force: true });
  }

  /** Joins the named parts to the object. */
  async complete(id: string, numbers: readonly number[]): Promise<StoredObject> {
    const upload = this.uploads.get(id);
    if (!upload) throw noSuchUpload();
    const parts = numbers.map((number, index) => {
      const part = upload.parts.get(number);
      if (!part) throw new ServiceError('InvalidPart', 'One or more of the specified parts could not be found.');
      if (index > 0 && number <= (numbers[index - 1] ?? 0)) {
        throw new ServiceError('InvalidPartOrder', 'The list of parts was not in ascending order.');
      }
      return part;
    });
    if (parts.length === 0) throw new ServiceError('MalformedXML', 'The list of parts is empty.');
    async function* content(): AsyncGenerator<Buffer> {
      for (const { path } of parts) for await (const chunk of createReadStream(path)) yield chunk as Buffer;
    }
    const whole = await this.objects.receive(Readable.from(content(), { objectMode: false }), () => undefined);
    // S3's tag of a joined object: the hash of the parts' hashes, and their number.
    const etag = createHash('md5')
      .update(Buffer.from(parts.map((part) => part.etag).join(''), 'hex'))
      .digest('hex');
    const object = await this.objects.adopt(
      upload.bucket,
      upload.key,
      whole.path,
      { size: whole.size, etag: `${etag}-${parts.length}` },
      upload.headers,
    );
    await this.abort(id);
    return object;
  }

  /** Forgets an upload and its parts. */
  async abort(id: string): Promise<void> {
    const upload = this.uploads.get(id);
    if (!upload) throw noSuchUpload();
    this.uploads.delete(id);
    for (const { path } of upload.parts.values()) await rm(path, { force: true });
  }
}

function noSuchUpload(): ServiceError {
  return new ServiceError('NoSuchUpload', 'The specified upload does not exist. Start it again.', 404);
}
