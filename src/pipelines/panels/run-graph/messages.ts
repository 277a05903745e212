import { isBoolean, isString, messageGuard, oneOf, optional } from '../../../shared/guards';
import type { RunGraphToHost } from './contract';

/** Whether a message is one that the page sends. */
export const isRunGraphToHost = messageGuard<RunGraphToHost>({
  select: { step: optional(isString) },
  follow: { step: optional(isString) },
  reveal: { step: isString },
  open: { link: isString },
  openLog: { step: isString },
  answer: { step: isString, how: oneOf('succeed', 'fail') },
  stop: {},
  retry: {},
  useLocalData: { step: isString },
  refresh: {},
  openMetrics: {},
  timeline: { open: isBoolean },
  export: { name: isString, content: isString },
  repeat: { how: oneOf('again', 'reproduce', 'compare') },
});
