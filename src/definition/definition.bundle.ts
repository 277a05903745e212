/** The definition languages for the extension host and the command line, which load them on first use. */
export { buildGraph, detectLanguage, judge, rules, validate, validateFully } from './index';
export { buildGraph as graphOf } from './graph/build';
export { readRunnable } from './sagemaker/runnable';
export { deliveriesIn } from './embedded/deliveries';
