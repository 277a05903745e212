import { either, isBoolean, isString, messageGuard, optional, oneOf } from '../../../../shared/guards';
import type { FlowToHost } from './contract';

/** Whether a message is one that the page sends. */
export const isFlowToHost = messageGuard<FlowToHost>({
  change: { id: isString, value: either(isString, isBoolean) },
  submit: { reason: optional(isString) },
  showPlan: {},
  act: { check: isString, action: isString },
  openFile: { path: isString },
  proceed: { how: oneOf('resume', 'undo', 'leave') },
  cancel: {},
});
