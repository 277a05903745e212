import { isString, listOf, messageGuard, oneOf } from '../../../shared/guards';
import { isLayout, type MetricsToHost } from './contract';

/** Whether a message is one that the page sends. */
export const isMetricsToHost = messageGuard<MetricsToHost>({
  need: { runs: listOf(isString) },
  needPictures: { runs: listOf(isString) },
  openRun: { run: isString },
  compare: { runs: listOf(isString) },
  look: { runs: listOf(isString) },
  mark: { run: isString, what: oneOf('star', 'archived', 'note', 'tags') },
  saveView: { filter: isString, layout: isLayout },
  dropView: { name: isString },
  export: { name: isString, text: isString },
  layout: { layout: isLayout },
  refresh: {},
  startRun: {},
});
