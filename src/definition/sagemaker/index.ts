/**
 * SageMaker pipeline definitions (Version 2020-12-01).
 *
 *   vocabulary.ts shapes.ts   what the language and the services know: words by hand, shapes from generated tables
 *   model.ts reference.ts     parameters, steps, functions, references, tied to their nodes
 *   properties.ts cycles.ts   where references lead, and which steps wait for each other
 *   rules/                    the catalogue and the checks, a file a subject
 *   check.ts session.ts       all checks of a text; and of a text that is being edited
 */
import type { SourceDocument } from '../document';
import type { LanguageSupport } from '../language';
import { checkPipeline } from './check';
import { isPipeline } from './model';
import { rules } from './rules';
import type { Node, Tree } from '../tree';
import { topLevelMembers } from './vocabulary';

/** The key in a definition's Metadata that turns rules off for the file: their ids (with or without `sm/`), separated by commas or spaces. */
export const ignoreKey = 'mlops-flow-ignore';

export const sagemaker = {
  language: 'sagemaker',
  rules,
  detect,
  check: (document: SourceDocument) => checkPipeline(document.tree),
  ignored: (document: SourceDocument) => ignoredIn(document.tree),
} as const satisfies LanguageSupport;

/** The rules that a definition's Metadata turns off. */
function ignoredIn(tree: Tree): readonly string[] {
  const value = tree.root?.at('Metadata', ignoreKey)?.text;
  return value === undefined ? [] : value.split(/[\s,]+/).filter((id) => id !== '');
}

/**
 * By name (`*.pipeline.json`) where the text is no other JSON for certain, else by content: an object with Steps and
 * a Version or steps that look like steps.
 */
function detect(document: SourceDocument): boolean {
  if (document.syntax !== 'json') return false;
  if (document.fileName.endsWith('.pipeline.json')) {
    const { root } = document.tree;
    return root?.kind !== 'object' ? root === undefined : isEmpty(root) || isPipeline(root);
  }
  return /"(Steps|Version)"/.test(document.text) && isPipeline(document.tree.root);
}

function isEmpty(root: Node): boolean {
  return root.members.every(({ key }) => topLevelMembers.includes(String(key)));
}
