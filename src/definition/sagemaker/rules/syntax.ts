/** The text is not JSON, or says something twice. */
import { toldProblems, withoutEchoes } from '../../broken';
import type { Finding } from '../../finding';
import type { Rule } from '../../rule';
import { Node, type Tree } from '../../tree';

export const syntaxRules: readonly Rule[] = [
  {
    id: 'sm/json-syntax',
    level: 'error',
    title: 'The text is not valid JSON',
    explanation:
      'SageMaker reads strict JSON: double quotes, no comments, no comma after the last member. It answers with the character at which the text is malformed. Other steps, and what stands before the error in its own, are still checked; what comes after it is guesswork and left until the error is mended.',
    example: {
      frame: 'document',
      bad: '{\n  "Version": "2020-12-01",\n  "Steps": [],\n}',
      good: '{\n  "Version": "2020-12-01",\n  "Steps": []\n}',
    },
  },
  {
    id: 'sm/json-duplicate-key',
    level: 'error',
    title: 'A member is given twice in one object',
    explanation:
      'Of two members with one name a reader keeps the last and drops the first in silence, so half of what is written has no effect. Remove one.',
    example: {
      frame: 'step',
      bad: '{"Name": "Stop", "Type": "Fail", "Name": "Halt", "Arguments": {"ErrorMessage": "no model"}}',
      good: '{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "no model"}}',
    },
  },
];

const shown = 20;

/** Syntax errors, the first few: one slip makes many. */
export function syntaxFindings(tree: Tree): Finding[] {
  return toldProblems(tree)
    .slice(0, shown)
    .map((problem) => {
      const finding: Finding = {
        rule: 'sm/json-syntax',
        node: placed(tree, problem.start, problem.end, problem.node),
        message: problem.message,
        ...(problem.atMost ? { atMost: problem.atMost } : {}),
      };
      const { fix } = problem;
      if (fix) finding.fixes = (edit) => [edit.fix(fix.title, [edit.span(fix.start, fix.end, fix.newText)], true)];
      return finding;
    });
}

/** Members given twice. */
export function duplicateFindings(tree: Tree): Finding[] {
  return tree.duplicates.map(duplicate);
}

/** Rules about names that may stand where the text could not be read. */
const aboutNames =
  /^sm\/(unknown-[a-z-]+-reference|dependson-unknown-step|property-file-unknown-output|param-unused|no-effect-step)$/;

/** The findings that do not merely follow from faults of the text; a fault spoils the step or parameter that it is in. */
export function trusted(tree: Tree, findings: Finding[]): Finding[] {
  return withoutEchoes(
    tree,
    findings,
    (offset) => unitAt(tree, offset),
    ({ rule }) => aboutNames.test(rule),
  );
}

function unitAt({ root }: Tree, offset: number): Node | undefined {
  const holds = ({ start, end }: Node): boolean => offset >= start && offset <= end;
  const member = root?.children.find(holds);
  return member?.kind === 'array' ? member.children.find(holds) : member;
}

function duplicate(node: Node): Finding {
  const first = node.parent?.children.find((other) => other.key === node.key);
  const finding: Finding = {
    rule: 'sm/json-duplicate-key',
    node,
    mark: 'key',
    message: `'${node.key}' is given twice in this object; only the last one counts. Remove one.`,
    fixes: (edit) => [edit.fix('Remove this one', [edit.remove(node)])],
  };
  if (first && first !== node) finding.related = [{ node: first, message: 'First given here.', mark: 'key' }];
  return finding;
}

/** A node without value for a place in the text where no node could be read. */
function placed(tree: Tree, start: number, end: number, near: Node | undefined): Node {
  const node = new Node('missing', tree.root?.block ?? { offset: 0 }, start, end, undefined);
  if (near) {
    node.parent = near.parent;
    node.key = near.key;
  }
  return node;
}
