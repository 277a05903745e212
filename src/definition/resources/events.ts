/** EventBridge: rules, schedules, and the patterns of events. */
import { isIntrinsic } from '../codepipeline/model';
import { nearest, oneOf } from '../near';
import type { Report, Rule } from '../rule';
import { table } from '../table';
import type { Node } from '../tree';
import { scheduleFault } from './schedule';
import { type Check, rule } from './tools';

const event = 'AWS::Events::Rule';
const pattern = (inner: string): string => `{"EventPattern": ${inner}}`;
const packages = (detail: string, type = 'SageMaker Model Package State Change'): string =>
  pattern(`{"source": ["aws.sagemaker"], "detail-type": ["${type}"], "detail": ${detail}}`);

export const eventRules: readonly Rule[] = [
  rule(
    'schedule',
    'error',
    'A schedule that EventBridge cannot read',
    'A schedule is `rate(5 minutes)`, `cron(…)` with six fields (minutes, hours, day of the month, month, day of the week, year), or, in EventBridge Scheduler, `at(…)`. Exactly one of the two days is `?`, Sunday is 1, and the unit of a rate of 1 has no s.',
    [event, '{"ScheduleExpression": "cron(0 12 * * *)"}', '{"ScheduleExpression": "cron(0 12 * * ? *)"}'],
    { source: 'https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html' },
  ),
  rule(
    'flexible-window',
    'error',
    'A schedule without its window, or with one that does not fit',
    'FlexibleTimeWindow says OFF, or FLEXIBLE with MaximumWindowInMinutes from 1 to 1440. EventBridge Scheduler needs it.',
    [
      'AWS::Scheduler::Schedule',
      '{"ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": {"Mode": "FLEXIBLE"}, "Target": {"Arn": "a", "RoleArn": "r"}}',
      '{"ScheduleExpression": "rate(1 day)", "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": {"Arn": "a", "RoleArn": "r"}}',
    ],
  ),
  rule(
    'event-pattern',
    'error',
    'An event pattern that EventBridge refuses',
    'In a pattern each member is an object of members or a list of what its value may be. An element of such a list is a value, or an object with one comparison: prefix, suffix, anything-but, numeric, exists, cidr, equals-ignore-case, wildcard.',
    [event, packages('{"ModelApprovalStatus": "Approved"}'), packages('{"ModelApprovalStatus": ["Approved"]}')],
    { source: 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern.html' },
  ),
  rule(
    'event-never-matches',
    'warning',
    'An event pattern that no event of SageMaker matches',
    'The pattern names a member, a value or a kind of event that events of SageMaker do not have. Statuses of endpoints are in capitals in events (`IN_SERVICE`), unlike in the API.',
    [event, packages('{"ModelApprovalStatus": ["APPROVED"]}'), packages('{"ModelApprovalStatus": ["Approved"]}')],
    { source: 'https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html' },
  ),
  rule(
    'event-too-wide',
    'information',
    'A rule that a rejected model starts too',
    '`anything-but PendingManualApproval` matches Rejected as well as Approved. Name `Approved` where the target deploys or retrains.',
    [
      event,
      packages('{"ModelApprovalStatus": [{"anything-but": "PendingManualApproval"}]}'),
      packages('{"ModelApprovalStatus": ["Approved"]}'),
    ],
  ),
];

export const checkEvents: Check = ({ type, properties }, _all, report) => {
  const isScheduler = type === 'AWS::Scheduler::Schedule';
  if (isScheduler || type === event) checkSchedule(properties.get('ScheduleExpression'), isScheduler, report);
  if (isScheduler) checkWindow(properties, report);
  if (type === event) checkPattern(properties.get('EventPattern'), report);
};

function checkSchedule(node: Node | undefined, once: boolean, report: Report): void {
  if (node?.text === undefined || node.text.includes('${')) return;
  const fault = scheduleFault(node.text, once);
  if (!fault) return;
  const { message, from, to, meant } = fault;
  report({
    rule: 'cfn/schedule',
    node,
    mark: { from, to },
    message,
    fixes: (edit) => [
      meant === undefined ? undefined : edit.fix(`Change to '${meant}'`, [edit.value(node, meant)], true),
    ],
  });
}

function checkWindow(properties: Node, report: Report): void {
  const window = properties.get('FlexibleTimeWindow');
  const mode = window?.get('Mode');
  const most = window?.get('MaximumWindowInMinutes');
  if (!window) {
    report({
      rule: 'cfn/flexible-window',
      node: properties,
      mark: 'opening',
      message: 'FlexibleTimeWindow is missing.',
      fixes: (edit) => [
        edit.fix('Add FlexibleTimeWindow', [edit.insert(properties, 'FlexibleTimeWindow', { Mode: 'OFF' })]),
      ],
    });
  } else if (mode?.text === 'FLEXIBLE' && !most) {
    report({
      rule: 'cfn/flexible-window',
      node: mode,
      message: 'MaximumWindowInMinutes is missing, from 1 to 1440.',
      fixes: (edit) => [edit.fix('Add MaximumWindowInMinutes', [edit.insert(window, 'MaximumWindowInMinutes', 15)])],
    });
  } else if (mode?.text === 'OFF' && most) {
    report({
      rule: 'cfn/flexible-window',
      node: most,
      mark: 'key',
      message: 'A window that is OFF has no MaximumWindowInMinutes.',
      fixes: (edit) => [edit.fix('Remove MaximumWindowInMinutes', [edit.remove(most)], true)],
    });
  }
}

const comparisons = ['prefix', 'suffix', 'anything-but', 'numeric', 'exists', 'cidr', 'equals-ignore-case', 'wildcard'];

function checkPattern(pattern: Node | undefined, report: Report): void {
  if (pattern?.kind !== 'object' || isIntrinsic(pattern)) return;
  checkMembers(pattern, report);
  const sources = pattern.get('source')?.items ?? [];
  if (sources.length === 1 && sources[0]?.text === 'aws.sagemaker') checkSageMaker(pattern, report);
}

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
    } else for (const item of member.items) checkMembers(item, report);
  }
}

function checkItem(item: Node, report: Report): void {
  if (item.kind !== 'object' || isIntrinsic(item)) return;
  for (const comparison of item.members) {
    const name = String(comparison.key);
    if (comparisons.includes(name)) continue;
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

/** Members of the details whose values are known, by the kind of event. */
type Details = Readonly<Record<string, readonly string[] | undefined>>;

const jobStatus = ['InProgress', 'Completed', 'Failed', 'Stopping', 'Stopped'];

/** The kinds of events of SageMaker whose details are known; the others have none. */
const kinds = table<Details>({
  'SageMaker Model Package State Change': {
    ModelApprovalStatus: ['Approved', 'Rejected', 'PendingManualApproval'],
    ModelPackageStatus: ['Pending', 'InProgress', 'Completed', 'Failed', 'Deleting'],
  },
  'SageMaker Model Building Pipeline Execution Status Change': {
    currentPipelineExecutionStatus: ['Executing', 'Stopping', 'Stopped', 'Failed', 'Succeeded'],
    previousPipelineExecutionStatus: ['Executing', 'Stopping', 'Stopped', 'Failed', 'Succeeded'],
  },
  'SageMaker Model Building Pipeline Execution Step Status Change': {
    currentStepStatus: ['Starting', 'Executing', 'Stopping', 'Stopped', 'Failed', 'Succeeded'],
    previousStepStatus: ['Starting', 'Executing', 'Stopping', 'Stopped', 'Failed', 'Succeeded'],
  },
  'SageMaker Endpoint State Change': {
    EndpointStatus: [
      'CREATING',
      'UPDATING',
      'SYSTEM_UPDATING',
      'ROLLING_BACK',
      'IN_SERVICE',
      'OUT_OF_SERVICE',
      'DELETING',
      'FAILED',
      'UPDATE_ROLLBACK_FAILED',
    ],
  },
  'SageMaker Training Job State Change': { TrainingJobStatus: jobStatus },
  'SageMaker Processing Job State Change': { ProcessingJobStatus: jobStatus },
  'SageMaker Transform Job State Change': { TransformJobStatus: jobStatus },
  'SageMaker HyperParameter Tuning Job State Change': { HyperParameterTuningJobStatus: jobStatus },
});

function checkSageMaker(pattern: Node, report: Report): void {
  const types = pattern.get('detail-type')?.items ?? [];
  const found: Details[] = [];
  for (const type of types) {
    if (type.text === undefined) return;
    const details = kinds[type.text];
    if (details) found.push(details);
    else tellKind(type, type.text, report);
  }
  const [details] = found;
  if (!details || found.length !== types.length || types.length !== 1) return;
  for (const member of pattern.get('detail')?.members ?? []) {
    const values = details[String(member.key)];
    if (values) for (const item of member.items) checkValue(item, values, report);
    else tellMember(member, Object.keys(details), report);
  }
}

function tellKind(node: Node, text: string, report: Report): void {
  const near = nearest(text, Object.keys(kinds));
  // There are more kinds of events than these; only what is nearly one of them is a slip.
  if (!near || Math.abs(near.length - text.length) > 2) return;
  report({
    rule: 'cfn/event-never-matches',
    node,
    message: `SageMaker has no events of the kind '${text}'. Did you mean '${near}'?`,
    fixes: (edit) => [edit.fix(`Change to '${near}'`, [edit.value(node, near)], true)],
  });
}

function tellMember(member: Node, known: readonly string[], report: Report): void {
  const name = String(member.key);
  const near = known.find((one) => one.toLowerCase() === name.toLowerCase());
  if (!near) return;
  report({
    rule: 'cfn/event-never-matches',
    node: member,
    mark: 'key',
    message: `The event writes '${near}', and case counts.`,
    fixes: (edit) => [edit.fix(`Change to '${near}'`, [edit.key(member, near)], true)],
  });
}

function checkValue(item: Node, values: readonly string[], report: Report): void {
  const but = item.get('anything-but');
  if (but && [but, ...but.items].some(({ text }) => text === 'PendingManualApproval') && but.items.length <= 1) {
    report({
      rule: 'cfn/event-too-wide',
      node: item,
      message: "This matches 'Rejected' as well as 'Approved'.",
      fixes: (edit) => [edit.fix("Change to 'Approved'", [edit.value(item, 'Approved')])],
    });
  }
  if (item.text === undefined || values.includes(item.text) || item.text.includes('${')) return;
  const near = nearest(item.text, values);
  report({
    rule: 'cfn/event-never-matches',
    node: item,
    message: `The event never says '${item.text}'.${near ? ` Did you mean '${near}'?` : ` It says ${oneOf(values)}.`}`,
    fixes: (edit) => [near ? edit.fix(`Change to '${near}'`, [edit.value(item, near)], true) : undefined],
  });
}
