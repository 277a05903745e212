import { executionId } from '../../domain/arns';
import { endpointConfigs, endpoints } from '../../domain/endpoints';
import { executions } from '../../domain/executions';
import { inferenceComponents } from '../../domain/inference-components';
import { modelGroups, modelPackages } from '../../domain/model-packages';
import { models } from '../../domain/models';
import { definitionArn, jobDefinitions, monitoringKinds, monitoringSchedules } from '../../domain/monitoring';
import { pipelines } from '../../domain/pipelines';
import { jobKinds } from '../../jobs';
import { jobs } from '../../jobs/job';
import type { Store } from '../../store/store';

/** What is found of a type of resource, by its name and ARN. */
type Find = (store: Store, name: string, arn: string) => unknown;

const finders: Readonly<Record<string, Find>> = {
  pipeline: (store, name, arn) =>
    name.includes('/execution/') ? executions(store).get(executionId(arn)) : pipelines(store).get(name),
  model: (store, name) => models(store).get(name),
  endpoint: (store, _name, arn) =>
    endpoints(store)
      .list('1')
      .find((each) => each.arn === arn),
  'endpoint-config': (store, _name, arn) =>
    endpointConfigs(store)
      .list('1')
      .find((each) => each.arn === arn),
  'inference-component': (store, name) => inferenceComponents(store).get(name),
  'model-package-group': (store, name) => modelGroups(store).get(name),
  'model-package': (store, _name, arn) => modelPackages(store).get(arn),
  'monitoring-schedule': (store, name) => monitoringSchedules(store).get(name),
  ...Object.fromEntries(
    monitoringKinds.map((kind) => [
      /:([^:/]+)\/$/.exec(definitionArn(kind, ''))?.[1] ?? '',
      (store: Store, name: string) => jobDefinitions(store).get(`${kind}/${name}`),
    ]),
  ),
  ...Object.fromEntries(
    jobKinds.map((kind) => [kind.arnType, (store: Store, name: string) => jobs(store).get(`${kind.name}/${name}`)]),
  ),
};

/** Whether a resource of SageMaker with this ARN is there. */
export function hasResource(store: Store, arn: string): boolean {
  const [, type = '', name = ''] = /^arn:[^:]+:sagemaker:[^:]*:\d{12}:([^/]+)\/(.+)$/.exec(arn) ?? [];
  return Object.hasOwn(finders, type) && finders[type]?.(store, name, arn) !== undefined;
}
