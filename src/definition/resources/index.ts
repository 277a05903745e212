/**
 * Resources around pipelines in CloudFormation templates: what starts them and how their models are deployed.
 *
 *   schedule.ts     schedule expressions
 *   events.ts       rules and schedules of EventBridge
 *   patterns.ts     event patterns, by the events' own shapes
 *   targets.ts      what rules and schedules start, and with what
 *   input-templates.ts  what targets are told of an event
 *   data-capture.ts the capture of data
 *   deployment.ts   deployment policies of endpoints, the alarms that guard them, endpoint configurations
 *   alarms.ts       alarms on the metrics of endpoints
 *   builds.ts       images of CodeBuild
 *   scaling.ts      scalable targets and policies of endpoints
 *   variants.ts     every place that names a variant of an endpoint
 */
import type { Report, Rule } from '../rule';
import type { Node, Tree } from '../tree';
import { alarmRules, checkAlarms } from './alarms';
import { buildRules, checkBuilds } from './builds';
import { captureRules, checkCapture } from './data-capture';
import { checkDeployment, deploymentRules } from './deployment';
import { checkEvents, checkServerless, eventRules } from './events';
import { inputTemplateRules } from './input-templates';
import { checkPattern, patternRules } from './patterns';
import { checkTargets, type ReadPipeline, targetRules } from './targets';
import { checkScaling, scalingRules } from './scaling';
import { type Resource, Resources } from './tools';

export { checkPattern, eventRule } from './patterns';
export { checkFallback } from './scaling';
export { type ReadPipeline, startsNothing } from './targets';
export { type Resource, Resources } from './tools';

export const resourceRules: readonly Rule[] = [
  ...eventRules,
  ...patternRules,
  ...targetRules,
  ...inputTemplateRules,
  ...deploymentRules,
  ...captureRules,
  ...alarmRules,
  ...scalingRules,
  ...buildRules,
];

/** The types of resources that are looked at; one of them stands in every template that is. */
export const resourceSigns: readonly string[] = [
  'AWS::Events::Rule',
  'AWS::Scheduler::Schedule',
  'AWS::SageMaker::Endpoint',
  'AWS::Serverless::Function',
  'AWS::ApplicationAutoScaling::',
  'AWS::CloudWatch::Alarm',
];

/**
 * The resource that the request or the answer of a call of the AWS command line is about: of create-endpoint-config,
 * update-endpoint, create-schedule, put-rule, put-targets,
 * put-metric-alarm, register-scalable-target. Undefined where a text is none of them.
 */
export function requested(root: Node | undefined): Resource | undefined {
  const has = (...names: readonly string[]): boolean => names.every((name) => root?.get(name) !== undefined);
  const type = has('EndpointConfigName', 'ProductionVariants')
    ? 'AWS::SageMaker::EndpointConfig'
    : has('EndpointName', 'DeploymentConfig')
      ? 'AWS::SageMaker::Endpoint'
      : has('Name', 'ScheduleExpression', 'Target')
        ? 'AWS::Scheduler::Schedule'
        : has('Name', 'ScheduleExpression') || has('Name', 'EventPattern') || has('Rule', 'Targets')
          ? 'AWS::Events::Rule'
          : has('AlarmName', 'ComparisonOperator', 'EvaluationPeriods')
            ? 'AWS::CloudWatch::Alarm'
            : has('ServiceNamespace', 'ResourceId', 'ScalableDimension', 'MinCapacity')
              ? 'AWS::ApplicationAutoScaling::ScalableTarget'
              : undefined;
  return root && type !== undefined ? { name: '', type, properties: root } : undefined;
}

/** True for an event pattern that is a file of its own, as `aws events put-rule --event-pattern file://…` takes it. */
export function isPattern(root: Node | undefined): boolean {
  return root?.get('source')?.kind === 'array' && root.get('detail-type')?.kind === 'array';
}

const known = new WeakMap<Tree, Resources>();

/** The resources of a template, or the one of a request. */
export function resourcesOf(tree: Tree): Resources {
  let found = known.get(tree);
  if (!found) {
    found = readResources(tree);
    known.set(tree, found);
  }
  return found;
}

function readResources({ root }: Tree): Resources {
  const all: Resource[] = [];
  for (const node of root?.get('Resources')?.members ?? []) {
    const type = node.get('Type')?.text;
    const properties = node.get('Properties');
    if (type !== undefined && properties?.kind === 'object') all.push({ name: String(node.key), type, properties });
  }
  const request = requested(root);
  if (request) all.push(request);
  const parts = [root?.get('Resources'), root?.get('Parameters')].flatMap((part) => part?.members ?? []);
  const declared = request ? undefined : new Set(parts.map(({ key }) => String(key)));
  return new Resources(all, declared);
}

/** Checks the resources of a template, or the one of a request. `read` reads the definition of a pipeline in it. */
export function checkResources(tree: Tree, read: ReadPipeline, report: Report): void {
  if (isPattern(tree.root)) checkPattern(tree.root, report);
  const resources = resourcesOf(tree);
  const checks = [checkEvents, checkServerless, checkTargets(read), checkBuilds];
  for (const resource of resources.all) {
    for (const check of checks) check(resource, resources, report);
    checkServing(resource, resources, report);
  }
}

/** Checks a rule or a schedule of EventBridge. `read` reads the definition of a pipeline that it starts. */
export function checkStarting(resource: Resource, all: Resources, read: ReadPipeline, report: Report): void {
  for (const check of [checkEvents, checkTargets(read)]) check(resource, all, report);
}

/** Checks an endpoint, or what guards or scales one. */
export function checkServing(resource: Resource, all: Resources, report: Report): void {
  for (const check of [checkDeployment, checkCapture, checkAlarms, checkScaling]) check(resource, all, report);
}
