/** Files as requests: their content types, and what a file of NumPy says of itself. Pure. */

const types: Readonly<Record<string, string>> = {
  npy: 'application/x-npy',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  bmp: 'image/bmp',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  csv: 'text/csv',
  txt: 'text/plain',
  json: 'application/json',
  jsonl: 'application/jsonlines',
  parquet: 'application/x-parquet',
  libsvm: 'text/x-libsvm',
  wav: 'audio/wav',
};

/** The content type of a file by the end of its name. */
export function typeOfFile(name: string): string {
  return types[/\.(\w+)$/.exec(name.toLowerCase())?.[1] ?? ''] ?? 'application/octet-stream';
}

/** True where a browser shows it as an image. */
export function isImage(type: string): boolean {
  return /^image\/(png|jpeg|gif|webp|bmp)$/.test(type);
}

const kinds: Readonly<Record<string, string>> = { f: 'float', i: 'int', u: 'uint', c: 'complex', b: 'bool', U: 'text' };

/**
 * What a file of NumPy holds: `float32, 10 × 4`.
 *
 * @returns undefined where it is none, or its header is cut off
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function describeNpy(bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || Buffer.from(bytes.subarray(0, 6)).toString('latin1') !== '\u0093NUMPY') return undefined;
  const [start, length] = bytes[6] === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  const header = Buffer.from(bytes.subarray(start, start + length)).toString('latin1');
  const [, kind = '', size = ''] = /'descr':\s*'[<>|=]?([a-zA-Z])(\d+)'/.exec(header) ?? [];
  const [, shape] = /'shape':\s*\(([^)]*)\)/.exec(header) ?? [];
  if (shape === undefined) return undefined;
  const sizes = shape.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
  const bits = kind === 'b' || kind === 'U' ? '' : String(Number(size) * 8);
  const word = kinds[kind] === undefined ? 'values' : `${kinds[kind]}${bits}`;
  return `${word}, ${sizes.length === 0 ? 'one value' : sizes.join(' × ')}`;
}
