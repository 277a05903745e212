/**
 * What rules and schedules of EventBridge start: their targets, the parameters of pipelines, what starts itself.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
 */
import { isIntrinsic } from '../codepipeline/model';
import { nearest, oneOf } from '../near';
import type { Report, Rule } from '../rule';
import type { Pipeline } from '../sagemaker/model';
import type { Node } from '../tree';
import { checkTemplate } from './input-templates';
import { type Check, means, numberOf, placeOf, type Resource, type Resources, rule, writtenText } from './tools';

const event = 'AWS::Events::Rule';
const schedule = 'AWS::Scheduler::Schedule';
const daily = (targets: string): string => `{"ScheduleExpression": "rate(1 day)", "Targets": [${targets}]}`;
const pipelineArn = 'arn:aws:sagemaker:eu-west-1:111122223333:pipeline/train';
const training = (parameters: string, more = ''): string =>
  `{"Id": "a", "Arn": "${pipelineArn}", "RoleArn": "r"${more}, "SageMakerPipelineParameters": {"PipelineParameterList": [${parameters}]}}`;
const rows = '{"Name": "Rows", "Value": "9"}';
const train =
  '"Train": {"Type": "AWS::SageMaker::Pipeline", "Properties": {"PipelineName": "train", "PipelineDefinition": {"Version": "2020-12-01", "Parameters": [{"Name": "Rows", "Type": "Integer"}], "Steps": [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": {"Std:Join": {"On": " ", "Values": [{"Get": "Parameters.Rows"}, "rows"]}}}}]}}}';
const ended = (detail: string): string =>
  `{"EventPattern": {"source": ["aws.sagemaker"], "detail-type": ["SageMaker Model Building Pipeline Execution Status Change"], "detail": {${detail}}}, "Targets": [{"Id": "a", "Arn": "${pipelineArn}", "RoleArn": "r"}]}`;
const objects = (more: string): string =>
  `{"EventPattern": {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": {"bucket": {"name": [${more}]}}}}`;
const silent = '"Data": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "data"}}';

export const targetRules: readonly Rule[] = [
  rule(
    'target',
    'error',
    'A target that EventBridge refuses',
    'A rule has at most 5 targets, each with an Id of its own. Pipelines, state machines and builds need a RoleArn, by which EventBridge starts them. Of Input, InputPath and InputTransformer there is one.',
    [
      event,
      daily(`{"Id": "a", "Arn": "${pipelineArn}"}`),
      daily(`{"Id": "a", "Arn": "${pipelineArn}", "RoleArn": {"Ref": "Role"}}`),
    ],
    { source: 'https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html' },
  ),
  rule(
    'retry-policy',
    'error',
    'A retry policy out of its bounds',
    'A target is tried again at most 185 times, for 60 to 86,400 seconds. Without a dead-letter queue an event that is given up is lost.',
    [
      event,
      daily('{"Id": "a", "Arn": "a", "RetryPolicy": {"MaximumRetryAttempts": 500}}'),
      daily('{"Id": "a", "Arn": "a", "RetryPolicy": {"MaximumRetryAttempts": 3}}'),
    ],
    { source: 'https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RetryPolicy.html' },
  ),
  rule(
    'target-parameter',
    'error',
    'A parameter that the target cannot pass on',
    'The name of a parameter in the target of a rule has letters, digits and hyphens; EventBridge Scheduler takes underscores too. A value is a text of at most 1024 characters, which for a schedule is not empty.',
    [
      event,
      daily(training('{"Name": "max_rows", "Value": "9"}')),
      daily(training('{"Name": "MaxRows", "Value": "9"}')),
    ],
    { source: 'https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_SageMakerPipelineParameter.html' },
  ),
  rule(
    'pipeline-parameter',
    'error',
    'Parameters of a target that are not those of its pipeline',
    'A pipeline does not start with a parameter that it does not have, nor without one that has no default. EventBridge tells it nowhere: the event is retried and lost.',
    [event, daily(training('{"Name": "Row", "Value": "9"}')), daily(training(rows))],
    { others: train },
  ),
  rule(
    'starts-itself',
    'warning',
    'A rule that what it starts triggers again',
    'The target causes events that match the pattern, and starts again and again: the end of its own run, a model that it registers, an object that it writes. Name another pipeline, status, group or prefix.',
    [
      event,
      ended('"currentPipelineExecutionStatus": ["Failed"]'),
      ended(`"pipelineArn": ["${pipelineArn}-data"], "currentPipelineExecutionStatus": ["Succeeded"]`),
    ],
    { source: 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html' },
  ),
  rule(
    'silent-bucket',
    'warning',
    'A rule for events that its bucket does not send',
    'A bucket sends events to EventBridge only where that is turned on: EventBridgeConfiguration in its NotificationConfiguration.',
    [event, objects('{"Ref": "Data"}'), objects('"other"')],
    {
      source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-event-notifications-eventbridge.html',
      others: silent,
    },
  ),
];

/** Reads the SageMaker definition in the properties of AWS::SageMaker::Pipeline, where it is written there. */
export type ReadPipeline = (properties: Node) => Pipeline | undefined;

/** Checks the targets of a rule or a schedule. */
export function checkTargets(read: ReadPipeline): Check {
  return ({ type, properties }, all, report) => {
    if (type === schedule) {
      const target = properties.get('Target');
      if (target?.kind === 'object' && !isIntrinsic(target)) {
        for (const name of ['Arn', 'RoleArn']) if (!target.get(name)) tellMissing(target, name, report);
        checkTarget(target, true, all, read, report);
      }
    }
    if (type !== event) return;
    const targets = properties.get('Targets');
    if (targets && targets.items.length > 5) {
      report({ rule: 'cfn/target', node: targets, mark: 'key', message: 'A rule has at most 5 targets.' });
    }
    const ids = new Set<string>();
    const pattern = properties.get('EventPattern');
    for (const target of targets?.items ?? []) {
      if (target.kind !== 'object' || isIntrinsic(target)) continue;
      const id = target.get('Id');
      if (id?.text !== undefined && ids.has(id.text)) {
        report({ rule: 'cfn/target', node: id, message: `There is another target '${id.text}' in this rule.` });
      }
      if (id?.text !== undefined) ids.add(id.text);
      checkTarget(target, false, all, read, report);
      if (pattern) checkLoop(target, pattern, all, read, report);
    }
    if (pattern) checkBucket(pattern, all, report);
  };
}

function tellMissing(target: Node, name: string, report: Report): void {
  report({ rule: 'cfn/target', node: target, mark: 'opening', message: `${name} is missing.` });
}

/** What a target may be: by the type of its resource, how its ARN looks, and which of its own events name it. */
interface Kind {
  type: string;
  /** The property with its name. */
  property: string;
  arn: RegExp;
  source: string;
  kinds: readonly string[];
  /** The member of the details by which the events name it. */
  member: string;
}

const kinds: readonly Kind[] = [
  {
    type: 'AWS::SageMaker::Pipeline',
    property: 'PipelineName',
    arn: /:sagemaker:[^:]*:[^:]*:pipeline\/([^/]+)$/,
    source: 'aws.sagemaker',
    kinds: [
      'SageMaker Model Building Pipeline Execution Status Change',
      'SageMaker Model Building Pipeline Execution Step Status Change',
    ],
    member: 'pipelineArn',
  },
  {
    type: 'AWS::CodePipeline::Pipeline',
    property: 'Name',
    arn: /:codepipeline:[^:]*:[^:]*:([^:]+)$/,
    source: 'aws.codepipeline',
    kinds: [
      'CodePipeline Pipeline Execution State Change',
      'CodePipeline Stage Execution State Change',
      'CodePipeline Action Execution State Change',
    ],
    member: 'pipeline',
  },
  {
    type: 'AWS::StepFunctions::StateMachine',
    property: 'StateMachineName',
    arn: /:states:[^:]*:[^:]*:stateMachine:([^:]+)$/,
    source: 'aws.states',
    kinds: ['Step Functions Execution Status Change'],
    member: 'stateMachineArn',
  },
  {
    type: 'AWS::CodeBuild::Project',
    property: 'Name',
    arn: /:codebuild:[^:]*:[^:]*:project\/([^:]+)$/,
    source: 'aws.codebuild',
    kinds: ['CodeBuild Build State Change', 'CodeBuild Build Phase Change'],
    member: 'project-name',
  },
];

/** What a target starts: its kind, its name or the text for it, and its resource where the template has it. */
interface Started {
  kind: Kind;
  name: string | undefined;
  resource: Resource | undefined;
}

function started(arn: Node | undefined, all: Resources): Started | undefined {
  const place = placeOf(arn);
  if (place !== undefined) {
    const [logical = ''] = place.split('.');
    for (const kind of kinds) {
      const resource = all.byName(kind.type, logical);
      if (resource) return { kind, name: resource.properties.get(kind.property)?.text, resource };
    }
    return undefined;
  }
  // The region and the account have colons in their names: ${AWS::Region}.
  const text = writtenText(arn)?.replaceAll(/\$\{AWS::\w+\}/g, '*');
  for (const kind of kinds) {
    const name = text === undefined ? undefined : kind.arn.exec(text)?.[1];
    if (name === undefined) continue;
    const logical = /^\$\{(\w+)(\.\w+)?\}$/.exec(name)?.[1];
    const resource =
      logical === undefined ? all.byProperty(kind.type, kind.property, name) : all.byName(kind.type, logical);
    return { kind, name: logical === undefined ? name : resource?.properties.get(kind.property)?.text, resource };
  }
  return undefined;
}

/** True where the targets of a rule are written beside it, and none of them is known to start a run. */
export function startsNothing(rule: Node, all: Resources): boolean {
  const targets = rule.get('Targets')?.items ?? [];
  return targets.length > 0 && !targets.some((target) => started(target.get('Arn'), all));
}

function checkTarget(target: Node, isScheduler: boolean, all: Resources, read: ReadPipeline, report: Report): void {
  const found = started(target.get('Arn'), all);
  if (found && !isScheduler && !target.get('RoleArn')) {
    report({
      rule: 'cfn/target',
      node: target,
      mark: 'opening',
      message: 'RoleArn is missing: the role by which EventBridge starts the target.',
    });
  }
  const inputs = ['Input', 'InputPath', 'InputTransformer'].flatMap((name) => target.get(name) ?? []);
  const [, second] = inputs;
  if (second && !inputs.some(isIntrinsic)) {
    report({
      rule: 'cfn/target',
      node: second,
      mark: 'key',
      message: `${String(inputs[0]?.key)} and ${String(second.key)} cannot both be given.`,
      fixes: (edit) => inputs.map((input) => edit.fix(`Remove ${String(input.key)}`, [edit.remove(input)])),
    });
  }
  if (!isScheduler) checkTemplate(target.get('InputTransformer'), report);
  checkRetries(target.get('RetryPolicy'), report);
  const list = target.get('SageMakerPipelineParameters')?.get('PipelineParameterList');
  checkParameters(list, isScheduler, report);
  const pipeline = found?.resource && read(found.resource.properties);
  if (pipeline) checkAgainst(target, list, pipeline, report);
}

/** Checks the bounds of a retry policy. */
export function checkRetries(policy: Node | undefined, report: Report): void {
  for (const [name, least, most] of [
    ['MaximumRetryAttempts', 0, 185],
    ['MaximumEventAgeInSeconds', 60, 86_400],
  ] as const) {
    const node = policy?.get(name);
    const value = numberOf(node);
    if (!node || value === undefined || (value >= least && value <= most)) continue;
    const nearer = value < least ? least : most;
    report({
      rule: 'cfn/retry-policy',
      node,
      message: `${name} is ${least} to ${most}, and not ${value}.`,
      fixes: (edit) => [edit.fix(`Change to ${nearer}`, [edit.value(node, nearer)])],
    });
  }
}

function checkParameters(list: Node | undefined, isScheduler: boolean, report: Report): void {
  const tell = (node: Node, message: string): void => report({ rule: 'cfn/target-parameter', node, message });
  if (list && list.items.length > 200) tell(list, 'A target passes on at most 200 parameters.');
  const names = new Set<string>();
  for (const parameter of list?.items ?? []) {
    const name = parameter.get('Name');
    const text = name?.text;
    if (name && text !== undefined && !text.includes('${')) {
      const pattern = isScheduler ? /^[A-Za-z0-9\-_]{1,256}$/ : /^(?=.{1,256}$)[a-zA-Z0-9](-*[a-zA-Z0-9])*$/;
      if (!pattern.test(text)) {
        const more =
          !isScheduler && text.includes('_') ? ' A schedule of EventBridge Scheduler may have underscores.' : '';
        tell(
          name,
          `'${text}' has characters that the target of a ${isScheduler ? 'schedule' : 'rule'} cannot have.${more}`,
        );
      } else if (names.has(text)) tell(name, `'${text}' is given twice.`);
      names.add(text);
    }
    const value = parameter.get('Value');
    if (value?.text !== undefined && value.text.length > 1024) tell(value, 'A value has at most 1024 characters.');
    if (isScheduler && value?.text === '') tell(value, 'A schedule passes on no empty value.');
  }
}

/** The parameters of a target beside those of its pipeline. */
function checkAgainst(target: Node, list: Node | undefined, pipeline: Pipeline, report: Report): void {
  if (list && (list.kind !== 'array' || list.items.some(isIntrinsic))) return;
  const known = pipeline.parameters.flatMap(({ name }) => name ?? []);
  const given = new Set<string>();
  for (const parameter of list?.items ?? []) {
    const name = parameter.get('Name');
    if (name?.text === undefined) return;
    given.add(name.text);
    if (known.includes(name.text) || name.text.includes('${')) continue;
    const near = nearest(name.text, known);
    report({
      rule: 'cfn/pipeline-parameter',
      node: name,
      message: `The pipeline has no parameter '${name.text}'.${near ? ` Did you mean '${near}'?` : known.length ? ` It has ${oneOf(known)}.` : ' It has none.'}`,
      fixes: (edit) => [near ? edit.fix(`Change to '${near}'`, [edit.value(name, near)], true) : undefined],
    });
  }
  const missing = pipeline.parameters.filter(
    ({ name, defaultNode }) => name !== undefined && !defaultNode && !given.has(name),
  );
  if (missing.length === 0) return;
  report({
    rule: 'cfn/pipeline-parameter',
    node: list ?? target,
    mark: list ? 'key' : 'opening',
    message: `The pipeline does not start without ${missing.map(({ name }) => `'${String(name)}'`).join(', ')}, which ${missing.length === 1 ? 'has' : 'have'} no default.`,
  });
}

/** True where a list of a pattern has, or may have, what `matches`; a list that is absent takes all. */
function takes(list: Node | undefined, matches: (text: string) => boolean): boolean {
  if (!list) return true;
  if (list.kind !== 'array') return false;
  return list.items.some((item) => {
    const prefix = item.get('prefix')?.text;
    if (prefix !== undefined) return matches(prefix) || prefix === '';
    const text = writtenText(item) ?? (placeOf(item) === undefined ? undefined : `\${${String(placeOf(item))}}`);
    return text !== undefined && matches(text);
  });
}

function checkLoop(target: Node, pattern: Node, all: Resources, read: ReadPipeline, report: Report): void {
  const found = started(target.get('Arn'), all);
  if (!found || isIntrinsic(pattern)) return;
  const { kind, name, resource } = found;
  const source = pattern.get('source');
  const types = pattern.get('detail-type');
  const detail = pattern.get('detail');
  const place = target.get('Arn') ?? target;
  const tell = (message: string, related: Node | undefined): void =>
    report({
      rule: 'cfn/starts-itself',
      node: place,
      message,
      ...(related ? { related: [{ node: related, mark: 'key' as const, message: 'What it matches.' }] } : {}),
    });
  if (detail && (isIntrinsic(detail) || detail.get('$or'))) return;
  const own = (text: string): boolean =>
    resource
      ? means(text, resource, kind.property) || isEnd(text, resource.name)
      : name !== undefined && (text === name || text.endsWith(`/${name}`) || text.endsWith(`:${name}`));
  const isOfOwn =
    source !== undefined &&
    takes(source, (text) => text === kind.source) &&
    takes(types, (text) => kind.kinds.includes(text));
  if (isOfOwn && takes(detail?.get(kind.member), own) && takes(pattern.get('resources'), own)) {
    tell(
      'The events of what this starts match the pattern, so that it starts itself again.',
      detail?.get(kind.member) ?? types,
    );
    return;
  }
  const pipeline = resource && read(resource.properties);
  if (!pipeline || source === undefined) return;
  if (
    takes(source, (text) => text === 'aws.sagemaker') &&
    takes(types, (text) => text === 'SageMaker Model Package State Change')
  ) {
    const group = pipeline.steps
      .filter(({ type }) => type === 'RegisterModel')
      .find((step) => registers(step.arguments, detail))?.arguments;
    if (group)
      tell(
        'The pipeline registers a model, whose event starts it again.',
        detail?.get('ModelPackageGroupName') ?? types,
      );
  }
  if (takes(source, (text) => text === 'aws.s3') && takes(types, (text) => text === 'Object Created')) {
    const written = outputs(pipeline).find((text) => writes(text, detail));
    if (written !== undefined)
      tell(`The pipeline writes to '${written}', whose objects start it again.`, detail?.get('object') ?? detail);
  }
}

/** `Pipeline` and `Pipeline.Arn` as the end of what names a resource. */
function isEnd(text: string, logical: string): boolean {
  return new RegExp(`\\$\\{${logical}(\\.\\w+)?\\}$`).test(text);
}

/** True where a registration makes an event that the details of a pattern take. */
function registers(step: Node | undefined, detail: Node | undefined): boolean {
  const group = step?.get('ModelPackageGroupName')?.text;
  const status = step?.get('ModelApprovalStatus')?.text ?? 'PendingManualApproval';
  return (
    group !== undefined &&
    takes(detail?.get('ModelPackageGroupName'), (text) => text === group) &&
    takes(detail?.get('ModelApprovalStatus'), (text) => text === status)
  );
}

/** The addresses in S3 that a pipeline writes to. */
function outputs(pipeline: Pipeline): string[] {
  const found: string[] = [];
  for (const step of pipeline.steps) {
    step.arguments?.each((node) => {
      const isOutput = node.key === 'S3OutputPath' || (node.key === 'S3Uri' && node.parent?.key === 'S3Output');
      if (isOutput && node.text?.startsWith('s3://')) found.push(node.text);
    });
  }
  return found;
}

/** True where objects below an address match the details of a pattern: its bucket, and a prefix of its key. */
function writes(address: string, detail: Node | undefined): boolean {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(address) ?? [];
  const keys = detail?.get('object')?.get('key');
  if (!takes(detail?.get('bucket')?.get('name'), (text) => text === bucket)) return false;
  if (!keys) return true;
  return keys.items.some((item) => {
    const prefix = item.get('prefix')?.text ?? /^([^*]*)\*$/.exec(item.get('wildcard')?.text ?? '')?.[1];
    return prefix !== undefined && `${key}/`.startsWith(prefix);
  });
}

const bucketType = 'AWS::S3::Bucket';

/** A bucket of the same template that sends no events. */
function checkBucket(pattern: Node, all: Resources, report: Report): void {
  if (!takes(pattern.get('source'), (text) => text === 'aws.s3') || !pattern.get('source')) return;
  // What CloudTrail tells of a bucket needs a trail, and not this.
  const types = pattern.get('detail-type')?.items ?? [];
  if (!types.every(({ text }) => text?.startsWith('Object '))) return;
  for (const item of pattern.get('detail')?.get('bucket')?.get('name')?.items ?? []) {
    const logical = placeOf(item) ?? /^\$\{(\w+)\}$/.exec(writtenText(item) ?? '')?.[1];
    const bucket =
      logical === undefined
        ? item.text === undefined
          ? undefined
          : all.byProperty(bucketType, 'BucketName', item.text)
        : all.byName(bucketType, logical);
    if (!bucket || sends(bucket, all)) continue;
    const { properties } = bucket;
    const notifications = properties.get('NotificationConfiguration');
    report({
      rule: 'cfn/silent-bucket',
      node: item,
      message: 'The bucket sends no events to EventBridge, so that the rule never starts.',
      related: [{ node: properties, mark: 'opening', message: 'The bucket.' }],
      fixes: (edit) => [
        edit.fix('Turn on EventBridge for the bucket', [
          notifications
            ? edit.insert(notifications, 'EventBridgeConfiguration', { EventBridgeEnabled: true })
            : edit.insert(properties, 'NotificationConfiguration', {
                EventBridgeConfiguration: { EventBridgeEnabled: true },
              }),
        ]),
      ],
    });
  }
}

function sends({ name, properties }: Resource, all: Resources): boolean {
  const notifications = properties.get('NotificationConfiguration');
  if (notifications && isIntrinsic(notifications)) return true;
  const configuration = notifications?.get('EventBridgeConfiguration');
  if (configuration) return configuration.get('EventBridgeEnabled')?.value !== false;
  // The CDK turns it on by a resource of its own.
  return all.of('Custom::S3BucketNotifications').some((custom) => {
    const of = custom.properties.get('BucketName');
    const isOfBucket =
      placeOf(of) === name || (of?.text !== undefined && of.text === properties.get('BucketName')?.text);
    return (
      isOfBucket && custom.properties.get('NotificationConfiguration')?.get('EventBridgeConfiguration') !== undefined
    );
  });
}
