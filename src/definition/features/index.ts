/**
 * Editing features: pure functions from a document (and a place in it) to what an editor shows. Nothing here knows
 * the language server protocol; `server/` turns the results into it.
 *
 *   results.ts    what features answer with
 *   support.ts    what a language offers
 *   entities.ts   named things: definition, references, highlights, rename
 *   account.ts    where values of the AWS account belong
 *   tokens.ts     semantic tokens of the names that are declared
 *   outline.ts    symbols, folding and selection ranges of any tree
 *   cursor.ts     what stands at the cursor
 *   shapes.ts     completion and hover from shapes that are data
 *   sagemaker/    pipeline definitions
 *   codepipeline.ts specs.ts asl/   the other languages
 *   embedded.ts terraform.ts endpoints.ts   templates: what they hold, the words of Terraform, endpoints
 *   inner.ts      a definition inside a string of a template
 */
import type { Language } from '../language';
import { aslFeatures } from './asl';
import { codepipelineFeatures } from './codepipeline';
import { cloudformationFeatures } from './embedded';
import { sagemakerFeatures } from './sagemaker';
import { appspecFeatures, buildspecFeatures } from './specs';
import type { LanguageFeatures } from './support';

const all: readonly LanguageFeatures[] = [
  sagemakerFeatures,
  codepipelineFeatures,
  buildspecFeatures,
  appspecFeatures,
  aslFeatures,
  cloudformationFeatures,
];

/** The editing features of a language. */
export function featuresOf(language: Language): LanguageFeatures | undefined {
  return all.find((features) => features.language === language);
}
