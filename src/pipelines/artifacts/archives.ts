/** What is in an archive: `tar.gz`, `tar`, `zip`. */
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { unzipSync } from 'fflate';
import { unpackTar } from 'modern-tar';

/** A file in an archive; `size` is in bytes. */
export interface Entry {
  name: string;
  size: number;
}

/**
 * The files of an archive in its order, and the bytes of one where its name is `wanted`.
 * @param name the archive's own, whose ending says what it is
 * @throws where it is not what its name says
 */
export async function readArchive(
  name: string,
  bytes: Uint8Array,
  wanted?: string,
): Promise<{ entries: Entry[]; content?: Uint8Array }> {
  return /\.zip$/i.test(name) ? readZip(bytes, wanted) : readTar(bytes, /gz$/i.test(name), wanted);
}

function readZip(bytes: Uint8Array, wanted: string | undefined): { entries: Entry[]; content?: Uint8Array } {
  const entries: Entry[] = [];
  const found = unzipSync(bytes, {
    filter: ({ name, originalSize }) => {
      if (!name.endsWith('/')) entries.push({ name, size: originalSize });
      return name === wanted;
    },
  });
  const content = wanted === undefined ? undefined : found[wanted];
  return { entries, ...(content ? { content } : {}) };
}

async function readTar(
  bytes: Uint8Array,
  isZipped: boolean,
  wanted: string | undefined,
): Promise<{ entries: Entry[]; content?: Uint8Array }> {
  const raw = Readable.from([bytes]);
  const plain = Readable.toWeb(isZipped ? raw.pipe(createGunzip()) : raw) as ReadableStream<Uint8Array>;
  const entries: Entry[] = [];
  const found = await unpackTar(plain, {
    filter({ name, size, type }) {
      if (type !== 'directory') entries.push({ name: plainName(name), size });
      return plainName(name) === wanted && type !== 'directory';
    },
  });
  const content = found.at(-1)?.data;
  return { entries, ...(content ? { content } : {}) };
}

function plainName(name: string): string {
  return name.replace(/^\.\//, '');
}
