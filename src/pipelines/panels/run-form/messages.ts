import { isString, messageGuard, optional, oneOf, recordOf } from '../../../shared/guards';
import type { RunFormToHost } from './contract';

/** Whether a message is one that the page sends. */
export const isRunFormToHost = messageGuard<RunFormToHost>({
  run: { environment: isString, displayName: optional(isString), values: recordOf(isString) },
  cancel: {},
  useLocalData: {},
  show: { what: oneOf('definition', 'changes') },
});
