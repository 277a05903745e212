import { isString, messageGuard, optional } from '../../../shared/guards';
import type { PreviewToHost } from './contract';

/** Whether a message is one that the page sends. */
export const isPreviewToHost = messageGuard<PreviewToHost>({
  select: { step: optional(isString) },
  reveal: { step: isString },
  showProblems: {},
  run: {},
});
