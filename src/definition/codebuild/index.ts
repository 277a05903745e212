/**
 * Buildspecs of CodeBuild: `buildspec.yml` and its kin.
 *
 *   shapes.ts   members, kinds and words as data
 *   rules.ts    the catalogue and what shapes cannot say
 *   commands.ts what commands do that nobody may expect
 */
import type { SourceDocument } from '../document';
import type { Finding } from '../finding';
import type { LanguageSupport } from '../language';
import { checkShape } from '../shape/check';
import { commonRules, judged, shapeRules } from '../shape/rules';
import { checkOwn, commonExamples, ownRules } from './rules';
import { buildspec as shape } from './shapes';

export const buildspec: LanguageSupport = {
  language: 'buildspec',
  rules: [...commonRules('cb', 'a buildspec', commonExamples), ...ownRules],
  detect: ({ fileName, tree }) =>
    /buildspec[\w.-]*\.ya?ml$/.test(fileName) && (tree.root === undefined || tree.root.kind === 'object'),
  check,
};

function check(document: SourceDocument): Finding[] {
  const { root } = document.tree;
  return judged(document, 'cb', (report) => {
    if (root?.kind !== 'object') return;
    checkShape(root, shape, { rules: shapeRules('cb'), report });
    checkOwn(root, report);
  });
}
