import type { PipelineDeclaration } from '@aws-sdk/client-codepipeline';
import { ServiceError } from '../../wire/errors';

/** How many findings the answer tells. */
const shown = 3;

/**
 * Checks a declaration as the service does when a pipeline is created or updated.
 * @throws {ServiceError} `InvalidStructureException`, `InvalidActionDeclarationException`
 */
export async function checkDeclaration(pipeline: PipelineDeclaration): Promise<void> {
  const { validate } = await import('../../../definition/definition.bundle');
  const errors = validate(JSON.stringify({ pipeline }), { language: 'codepipeline' }).filter(
    ({ severity }) => severity === 'error',
  );
  if (errors.length === 0) return;
  const messages = errors.slice(0, shown).map(({ message, pointer }) => `${pointer}: ${message}`);
  const more = errors.length > shown ? ` (and ${errors.length - shown} more)` : '';
  const isOfAction = errors.every(({ pointer }) => /\/actions\/\d+\/configuration/.test(pointer));
  throw new ServiceError(
    isOfAction ? 'InvalidActionDeclarationException' : 'InvalidStructureException',
    `${messages.join(' ')}${more}`,
  );
}
