/** The definition languages for the extension host and the command line, which load them on first use. */
export { buildGraph, detectLanguage, rules, validate, validateFully } from './index';
