import { isNumber, isString, messageGuard } from '../../../shared/guards';
import type { AuditToHost } from './contract';

/** Whether a message is one that the page sends. */
export const isAuditToHost = messageGuard<AuditToHost>({
  period: { days: isNumber },
  more: {},
  cancel: {},
  refresh: {},
  next: {},
  open: { id: isString },
  record: { id: isString },
  export: {},
});
