/**
 * Event patterns: their grammar, and whether an event can match them, by the events' own shapes.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
import { isIntrinsic } from '../codepipeline/model';
import { events, others } from '../generated/events.json';
import { nearest, oneOf } from '../near';
import type { Report, Rule } from '../rule';
import { table } from '../table';
import type { Node } from '../tree';
import { rule, writtenText } from './tools';

/** The type of a rule of EventBridge in a template. */
export const eventRule = 'AWS::Events::Rule';
const pattern = (inner: string): string => `{"EventPattern": ${inner}}`;
const packages = (detail: string): string =>
  pattern(
    `{"source": ["aws.sagemaker"], "detail-type": ["SageMaker Model Package State Change"], "detail": ${detail}}`,
  );
const objects = (key: string): string =>
  pattern(
    `{"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": {"bucket": {"name": ["data"]}, "object": {"key": ${key}}}}`,
  );
const alarms = (detail: string): string =>
  pattern(`{"source": ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"], "detail": ${detail}}`);

export const patternRules: readonly Rule[] = [
  rule(
    'event-pattern',
    'error',
    'An event pattern that EventBridge refuses',
    'In a pattern each member is an object of members or a list of what its value may be. An element of such a list is a value, or an object with one comparison: prefix, suffix, anything-but, numeric, exists, cidr, equals-ignore-case, wildcard.',
    [eventRule, packages('{"ModelApprovalStatus": "Approved"}'), packages('{"ModelApprovalStatus": ["Approved"]}')],
    { source: 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern.html' },
  ),
  rule(
    'event-never-matches',
    'warning',
    'An event pattern that no event matches',
    'The pattern names a member, a value or a kind of event that the events of its source do not have. Case counts, and statuses of endpoints are in capitals in events (`IN_SERVICE`), unlike in the API. A member that only the published schema does not have is information, since it may be newer.',
    [eventRule, packages('{"ModelApprovalStatus": ["APPROVED"]}'), packages('{"ModelApprovalStatus": ["Approved"]}')],
    { source: 'https://docs.aws.amazon.com/eventbridge/latest/ref/events.html' },
  ),
  rule(
    'event-too-wide',
    'information',
    'A rule that a rejected model starts too',
    '`anything-but PendingManualApproval` matches Rejected as well as Approved. Name `Approved` where the target deploys or retrains.',
    [
      eventRule,
      packages('{"ModelApprovalStatus": [{"anything-but": "PendingManualApproval"}]}'),
      packages('{"ModelApprovalStatus": ["Approved"]}'),
    ],
  ),
  rule(
    'alarm-event',
    'warning',
    'A rule that starts with every change of an alarm',
    'CloudWatch sends an event for each change of each alarm: also when an alarm returns to OK, and when data are missing. Name the alarms (`alarmName`) and the state (`state.value`). An alarm that stays in ALARM sends one event only. Where the targets of a rule start no run and the alarms are named, it is information: a notifier may want every change.',
    [eventRule, alarms('{"alarmName": ["drift"]}'), alarms('{"alarmName": ["drift"], "state": {"value": ["ALARM"]}}')],
    { source: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html' },
  ),
  rule(
    'prefix-or-suffix',
    'warning',
    'A prefix and a suffix of which either is enough',
    'The elements of a list are alternatives: a key that has the prefix matches without the suffix, and the other way round. A `wildcard` asks for both.',
    [eventRule, objects('[{"prefix": "incoming/"}, {"suffix": ".csv"}]'), objects('[{"wildcard": "incoming/*.csv"}]')],
    { source: 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html' },
  ),
];

/** Checks the pattern of a rule; `tells` where it is known that the rule's targets start no run, and only hear of it. */
export function checkPattern(node: Node | undefined, report: Report, tells = false): void {
  if (node?.kind !== 'object' || isIntrinsic(node)) return;
  checkMembers(node, report);
  checkTop(node, report);
  checkKinds(node, report, tells);
}

const comparisons = ['prefix', 'suffix', 'anything-but', 'numeric', 'exists', 'cidr', 'equals-ignore-case', 'wildcard'];

function checkMembers(object: Node, report: Report): void {
  for (const member of object.members) {
    if (isIntrinsic(member) || member.kind === 'missing') continue;
    if (member.kind === 'object') {
      checkMembers(member, report);
    } else if (member.kind !== 'array') {
      report({
        rule: 'cfn/event-pattern',
        node: member,
        message: `${String(member.key)} is a list of what its value may be, or an object.`,
        fixes: (edit) => [
          member.value === undefined
            ? undefined
            : edit.fix('Make it a list of one', [edit.value(member, [member.value])], true),
        ],
      });
    } else if (member.key !== '$or') {
      if (member.items.length === 0) {
        report({ rule: 'cfn/event-pattern', node: member, message: 'An empty list matches nothing, and is refused.' });
      }
      for (const item of member.items) checkItem(item, report);
      checkAlternatives(member, report);
    } else for (const item of member.items) checkMembers(item, report);
  }
}

function checkItem(item: Node, report: Report): void {
  if (item.kind !== 'object' || isIntrinsic(item)) return;
  const tell = (node: Node, message: string): void => report({ rule: 'cfn/event-pattern', node, message });
  if (item.members.length > 1 && item.members.every(({ key }) => comparisons.includes(String(key)))) {
    tell(item, 'A comparison stands alone in its object. Write one object for each; either is then enough.');
  }
  for (const comparison of item.members) {
    const name = String(comparison.key);
    if (comparisons.includes(name)) {
      const why = isIntrinsic(comparison) ? undefined : comparisonFault(name, comparison);
      if (why) tell(comparison, why);
      continue;
    }
    const near = nearest(name, comparisons);
    report({
      rule: 'cfn/event-pattern',
      node: comparison,
      mark: 'key',
      message: `There is no comparison '${name}'.${near ? ` Did you mean '${near}'?` : ` There are ${oneOf(comparisons)}.`}`,
      fixes: (edit) => [near ? edit.fix(`Change to '${near}'`, [edit.key(comparison, near)], true) : undefined],
    });
  }
}

/** Why the operand of a comparison is refused. */
function comparisonFault(name: string, operand: Node): string | undefined {
  switch (name) {
    case 'exists':
      return typeof operand.value === 'boolean' ? undefined : 'exists is true or false.';
    case 'numeric':
      return numericFault(operand);
    case 'anything-but':
      return operand.kind === 'object' && operand.members.length !== 1
        ? 'anything-but takes a value, a list of values, or one comparison of texts.'
        : undefined;
    case 'wildcard':
      return operand.text?.includes('**') ? 'Two * one after the other are refused.' : textFault(name, operand);
    case 'prefix':
    case 'suffix':
      return operand.kind === 'object' && operand.get('equals-ignore-case') ? undefined : textFault(name, operand);
    default:
      return textFault(name, operand);
  }
}

function textFault(name: string, operand: Node): string | undefined {
  return operand.kind === 'string' ? undefined : `${name} takes one text.`;
}

const order = ['<', '<=', '=', '>', '>='];

/** `["=", 1]`, or two bounds: `[">", 0, "<=", 5]`. */
function numericFault({ kind, items }: Node): string | undefined {
  const isPairs =
    kind === 'array' &&
    (items.length === 2 || items.length === 4) &&
    items.every((item, at) =>
      at % 2 === 0
        ? item.text === undefined || order.includes(item.text)
        : item.text === undefined || /\$\{/.test(item.text),
    );
  return isPairs ? undefined : 'numeric takes a list such as [">", 0, "<=", 5].';
}

/** A prefix and a suffix as alternatives, where both were surely meant. */
function checkAlternatives(list: Node, report: Report): void {
  if (list.items.length !== 2) return;
  const prefix = list.items.map((item) => item.get('prefix')?.text).find((text) => text !== undefined);
  const suffix = list.items.map((item) => item.get('suffix')?.text).find((text) => text !== undefined);
  if (prefix === undefined || suffix === undefined) return;
  const isPlain = !/[*\\]/.test(prefix + suffix);
  report({
    rule: 'cfn/prefix-or-suffix',
    node: list,
    message: `The prefix '${prefix}' or the suffix '${suffix}' is enough. A wildcard asks for both.`,
    fixes: (edit) => [
      isPlain
        ? edit.fix(`Change to the wildcard '${prefix}*${suffix}'`, [
            edit.value(list, [{ wildcard: `${prefix}*${suffix}` }]),
          ])
        : undefined,
    ],
  });
}

const topMembers = [
  'version',
  'id',
  'detail-type',
  'source',
  'account',
  'time',
  'region',
  'resources',
  'detail',
  'replay-name',
  '$or',
];

function checkTop(pattern: Node, report: Report): void {
  for (const member of pattern.members) {
    const name = String(member.key);
    if (topMembers.includes(name)) continue;
    const near = nearest(name, topMembers);
    report({
      rule: 'cfn/event-never-matches',
      node: member,
      mark: 'key',
      message: `An event has no member '${name}' at its top.${near ? ` Did you mean '${near}'?` : " What a service tells stands in 'detail'."}`,
      fixes: (edit) => [near ? edit.fix(`Change to '${near}'`, [edit.key(member, near)], true) : undefined],
    });
  }
}

/** Members of an event's details: what a member has inside, its values where they are known, else 0. */
interface Members {
  readonly [name: string]: Members | readonly string[] | 0;
}

const sources: Readonly<Record<string, Readonly<Record<string, Members | 0>>>> = table(events as never);
/** Sources that there are, of whose events no schema is published. */
const otherSources = new Set(others.split(' ').map((name) => `aws.${name}`));
const sourceOf = new Map(
  Object.entries(sources).flatMap(([from, kinds]) => Object.keys(kinds).map((kind) => [kind, from])),
);

/** True for events of every service, which CloudTrail tells. */
function isOfCloudTrail(kind: string): boolean {
  return kind.endsWith(' via CloudTrail');
}

function checkKinds(pattern: Node, report: Report, tells: boolean): void {
  const from = pattern.get('source');
  const only = from?.items.length === 1 ? from.items[0]?.text : undefined;
  const kinds = only === undefined ? undefined : sources[only];
  if (only?.startsWith('aws.') === true && !kinds) tellSource(from?.items[0], only, report);
  if (only === undefined || !kinds) return;
  const listed = pattern.get('detail-type')?.items ?? [];
  const found: [string, Members | 0][] = [];
  for (const kind of listed) {
    if (kind.text === undefined || isOfCloudTrail(kind.text)) return;
    const members = table(kinds)[kind.text];
    if (members === undefined) tellKind(kind, kind.text, only, Object.keys(kinds), report);
    else found.push([kind.text, members]);
  }
  const [first] = found;
  if (!first || found.length !== 1 || listed.length !== 1) return;
  const [kind, members] = first;
  const detail = pattern.get('detail');
  if (members !== 0 && detail?.kind === 'object') checkDetail(detail, members, kind, report);
  if (kind === 'CloudWatch Alarm State Change') checkAlarmEvent(pattern, detail, report, tells);
}

function tellSource(node: Node | undefined, text: string, report: Report): void {
  if (otherSources.has(text)) return;
  const near = nearest(text, Object.keys(sources));
  if (!node || !near || Math.abs(near.length - text.length) > 2) return;
  report({
    rule: 'cfn/event-never-matches',
    node,
    message: `No events come from '${text}'. Did you mean '${near}'?`,
    fixes: (edit) => [edit.fix(`Change to '${near}'`, [edit.value(node, near)])],
    // There are sources beyond those with published schemas.
    atMost: 'information',
  });
}

function tellKind(node: Node, text: string, from: string, kinds: readonly string[], report: Report): void {
  const other = sourceOf.get(text);
  if (other !== undefined) {
    report({
      rule: 'cfn/event-never-matches',
      node,
      message: `Events of the kind '${text}' come from '${other}', and not from '${from}'.`,
    });
    return;
  }
  const near = nearest(text, kinds);
  // There are more kinds of events than these; only what is nearly one of them is a slip.
  if (!near || Math.abs(near.length - text.length) > 2) return;
  report({
    rule: 'cfn/event-never-matches',
    node,
    message: `'${from}' has no events of the kind '${text}'. Did you mean '${near}'?`,
    fixes: (edit) => [edit.fix(`Change to '${near}'`, [edit.value(node, near)], true)],
  });
}

function checkDetail(object: Node, members: Members, kind: string, report: Report): void {
  for (const member of object.members) {
    const name = String(member.key);
    if (name === '$or') {
      for (const item of member.items) checkDetail(item, members, kind, report);
      continue;
    }
    const known = table(members)[name];
    if (known === undefined) tellMember(member, name, members, kind, report);
    else if (member.kind === 'array') {
      for (const item of member.items) checkValue(item, name, known, report);
    } else if (member.kind === 'object' && typeof known === 'object' && !isValues(known)) {
      checkDetail(member, known, kind, report);
    }
  }
}

function isValues(known: Members | readonly string[]): known is readonly string[] {
  return Array.isArray(known);
}

function tellMember(member: Node, name: string, members: Members, kind: string, report: Report): void {
  const near = nearest(name, Object.keys(members));
  const isSame = near?.toLowerCase() === name.toLowerCase();
  report({
    rule: 'cfn/event-never-matches',
    node: member,
    mark: 'key',
    message: isSame
      ? `The event writes '${near}', and case counts.`
      : `The published schema of '${kind}' has no '${name}' here.${near ? ` Did you mean '${near}'?` : ''}`,
    ...(near ? {} : { atMost: 'information' as const }),
    fixes: (edit) => [near ? edit.fix(`Change to '${near}'`, [edit.key(member, near)], isSame) : undefined],
  });
}

function checkValue(item: Node, name: string, known: Members | readonly string[] | 0, report: Report): void {
  if (name === 'ModelApprovalStatus') checkApproval(item, report);
  const text = item.text ?? item.get('prefix')?.text;
  const place = item.text === undefined ? item.get('prefix') : item;
  if (text === undefined || !place || text.includes('${')) {
    checkArn(item, name, report);
    return;
  }
  const never = (message: string): void => report({ rule: 'cfn/event-never-matches', node: place, message });
  if (name === 'key' && text.startsWith('s3://')) never('The key of an object has neither s3:// nor the bucket in it.');
  if (/(Arn|-arn)$/.test(name) && !/^(arn:|\*)/.test(text) && item.text !== undefined) {
    never(`${name} is an ARN, and '${text}' is none.`);
  }
  if (/^name$|[nN]ame$/.test(name) && text.startsWith('arn:')) never(`${name} is a name, and no ARN.`);
  if (typeof known !== 'object' || !isValues(known) || item.text === undefined || known.includes(text)) return;
  const near = nearest(text, known);
  report({
    rule: 'cfn/event-never-matches',
    node: item,
    message: `The event never says '${text}'.${near ? ` Did you mean '${near}'?` : ` It says ${oneOf(known)}.`}`,
    fixes: (edit) => [near ? edit.fix(`Change to '${near}'`, [edit.value(item, near)], true) : undefined],
  });
}

/** The ARN of a bucket where its name is compared. */
function checkArn(item: Node, name: string, report: Report): void {
  const attribute = item.get('Fn::GetAtt');
  const last = attribute?.items.at(-1)?.text ?? attribute?.text?.split('.').at(-1);
  const isArn = last === 'Arn' || writtenText(item)?.startsWith('arn:');
  if (!isArn || !/^name$|[nN]ame$/.test(name)) return;
  report({ rule: 'cfn/event-never-matches', node: item, message: `${name} is a name, and this is an ARN.` });
}

function checkApproval(item: Node, report: Report): void {
  const but = item.get('anything-but');
  const isOnly = but && [but, ...but.items].some(({ text }) => text === 'PendingManualApproval');
  if (!isOnly || but.items.length > 1) return;
  report({
    rule: 'cfn/event-too-wide',
    node: item,
    message: "This matches 'Rejected' as well as 'Approved'.",
    fixes: (edit) => [edit.fix("Change to 'Approved'", [edit.value(item, 'Approved')])],
  });
}

function checkAlarmEvent(pattern: Node, detail: Node | undefined, report: Report, tells: boolean): void {
  if (detail && (isIntrinsic(detail) || detail.get('$or'))) return;
  const state = detail?.get('state')?.get('value');
  const isNamed = detail?.get('alarmName') ?? pattern.get('resources') ?? detail?.get('configuration');
  if (isNamed && state) return;
  const node = detail ?? pattern.get('detail-type') ?? pattern;
  report({
    rule: 'cfn/alarm-event',
    node,
    mark: 'key',
    message: isNamed
      ? 'This matches the return to OK and missing data too. Name the state: ALARM.'
      : state
        ? 'This matches every alarm of the account. Name the alarms.'
        : 'This matches every change of every alarm of the account. Name the alarms, and the state.',
    // Who is told of an alarm may want to hear that it is over.
    ...(tells && isNamed ? { atMost: 'information' as const } : {}),
    fixes: (edit) => [
      isNamed && detail && !detail.get('state')
        ? edit.fix('Add the state ALARM', [edit.insert(detail, 'state', { value: ['ALARM'] })], true)
        : undefined,
    ],
  });
}
