import { isNumber, isString, messageGuard, oneOf, recordOf } from '../../../shared/guards';
import type { TransformToHost } from './contract';

/** Whether a message is one that the page sends. */
export const isTransformToHost = messageGuard<TransformToHost>({
  draft: { draft: recordOf(isString) },
  record: { number: isNumber },
  dryRun: {},
  start: {},
  copy: { format: oneOf('json', 'cli') },
  cancel: {},
  openJob: { name: isString },
  stop: {},
  file: { name: isString },
  open: { link: isString },
  refresh: {},
});
