/** Options of a command, read with Node's own parser; wrong usage is one sentence. */
import { parseArgs, type ParseArgsConfig } from 'node:util';

/** Wrong usage: the message says what is wrong; the exit code is 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

type Parsed<T extends NonNullable<ParseArgsConfig['options']>> = ReturnType<
  typeof parseArgs<{ options: T; allowPositionals: true; strict: true }>
>;

/** Reads options and positionals. Throws a {@link UsageError} at an option that the command does not have. */
export function readOptions<T extends NonNullable<ParseArgsConfig['options']>>(args: string[], options: T): Parsed<T> {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    const message = error instanceof Error ? error.message.split('. To specify')[0] : String(error);
    throw new UsageError(`${message}${message?.endsWith('.') ? '' : '.'}`);
  }
}

/** `value` where it is one of `choices`; throws a {@link UsageError} that names them where it is not. */
export function choose<T extends string>(option: string, value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new UsageError(`--${option} is one of ${choices.join(', ')}, not '${value}'.`);
  return found;
}

/** The fields of `--set FIELD=VALUE`. @throws UsageError where a word is none, or there is no such field */
export function fieldsOf<F extends string>(words: readonly string[], fields: readonly F[]): Partial<Record<F, string>> {
  const found = words.map((word): [string, string] => {
    const at = word.indexOf('=');
    const name = fields.find((field) => field === word.slice(0, at));
    if (at <= 0 || !name) throw new UsageError(`--set takes FIELD=VALUE, not '${word}'. Fields: ${fields.join(', ')}.`);
    return [name, word.slice(at + 1)];
  });
  return Object.fromEntries(found) as Partial<Record<F, string>>;
}
