import { isString, messageGuard, oneOf, optional, recordOf } from '../../../shared/guards';
import type { DeploymentToHost } from './contract';

/** Whether a message is one that the page sends. */
export const isDeploymentToHost = messageGuard<DeploymentToHost>({
  draft: { environment: isString, draft: recordOf(isString) },
  deploy: {},
  dryRun: { body: optional(isString), contentType: optional(isString) },
  copy: { format: oneOf('json', 'cli', 'cloudformation') },
  transform: {},
  repack: {},
  cancel: {},
});
