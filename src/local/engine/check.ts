import { type Definition, parseDefinition } from './definition';

/**
 * Checks a definition as the service does when a pipeline is created.
 * @throws {ServiceError} `ValidationException` that begins with "Unable to parse pipeline definition."
 */
export function checkDefinition(text: string): Definition {
  return parseDefinition(text);
}
