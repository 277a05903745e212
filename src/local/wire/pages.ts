import { createHash } from 'node:crypto';
import { invalid } from './errors';

/** Where the next page of a listing begins: after the row with this sort value and key. */
export interface Position {
  value: string | number;
  key: string | number;
}

/**
 * Makes an opaque token for the page after `position`. It is bound to the question that it was given for, so
 * that a token of one listing is refused by another.
 */
export function pageToken(question: unknown, position: Position): string {
  return Buffer.from(JSON.stringify([digest(question), position.value, position.key])).toString('base64url');
}

/** Reads a token back. @throws {ServiceError} `ValidationException` for one that was not given for `question`. */
export function readPageToken(question: unknown, token: string | undefined): Position | undefined {
  if (token === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (Array.isArray(parsed) && parsed.length === 3) {
      const [bound, value, key] = parsed as unknown[];
      if (bound === digest(question) && isPlace(value) && isPlace(key)) return { value, key };
    }
  } catch {
    // Not a token of ours: said below.
  }
  throw invalid('Invalid pagination token. Take NextToken from the answer to the same request, unchanged.');
}

function isPlace(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function digest(question: unknown): string {
  return createHash('sha256').update(JSON.stringify(question)).digest('base64url').slice(0, 12);
}
