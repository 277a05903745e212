/** CacheConfig and RetryPolicies. */
import { durationOf } from '../../duration';
import type { Report, Rule } from '../../rule';
import type { Node } from '../../tree';
import type { Step, Unit } from '../model';
import { retryExceptions, retryMembers, stepTypes } from '../vocabulary';
import { checkMembers, given, kindOf, missingMember, unknownValue } from './tools';

const prepare = (member: string): string =>
  `{"Name": "Make", "Type": "Model", ${member}"Arguments": {"PrimaryContainer": {"Image": {"Get": "Parameters.Image"}}}}`;
const retry = (policy: string): string => prepare(`"RetryPolicies": [${policy}], `);
const endpoint = (cache: string): string =>
  `{"Name": "Deploy", "Type": "Endpoint", "CacheConfig": ${cache}, "Arguments": {"EndpointConfigName": {"Get": "Parameters.Message"}}}`;
const throttling = '{"ExceptionType": ["Step.THROTTLING"], "MaxAttempts": 3}';
const hour = '{"Enabled": true, "ExpireAfter": "PT1H"}';

export const policyRules: readonly Rule[] = [
  {
    id: 'sm/cache-on-unsupported-step',
    level: 'warning',
    title: 'CacheConfig on a step that is not cached',
    explanation:
      'Model, RegisterModel, Condition, Fail and a few other steps always run; the result of the others can be taken from an earlier execution.',
    example: { frame: 'step', bad: prepare(`"CacheConfig": ${hour}, `), good: prepare('') },
  },
  {
    id: 'sm/cache-unknown-member',
    level: 'error',
    title: 'A member that CacheConfig does not have',
    explanation: '`CacheConfig` has `Enabled` and `ExpireAfter`.',
    example: {
      frame: 'step',
      bad: endpoint('{"Enabled": true, "ExpiresAfter": "PT1H", "ExpireAfter": "PT1H"}'),
      good: endpoint(hour),
    },
  },
  {
    id: 'sm/cache-bad-duration',
    level: 'error',
    title: 'ExpireAfter is not an ISO 8601 duration',
    explanation:
      'Durations are written `PT1H` (an hour), `P30D` (thirty days), `P1DT12H`. SageMaker accepts them without the `P`, too.',
    example: { frame: 'step', bad: endpoint('{"Enabled": true, "ExpireAfter": "1 hour"}'), good: endpoint(hour) },
  },
  {
    id: 'sm/cache-enabled-without-expiry',
    level: 'warning',
    title: 'A cache without an end',
    explanation: 'When caching is enabled, say in `ExpireAfter` how old a result may be.',
    example: { frame: 'step', bad: endpoint('{"Enabled": true}'), good: endpoint(hour) },
  },
  {
    id: 'sm/cache-missing-enabled',
    level: 'warning',
    title: 'A CacheConfig without Enabled',
    explanation: '`Enabled` says whether results are taken from an earlier execution. Write it out.',
    example: { frame: 'step', bad: endpoint('{"ExpireAfter": "PT1H"}'), good: endpoint(hour) },
  },
  {
    id: 'sm/cache-enabled-not-boolean',
    level: 'error',
    title: 'Enabled is not true or false',
    explanation: '`Enabled` is a boolean, without quotes.',
    example: { frame: 'step', bad: endpoint('{"Enabled": "true", "ExpireAfter": "PT1H"}'), good: endpoint(hour) },
  },
  {
    id: 'sm/retry-on-unsupported-step',
    level: 'error',
    title: 'RetryPolicies on a step that cannot be retried',
    explanation:
      'Steps that run a job, Model, RegisterModel, EMR and EndpointConfig steps have retry policies; Condition, Fail, Lambda and Callback steps do not.',
    example: {
      frame: 'step',
      bad: `{"Name": "Stop", "Type": "Fail", "RetryPolicies": [${throttling}], "Arguments": {"ErrorMessage": "stop"}}`,
      good: retry(throttling),
    },
  },
  {
    id: 'sm/cache-months',
    level: 'information',
    title: 'A cache that lasts for many months',
    explanation: 'In an ISO 8601 duration `P30M` is 30 months; 30 minutes are `PT30M`.',
    example: {
      frame: 'step',
      bad: endpoint('{"Enabled": true, "ExpireAfter": "P30M"}'),
      good: endpoint('{"Enabled": true, "ExpireAfter": "PT30M"}'),
    },
  },
  {
    id: 'sm/retry-unknown-member',
    level: 'error',
    title: 'A member that a retry policy does not have',
    explanation: `A policy has ${retryMembers.map((name) => `\`${name}\``).join(', ')}.`,
    example: {
      frame: 'step',
      bad: retry('{"ExceptionType": ["Step.THROTTLING"], "MaxAttempt": 3}'),
      good: retry(throttling),
    },
  },
  {
    id: 'sm/retry-missing-exception',
    level: 'error',
    title: 'A retry policy that does not say what for',
    explanation: '`ExceptionType` lists the failures after which the step is tried again.',
    example: { frame: 'step', bad: retry('{"MaxAttempts": 3}'), good: retry(throttling) },
  },
  {
    id: 'sm/retry-unknown-exception',
    level: 'error',
    title: 'An exception type that does not exist',
    explanation: `There are ${retryExceptions.map((name) => `\`${name}\``).join(', ')}.`,
    example: {
      frame: 'step',
      bad: retry('{"ExceptionType": ["Step.THROTTLED"], "MaxAttempts": 3}'),
      good: retry(throttling),
    },
  },
  {
    id: 'sm/retry-exception-not-array',
    level: 'error',
    title: 'ExceptionType is not an array',
    explanation:
      '`ExceptionType` is an array, for one exception too. (The published schema has it as a string; the service does not.)',
    example: {
      frame: 'step',
      bad: retry('{"ExceptionType": "Step.THROTTLING", "MaxAttempts": 3}'),
      good: retry(throttling),
    },
  },
  {
    id: 'sm/retry-both-limits',
    level: 'error',
    title: 'A retry policy with two limits',
    explanation: 'A policy ends by `MaxAttempts` or by `ExpireAfterMin`; with both it is rejected.',
    example: {
      frame: 'step',
      bad: retry('{"ExceptionType": ["Step.THROTTLING"], "MaxAttempts": 3, "ExpireAfterMin": 30}'),
      good: retry(throttling),
    },
  },
  {
    id: 'sm/retry-out-of-range',
    level: 'error',
    title: 'A number of a retry policy outside of its range',
    explanation:
      '`MaxAttempts` is 0 to 20, `IntervalSeconds` at most 43,200, `ExpireAfterMin` at most 14,400, `BackoffRate` not negative.',
    example: {
      frame: 'step',
      bad: retry('{"ExceptionType": ["Step.THROTTLING"], "MaxAttempts": 25}'),
      good: retry(throttling),
    },
  },
  {
    id: 'sm/retry-wrong-type',
    level: 'error',
    title: 'A retry policy or exception of the wrong type',
    explanation: '`RetryPolicies` is an array of objects, and the `ExceptionType` of each an array of strings.',
    example: { frame: 'step', bad: retry('"Step.THROTTLING"'), good: retry(throttling) },
  },
  {
    id: 'sm/retry-without-effect',
    level: 'warning',
    title: 'An exception that this step type does not retry',
    explanation: 'Tuning and AutoML steps ignore `SageMaker.JOB_INTERNAL_ERROR`: their jobs retry it themselves.',
    example: {
      frame: 'step',
      bad: '{"Name": "Find", "Type": "AutoML", "RetryPolicies": [{"ExceptionType": ["SageMaker.JOB_INTERNAL_ERROR"], "MaxAttempts": 3}], "Arguments": {"AutoMLJobConfig": {"Mode": "ENSEMBLING"}, "InputDataConfig": [{"TargetAttributeName": "species"}], "OutputDataConfig": {"S3OutputPath": {"Get": "Parameters.Message"}}}}',
      good: '{"Name": "Find", "Type": "AutoML", "RetryPolicies": [{"ExceptionType": ["SageMaker.CAPACITY_ERROR"], "MaxAttempts": 3}], "Arguments": {"AutoMLJobConfig": {"Mode": "ENSEMBLING"}, "InputDataConfig": [{"TargetAttributeName": "species"}], "OutputDataConfig": {"S3OutputPath": {"Get": "Parameters.Message"}}}}',
    },
  },
];

export function checkPolicies(unit: Unit, report: Report): void {
  for (const step of unit.steps) {
    const cache = step.node.get('CacheConfig');
    const retries = step.node.get('RetryPolicies');
    if (cache) checkCache(step, cache, report);
    if (retries) checkRetries(step, retries, report);
  }
}

/** Types for which no document says that they take no retry policies. */
const newer = /^(Endpoint|InferenceComponent|Lineage|ForEach|Cleanup|Bedrock.*)$/;

function unsupported(rule: string, step: Step, member: Node, report: Report): void {
  report({
    rule,
    ...(newer.test(step.type ?? '') ? { atMost: 'warning' as const } : {}),
    node: member,
    mark: 'key',
    message: `A ${step.type ?? ''} step has no ${String(member.key)}. Remove it.`,
    fixes: (edit) => [edit.fix(`Remove '${String(member.key)}'`, [edit.remove(member)], true)],
  });
}

function checkCache(step: Step, cache: Node, report: Report): void {
  const type = step.type === undefined ? undefined : stepTypes[step.type];
  if (type && !type.cache) unsupported('sm/cache-on-unsupported-step', step, cache, report);
  if (cache.kind !== 'object') return;
  checkMembers('sm/cache-unknown-member', cache, 'CacheConfig', ['Enabled', 'ExpireAfter'], report);
  const enabled = cache.get('Enabled');
  const expiry = cache.get('ExpireAfter');
  if (given(enabled) && enabled.kind !== 'boolean' && !isFunction(enabled)) {
    const meant = /^true$/i.test(enabled.text ?? '') ? true : /^false$/i.test(enabled.text ?? '') ? false : undefined;
    report({
      rule: 'sm/cache-enabled-not-boolean',
      node: enabled,
      message: `Enabled is true or false, without quotes; this is ${kindOf(enabled)}.`,
      fixes: (edit) => [
        meant === undefined ? undefined : edit.fix(`Change to ${meant}`, [edit.value(enabled, meant)], true),
      ],
    });
  }
  if (!enabled) {
    missingMember(
      'sm/cache-missing-enabled',
      cache,
      'CacheConfig does not say whether the cache is Enabled. Add true or false.',
      'Enabled',
      true,
      report,
    );
  }
  if (enabled?.value === true && !expiry) {
    missingMember(
      'sm/cache-enabled-without-expiry',
      cache,
      'The cache has no ExpireAfter. Say how old a result may be, such as P30D.',
      'ExpireAfter',
      'P30D',
      report,
    );
  }
  if (!given(expiry) || isFunction(expiry)) return;
  if (expiry.text !== undefined && durationOf(expiry.text) !== undefined) {
    checkMonths(expiry, expiry.text, report);
    return;
  }
  const meant = durationFrom(expiry.text ?? '');
  report({
    rule: 'sm/cache-bad-duration',
    node: expiry,
    message: `ExpireAfter is an ISO 8601 duration, such as PT1H or P30D.${meant === undefined ? '' : ` Did you mean '${meant}'?`}`,
    fixes: (edit) => [
      meant === undefined ? undefined : edit.fix(`Change to '${meant}'`, [edit.value(expiry, meant)], true),
    ],
  });
}

/** Minutes stand behind a T; without it the same letter means months. */
function checkMonths(node: Node, text: string, report: Report): void {
  const months = Number(/^P?(\d+)M$/i.exec(text)?.[1] ?? 0);
  if (months < manyMonths) return;
  report({
    rule: 'sm/cache-months',
    node,
    message: `${text} is ${months} months. Write PT${months}M for ${months} minutes.`,
    fixes: (edit) => [edit.fix(`Change to 'PT${months}M'`, [edit.value(node, `PT${months}M`)])],
  });
}

/** From here on months are surely meant to be minutes. */
const manyMonths = 6;

/** `30 days`, `1 hour`, `90m` as a duration. */
function durationFrom(text: string): string | undefined {
  const match = /^\s*(\d+)\s*(second|sec|s|minute|min|hour|hr|day|week|month|year)s?\s*$/i.exec(text);
  if (!match) return undefined;
  const [, count = '', unit = ''] = match;
  const letter = unit.charAt(0).toUpperCase();
  const isTime = /^(s|min|h)/i.test(unit);
  return isTime ? `PT${count}${letter}` : `P${count}${letter}`;
}

/** A function here has a rule of its own. */
function isFunction(node: Node): boolean {
  return node.kind === 'object' && node.members.some((member) => /^(Get|Std:)/.test(String(member.key)));
}

const ranges: readonly (readonly [name: string, min: number, max: number])[] = [
  ['IntervalSeconds', 0, 43_200],
  ['BackoffRate', 0, Number.POSITIVE_INFINITY],
  ['MaxAttempts', 0, 20],
  ['ExpireAfterMin', 0, 14_400],
];

function checkRetries(step: Step, retries: Node, report: Report): void {
  const type = step.type === undefined ? undefined : stepTypes[step.type];
  if (type && !type.retry) unsupported('sm/retry-on-unsupported-step', step, retries, report);
  for (const policy of retries.items) {
    if (policy.kind === 'object') checkPolicy(step, policy, report);
    else if (given(policy))
      report({
        rule: 'sm/retry-wrong-type',
        node: policy,
        message: `A retry policy is an object with ExceptionType; this is ${kindOf(policy)}.`,
      });
  }
}

function checkPolicy(step: Step, policy: Node, report: Report): void {
  checkMembers('sm/retry-unknown-member', policy, 'A retry policy', retryMembers, report);
  const exceptions = policy.get('ExceptionType');
  if (!exceptions) {
    missingMember(
      'sm/retry-missing-exception',
      policy,
      'The policy has no ExceptionType. Add the failures after which the step is tried again.',
      'ExceptionType',
      ['Step.THROTTLING'],
      report,
    );
  } else if (given(exceptions) && !isFunction(exceptions)) {
    checkExceptions(step, exceptions, report);
  }
  const attempts = policy.get('MaxAttempts');
  const minutes = policy.get('ExpireAfterMin');
  if (given(attempts) && given(minutes)) {
    report({
      rule: 'sm/retry-both-limits',
      node: policy,
      mark: 'opening',
      message: 'A policy has MaxAttempts or ExpireAfterMin, not both. Remove one.',
      related: [{ node: minutes, mark: 'key', message: 'The second limit.' }],
      fixes: (edit) => [
        edit.fix("Remove 'ExpireAfterMin'", [edit.remove(minutes)]),
        edit.fix("Remove 'MaxAttempts'", [edit.remove(attempts)]),
      ],
    });
  }
  for (const [name, min, max] of ranges) checkNumber(policy.get(name), min, max, report);
}

function checkNumber(node: Node | undefined, min: number, max: number, report: Report): void {
  if (!given(node) || isFunction(node)) return;
  const name = String(node.key);
  if (typeof node.value !== 'number') {
    const value = Number(node.text);
    report({
      rule: 'sm/retry-out-of-range',
      node,
      message: `${name} is a number; this is ${kindOf(node)}.`,
      fixes: (edit) => [
        node.text && Number.isFinite(value)
          ? edit.fix(`Change to ${value}`, [edit.value(node, value)], true)
          : undefined,
      ],
    });
    return;
  }
  const whole = name === 'BackoffRate' || Number.isInteger(node.value);
  if (whole && node.value >= min && node.value <= max) return;
  const clamped = Math.min(Math.max(whole ? node.value : Math.round(node.value), min), max);
  report({
    rule: 'sm/retry-out-of-range',
    node,
    message: `${name} is ${whole ? (node.value < min ? `at least ${min}` : `at most ${max}`) : 'an integer'}; this is ${node.value}.`,
    fixes: (edit) => [edit.fix(`Change to ${clamped}`, [edit.value(node, clamped)])],
  });
}

function checkExceptions(step: Step, exceptions: Node, report: Report): void {
  if (exceptions.kind !== 'array') {
    report({
      rule: 'sm/retry-exception-not-array',
      node: exceptions,
      message: `ExceptionType is an array; this is ${kindOf(exceptions)}.`,
      fixes: (edit) => [
        exceptions.kind === 'string'
          ? edit.fix('Put it into an array', [edit.value(exceptions, [exceptions.text])], true)
          : undefined,
      ],
    });
    return;
  }
  if (exceptions.items.length === 0) {
    report({
      rule: 'sm/retry-missing-exception',
      atMost: 'warning',
      node: exceptions,
      message: 'ExceptionType is empty, so nothing is tried again. Add the failures after which the step is.',
      fixes: (edit) =>
        retryExceptions.slice(0, 5).map((name) => edit.fix(`Add '${name}'`, [edit.push(exceptions, name)])),
    });
  }
  for (const exception of exceptions.items) {
    if (exception.text === undefined) {
      if (given(exception) && !isFunction(exception))
        report({
          rule: 'sm/retry-wrong-type',
          node: exception,
          message: `ExceptionType holds strings; this is ${kindOf(exception)}.`,
        });
      continue;
    }
    if (!retryExceptions.includes(exception.text)) {
      const bare = exception.text.replace(/^.*\./, '').toUpperCase();
      const near = retryExceptions.find((name) => name.endsWith(`.${bare}`));
      unknownValue(
        'sm/retry-unknown-exception',
        exception,
        'exception type',
        retryExceptions,
        report,
        near === undefined ? {} : { near },
      );
    } else if (
      exception.text === 'SageMaker.JOB_INTERNAL_ERROR' &&
      (step.type === 'Tuning' || step.type === 'AutoML')
    ) {
      report({
        rule: 'sm/retry-without-effect',
        node: exception,
        message: `${step.type} steps ignore SageMaker.JOB_INTERNAL_ERROR. Remove it from the policy.`,
      });
    }
  }
}
