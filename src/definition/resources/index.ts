/**
 * Resources around pipelines in CloudFormation templates: what starts them and how their models are deployed.
 *
 *   schedule.ts     schedule expressions
 *   events.ts       rules, schedules and event patterns of EventBridge
 *   deployment.ts   deployment policies of endpoints, their alarms, endpoint configurations
 */
import type { Report, Rule } from '../rule';
import type { Tree } from '../tree';
import { checkDeployment, deploymentRules } from './deployment';
import { checkEvents, eventRules } from './events';
import type { Resource } from './tools';

export const resourceRules: readonly Rule[] = [...eventRules, ...deploymentRules];

/** The types of resources that are looked at; one of them stands in every template that is. */
export const resourceSigns: readonly string[] = [
  'AWS::Events::Rule',
  'AWS::Scheduler::Schedule',
  'AWS::SageMaker::Endpoint',
];

/** Checks the resources of a template. */
export function checkResources({ root }: Tree, report: Report): void {
  const all: Resource[] = [];
  for (const node of root?.get('Resources')?.members ?? []) {
    const type = node.get('Type')?.text;
    const properties = node.get('Properties');
    if (type !== undefined && properties?.kind === 'object') all.push({ name: String(node.key), type, properties });
  }
  for (const resource of all) {
    checkEvents(resource, all, report);
    checkDeployment(resource, all, report);
  }
}
