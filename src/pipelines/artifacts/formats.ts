/** What a file of a run is, by its name and its first bytes: how it can be looked at. Pure. */

/** How a file is shown: as text, as a picture, as a table, as a list of what is in it, or not at all. */
export type Format = 'text' | 'image' | 'parquet' | 'archive' | 'opaque';

const formats: readonly [Format, RegExp][] = [
  ['archive', /\.(?:tar\.gz|tgz|tar|zip)$/i],
  ['image', /\.(?:png|jpe?g|gif|webp|bmp|ico)$/i],
  ['parquet', /\.(?:parquet|pq)$/i],
  ['opaque', /\.(?:gz|bz2|xz|zst|7z|pkl|pickle|joblib|bin|npy|npz|pt|pth|h5|hdf5|onnx|pb|so|whl)$/i],
];

/** The format that a file's name tells. */
export function formatOf(name: string): Format {
  return formats.find(([, pattern]) => pattern.test(name))?.[0] ?? 'text';
}

/** How far a file is looked at to tell whether it is text. */
const looked = 8192;

/** Whether bytes are no text: they have a zero, as git tells it too. */
export function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, looked).includes(0);
}
