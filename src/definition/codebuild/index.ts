/**
 * Buildspecs of CodeBuild: `buildspec.yml` and its kin.
 *
 *   shapes.ts   members, kinds and words as data
 *   rules.ts    the catalogue and what shapes cannot say
 *   commands.ts what commands do that nobody may expect
 *   runtimes.ts the runtimes of the images
 */
import type { SourceDocument } from '../document';
import type { Finding } from '../finding';
import type { LanguageSupport } from '../language';
import { checkShape } from '../shape/check';
import { commonRules, judged, shapeRules } from '../shape/rules';
import type { Node } from '../tree';
import { checkOwn, commonExamples, ownRules } from './rules';
import { checkRuntimes } from './runtimes';
import { buildspec as shape } from './shapes';

export const buildspec = {
  language: 'buildspec',
  rules: [...commonRules('cb', 'a buildspec', commonExamples), ...ownRules],
  detect: ({ fileName, tree }: SourceDocument) =>
    /buildspec[\w.-]*\.ya?ml$/.test(fileName) &&
    (tree.root === undefined || (tree.root.kind === 'object' && !isOfAmplify(tree.root))),
  check,
} satisfies LanguageSupport;

/** True for a build specification of Amplify, which often has the same name. */
function isOfAmplify(root: Node): boolean {
  return !root.get('phases') && ['frontend', 'backend', 'applications'].some((name) => root.get(name) !== undefined);
}

/** @param image the image that the project of the buildspec runs in, where that is known */
function check(document: SourceDocument, image?: string): Finding[] {
  const { tree } = document;
  const { root } = tree;
  return judged(document, 'cb', (report) => {
    if (root?.kind !== 'object') return;
    checkShape(root, shape, { rules: shapeRules('cb'), report });
    checkOwn(root, report);
    const versions = root.get('phases')?.get('install')?.get('runtime-versions');
    checkRuntimes(versions, { image, source: (node) => tree.source(node) }, report);
  });
}
