import { isBoolean, isString, messageGuard } from '../../../shared/guards';
import type { ApprovalsToHost } from './contract';

/** Whether a message is one that the page sends. */
export const isApprovalsToHost = messageGuard<ApprovalsToHost>({
  decide: { key: isString, approve: isBoolean, comment: isString },
  compare: { key: isString },
  openPipeline: { key: isString },
  openModel: { key: isString, arn: isString },
  openLink: { key: isString },
  refresh: {},
});
