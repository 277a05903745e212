import type { Link } from '../../links';
import { isString, listOf, messageGuard, oneOf, optional, recordOf, shape } from '../../../shared/guards';
import { stateVerbs, type PipelineToHost } from './contract';

const isLink = shape<Link>({
  kind: oneOf('run', 'model', 'endpoint', 'build', 'execution', 'object', 'page'),
  title: isString,
  target: isString,
});

/** Whether a message is one that the page sends. */
export const isPipelineToHost = messageGuard<PipelineToHost>({
  need: { run: isString },
  log: { build: optional(isString) },
  verb: { verb: oneOf(...stateVerbs), stage: optional(isString), run: optional(isString) },
  start: {
    variables: recordOf(isString),
    revisions: listOf(shape({ action: isString, value: isString })),
    token: isString,
  },
  review: { stage: isString, action: isString, run: isString },
  open: { link: isLink },
  older: {},
  declaration: {},
  refresh: {},
});
