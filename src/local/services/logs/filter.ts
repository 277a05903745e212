import { ServiceError } from '../../wire/errors';

/**
 * The filter patterns of CloudWatch Logs for plain text: all terms must be there, one of the `?terms`, none
 * of the `-terms`; quotes hold a phrase together; `%…%` is a regular expression.
 * @throws {ServiceError} `InvalidParameterException` for patterns on JSON or on columns.
 */
export function filterPattern(pattern: string): (message: string) => boolean {
  const text = pattern.trim();
  if (/^[{[]/.test(text)) {
    throw new ServiceError(
      'InvalidParameterException',
      'Local filters logs by terms and phrases, not by JSON or column patterns.',
    );
  }
  const needed: Test[] = [];
  const optional: Test[] = [];
  const refused: Test[] = [];
  for (const match of text.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|%([^%]+)%|(\S+))/g)) {
    const [, mark, phrase, expression, word] = match;
    const list = mark === '?' ? optional : mark === '-' ? refused : needed;
    list.push(test(phrase?.replaceAll(/\\(.)/g, '$1') ?? word, expression));
  }
  return (message) =>
    needed.every((holds) => holds(message)) &&
    !refused.some((holds) => holds(message)) &&
    (optional.length === 0 || optional.some((holds) => holds(message)));
}

type Test = (message: string) => boolean;

function test(phrase: string | undefined, expression: string | undefined): Test {
  if (phrase !== undefined) return (message) => message.includes(phrase);
  try {
    const regex = new RegExp(expression ?? '');
    return (message) => regex.test(message);
  } catch {
    throw new ServiceError('InvalidParameterException', `Invalid filter pattern: ${expression ?? ''}`);
  }
}
