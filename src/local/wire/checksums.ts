import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc';

/** A checksum that is fed piece by piece. */
export interface Checksum {
  update(chunk: Buffer): void;
  digest(): Promise<Uint8Array>;
}

/** A checksum by the name at the end of its header: `x-amz-checksum-crc32`. Undefined for an unknown one. */
export function createChecksum(name: string): Checksum | undefined {
  switch (name) {
    case 'crc32':
      return new Crc32();
    case 'crc32c':
      return new Crc32c();
    case 'crc64nvme':
      return new Crc64Nvme();
    case 'sha1':
    case 'sha256':
    case 'sha512':
    case 'md5':
      return new HashChecksum(createHash(name));
    default:
      return undefined;
  }
}

class HashChecksum implements Checksum {
  constructor(private readonly hash: Hash) {}

  update(chunk: Buffer): void {
    this.hash.update(chunk);
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }
}

class Crc32 implements Checksum {
  private value = 0;

  update(chunk: Buffer): void {
    this.value = crc32(chunk, this.value);
  }

  async digest(): Promise<Uint8Array> {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(this.value);
    return bytes;
  }
}
