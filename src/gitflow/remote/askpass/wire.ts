/** What the program that git starts and its server say to each other: one line of JSON each way. */
import { isString, optional, shape } from '../../../shared/guards';

/** The variables of the environment by which the program finds its server. */
export const variables = {
  node: 'MLOPS_FLOW_ASKPASS_NODE',
  program: 'MLOPS_FLOW_ASKPASS_PROGRAM',
  address: 'MLOPS_FLOW_ASKPASS_ADDRESS',
  token: 'MLOPS_FLOW_ASKPASS_TOKEN',
} as const;

export interface Asked {
  token: string;
  prompt: string;
  /** The process that asks: the same one asks again where the answer was wrong. */
  asker: string;
}

export interface Answered {
  /** Absent: there is none. */
  answer?: string | undefined;
}

export const isAsked = shape<Asked>({ token: isString, prompt: isString, asker: isString });
export const isAnswered = shape<Answered>({ answer: optional(isString) });

/** Longer lines are none of ours, in characters. */
export const longestLine = 65_536;
