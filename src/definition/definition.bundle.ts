/** The definition languages for the extension host, which loads them on first use. */
export { buildGraph, detectLanguage, validate, validateFully } from './index';
