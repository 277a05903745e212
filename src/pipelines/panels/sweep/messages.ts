import {
  either,
  isNumber,
  isString,
  listOf,
  messageGuard,
  oneOf,
  optional,
  recordOf,
  shape,
} from '../../../shared/guards';
import type { Method, Varied } from '../../../shared/sweep';
import type { SweepRequest, SweepToHost } from './contract';

/** Whether a message is one that the page sends. */
export const isSweepToHost = messageGuard<SweepToHost>({
  start: {
    request: shape<SweepRequest>({
      name: isString,
      values: recordOf(isString),
      varied: listOf(
        shape<Varied>({
          name: isString,
          type: oneOf('String', 'Integer', 'Float', 'Boolean'),
          text: isString,
          allowed: optional(listOf(isString)),
        }),
      ),
      method: either(
        shape<Extract<Method, { kind: 'grid' }>>({ kind: oneOf('grid') }),
        shape<Extract<Method, { kind: 'random' }>>({ kind: oneOf('random'), runs: isNumber, seed: isNumber }),
      ),
      atATime: isNumber,
    }),
  },
  cancel: {},
  resume: {},
  another: {},
  open: { run: isString },
  openMetrics: {},
});
