/**
 * SageMaker pipeline definitions (Version 2020-12-01).
 *
 *   model.ts reference.ts   parameters, steps, functions, references, tied to their nodes
 *   rules/                  the catalogue and the checks, a file a subject
 */
import type { SourceDocument } from '../document';
import type { LanguageSupport } from '../language';
import { checkPipeline } from './check';
import { isPipeline } from './model';
import { rules } from './rules';

/** The key in a definition's Metadata that turns rules off for the file: their ids (with or without `sm/`), separated by commas or spaces. */
export const ignoreKey = 'mlops-flow-ignore';

export const sagemaker: LanguageSupport = {
  language: 'sagemaker',
  rules,
  detect,
  check: (document) => checkPipeline(document.tree),
  ignored: (document) => {
    const value = document.tree.root?.at('Metadata', ignoreKey)?.text;
    return value === undefined ? [] : value.split(/[\s,]+/).filter((id) => id !== '');
  },
};

function detect(document: SourceDocument): boolean {
  if (document.fileName.endsWith('.pipeline.json')) return true;
  if (document.syntax !== 'json' || !/"(Steps|Version)"/.test(document.text)) return false;
  return isPipeline(document.tree.root);
}
