/** What a rule of EventBridge makes of an event for its target: a template and the values that it takes from the event. */
import { isIntrinsic } from '../codepipeline/model';
import { nearest } from '../near';
import type { Report, Rule } from '../rule';
import type { Node } from '../tree';
import { rule } from './tools';

const target = (template: string): string =>
  `{"ScheduleExpression": "rate(1 day)", "Targets": [{"Id": "t", "Arn": "a", "InputTransformer": {"InputPathsMap": {"model": "$.detail.ModelPackageArn"}, "InputTemplate": "{\\"model\\": ${template}}"}}]}`;

export const inputTemplateRules: readonly Rule[] = [
  rule(
    'input-template',
    'error',
    'A template with a value that is not taken from the event',
    'In an InputTemplate `<name>` stands for a value that InputPathsMap takes from the event. EventBridge refuses a name that is not there. Its own names begin with `aws.events.`.',
    ['AWS::Events::Rule', target('<modle>'), target('<model>')],
    { source: 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html' },
  ),
];

/** A name in angle brackets; the names of the service have dots, and are not among them. */
const placeholder = /<([\w-]+)>/g;

/** Checks the InputTransformer of a target; in Terraform the map is called `input_paths`. */
export function checkTemplate(transformer: Node | undefined, report: Report): void {
  const node = transformer?.get('InputTemplate');
  const paths = transformer?.get('InputPathsMap') ?? transformer?.get('InputPaths');
  if (node?.text === undefined || (paths && (paths.kind !== 'object' || isIntrinsic(paths)))) return;
  const names = (paths?.members ?? []).map(({ key }) => String(key));
  for (const match of node.text.matchAll(placeholder)) {
    const [, name = ''] = match;
    if (!names.includes(name)) tell(node, name, match.index + 1, names, report);
  }
}

function tell(node: Node, name: string, from: number, names: readonly string[], report: Report): void {
  const near = nearest(name, names);
  const to = from + name.length;
  report({
    rule: 'cfn/input-template',
    node,
    mark: { from, to },
    message: `Nothing is taken from the event as '${name}'.${near === undefined ? ' Add its path to InputPathsMap.' : ` Did you mean '${near}'?`}`,
    fixes: (edit) => [
      near === undefined ? undefined : edit.fix(`Change to '${near}'`, [edit.part(node, from, to, near)], true),
    ],
  });
}
