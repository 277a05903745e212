/** Members, kinds, words and bounds of the machine and its states, and the constraints between members of one state. */
import type { Report, Rule } from '../../rule';
import { checkShape } from '../../shape/check';
import { type CommonExamples, shapeRules } from '../../shape/rules';
import { table } from '../../table';
import type { Node } from '../../tree';
import type { Scope, State } from '../model';
import { anyState, scopeShape, stateShape } from '../shapes';
import { isComputed, isFilledIn } from '../values';
import { type Check, done, guide, machine, rule } from './tools';

const wait = (members: string): string => machine(`"Wait": {"Type": "Wait", ${members}, "Next": "Done"}, ${done}`);

/** Examples of the rules that every language with shapes has. */
export const commonExamples: CommonExamples = {
  frame: 'document',
  file: 'machine.asl.json',
  syntax: [wait('"Seconds": 1').replace('"Succeed"}', '"Succeed",}'), wait('"Seconds": 1')],
  duplicateKey: [wait('"Seconds": 1, "Seconds": 2'), wait('"Seconds": 1')],
  unknownMember: [wait('"Seconds": 1, "TimeoutSeconds": 5'), wait('"Seconds": 1')],
  missingMember: [
    machine(`"Call": {"Type": "Task", "Next": "Done"}, ${done}`),
    machine(
      `"Call": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:f", "Next": "Done"}, ${done}`,
    ),
  ],
  wrongType: [wait('"Seconds": "1"'), wait('"Seconds": 1')],
  unknownValue: [wait('"Seconds": 1').replace('"Wait", "Sec', '"wait", "Sec'), wait('"Seconds": 1')],
  invalidValue: [wait('"Seconds": 1').replace('"Next": "Done"', '"Next": ""'), wait('"Seconds": 1')],
  outOfRange: [wait('"Seconds": 100000000'), wait('"Seconds": 99999999')],
};

const task = (members: string): string =>
  machine(
    `"Call": {"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:f"${members}, "Next": "Done"}, ${done}`,
  );

export const structureRules: readonly Rule[] = [
  rule(
    'one-of',
    'error',
    'Members that exclude each other, or none of which is given',
    'Of a value and the path to it (`Seconds` and `SecondsPath`, `TimeoutSeconds` and `TimeoutSecondsPath`, `Error` and `ErrorPath`) only one may be given. A Wait state needs one of `Seconds`, `SecondsPath`, `Timestamp` and `TimestampPath`; a Map state needs `ItemProcessor` or, as it was called before, `Iterator`.',
    wait('"Seconds": 1, "SecondsPath": "$.seconds"'),
    wait('"SecondsPath": "$.seconds"'),
    guide('state-wait'),
  ),
  rule(
    'heartbeat',
    'error',
    'A heartbeat that is not shorter than the timeout',
    '`HeartbeatSeconds` must be less than `TimeoutSeconds`: otherwise the task has timed out before its silence is noticed.',
    task(', "TimeoutSeconds": 5, "HeartbeatSeconds": 50'),
    task(', "TimeoutSeconds": 50, "HeartbeatSeconds": 5'),
    guide('state-task'),
  ),
  rule(
    'retry-delay',
    'error',
    'A longest interval that is not longer than the first',
    '`MaxDelaySeconds` bounds the intervals between retries and must be greater than `IntervalSeconds`.',
    task(', "Retry": [{"ErrorEquals": ["States.Timeout"], "IntervalSeconds": 10, "MaxDelaySeconds": 5}]'),
    task(', "Retry": [{"ErrorEquals": ["States.Timeout"], "IntervalSeconds": 10, "MaxDelaySeconds": 60}]'),
    guide('concepts-error-handling'),
  ),
];

const rules = shapeRules('asl');

export const checkStructure: Check = ({ scopes }, report) => {
  for (const scope of scopes) checkScope(scope, report);
  const options = {
    JSONPath: { rules, report, isComputed: isFilledIn },
    JSONata: { rules, report, isComputed: (node: Node) => isComputed(node, 'JSONata') },
  };
  return (state) => {
    const shapes = stateShape(state);
    const own = options[state.language];
    if (shapes) checkShape(state.node, shapes.tolerant, own);
    else checkShape(state.node, anyState, { ...own, report: onlyType(report) });
    checkChoicesBetween(state, report);
    checkHeartbeat(state, report);
    for (const retrier of state.node.get('Retry')?.items ?? []) checkDelay(retrier, report);
  };
};

/** Of a state whose type is not known, nothing else can be told. */
function onlyType(report: Report): Report {
  return (finding) => {
    if (finding.rule === rules.unknownValue || finding.rule === rules.missingMember || finding.node.key === 'Type')
      report(finding);
  };
}

function checkScope(scope: Scope, report: Report): void {
  checkShape(scope.node, scopeShape(scope), { rules, report, isComputed: isFilledIn });
}

/** Members of which at most one may be given, by the type of state and where they stand. */
const exclusive = table<readonly (readonly [path: readonly string[], names: readonly string[]])[]>({
  Wait: [[[], ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath']]],
  Task: [
    [[], ['TimeoutSeconds', 'TimeoutSecondsPath']],
    [[], ['HeartbeatSeconds', 'HeartbeatSecondsPath']],
  ],
  Fail: [
    [[], ['Error', 'ErrorPath']],
    [[], ['Cause', 'CausePath']],
  ],
  Map: [
    [[], ['ItemProcessor', 'Iterator']],
    [[], ['ItemSelector', 'Parameters']],
    [[], ['MaxConcurrency', 'MaxConcurrencyPath']],
    [[], ['ToleratedFailureCount', 'ToleratedFailureCountPath']],
    [[], ['ToleratedFailurePercentage', 'ToleratedFailurePercentagePath']],
    [
      ['ItemReader', 'ReaderConfig'],
      ['MaxItems', 'MaxItemsPath'],
    ],
    [['ItemBatcher'], ['MaxItemsPerBatch', 'MaxItemsPerBatchPath']],
    [['ItemBatcher'], ['MaxInputBytesPerBatch', 'MaxInputBytesPerBatchPath']],
  ],
});

/** Members of which a type of state needs one. */
const needed = table<readonly string[]>({
  Wait: ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'],
  Map: ['ItemProcessor', 'Iterator'],
});

function checkChoicesBetween({ node, type, language }: State, report: Report): void {
  for (const [path, names] of exclusive[type ?? ''] ?? []) {
    const owner = path.length === 0 ? node : node.at(...path);
    if (!owner) continue;
    // What is written twice over in another way is the only thing that is told of it.
    const given = names.flatMap((name) => owner.get(name) ?? []).sort((a, b) => a.keyStart - b.keyStart);
    const [first, second] = given;
    if (!first || !second) continue;
    report({
      rule: 'asl/one-of',
      node: second,
      mark: 'key',
      message: `${String(first.key)} and ${String(second.key)} cannot both be given. Remove one of them.`,
      related: [{ node: first, mark: 'key', message: `${String(first.key)} is given here.` }],
      fixes: (edit) => [
        edit.fix(`Remove ${String(second.key)}`, [edit.remove(second)]),
        edit.fix(`Remove ${String(first.key)}`, [edit.remove(first)]),
      ],
    });
  }
  const one = type === undefined ? undefined : needed[type];
  if (!one || one.some((name) => node.get(name))) return;
  const offered = language === 'JSONata' ? one.filter((name) => !name.endsWith('Path')) : one;
  report({
    rule: 'asl/one-of',
    node,
    mark: 'key',
    message: `A ${type ?? ''} state needs ${type === 'Map' ? 'ItemProcessor' : `one of ${offered.join(', ')}`}.`,
    fixes: (edit) => [
      type === 'Wait'
        ? edit.fix('Add Seconds', [edit.insert(node, 'Seconds', 1)])
        : edit.fix('Add ItemProcessor', [
            edit.insert(node, 'ItemProcessor', { StartAt: 'Item', States: { Item: { Type: 'Pass', End: true } } }),
          ]),
    ],
  });
}

function checkHeartbeat({ node }: State, report: Report): void {
  const heartbeat = node.get('HeartbeatSeconds');
  const timeout = node.get('TimeoutSeconds');
  if (typeof heartbeat?.value !== 'number' || typeof timeout?.value !== 'number') return;
  if (heartbeat.value < timeout.value) return;
  report({
    rule: 'asl/heartbeat',
    node: heartbeat,
    message: `HeartbeatSeconds must be less than TimeoutSeconds, which is ${timeout.value}.`,
    related: [{ node: timeout, message: 'The timeout.' }],
  });
}

function checkDelay(retrier: Node, report: Report): void {
  const longest = retrier.get('MaxDelaySeconds');
  const first = retrier.get('IntervalSeconds');
  const interval = first === undefined ? 1 : first.value;
  if (typeof longest?.value !== 'number' || typeof interval !== 'number' || longest.value > interval) return;
  report({
    rule: 'asl/retry-delay',
    node: longest,
    message: `MaxDelaySeconds must be greater than IntervalSeconds, which is ${interval}${first ? '' : ' where it is not given'}.`,
  });
}
