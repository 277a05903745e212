/**
 * Resources around pipelines in CloudFormation templates: what starts them and how their models are deployed.
 *
 *   schedule.ts     schedule expressions
 *   events.ts       rules, schedules and event patterns of EventBridge
 *   deployment.ts   deployment policies of endpoints, their alarms, endpoint configurations
 */
import type { Report, Rule } from '../rule';
import type { Node, Tree } from '../tree';
import { checkDeployment, deploymentRules } from './deployment';
import { checkEvents, eventRules } from './events';
import { type Resource, Resources } from './tools';

export const resourceRules: readonly Rule[] = [...eventRules, ...deploymentRules];

/** The types of resources that are looked at; one of them stands in every template that is. */
export const resourceSigns: readonly string[] = [
  'AWS::Events::Rule',
  'AWS::Scheduler::Schedule',
  'AWS::SageMaker::Endpoint',
];

/**
 * The resource that the request or the answer of a call of the AWS command line is about: of create-endpoint-config,
 * update-endpoint, create-schedule, put-rule. Undefined where a text is none of them.
 */
export function requested(root: Node | undefined): Resource | undefined {
  const has = (...names: readonly string[]): boolean => names.every((name) => root?.get(name) !== undefined);
  const type = has('EndpointConfigName', 'ProductionVariants')
    ? 'AWS::SageMaker::EndpointConfig'
    : has('EndpointName', 'DeploymentConfig')
      ? 'AWS::SageMaker::Endpoint'
      : has('Name', 'ScheduleExpression', 'Target')
        ? 'AWS::Scheduler::Schedule'
        : has('Name', 'ScheduleExpression')
          ? 'AWS::Events::Rule'
          : undefined;
  return root && type !== undefined ? { name: '', type, properties: root } : undefined;
}

/** Checks the resources of a template, or the one of a request. */
export function checkResources({ root }: Tree, report: Report): void {
  const all: Resource[] = [];
  for (const node of root?.get('Resources')?.members ?? []) {
    const type = node.get('Type')?.text;
    const properties = node.get('Properties');
    if (type !== undefined && properties?.kind === 'object') all.push({ name: String(node.key), type, properties });
  }
  const request = requested(root);
  if (request) all.push(request);
  const resources = new Resources(all);
  for (const resource of all) {
    checkEvents(resource, resources, report);
    checkDeployment(resource, resources, report);
  }
}
