import type {
  CreateEndpointConfigInput,
  CreateEndpointConfigOutput,
  DeleteEndpointConfigInput,
  DescribeEndpointConfigInput,
  DescribeEndpointConfigOutput,
  ListEndpointConfigsInput,
  ListEndpointConfigsOutput,
} from '@aws-sdk/client-sagemaker';
import { endpointConfigArn, endpointConfigs, findEndpointConfig } from '../../domain/endpoints';
import { findModel } from '../../domain/models';
import { tags } from '../../domain/tags';
import type { Context } from '../../engine/context';
import { invalid } from '../../wire/errors';
import type { Operations } from '../../wire/service';
import type { Checked } from '../service';
import { listRecords } from './listing';

/** Operations on endpoint configurations. */
export function endpointConfigOperations({ store }: Context): Operations {
  return {
    CreateEndpointConfig(input: Checked<CreateEndpointConfigInput>): CreateEndpointConfigOutput {
      const { Tags, ...given } = input;
      const arn = endpointConfigArn(input.EndpointConfigName);
      return store.transaction(() => {
        if (endpointConfigs(store).get(input.EndpointConfigName)) {
          throw invalid(`Cannot create already existing endpoint configuration "${arn}".`);
        }
        check(input);
        for (const { ModelName } of [...input.ProductionVariants, ...(input.ShadowProductionVariants ?? [])]) {
          if (ModelName !== undefined) findModel(store, ModelName);
        }
        const createdAt = new Date();
        const doc: DescribeEndpointConfigOutput = {
          ...given,
          EndpointConfigArn: arn,
          CreationTime: createdAt,
          EnableNetworkIsolation: given.EnableNetworkIsolation ?? false,
        };
        endpointConfigs(store).put({ name: input.EndpointConfigName, arn, createdAt, doc });
        tags(store).add(arn, Tags);
        return { EndpointConfigArn: arn };
      });
    },

    DescribeEndpointConfig: (input: Checked<DescribeEndpointConfigInput>): DescribeEndpointConfigOutput =>
      findEndpointConfig(store, input.EndpointConfigName).doc,

    ListEndpointConfigs(input: ListEndpointConfigsInput): ListEndpointConfigsOutput {
      const { records, nextToken } = listRecords(endpointConfigs(store), 'ListEndpointConfigs', input, {
        sorts: { CreationTime: 'created', Name: 'id' },
        newestFirst: true,
        name: 'id',
      });
      return {
        EndpointConfigs: records.map(({ name, arn, createdAt }) => ({
          EndpointConfigName: name,
          EndpointConfigArn: arn,
          CreationTime: createdAt,
        })),
        NextToken: nextToken,
      };
    },

    DeleteEndpointConfig(input: Checked<DeleteEndpointConfigInput>): object {
      return store.transaction(() => {
        const { name, arn } = findEndpointConfig(store, input.EndpointConfigName);
        endpointConfigs(store).delete('id = ?', name);
        tags(store).remove(arn);
        return {};
      });
    },
  };
}

function check({
  ProductionVariants,
  ShadowProductionVariants: shadows = [],
  AsyncInferenceConfig,
  ExecutionRoleArn,
}: Checked<CreateEndpointConfigInput>): void {
  const names = [...ProductionVariants, ...shadows].map(({ VariantName }) => VariantName);
  if (new Set(names).size < names.length) throw invalid('The names of the variants must be unique.');
  if (shadows.length > 0 && (shadows.length > 1 || ProductionVariants.length > 1)) {
    throw invalid('A configuration with a shadow variant has exactly one production variant and one shadow variant.');
  }
  const shared = ProductionVariants.filter(({ ModelName }) => ModelName === undefined);
  if (shared.length > 0 && shared.length < ProductionVariants.length) {
    throw invalid('Either all variants name a model, or none does and inference components serve.');
  }
  if (shared.length > 0 && ExecutionRoleArn === undefined) {
    throw invalid(
      'A configuration whose variants name no model needs an ExecutionRoleArn: inference components use it.',
    );
  }
  if (shared.length > 0 && (AsyncInferenceConfig || shadows.length > 0)) {
    throw invalid('Inference components serve neither asynchronous endpoints nor shadow variants.');
  }
  if (shared.some(({ ServerlessConfig }) => ServerlessConfig)) throw invalid('A serverless variant must name a model.');
  const serverless = ProductionVariants.filter(({ ServerlessConfig }) => ServerlessConfig);
  if (serverless.length > 0 && AsyncInferenceConfig) {
    throw invalid('AsyncInferenceConfig is not supported for serverless variants.');
  }
  for (const { VariantName, ServerlessConfig, InstanceType, InitialInstanceCount } of ProductionVariants) {
    if (ServerlessConfig && (InstanceType !== undefined || InitialInstanceCount !== undefined)) {
      throw invalid(
        `The variant ${VariantName} has a ServerlessConfig and an instance type or count. Give one of the two.`,
      );
    }
    if (!ServerlessConfig && InitialInstanceCount === 0) {
      throw invalid(`The variant ${VariantName} must have an InitialInstanceCount of at least 1.`);
    }
  }
}
