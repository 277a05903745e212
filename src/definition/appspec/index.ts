/**
 * Appspecs of CodeDeploy: `appspec.yml` for servers, `appspec.yaml` or `.json` for ECS and Lambda.
 *
 *   shapes.ts   members, kinds and words as data
 *   rules.ts    the catalogue and what shapes cannot say
 */
import type { SourceDocument } from '../document';
import type { Finding } from '../finding';
import type { LanguageSupport } from '../language';
import { checkShape } from '../shape/check';
import { commonRules, judged, shapeRules } from '../shape/rules';
import type { Shape } from '../shape/shape';
import type { Node } from '../tree';
import { checkOwn, commonExamples, ownRules, type Platform } from './rules';
import { ecs, functionSpec, server } from './shapes';

export const appspec: LanguageSupport = {
  language: 'appspec',
  rules: [...commonRules('ad', 'an appspec', commonExamples), ...ownRules],
  detect: ({ fileName, tree }) =>
    /appspec[\w.-]*\.(ya?ml|json)$/.test(fileName) && (tree.root === undefined || tree.root.kind === 'object'),
  check,
};

function check(document: SourceDocument): Finding[] {
  const { root } = document.tree;
  return judged(document, 'ad', (report) => {
    if (root?.kind !== 'object') return;
    const platform = platformOf(root);
    checkShape(root, shapeOf(platform), { rules: shapeRules('ad'), report });
    checkOwn(document.tree, root, platform, report);
  });
}

/** What the appspec is for, by what it holds. */
export function platformOf(root: Node): Platform {
  const resources = root.get('Resources');
  if (!resources) return 'server';
  const types = resources.items.flatMap((item) => item.members.map((member) => member.get('Type')?.text ?? ''));
  return types.some((type) => type.includes('Lambda')) ? 'lambda' : 'ecs';
}

/** The shape of an appspec for a platform. */
export function shapeOf(platform: Platform): Shape {
  return platform === 'server' ? server : platform === 'ecs' ? ecs : functionSpec;
}
