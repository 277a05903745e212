/** EventBridge: rules, schedules, and the patterns of events. */
import type { Report, Rule } from '../rule';
import type { Node } from '../tree';
import { checkPattern } from './patterns';
import { scheduleFault } from './schedule';
import { checkRetries, startsNothing } from './targets';
import { type Check, numberOf, rule } from './tools';

const event = 'AWS::Events::Rule';

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
];

export const checkEvents: Check = ({ type, properties }, all, report) => {
  const isScheduler = type === 'AWS::Scheduler::Schedule';
  const expression = properties.get('ScheduleExpression');
  if (isScheduler || type === event) checkSchedule(expression, isScheduler, report);
  if (isScheduler) {
    checkWindow(properties, report);
    checkZone(properties.get('ScheduleExpressionTimezone'), report);
  }
  if (type !== event) return;
  checkPattern(properties.get('EventPattern'), report, startsNothing(properties, all));
  const zone = properties.get('ScheduleExpressionTimezone');
  if (zone) {
    report({
      rule: 'cfn/schedule',
      node: zone,
      mark: 'key',
      message: 'The schedule of a rule is in UTC and has no time zone. A schedule of EventBridge Scheduler has one.',
      fixes: (edit) => [edit.fix('Remove ScheduleExpressionTimezone', [edit.remove(zone)])],
    });
  }
  const bus = properties.get('EventBusName');
  if (expression && bus?.text !== undefined && !/^default$|\$\{|event-bus\/default$/.test(bus.text)) {
    report({ rule: 'cfn/schedule', node: bus, message: 'Only rules of the default event bus have a schedule.' });
  }
};

/** Checks the events that start a function or a state machine of SAM. */
export const checkServerless: Check = ({ type, properties }, _all, report) => {
  if (!type.startsWith('AWS::Serverless::')) return;
  for (const one of properties.get('Events')?.members ?? []) {
    const inner = one.get('Properties');
    const kind = one.get('Type')?.text;
    if (kind === 'EventBridgeRule' || kind === 'CloudWatchEvent') checkPattern(inner?.get('Pattern'), report);
    if (kind === 'Schedule') checkSchedule(inner?.get('Schedule'), false, report);
    if (kind === 'ScheduleV2') {
      checkSchedule(inner?.get('ScheduleExpression'), true, report);
      checkZone(inner?.get('ScheduleExpressionTimezone'), report);
    }
    checkRetries(inner?.get('RetryPolicy'), report);
  }
};

/** The name of a time zone, as the IANA lists them. */
function checkZone(zone: Node | undefined, report: Report): void {
  if (zone?.text === undefined || zone.text.includes('${')) return;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone.text }).format(0);
  } catch {
    report({
      rule: 'cfn/schedule',
      node: zone,
      message: `There is no time zone '${zone.text}'. Write it as Europe/Berlin or UTC.`,
    });
  }
}

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
  } else if (mode?.text === 'FLEXIBLE' && most) {
    const minutes = numberOf(most);
    if (minutes !== undefined && (minutes < 1 || minutes > 1440)) {
      report({ rule: 'cfn/flexible-window', node: most, message: 'A window is 1 to 1440 minutes long.' });
    }
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
