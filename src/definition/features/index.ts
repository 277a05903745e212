/**
 * Editing features: pure functions from a document (and a place in it) to what an editor shows. Nothing here knows
 * the language server protocol; `server/` turns the results into it.
 *
 *   results.ts    what features answer with
 *   support.ts    what a language offers
 *   entities.ts   named things: definition, references, highlights, rename
 *   outline.ts    symbols, folding and selection ranges of any tree
 *   sagemaker/    pipeline definitions
 */
import type { Language } from '../language';
import { sagemakerFeatures } from './sagemaker';
import type { LanguageFeatures } from './support';

const all: readonly LanguageFeatures[] = [sagemakerFeatures];

/** The editing features of a language. */
export function featuresOf(language: Language): LanguageFeatures | undefined {
  return all.find((features) => features.language === language);
}
