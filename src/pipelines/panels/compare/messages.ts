import { isString, messageGuard, oneOf } from '../../../shared/guards';
import type { CompareToHost } from './contract';

/** Whether a message is one that the page sends. */
export const isCompareToHost = messageGuard<CompareToHost>({
  baseline: { id: isString },
  remove: { id: isString },
  open: { link: isString },
  show: { what: oneOf('definition', 'commit', 'files'), id: isString, row: isString },
  again: { id: isString },
  reproduce: { id: isString },
  copy: { text: isString },
  refresh: {},
});
