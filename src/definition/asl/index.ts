/**
 * State machines in the Amazon States Language: `*.asl.json`, `*.asl.yaml`. Most is done by the
 * amazon-states-language-service library; what it lacks is the integrations with SageMaker.
 *
 *   rules.ts                       the catalogue and the checks of the integrations
 *   service.ts asl-service.bundle  the library, loaded on first use
 */
import type { SourceDocument } from '../document';
import type { Finding } from '../finding';
import type { LanguageSupport } from '../language';
import { judged } from '../shape/rules';
import { checkStates, ownRules, serviceRule } from './rules';
import { diagnose } from './service';

export const asl: LanguageSupport = {
  language: 'asl',
  rules: [serviceRule, ...ownRules],
  detect: ({ fileName }) => /\.asl\.(json|ya?ml)$/.test(fileName),
  check,
  checkLater: (document) => diagnose(document, serviceRule.id),
};

function check(document: SourceDocument): Finding[] {
  const { root } = document.tree;
  return judged(document, 'asl', (report) => {
    if (root?.kind === 'object') checkStates(root, report);
  });
}
