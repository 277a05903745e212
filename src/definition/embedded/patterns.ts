/** Event patterns that are strings of JSON: in the request of `aws events put-rule`, and in templates that write them so. */
import type { SourceDocument } from '../document';
import type { Finding } from '../finding';
import { checkPattern, eventRule, resourcesOf, startsNothing } from '../resources';
import type { Tree } from '../tree';
import { checkText, innerText } from './text';

/** What is wrong with the patterns that a text has as strings. */
export function patternTexts(tree: Tree): Finding[] {
  const all = resourcesOf(tree);
  return all.of(eventRule).flatMap(({ properties }) => {
    const node = properties.get('EventPattern');
    if (node?.kind !== 'string') return [];
    return checkText(innerText(tree, node), (inner) => checkInner(inner, startsNothing(properties, all)));
  });
}

function checkInner({ tree }: SourceDocument, tells: boolean): Finding[] {
  const { root, problems } = tree;
  if (!root) return [];
  const findings: Finding[] = [];
  const [problem] = problems;
  if (problem || root.kind !== 'object') {
    const message = problem?.message ?? 'An event pattern is an object of members.';
    return [{ rule: 'cfn/event-pattern', node: root, message: `The pattern cannot be read. ${message}` }];
  }
  checkPattern(root, (finding) => findings.push(finding), tells);
  return findings;
}
