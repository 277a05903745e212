import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { packTar, unpackTar } from 'modern-tar/fs';
import { noObject } from '../../../shared/missing-data';
import { parseS3Uri } from '../../domain/arns';
import { isRecord } from '../../wire/validate';
import type { ObjectStore, StoredObject } from '../../domain/objects';

/** An input or output of a job that cannot be had; its message becomes the reason of the failure. */
export class TransferError extends Error {
  override readonly name = 'TransferError';
}

/** Moves data between S3 and a job's folders, as SageMaker does before and after a job. */
export class Transfer {
  constructor(private readonly objects: ObjectStore) {}

  /** Copies all objects under a prefix, or those of a manifest, into a folder. @returns how many. */
  async download(uri: string, folder: string, type = 'S3Prefix'): Promise<number> {
    const objects =
      type === 'ManifestFile' ? await this.manifest(uri) : this.under(uri).map((object) => this.named(uri, object));
    await mkdir(folder, { recursive: true });
    for (const { object, name } of objects) {
      const target = join(folder, name);
      if (relative(folder, target).startsWith('..'))
        throw new TransferError(`The key '${object.key}' leaves its folder.`);
      await this.objects.download(object, target);
    }
    return objects.length;
  }

  /** Puts all files of a folder under a prefix and takes them away. */
  async uploadFolder(folder: string, uri: string): Promise<void> {
    const { bucket, key } = this.target(uri);
    for (const name of await filesBelow(folder)) {
      const path = [key.replace(/\/$/, ''), name.split(sep).join('/')].filter((part) => part !== '').join('/');
      await this.objects.take(bucket, path, join(folder, name));
    }
  }

  /** Copies one object. */
  async copy(from: string, to: string): Promise<void> {
    const object = this.object(from);
    if (!object) throw missing(from);
    const { bucket, key } = this.target(to);
    await this.objects.put(bucket, key, createReadStream(object.path), object.headers);
  }

  /** Packs a folder as `.tar.gz` into an object. */
  async uploadArchive(folder: string, uri: string): Promise<void> {
    const { bucket, key } = this.target(uri);
    const file = this.objects.newFile();
    try {
      await pipeline(packTar(folder), createGzip(), createWriteStream(file));
      await this.objects.take(bucket, key, file);
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
  }

  /** Unpacks the `.tar.gz` object at `uri` into a folder. */
  async unpack(uri: string, folder: string): Promise<void> {
    const object = this.object(uri);
    if (!object) throw missing(uri);
    await mkdir(folder, { recursive: true });
    await pipeline(createReadStream(object.path), createGunzip(), unpackTar(folder));
  }

  /** The object at exactly this URI. */
  object(uri: string): StoredObject | undefined {
    const place = parseS3Uri(uri);
    return place && this.objects.get(place.bucket, place.key);
  }

  /**
   * Where an output goes; refused before a job runs where it could not be written after it. A bucket that is not there is
   * made: what a pipeline writes to is of an account, and a run here is to reach none.
   */
  target(uri: string): { bucket: string; key: string } {
    const place = placeOf(uri);
    this.objects.createBucket(place.bucket);
    return place;
  }

  private under(uri: string): StoredObject[] {
    const { bucket, key } = placeOf(uri);
    const found = this.objects.list(bucket, key).filter((object) => !object.key.endsWith('/'));
    if (found.length === 0) throw missing(uri);
    return found;
  }

  /** A file's name in the folder: what follows the prefix's last whole folder. */
  private named(uri: string, object: StoredObject): { object: StoredObject; name: string } {
    const { key } = placeOf(uri);
    const isFolder = key === '' || key.endsWith('/') || object.key.startsWith(`${key}/`);
    const cut = isFolder ? key.replace(/\/?$/, key === '' ? '' : '/').length : key.lastIndexOf('/') + 1;
    return { object, name: object.key.slice(cut) };
  }

  private async manifest(uri: string): Promise<{ object: StoredObject; name: string }[]> {
    const file = this.object(uri);
    if (!file) throw missing(uri);
    let text = '';
    for await (const chunk of createReadStream(file.path, 'utf8')) text += String(chunk);
    const [head, ...names] = JSON.parse(text) as unknown[];
    const prefix = isRecord(head) && typeof head.prefix === 'string' ? head.prefix : '';
    return names.map((name) => {
      const full = `${prefix}${String(name)}`;
      const object = this.object(full);
      if (!object) throw missing(full);
      return { object, name: String(name) };
    });
  }
}

/** Paths of all files below a folder, and of links to files, relative to it; a link that leads nowhere is left out. */
export async function filesBelow(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const files: string[] = [];
  for (const name of names.toSorted((a, b) => (a < b ? -1 : 1))) {
    const info = await stat(join(folder, name)).catch(() => undefined);
    if (info?.isFile()) files.push(name);
  }
  return files;
}

function missing(uri: string): TransferError {
  return new TransferError(noObject(uri));
}

function placeOf(uri: string): { bucket: string; key: string } {
  const place = parseS3Uri(uri);
  if (!place) throw new TransferError(`'${uri}' is not an S3 URI such as s3://bucket/prefix.`);
  return place;
}
