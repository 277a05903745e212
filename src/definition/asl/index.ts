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
import { checkStates, ownRules, serviceRule } from './rules';
import { diagnose } from './service';

export const asl: LanguageSupport = {
  language: 'asl',
  rules: [serviceRule, ...ownRules],
  detect: ({ fileName }) => /\.asl\.(json|ya?ml)$/.test(fileName),
  check,
  checkLater: (document) => diagnose(document, serviceRule.id),
};

function check({ tree }: SourceDocument): Finding[] {
  const findings: Finding[] = [];
  if (tree.root?.kind === 'object') checkStates(tree.root, (finding) => findings.push(finding));
  return findings;
}
