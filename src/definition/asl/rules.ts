/** What the state machine service does not know: the integrations of Step Functions with SageMaker. */
import operations from '../generated/operations.json';
import { nearest, oneOf } from '../near';
import type { Level, Report, Rule } from '../rule';
import { structuresOf } from '../sagemaker/shapes';
import type { Node } from '../tree';
import { table } from '../table';

const file = 'train.asl.json';

function machine(resource: string, parameters: string, more = ''): string {
  return `{"StartAt": "Run", "States": {"Run": {"Type": "Task", "Resource": "${resource}", "Parameters": ${parameters}${more}, "End": true}}}`;
}

function rule(name: string, level: Level, title: string, explanation: string, bad: string, good: string): Rule {
  return { id: `asl/${name}`, level, title, explanation, example: { frame: 'document', bad, good, file } };
}

const model = '{"ModelName": "m", "ExecutionRoleArn": "arn:aws:iam::111122223333:role/m"}';
const prefix = 'arn:aws:states:::sagemaker:';
const createModel = `${prefix}createModel`;

const retry = (error: string): string => `, "Retry": [{"ErrorEquals": ["${error}"], "MaxAttempts": 2}]`;

/** Reported by the service, not by a check of ours. */
export const serviceRule: Rule = {
  id: 'asl/state-machine',
  level: 'error',
  title: 'The state machine is not valid',
  explanation:
    'The text breaks a rule of the Amazon States Language: a state that does not exist or cannot be reached, a member that the type of state does not have, an expression that cannot be read.',
  example: {
    frame: 'document',
    bad: machine(createModel, model).replace('"End": true', '"Next": "Nowhere"'),
    good: machine(createModel, model),
    file,
  },
};

export const ownRules: readonly Rule[] = [
  rule(
    'syntax',
    'error',
    'The text cannot be read',
    'A state machine is read as JSON or YAML. As long as it cannot be read whole, only part of it is checked.',
    machine(createModel, model).replace('"End": true}', '"End": true,}'),
    machine(createModel, model),
  ),
  rule(
    'duplicate-key',
    'error',
    'A member is given twice',
    'Only the last of two members with the same name counts. Remove one of them.',
    machine(createModel, model).replace('"End": true', '"End": true, "Type": "Task"'),
    machine(createModel, model),
  ),
  rule(
    'unknown-integration',
    'error',
    'An integration with SageMaker that does not exist',
    'Step Functions calls a few operations of SageMaker by `arn:aws:states:::sagemaker:<operation>`. Every other one is called by `arn:aws:states:::aws-sdk:sagemaker:<operation>`.',
    machine(`${prefix}createModle`, model),
    machine(createModel, model),
  ),
  rule(
    'pattern-not-supported',
    'error',
    'An integration with SageMaker in a way that it does not have',
    'Only jobs (training, processing, transform, tuning, labeling) can be waited for with `.sync`, and only by their own integrations, not by `aws-sdk:sagemaker`. Models and endpoints are made without waiting, and nothing of SageMaker returns a task token.',
    machine(`${createModel}.sync`, model),
    machine(createModel, model),
  ),
  rule(
    'unknown-error',
    'warning',
    'An error of SageMaker that does not exist',
    'Errors of the integrations are called `SageMaker.AmazonSageMakerException` and `SageMaker.ResourceLimitExceededException`. A retry or catcher of a name that is written otherwise never acts.',
    machine(createModel, model, retry('SageMaker.AmazonSagemakerException')),
    machine(createModel, model, retry('SageMaker.AmazonSageMakerException')),
  ),
  rule(
    'missing-argument',
    'error',
    'A call of SageMaker lacks something that the operation needs',
    'The parameters of the state are the request of the operation, and SageMaker rejects the request without this member.',
    machine(createModel, '{"ExecutionRoleArn": "arn:aws:iam::111122223333:role/m"}'),
    machine(createModel, model),
  ),
  rule(
    'unknown-argument',
    'error',
    'A call of SageMaker with a member that the operation does not have',
    'The parameters of the state are the request of the operation. One that is near to no known name may be newer than this tool and gives a warning.',
    machine(
      createModel,
      model.replace('"ExecutionRoleArn"', '"ExecutionRole"').replace('}', ', "ExecutionRoleArn": "r"}'),
    ),
    machine(createModel, model),
  ),
  rule(
    'endpoint-not-awaited',
    'information',
    'The state machine ends before the endpoint is there',
    'Creating or updating an endpoint returns at once. To go on when it is in service, ask with `aws-sdk:sagemaker:describeEndpoint` in a loop of Wait and Choice states.',
    machine(`${prefix}createEndpoint`, '{"EndpointName": "e", "EndpointConfigName": "c"}'),
    machine(`${prefix}createEndpoint`, '{"EndpointName": "e", "EndpointConfigName": "c"}').replace(
      '"End": true}',
      '"Next": "Wait"}, "Wait": {"Type": "Wait", "Seconds": 30, "End": true}',
    ),
  ),
];

interface Integration {
  /** The step type whose tables hold the request; none where they don't have it. */
  request?: string;
  /** It can be waited for with `.sync`. */
  sync: boolean;
}

/** The operations that Step Functions calls by itself. */
const integrations = table<Integration>({
  createTrainingJob: { request: 'Training', sync: true },
  createProcessingJob: { request: 'Processing', sync: true },
  createTransformJob: { request: 'Transform', sync: true },
  createHyperParameterTuningJob: { request: 'Tuning', sync: true },
  createLabelingJob: { sync: true },
  createModel: { request: 'Model', sync: false },
  createEndpointConfig: { request: 'EndpointConfig', sync: false },
  createEndpoint: { request: 'Endpoint', sync: false },
  updateEndpoint: { sync: false },
});

/** Checks every state of a state machine, in its branches and maps too. */
export function checkStates(root: Node, report: Report): void {
  for (const state of statesOf(root)) checkState(state, report);
}

function* statesOf(machine: Node): Generator<Node> {
  for (const state of machine.get('States')?.members ?? []) {
    yield state;
    for (const branch of state.get('Branches')?.items ?? []) yield* statesOf(branch);
    for (const inner of ['ItemProcessor', 'Iterator']) {
      const map = state.get(inner);
      if (map) yield* statesOf(map);
    }
  }
}

function checkState(state: Node, report: Report): void {
  const resource = state.get('Resource');
  const found = /^(arn:aws[\w-]*:states:[\w-]*:\d*:(aws-sdk:)?sagemaker:)([^.]*)(?:\.(.*))?$/.exec(
    resource?.text ?? '',
  );
  if (!resource || !found) return;
  const [, head = '', general, operation = '', pattern] = found;
  checkErrors(state, report);
  const known = general ? generalIntegration(operation) : integrations[operation];
  if (!known) {
    tellUnknown(resource, head.length, operation, general !== undefined, report);
    return;
  }
  checkPattern(resource, head.length + operation.length, operation, pattern, known, report);
  const request = state.get('Parameters') ?? state.get('Arguments');
  if (known.request !== undefined && request?.kind === 'object')
    checkRequest(request, operation, known.request, report);
  const endless =
    (operation === 'createEndpoint' || operation === 'updateEndpoint') && state.get('End')?.value === true;
  if (endless) {
    report({
      rule: 'asl/endpoint-not-awaited',
      node: resource,
      message: 'The endpoint is not in service yet when this state ends. Ask for its status in a loop to wait for it.',
    });
  }
}

/** The operations of SageMaker as Step Functions writes them: `describeEndpoint`. */
const generalOperations: ReadonlySet<string> = new Set(
  operations.map((name) => name.charAt(0).toLowerCase() + name.slice(1)),
);

/** The integration of any operation by `aws-sdk:sagemaker`, which waits for nothing. */
function generalIntegration(operation: string): Integration | undefined {
  return generalOperations.has(operation) ? { sync: false } : undefined;
}

function tellUnknown(resource: Node, from: number, operation: string, general: boolean, report: Report): void {
  const near = nearest(operation, general ? generalOperations : Object.keys(integrations));
  const service = general ? 'aws-sdk:sagemaker' : 'sagemaker';
  const otherwise = general ? ' It may be newer than this tool.' : ' Call it by arn:aws:states:::aws-sdk:sagemaker.';
  const to = from + operation.length;
  report({
    rule: 'asl/unknown-integration',
    node: resource,
    mark: { from, to },
    message: `Step Functions has no integration ${service}:${operation}.${near ? ` Did you mean '${near}'?` : otherwise}`,
    ...(general && !near ? { atMost: 'warning' as const } : {}),
    fixes: (edit) => [near ? edit.fix(`Change to '${near}'`, [edit.part(resource, from, to, near)], true) : undefined],
  });
}

const errors = ['SageMaker.AmazonSageMakerException', 'SageMaker.ResourceLimitExceededException'];

/** Names of errors that are nearly those of the integrations. */
function checkErrors(state: Node, report: Report): void {
  const handlers = [...(state.get('Retry')?.items ?? []), ...(state.get('Catch')?.items ?? [])];
  for (const name of handlers.flatMap((handler) => handler.get('ErrorEquals')?.items ?? [])) {
    const { text } = name;
    if (!text || !/^sage-?maker/i.test(text) || errors.includes(text)) continue;
    const near = nearest(text, errors);
    if (near === undefined) continue;
    report({
      rule: 'asl/unknown-error',
      node: name,
      message: `The integrations of SageMaker have no error '${text}'. Did you mean '${near}'?`,
      fixes: (edit) => [edit.fix(`Change to '${near}'`, [edit.value(name, near)], true)],
    });
  }
}

function checkPattern(
  resource: Node,
  from: number,
  operation: string,
  pattern: string | undefined,
  known: Integration,
  report: Report,
): void {
  if (pattern === undefined || (pattern === 'sync' && known.sync)) return;
  const to = from + 1 + pattern.length;
  const waits = known.sync ? "Only '.sync' waits for it." : 'It is made without waiting.';
  report({
    rule: 'asl/pattern-not-supported',
    node: resource,
    mark: { from, to },
    message: `sagemaker:${operation} has no '.${pattern}'. ${waits}`,
    fixes: (edit) => [
      known.sync ? edit.fix("Change to '.sync'", [edit.part(resource, from, to, '.sync')]) : undefined,
      edit.fix(`Remove '.${pattern}'`, [edit.part(resource, from, to, '')], !known.sync),
    ],
  });
}

function checkRequest(request: Node, operation: string, type: string, report: Report): void {
  const shape = structuresOf(type)[0];
  if (!shape) return;
  // In JSONPath a member whose value is looked up has `.$` behind its name.
  const nameOf = (member: Node): string => String(member.key).replace(/\.\$$/, '');
  const given = new Set(request.members.map(nameOf));
  for (const name of shape.required) {
    if (given.has(name)) continue;
    report({
      rule: 'asl/missing-argument',
      node: request,
      mark: 'opening',
      message: `${operation} needs ${name}.`,
      fixes: (edit) => [edit.fix(`Add ${name}`, [edit.insert(request, name, '')])],
    });
  }
  for (const member of request.members) {
    const name = nameOf(member);
    if (shape.members.has(name)) continue;
    const near = nearest(name, shape.members.keys());
    const free = near !== undefined && !given.has(near);
    report({
      rule: 'asl/unknown-argument',
      node: member,
      mark: 'key',
      message: `${operation} has no member '${name}'.${near ? ` Did you mean ${oneOf([near])}?` : ' It may be newer than this tool.'}`,
      ...(near ? {} : { atMost: 'warning' as const }),
      fixes: (edit) => [
        free
          ? edit.fix(`Change to '${near}'`, [edit.key(member, String(member.key).replace(name, near))], true)
          : undefined,
        edit.fix(`Remove '${name}'`, [edit.remove(member)]),
      ],
    });
  }
}
