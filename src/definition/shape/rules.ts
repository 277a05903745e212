/** What every language with shapes reports: a text that cannot be read, and values that have not their shape. */
import { toldProblems, withoutEchoes } from '../broken';
import type { SourceDocument } from '../document';
import type { Finding } from '../finding';
import type { Report, Rule, RulePrefix } from '../rule';
import { Node, type Tree } from '../tree';
import type { ShapeRules } from './check';

/** One slip makes many errors: the first are told. */
const shown = 20;

/** A bad and a good example of each of the common rules. */
export interface CommonExamples {
  frame: string;
  file: string;
  syntax: readonly [bad: string, good: string];
  duplicateKey: readonly [bad: string, good: string];
  unknownMember: readonly [bad: string, good: string];
  missingMember: readonly [bad: string, good: string];
  wrongType: readonly [bad: string, good: string];
  unknownValue: readonly [bad: string, good: string];
  invalidValue: readonly [bad: string, good: string];
  outOfRange: readonly [bad: string, good: string];
}

/** The ids of the common rules of a language. */
export function shapeRules(prefix: RulePrefix): ShapeRules {
  return {
    unknownMember: `${prefix}/unknown-member`,
    missingMember: `${prefix}/missing-member`,
    wrongType: `${prefix}/wrong-type`,
    unknownValue: `${prefix}/unknown-value`,
    invalidValue: `${prefix}/invalid-value`,
    outOfRange: `${prefix}/out-of-range`,
  };
}

/** The common rules of a language; `what` is what a text of it is called: `a buildspec`. */
export function commonRules(prefix: RulePrefix, what: string, examples: CommonExamples): Rule[] {
  const { frame, file } = examples;
  const rule = (
    name: string,
    title: string,
    explanation: string,
    [bad, good]: readonly [string, string],
    inFrame = frame,
  ): Rule => ({
    id: `${prefix}/${name}`,
    level: 'error',
    title,
    explanation,
    example: { frame: inFrame, bad, good, file },
  });
  return [
    rule(
      'syntax',
      'The text cannot be read',
      `${capital(what)} is read as JSON or YAML. As long as it cannot be read whole, only part of it is checked.`,
      examples.syntax,
      'document',
    ),
    rule(
      'duplicate-key',
      'A member is given twice',
      'Only the last of two members with the same name counts. Remove one of them.',
      examples.duplicateKey,
      'document',
    ),
    rule(
      'unknown-member',
      'An unknown member',
      `${capital(what)} has a fixed set of members in each place, and the service rejects any other.`,
      examples.unknownMember,
    ),
    rule(
      'missing-member',
      'A required member is missing',
      'The service rejects the text without this member.',
      examples.missingMember,
    ),
    rule(
      'wrong-type',
      'A value of the wrong type',
      'The member takes a value of another kind: a string, a number, a list or an object.',
      examples.wrongType,
    ),
    rule(
      'unknown-value',
      'A value that the service does not know',
      'The member takes one of a few words.',
      examples.unknownValue,
    ),
    rule(
      'invalid-value',
      'A value that is not valid',
      'The text has characters or a length that the service does not accept.',
      examples.invalidValue,
    ),
    rule(
      'out-of-range',
      'A number or a count outside its limits',
      'The number, or the number of elements, is larger or smaller than the service allows.',
      examples.outOfRange,
    ),
  ];
}

/** No rule is about names that may stand elsewhere. */
const none = /^$/;

/**
 * The faults of a text, and of what `judge` reports all that does not merely follow from them. `aboutNames` matches the
 * rules about names that may be declared where the text could not be read.
 */
export function judged(
  { tree }: SourceDocument,
  prefix: RulePrefix,
  judge: (report: Report) => void,
  aboutNames = none,
): Finding[] {
  const faults: Finding[] = [];
  checkSyntax(tree, prefix, (finding) => faults.push(finding));
  const findings: Finding[] = [];
  judge((finding) => findings.push(finding));
  const held = withoutEchoes(
    tree,
    findings,
    () => undefined,
    ({ rule }) => aboutNames.test(rule),
  );
  return [...faults, ...held];
}

/** Reports what the parser could not read, and members that are given twice. */
function checkSyntax(tree: Tree, prefix: RulePrefix, report: Report): void {
  for (const { fix, ...problem } of toldProblems(tree).slice(0, shown)) {
    report({
      rule: `${prefix}/syntax`,
      // A node without value stands for the place that could not be read.
      node: new Node('missing', tree.root?.block ?? { offset: 0 }, problem.start, problem.end, undefined),
      message: problem.message,
      ...(problem.atMost ? { atMost: problem.atMost } : {}),
      fixes: (edit) => (fix ? [edit.fix(fix.title, [edit.span(fix.start, fix.end, fix.newText)], true)] : []),
    });
  }
  for (const node of tree.duplicates) {
    report({
      rule: `${prefix}/duplicate-key`,
      node,
      mark: 'key',
      message: `${node.key ?? ''} is given twice here, and only the last counts. Remove one of them.`,
      fixes: (edit) => [edit.fix(`Remove this ${node.key ?? ''}`, [edit.remove(node)])],
    });
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
