import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** A checksum that is fed piece by piece. */
export interface Checksum {
  update(chunk: Buffer): void;
  /** Base64, as it stands in the header. */
  digest(): string;
}

/** A checksum by the name at the end of its header: `x-amz-checksum-crc32`. Undefined for an unknown one. */
export function createChecksum(name: string): Checksum | undefined {
  switch (name) {
    case 'crc32':
      return new Crc32();
    case 'crc32c':
      return new Crc32c();
    case 'crc64nvme':
      return new Crc64();
    case 'sha1':
    case 'sha256':
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

  digest(): string {
    return this.hash.digest('base64');
  }
}

class Crc32 implements Checksum {
  private value = 0;

  update(chunk: Buffer): void {
    this.value = crc32(chunk, this.value);
  }

  digest(): string {
    return bytes32(this.value);
  }
}

/** Castagnoli's polynomial, reflected. */
const table32c = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

class Crc32c implements Checksum {
  private value = 0xffffffff;

  update(chunk: Buffer): void {
    let { value } = this;
    for (const byte of chunk) value = (table32c[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
    this.value = value;
  }

  digest(): string {
    return bytes32((this.value ^ 0xffffffff) >>> 0);
  }
}

/** The polynomial of NVM Express, reflected, as two halves of 32 bits: big integers are far slower. */
const [high64, low64] = [0x9a6c9329, 0xac4bc9b5];
const table64 = Array.from({ length: 256 }, (_, byte) => {
  let [high, low] = [0, byte];
  for (let bit = 0; bit < 8; bit++) {
    const odd = low & 1;
    low = ((low >>> 1) | (high << 31)) >>> 0;
    high >>>= 1;
    if (odd) [high, low] = [(high ^ high64) >>> 0, (low ^ low64) >>> 0];
  }
  return { high, low };
});

class Crc64 implements Checksum {
  private high = 0xffffffff;
  private low = 0xffffffff;

  update(chunk: Buffer): void {
    let { high, low } = this;
    for (const byte of chunk) {
      const entry = table64[(low ^ byte) & 0xff];
      low = (((low >>> 8) | (high << 24)) ^ (entry?.low ?? 0)) >>> 0;
      high = ((high >>> 8) ^ (entry?.high ?? 0)) >>> 0;
    }
    [this.high, this.low] = [high, low];
  }

  digest(): string {
    const buffer = Buffer.alloc(8);
    buffer.writeUInt32BE((this.high ^ 0xffffffff) >>> 0, 0);
    buffer.writeUInt32BE((this.low ^ 0xffffffff) >>> 0, 4);
    return buffer.toString('base64');
  }
}

function bytes32(value: number): string {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer.toString('base64');
}
