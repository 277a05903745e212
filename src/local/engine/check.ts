import { type Definition, parseDefinition, unparsable } from './definition';

/** How many findings the answer tells. */
const shown = 3;

/**
 * Checks a definition as the service does when a pipeline is created.
 * @throws {ServiceError} `ValidationException` that begins with "Unable to parse pipeline definition."
 */
export async function checkDefinition(text: string): Promise<Definition> {
  const { validate } = await import('../../definition/definition.bundle');
  const errors = validate(text, { language: 'sagemaker' }).filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    const messages = errors
      .slice(0, shown)
      .map(({ message, pointer }) => (pointer === '' ? message : `${pointer}: ${message}`));
    const more = errors.length > shown ? ` (and ${errors.length - shown} more)` : '';
    throw unparsable(`${messages.join(' ')}${more}`);
  }
  return parseDefinition(text);
}
