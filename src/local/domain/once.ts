import { sha256 } from '../wire/signature';
import { conflict } from '../wire/errors';
import { decode, encode } from '../store/json';
import { part } from '../store/part';
import type { Store } from '../store/store';

/** Days that an answer is kept for a repeated request. */
const keptDays = 1;

/**
 * Does `work` once for a client's token: the same request again gets the same answer.
 * @throws {ServiceError} `ConflictException` when the token comes with another request.
 */
export function once<T extends object>(
  store: Store,
  operation: string,
  input: { ClientRequestToken?: string | undefined },
  work: () => T,
): T {
  const { ClientRequestToken: token, ...rest } = input;
  if (token === undefined) return store.transaction(work);
  const request = sha256(encode(rest));
  return store.transaction(() => {
    const database = answers(store);
    const before = database.get<{ request: string; answer: string }>(
      'SELECT request, answer FROM answers WHERE operation = ? AND token = ?',
      operation,
      token,
    );
    if (before && before.request !== request) {
      throw conflict('The ClientRequestToken was used before for a request with other parameters. Use a new token.');
    }
    if (before) return decode<T>(before.answer);
    const answer = work();
    database.run(
      'INSERT INTO answers (operation, token, request, answer, created) VALUES (?, ?, ?, ?, ?)',
      operation,
      token,
      request,
      encode(answer),
      Date.now(),
    );
    return answer;
  });
}

/** Whether a request with this client's token was answered before. */
export function isAnswered(store: Store, operation: string, token: string | undefined): boolean {
  if (token === undefined) return false;
  const found = answers(store).get('SELECT 1 FROM answers WHERE operation = ? AND token = ?', operation, token);
  return found !== undefined;
}

/** Forgets answers that no client asks for again. */
export function forgetOldAnswers(store: Store): void {
  answers(store).run('DELETE FROM answers WHERE created < ?', Date.now() - keptDays * 86_400_000);
}

const table = `CREATE TABLE IF NOT EXISTS answers (
  operation TEXT NOT NULL, token TEXT NOT NULL, request TEXT NOT NULL, answer TEXT NOT NULL, created REAL NOT NULL,
  PRIMARY KEY (operation, token)
) STRICT`;

/** The answers kept for repeated requests. */
export const answers = part({ name: 'answers', migrations: [table] }, ({ database }) => database);
