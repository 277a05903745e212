/** Keeps secrets out of a log, whatever pieces they come in. */

const cover = '***';

/** Lines shorter than this would cover half of every log. */
const shortest = 3;

/** A log line is cut here. */
const longestLine = 64 * 1024;

/** Turns a stream of output into whole lines without secrets. */
export class MaskedLines {
  private rest = '';
  private secrets: string[] = [];
  private longest = 0;

  constructor(secrets: Iterable<string> = []) {
    this.hide(secrets);
  }

  /** Hides values from now on; of a value with several lines each line. */
  hide(values: Iterable<string>): void {
    const found = new Set(this.secrets);
    for (const value of values) {
      for (const part of [value, ...value.split(/\r?\n/), Buffer.from(value).toString('base64')]) {
        if (part.trim().length >= shortest) found.add(part);
      }
    }
    // The longest first, so that none is left as the rest of another.
    this.secrets = [...found].sort((a, b) => b.length - a.length);
    this.longest = this.secrets[0]?.length ?? 0;
  }

  /** A text without the secrets. */
  mask(text: string): string {
    return this.secrets.reduce((masked, secret) => masked.replaceAll(secret, cover), text);
  }

  /** Takes a piece of output. @returns the lines that it completes */
  feed(text: string): string[] {
    this.rest += text;
    // A lone carriage return is how progress bars write over themselves: each state is a line.
    const lines = this.rest.split(/\r?\n|\r(?!$)/);
    this.rest = lines.pop() ?? '';
    const masked = lines.flatMap((line) => cut(this.mask(line)));
    while (this.rest.length > longestLine + this.longest) {
      // What may be the beginning of a secret is kept until the rest of it has come.
      const whole = this.mask(this.rest);
      const end = Math.max(1, Math.min(longestLine, whole.length - this.longest));
      masked.push(whole.slice(0, end));
      this.rest = whole.slice(end);
    }
    return masked;
  }

  /** @returns the last line, where it has no end */
  end(): string[] {
    const last = this.rest;
    this.rest = '';
    return last === '' ? [] : cut(this.mask(last));
  }
}

function cut(line: string): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < line.length || at === 0; at += longestLine) pieces.push(line.slice(at, at + longestLine));
  return pieces;
}
