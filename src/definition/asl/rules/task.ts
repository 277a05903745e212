/** Tasks: what they call, how they wait for it, and the request that they send. */
import { nearest, oneOf } from '../../near';
import type { Report, Rule } from '../../rule';
import { checkShape } from '../../shape/check';
import type { Node } from '../../tree';
import {
  type Integration,
  modelOf,
  optimised,
  type Pattern,
  readResource,
  requestShape,
  type Resource,
} from '../integrations';
import type { State } from '../model';
import { isAsked, sdkName, serviceNames } from '../services';
import { hasPlaceholder, isComputed, isExpression, isLookedUp, plainName } from '../values';
import { type Check, done, guide, machine, rule } from './tools';

const prefix = 'arn:aws:states:::';
const task = (resource: string, parameters: string, more = ''): string =>
  machine(
    `"Call": {"Type": "Task", "Resource": "${resource}", "Parameters": ${parameters}${more}, "Next": "Done"}, ${done}`,
  );
const model = '{"ModelName": "m", "ExecutionRoleArn": "arn:aws:iam::111122223333:role/m"}';
const createModel = `${prefix}sagemaker:createModel`;
const ending = (resource: string, parameters: string): string =>
  machine(`"Call": {"Type": "Task", "Resource": "${resource}", "Parameters": ${parameters}, "End": true}`);
const endpoint = '{"EndpointName": "e", "EndpointConfigName": "c"}';
const queue = `${prefix}sqs:sendMessage.waitForTaskToken`;

export const taskRules: readonly Rule[] = [
  rule(
    'resource',
    'error',
    'A Resource that a Task cannot call',
    'A Task calls an integration (`arn:aws:states:::service:operation`), a Lambda function or an activity, each by its ARN.',
    task('arn:aws:lambda:eu-west-1:111122223333:function:f:', '{}'),
    task('arn:aws:lambda:eu-west-1:111122223333:function:f', '{}'),
    guide('state-task'),
  ),
  rule(
    'unknown-integration',
    'error',
    'An integration that does not exist',
    'Step Functions calls a few operations of some services by `arn:aws:states:::<service>:<operation>`. Every other one is called by `arn:aws:states:::aws-sdk:<service>:<operation>`, the operation in lower camel case.',
    task(`${prefix}sagemaker:createModle`, model),
    task(createModel, model),
    guide('integrate-optimized'),
  ),
  rule(
    'pattern-not-supported',
    'error',
    'An integration called in a way that it does not have',
    'Which integrations wait for a job (`.sync`, for nested executions `.sync:2` too) and which for a task token (`.waitForTaskToken`) is fixed. Those by `aws-sdk` never wait for a job, and wait for a token in a Standard workflow. An Express workflow only makes plain requests and has no activities.',
    task(`${createModel}.sync`, model),
    task(createModel, model),
    guide('integrate-optimized'),
  ),
  rule(
    'missing-argument',
    'error',
    'A request lacks something that the operation needs',
    'The parameters of the state are the request of the operation, and the service rejects the request without this member.',
    task(createModel, '{"ModelName": "m", "PrimaryContainer": {"Image": "i"}, "Containers": [{"Image": "i"}]}').replace(
      '"ModelName": "m", ',
      '',
    ),
    task(createModel, model),
  ),
  rule(
    'unknown-argument',
    'error',
    'A request with a member that the operation does not have',
    'The parameters of the state are the request of the operation, each member with a capital, however deep it stands. A name that is not similar to a known one may be newer than this tool and gives a warning.',
    task(createModel, model.replace('"ModelName"', '"ModelNam": "m", "ModelName"')),
    task(createModel, model),
  ),
  rule(
    'argument-type',
    'error',
    'A value of the wrong type in a request',
    'The member takes a value of another kind: a string, a number, a list or an object.',
    task(createModel, model.replace('}', ', "EnableNetworkIsolation": "true"}')),
    task(createModel, model.replace('}', ', "EnableNetworkIsolation": true}')),
  ),
  rule(
    'argument-value',
    'error',
    'A value in a request that the service does not take',
    'The member takes one of a few words, or a number or a length within limits.',
    task(createModel, model.replace('}', ', "InferenceExecutionConfig": {"Mode": "serial"}}')),
    task(createModel, model.replace('}', ', "InferenceExecutionConfig": {"Mode": "Serial"}}')),
  ),
  rule(
    'task-token',
    'warning',
    'A task that waits for a token that nobody gets',
    'With `.waitForTaskToken` the task continues when its token is sent back. The request must contain the token: `$$.Task.Token` in JSONPath, `$states.context.Task.Token` in JSONata.',
    task(queue, '{"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/q", "MessageBody": "go"}'),
    task(
      queue,
      '{"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/q", "MessageBody": {"token.$": "$$.Task.Token"}}',
    ),
    guide('connect-to-resource'),
  ),
  rule(
    'credentials',
    'error',
    'Credentials without the role',
    'Credentials of a Task name the role that it takes: `{"RoleArn": "arn:aws:iam::111122223333:role/other"}`.',
    task(createModel, model, ', "Credentials": {"Role": "arn:aws:iam::111122223333:role/other"}'),
    task(createModel, model, ', "Credentials": {"RoleArn": "arn:aws:iam::111122223333:role/other"}'),
    guide('concepts-access-cross-acct-resources'),
  ),
  rule(
    'endpoint-not-awaited',
    'information',
    'The state machine ends before the endpoint is there',
    'Creating or updating an endpoint returns at once. To continue when it is in service, poll with `aws-sdk:sagemaker:describeEndpoint` in a loop of Wait and Choice states.',
    ending(`${prefix}sagemaker:createEndpoint`, endpoint),
    ending(`${prefix}sagemaker:createEndpoint`, endpoint).replace(
      '"End": true}',
      '"Next": "Wait"}, "Wait": {"Type": "Wait", "Seconds": 30, "End": true}',
    ),
  ),
];

const requestRules = {
  unknownMember: 'asl/unknown-argument',
  missingMember: 'asl/missing-argument',
  wrongType: 'asl/argument-type',
  unknownValue: 'asl/argument-value',
  invalidValue: 'asl/argument-value',
  outOfRange: 'asl/argument-value',
};

export const checkTasks: Check = (_machine, report) => (state) => {
  if (state.type !== 'Task') return;
  checkCredentials(state, report);
  const node = state.node.get('Resource');
  if (!node?.text || isFilledInBeyondPartition(node.text) || isExpression(node.text)) return;
  const resource = readResource(node.text);
  if (!resource) tellResource(node, report);
  else if (resource.kind === 'integration') checkIntegration(state, node, resource, report);
  else checkExpressTask(state, node, resource, report);
};

/** True where a template fills in more of a Resource than its partition. */
function isFilledInBeyondPartition(text: string): boolean {
  return hasPlaceholder(text.replace(/^arn:\$\{[^{}]*\}:states:/, ''));
}

function tellResource(node: Node, report: Report): void {
  const text = node.text ?? '';
  const isLambda = /^arn:aws[\w-]*:lambda:/.test(text);
  // A single word may stand for what a tool that is not known here fills in.
  const isPlaceholder = !text.includes('${') && (/[<>%@{}]/.test(text) || (!isLambda && /^[\w.-]*$/.test(text)));
  report({
    rule: 'asl/resource',
    node,
    message: isLambda
      ? 'This is not the ARN of a Lambda function: arn:aws:lambda:region:account:function:name, with a version or an alias after another colon.'
      : 'A Task calls an integration (arn:aws:states:::service:operation), a Lambda function or an activity, by its ARN.',
    ...(isPlaceholder ? { atMost: 'information' as const } : {}),
  });
}

function checkExpressTask({ scope }: State, node: Node, resource: Resource, report: Report): void {
  if (scope.express !== true || resource.kind !== 'activity') return;
  report({ rule: 'asl/pattern-not-supported', node, message: 'An Express workflow has no activities.' });
}

function checkCredentials({ node: state, language }: State, report: Report): void {
  const node = state.get('Credentials');
  if (!node || node.kind === 'missing' || isComputed(node, language)) return;
  // Of tasks of the Simple Workflow Service little is known.
  if (/^arn:aws[\w-]*:swf:/.test(state.get('Resource')?.text ?? '') && node.kind === 'object') return;
  if (node.kind === 'object' && node.members.some((member) => plainName(member.key) === 'RoleArn')) return;
  report({
    rule: 'asl/credentials',
    node,
    mark: node.kind === 'object' ? 'opening' : 'value',
    message: 'RoleArn is missing: the role that the task takes.',
    fixes: (edit) => [node.kind === 'object' ? edit.fix('Add RoleArn', [edit.insert(node, 'RoleArn', '')]) : undefined],
  });
}

function checkIntegration(state: State, node: Node, integration: Integration, report: Report): void {
  const { service, operation, sdk } = integration;
  const patterns = sdk ? (['waitForTaskToken'] as const) : optimised[service]?.[operation];
  // Nothing is told of services before their tables are loaded.
  const isKnown = sdk
    ? !isAsked(service) || modelOf(integration)?.operations.has(operation) === true
    : patterns !== undefined;
  if (!isKnown) {
    tellUnknown(node, integration, report);
    return;
  }
  checkPattern(state, node, integration, patterns ?? [], report);
  checkRequest(state, node, integration, report);
  if (service === 'sagemaker' && (operation === 'createEndpoint' || operation === 'updateEndpoint')) {
    if (state.node.get('End')?.value === true && state.scope.kind === 'machine') {
      report({
        rule: 'asl/endpoint-not-awaited',
        node,
        message:
          'The endpoint is not in service yet when this state ends. Ask for its status in a loop to wait for it.',
      });
    }
  }
}

function tellUnknown(node: Node, integration: Integration, report: Report): void {
  const { service, operation, sdk, serviceAt, operationAt } = integration;
  const model = modelOf(integration);
  const operations = sdk ? model?.operations : Object.keys(optimised[service] ?? {});
  const isService = sdk ? model !== undefined : optimised[service] !== undefined;
  const known = sdk ? serviceNames() : Object.keys(optimised);
  // A service that has another name here than in its own API, or as an optimised integration.
  const other = sdk && serviceNames().includes(sdkName(service)) ? sdkName(service) : undefined;
  const near = isService ? nearest(operation, operations ?? []) : (other ?? nearest(service, known));
  const from = isService ? operationAt : serviceAt;
  const to = from + (isService ? operation : service).length;
  const existing = !sdk && model?.operations.has(operation) === true;
  const general = generalForm(node.text ?? '', serviceAt);
  const otherwise = sdk
    ? ' It may be newer than this tool, or no longer there.'
    : ` Call it by arn:aws:states:::aws-sdk:${service}.`;
  report({
    rule: 'asl/unknown-integration',
    node,
    mark: { from, to },
    message: `Step Functions has no integration ${sdk ? 'aws-sdk:' : ''}${service}${isService ? `:${operation}` : ''}.${near && !existing ? ` Did you mean '${near}'?` : otherwise}`,
    // A service or an operation that is near to nothing known may be new.
    ...((near && (isService || !sdk || other)) || (isService && !sdk)
      ? {}
      : // Services come and go, so one that is near to none is only remarked on.
        { atMost: isService ? ('warning' as const) : ('information' as const) }),
    fixes: (edit) => [
      near ? edit.fix(`Change to '${near}'`, [edit.part(node, from, to, near)], !existing) : undefined,
      existing ? edit.fix(`Change to 'aws-sdk:${service}'`, [edit.value(node, general)], true) : undefined,
    ],
  });
}

const generalForm = (text: string, at: number): string => `${text.slice(0, at)}aws-sdk:${text.slice(at)}`;

function checkPattern(
  { scope }: State,
  node: Node,
  { service, operation, sdk, pattern, operationAt }: Integration,
  patterns: readonly Pattern[],
  report: Report,
): void {
  if (pattern === undefined) return;
  const from = operationAt + operation.length;
  const to = from + 1 + pattern.length;
  const isThere = (patterns as readonly string[]).includes(pattern);
  if (isThere && scope.express !== true) return;
  const offered = scope.express === true ? [] : patterns.map((one) => `.${one}`);
  const near = nearest(`.${pattern}`, offered) ?? (offered.length === 1 && pattern !== 'sync' ? offered[0] : undefined);
  report({
    rule: 'asl/pattern-not-supported',
    node,
    mark: { from, to },
    message: isThere
      ? `An Express workflow only makes plain requests, and '.${pattern}' waits.`
      : `${sdk ? 'aws-sdk:' : ''}${service}:${operation} has no '.${pattern}'. ${offered.length > 0 ? `It has ${oneOf(offered)}.` : 'It is called without waiting.'}`,
    fixes: (edit) => [
      near ? edit.fix(`Change to '${near}'`, [edit.part(node, from, to, near)]) : undefined,
      edit.fix(`Remove '.${pattern}'`, [edit.part(node, from, to, '')], offered.length === 0 || sdk),
    ],
  });
}

function checkRequest(state: State, resource: Node, integration: Integration, report: Report): void {
  const { language, node } = state;
  const request = node.get(language === 'JSONata' ? 'Arguments' : 'Parameters');
  if (request && isComputed(request, language)) return;
  if (integration.pattern === 'waitForTaskToken') checkToken(state, resource, request, report);
  const shape = requestShape(integration);
  if (!shape) return;
  if (request?.kind === 'object') {
    checkShape(request, shape, {
      rules: requestRules,
      report,
      // An object where the service takes a text is written as JSON by the integration.
      objectsAsText: integration.sdk,
      // An optimised integration knows the members that its page lists, which are fewer than the service has.
      closed: !integration.sdk,
      isComputed: (one) =>
        (language === 'JSONPath' && one !== request && isLookedUp(one)) ||
        isComputed(one, language) ||
        one.kind === 'null',
      ...(language === 'JSONPath' ? { suffix: '.$' } : {}),
    });
  } else if (!request && shape.kind === 'object') {
    // Without parameters the input of the state is the request.
    if (language === 'JSONPath') return;
    const missing = Object.entries(shape.members).flatMap(([name, member]) => (member.required ? [name] : []));
    if (missing.length === 0) return;
    report({
      rule: 'asl/missing-argument',
      node,
      mark: 'key',
      message: `${integration.operation} needs ${missing.join(', ')}. Give them as Arguments.`,
      // The input of the state is the request where nothing is given.
      atMost: 'warning',
    });
  }
}

function checkToken({ node, language }: State, resource: Node, request: Node | undefined, report: Report): void {
  // The whole input, or what is looked up in it, may hold the token.
  if (!request) return;
  for (const one of request.walk()) {
    const text = one.text ?? '';
    if (/Task\.Token|\$\$\s*$|\$states\.context\s*%\}|Task\['Token'\]|Task\["Token"\]/.test(text)) return;
    if (isComputed(one, language) && language === 'JSONPath') return;
    // A variable may hold it.
    if (language === 'JSONPath' ? /^\$\w/.test(text) : /\$(?!states\b)\w+/.test(text)) return;
  }
  report({
    rule: 'asl/task-token',
    node: resource,
    message: `The request does not hand out the task token, so nobody can send it back. Add ${language === 'JSONata' ? '{% $states.context.Task.Token %}' : '$$.Task.Token'} to it.`,
    related: [{ node, mark: 'key', message: 'The state waits.' }],
  });
}
