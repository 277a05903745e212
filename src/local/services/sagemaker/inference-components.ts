import type {
  CreateInferenceComponentInput,
  CreateInferenceComponentOutput,
  DeleteInferenceComponentInput,
  DeploymentConfig,
  DescribeInferenceComponentInput,
  DescribeInferenceComponentOutput,
  InferenceComponentCapacitySize,
  InferenceComponentDeploymentConfig,
  InferenceComponentSpecification,
  InferenceComponentSpecificationSummary,
  InferenceComponentStatus,
  ListInferenceComponentsInput,
  ListInferenceComponentsOutput,
  UpdateInferenceComponentInput,
  UpdateInferenceComponentOutput,
  UpdateInferenceComponentRuntimeConfigInput,
  UpdateInferenceComponentRuntimeConfigOutput,
} from '@aws-sdk/client-sagemaker';
import { randomId } from '../../domain/arns';
import {
  type Counts,
  type Endpoint,
  type FleetSpec,
  type VariantSpec,
  endpoints,
  findEndpoint,
} from '../../domain/endpoints';
import {
  type InferenceComponent,
  componentArn,
  findComponent,
  inferenceComponents,
} from '../../domain/inference-components';
import { type ModelSource, modelSource } from '../../domain/model-source';
import { deregisterComponent } from '../../domain/scaling';
import { tags } from '../../domain/tags';
import type { Context } from '../../engine/context';
import { defaultStartup } from '../../serving/spec';
import type { Filter } from '../../store/records';
import type { Store } from '../../store/store';
import { invalid } from '../../wire/errors';
import type { Operations } from '../../wire/service';
import type { Checked } from '../service';
import { listRecords } from './listing';

/** What a request says that a component shall be. */
type Wish = Pick<UpdateInferenceComponentInput, 'Specification' | 'Specifications'>;

/**
 * Operations on inference components.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-deploy-models.html
 */
export function inferenceComponentOperations({ store, components: serving }: Context): Operations {
  return {
    CreateInferenceComponent(input: Checked<CreateInferenceComponentInput>): CreateInferenceComponentOutput {
      const { InferenceComponentName: name, EndpointName: endpoint, RuntimeConfig } = input;
      const arn = componentArn(name);
      return store.transaction(() => {
        if (inferenceComponents(store).get(name)) {
          throw invalid(`Cannot create already existing inference component "${arn}".`);
        }
        const host = hostOf(store, endpoint, input.VariantName);
        const copies = RuntimeConfig?.CopyCount ?? 1;
        if (copies < 1) throw invalid('CopyCount must be at least 1 when an inference component is created.');
        const spec = componentSpec(store, name, host, input, copies);
        const now = new Date();
        const component: InferenceComponent = {
          name,
          arn,
          endpoint,
          variant: host.variant.name,
          createdAt: now,
          modifiedAt: now,
          status: 'Creating',
          config: spec.config,
          counts: { [host.variant.name]: copies },
          weights: { [host.variant.name]: 1 },
        };
        tags(store).add(arn, input.Tags);
        serving.create(component, spec);
        return { InferenceComponentArn: arn };
      });
    },

    UpdateInferenceComponent(input: Checked<UpdateInferenceComponentInput>): UpdateInferenceComponentOutput {
      return store.transaction(() => {
        const component = findComponent(store, input.InferenceComponentName);
        refuseInProgress(component);
        const copies = input.RuntimeConfig?.CopyCount ?? component.counts[component.variant] ?? 1;
        const counts: Counts = { [component.variant]: copies };
        if (!input.Specification && !input.Specifications) serving.scale(component, counts, component.weights);
        else {
          const host = hostOf(store, component.endpoint, component.variant);
          const spec = componentSpec(store, component.name, host, input, copies);
          serving.update(component, spec, counts, component.weights, policyOf(input.DeploymentConfig));
        }
        return { InferenceComponentArn: component.arn };
      });
    },

    UpdateInferenceComponentRuntimeConfig(
      input: Checked<UpdateInferenceComponentRuntimeConfigInput>,
    ): UpdateInferenceComponentRuntimeConfigOutput {
      return store.transaction(() => {
        const component = findComponent(store, input.InferenceComponentName);
        refuseInProgress(component);
        const counts: Counts = { [component.variant]: input.DesiredRuntimeConfig.CopyCount ?? 1 };
        serving.scale(component, counts, component.weights);
        return { InferenceComponentArn: component.arn };
      });
    },

    DescribeInferenceComponent: (input: Checked<DescribeInferenceComponentInput>): DescribeInferenceComponentOutput =>
      describe(store, findComponent(store, input.InferenceComponentName)),

    ListInferenceComponents(input: ListInferenceComponentsInput): ListInferenceComponentsOutput {
      const filters: Filter[] = [];
      if (input.EndpointNameEquals !== undefined) filters.push(['endpoint = ?', input.EndpointNameEquals]);
      if (input.VariantNameEquals !== undefined) filters.push(['variant = ?', input.VariantNameEquals]);
      const { records, nextToken } = listRecords(inferenceComponents(store), 'ListInferenceComponents', input, {
        sorts: { CreationTime: 'created', Name: 'id', Status: 'status' },
        newestFirst: true,
        name: 'id',
        filters,
      });
      return {
        InferenceComponents: records.map((component) => ({
          CreationTime: component.createdAt,
          InferenceComponentArn: component.arn,
          InferenceComponentName: component.name,
          EndpointArn: endpoints(store).get(component.endpoint)?.arn,
          EndpointName: component.endpoint,
          VariantName: component.variant,
          InferenceComponentStatus: statusOf(component),
          LastModifiedTime: component.modifiedAt,
        })),
        NextToken: nextToken,
      };
    },

    DeleteInferenceComponent(input: Checked<DeleteInferenceComponentInput>): object {
      const component = findComponent(store, input.InferenceComponentName);
      if (!isSettled(component)) throw inProgress(component);
      store.transaction(() => {
        deregisterComponent(store, component.name);
        serving.delete(component);
      });
      return {};
    },
  };
}

/** Where a component is to be: an endpoint in service, and a variant of it that has no model. */
interface Host {
  endpoint: Endpoint & { fleet: FleetSpec };
  variant: VariantSpec;
}

function hostOf(store: Store, name: string, variant: string | undefined): Host {
  const endpoint = findEndpoint(store, name);
  const { fleet, arn, status } = endpoint;
  if (!fleet || status === 'Deleting') {
    throw invalid(`The endpoint "${arn}" is ${status}. An inference component needs one that is InService.`);
  }
  const found =
    variant === undefined && fleet.variants.length === 1
      ? fleet.variants[0]
      : fleet.variants.find((each) => each.name === variant);
  if (!found) throw invalid(`The variant ${variant ?? ''} is not one of the endpoint "${arn}".`);
  if (!found.hasComponents) {
    throw invalid(
      `The variant ${found.name} of the endpoint "${arn}" serves the model ${found.model}. Inference components need a variant without a ModelName.`,
    );
  }
  return { endpoint: { ...endpoint, fleet }, variant: found };
}

/** The model of a component as a fleet of one variant, whose instances are its copies. */
function componentSpec(store: Store, name: string, { endpoint, variant }: Host, wish: Wish, count: number): FleetSpec {
  const { Specification, Specifications } = wish;
  const all = Specification ? [Specification] : (Specifications ?? []);
  const chosen = all.find(({ InstanceType }) => InstanceType === variant.instanceType) ?? all[0];
  if (!chosen) throw invalid('Give either Specification or Specifications.');
  const { StartupParameters: startup } = chosen;
  return {
    id: randomId(10),
    config: name,
    doc: endpoint.fleet.doc,
    component: { ...(Specification ? { Specification } : {}), ...(Specifications ? { Specifications } : {}) },
    variants: [
      {
        name: variant.name,
        model: chosen.ModelName ?? name,
        ...sourceOf(store, chosen),
        count,
        weight: 1,
        ...(variant.instanceType === undefined ? {} : { instanceType: variant.instanceType }),
        startup: startup?.ContainerStartupHealthCheckTimeoutInSeconds ?? defaultStartup,
      },
    ],
  };
}

function sourceOf(store: Store, chosen: InferenceComponentSpecification): ModelSource {
  const { ModelName, Container, BaseInferenceComponentName } = chosen;
  if (BaseInferenceComponentName !== undefined) {
    throw invalid(
      'Local serves no adapters: leave BaseInferenceComponentName away, or use a connection to an AWS account.',
    );
  }
  if ((ModelName === undefined) === (Container === undefined)) {
    throw invalid('Give either ModelName or Container in the specification of an inference component.');
  }
  if (ModelName !== undefined) {
    const source = modelSource(store, ModelName);
    if (source.multiModel) {
      throw invalid(`The model ${ModelName} is a multi-model container, which an inference component cannot be.`);
    }
    return source;
  }
  return {
    image: Container?.Image ?? '',
    ...(Container?.ArtifactUrl === undefined ? {} : { data: Container.ArtifactUrl }),
    environment: { ...Container?.Environment },
  };
}

/** The policy of an update as that of an endpoint, whose instances are the copies. */
function policyOf(config: InferenceComponentDeploymentConfig | undefined): DeploymentConfig | undefined {
  if (!config) return undefined;
  const { RollingUpdatePolicy: rolling, AutoRollbackConfiguration } = config;
  const size = (
    given: InferenceComponentCapacitySize | undefined,
  ): DeploymentConfig['RollingUpdatePolicy'] extends { MaximumBatchSize: infer Size } | undefined ? Size : never =>
    given && {
      Type: given.Type === 'COPY_COUNT' ? 'INSTANCE_COUNT' : 'CAPACITY_PERCENT',
      Value: given.Value,
    };
  return {
    ...(rolling
      ? {
          RollingUpdatePolicy: {
            MaximumBatchSize: size(rolling.MaximumBatchSize),
            WaitIntervalInSeconds: rolling.WaitIntervalInSeconds,
            MaximumExecutionTimeoutInSeconds: rolling.MaximumExecutionTimeoutInSeconds,
            RollbackMaximumBatchSize: size(rolling.RollbackMaximumBatchSize),
          },
        }
      : {}),
    ...(AutoRollbackConfiguration ? { AutoRollbackConfiguration } : {}),
  };
}

function describe(store: Store, component: InferenceComponent): DescribeInferenceComponentOutput {
  const { name, arn, endpoint, variant, fleet, change, counts, failureReason } = component;
  const shown = fleet ?? change?.to;
  const { Specification, Specifications } = shown?.component ?? {};
  const image = shown?.variants[0]?.image ?? '';
  const summary = (given: InferenceComponentSpecification): InferenceComponentSpecificationSummary => {
    const { Container, ...rest } = given;
    if (!Container) return rest;
    const { Image, ...container } = Container;
    const deployed = { SpecifiedImage: Image, ResolvedImage: image, ResolutionTime: component.createdAt };
    return { ...rest, Container: { ...container, DeployedImage: deployed } };
  };
  const there = change ? (change.ground.new[variant] ?? 0) + (change.ground.old[variant] ?? 0) : (counts[variant] ?? 0);
  const wanted = change?.wanted?.counts[variant] ?? counts[variant] ?? 0;
  return {
    InferenceComponentName: name,
    InferenceComponentArn: arn,
    EndpointName: endpoint,
    EndpointArn: endpoints(store).get(endpoint)?.arn,
    VariantName: variant,
    ...(failureReason === undefined ? {} : { FailureReason: failureReason }),
    ...(Specification ? { Specification: summary(Specification) } : {}),
    ...(Specifications ? { Specifications: Specifications.map(summary) } : {}),
    RuntimeConfig: {
      DesiredCopyCount: component.status === 'Failed' ? (counts[variant] ?? 0) : wanted,
      CurrentCopyCount: component.status === 'Failed' ? 0 : there,
    },
    CreationTime: component.createdAt,
    LastModifiedTime: component.modifiedAt,
    InferenceComponentStatus: statusOf(component),
  };
}

/** A component has no words for what a rollback could not put back. */
function statusOf({ status }: InferenceComponent): InferenceComponentStatus {
  if (status === 'UpdateRollbackFailed') return 'Failed';
  return status === 'Creating' || status === 'InService' || status === 'Deleting' || status === 'Failed'
    ? status
    : 'Updating';
}

function isSettled({ status }: InferenceComponent): boolean {
  return status === 'InService' || status === 'Failed' || status === 'UpdateRollbackFailed';
}

function inProgress({ arn }: InferenceComponent): Error {
  return invalid(`Cannot update in-progress inference component "${arn}".`);
}

function refuseInProgress(component: InferenceComponent): void {
  if (component.status === 'Failed') {
    throw invalid(
      `Cannot update inference component "${component.arn}" in status Failed. Delete it, and create it again.`,
    );
  }
  if (!isSettled(component)) throw inProgress(component);
}
