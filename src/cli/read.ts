/** Reads the texts that a command is given. */
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';

/** A file that cannot be read as a text: the message names it and says why. */
export class UnreadableError extends Error {
  override name = 'UnreadableError';

  constructor(file: string, reason: string, options?: ErrorOptions) {
    super(`${file}: cannot be read (${reason}).`, options);
  }
}

const reasons: ReadonlyMap<unknown, string> = new Map([
  ['EACCES', 'permission denied'],
  ['EISDIR', 'it is a folder'],
  ['ENOENT', 'there is no such file'],
]);

/**
 * The text of a file, or of standard input where the name is `-`; without a byte order mark. What is not UTF-8 in it
 * becomes U+FFFD. Throws an {@link UnreadableError} where it cannot be read or is UTF-16.
 */
export async function readText(name: string): Promise<string> {
  const bytes = await (name === '-' ? buffer(process.stdin) : readFile(name)).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    throw new UnreadableError(name, reasons.get(code) ?? String(error), { cause: error });
  });
  // Such a text begins with its mark, or with a character that has an empty byte beside it.
  const start = bytes.subarray(0, 2).toString('hex');
  if (/^(fffe|feff|00|..00)/.test(start)) throw new UnreadableError(name, 'it is UTF-16, or no text; save it as UTF-8');
  return new TextDecoder().decode(bytes);
}
