import { isString, messageGuard } from '../../../shared/guards';
import type { VersionToHost } from './contract';

/** Whether a message is one that the page sends. */
export const isVersionToHost = messageGuard<VersionToHost>({
  decide: { approval: isString, comment: isString },
  open: { link: isString },
  compare: {},
  deploy: {},
  transform: {},
  against: { arn: isString },
  exportCard: {},
  saveCard: { content: isString, before: isString },
  refresh: {},
});
