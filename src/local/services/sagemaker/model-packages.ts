import type {
  BatchDescribeModelPackageInput,
  BatchDescribeModelPackageOutput,
  CreateModelPackageGroupInput,
  CreateModelPackageGroupOutput,
  CreateModelPackageInput,
  CreateModelPackageOutput,
  DeleteModelPackageGroupInput,
  DeleteModelPackageInput,
  DescribeModelPackageGroupInput,
  DescribeModelPackageGroupOutput,
  DescribeModelPackageInput,
  DescribeModelPackageOutput,
  ListModelPackageGroupsInput,
  ListModelPackageGroupsOutput,
  ListModelPackagesInput,
  ListModelPackagesOutput,
  UpdateModelPackageInput,
  UpdateModelPackageOutput,
} from '@aws-sdk/client-sagemaker';
import { sagemakerArn } from '../../domain/arns';
import {
  createGroup,
  createModelPackage,
  findGroup,
  findPackage,
  modelGroups,
  modelPackages,
} from '../../domain/model-packages';
import { once } from '../../domain/once';
import { tags } from '../../domain/tags';
import type { Context } from '../../engine/context';
import type { Filter } from '../../store/records';
import { conflict, invalid } from '../../wire/errors';
import type { Operations } from '../../wire/service';
import type { Checked } from '../service';
import { listRecords } from './listing';

/** Operations of the model registry. */
export function modelPackageOperations({ store }: Context): Operations {
  return {
    CreateModelPackageGroup(input: Checked<CreateModelPackageGroupInput>): CreateModelPackageGroupOutput {
      const { ModelPackageGroupName: name, ModelPackageGroupDescription: description, Tags } = input;
      return store.transaction(() => {
        if (modelGroups(store).get(name)) {
          throw invalid(`Model Package Group already exists: ${sagemakerArn('model-package-group', name)}`);
        }
        const { arn } = createGroup(store, name, description);
        tags(store).add(arn, Tags);
        return { ModelPackageGroupArn: arn };
      });
    },

    DescribeModelPackageGroup(input: Checked<DescribeModelPackageGroupInput>): DescribeModelPackageGroupOutput {
      const group = findGroup(store, input.ModelPackageGroupName);
      return {
        ModelPackageGroupName: group.name,
        ModelPackageGroupArn: group.arn,
        ModelPackageGroupDescription: group.description,
        CreationTime: group.createdAt,
        CreatedBy: {},
        ModelPackageGroupStatus: 'Completed',
      };
    },

    ListModelPackageGroups(input: ListModelPackageGroupsInput): ListModelPackageGroupsOutput {
      // No other account shares groups with this machine.
      if (input.CrossAccountFilterOption === 'CrossAccount') return { ModelPackageGroupSummaryList: [] };
      const { records, nextToken } = listRecords(modelGroups(store), 'ListModelPackageGroups', input, {
        sorts: { CreationTime: 'created', Name: 'id' },
        newestFirst: false,
        name: 'id',
      });
      return {
        ModelPackageGroupSummaryList: records.map((group) => ({
          ModelPackageGroupName: group.name,
          ModelPackageGroupArn: group.arn,
          ModelPackageGroupDescription: group.description,
          CreationTime: group.createdAt,
          ModelPackageGroupStatus: 'Completed',
        })),
        NextToken: nextToken,
      };
    },

    DeleteModelPackageGroup(input: Checked<DeleteModelPackageGroupInput>): object {
      return store.transaction(() => {
        const group = findGroup(store, input.ModelPackageGroupName);
        if (modelPackages(store).list('model_group = ?', group.name).length > 0) {
          throw conflict(`Model Package Group ${group.arn} has model versions. Delete them first.`);
        }
        modelGroups(store).delete('id = ?', group.name);
        tags(store).remove(group.arn);
        return {};
      });
    },

    CreateModelPackage(input: CreateModelPackageInput): CreateModelPackageOutput {
      const { ClientToken: token, ...rest } = input;
      const request = { ...rest, ...(token === undefined ? {} : { ClientRequestToken: token }) };
      return once(store, 'CreateModelPackage', request, () => ({
        ModelPackageArn: createModelPackage(store, input, { createGroup: false }).arn,
      }));
    },

    DescribeModelPackage(input: Checked<DescribeModelPackageInput>): DescribeModelPackageOutput {
      return findPackage(store, input.ModelPackageName).doc;
    },

    BatchDescribeModelPackage(input: Checked<BatchDescribeModelPackageInput>): BatchDescribeModelPackageOutput {
      const summaries: NonNullable<BatchDescribeModelPackageOutput['ModelPackageSummaries']> = {};
      const errors: NonNullable<BatchDescribeModelPackageOutput['BatchDescribeModelPackageErrorMap']> = {};
      for (const arn of input.ModelPackageArnList) {
        const found = modelPackages(store).get(arn);
        if (!found) {
          errors[arn] = { ErrorCode: 'ValidationException', ErrorResponse: `ModelPackage ${arn} does not exist.` };
          continue;
        }
        const { doc } = found;
        summaries[arn] = {
          ModelPackageGroupName: doc.ModelPackageGroupName,
          ModelPackageVersion: doc.ModelPackageVersion,
          ModelPackageArn: arn,
          ModelPackageDescription: doc.ModelPackageDescription,
          CreationTime: doc.CreationTime,
          // The service requires it of this answer, also where none was given.
          InferenceSpecification: doc.InferenceSpecification ?? { Containers: [] },
          ModelPackageStatus: doc.ModelPackageStatus,
          ModelApprovalStatus: doc.ModelApprovalStatus,
        };
      }
      return { ModelPackageSummaries: summaries, BatchDescribeModelPackageErrorMap: errors };
    },

    ListModelPackages(input: ListModelPackagesInput): ListModelPackagesOutput {
      const { ModelPackageGroupName: group, ModelApprovalStatus: approval, ModelPackageType: type } = input;
      const filters: Filter[] = [];
      if (group !== undefined) filters.push(['model_group = ?', findGroup(store, group).name]);
      else if (type === 'Versioned') filters.push(['model_group IS NOT NULL']);
      // The service lists unversioned packages unless a group or a type is named.
      else if (type !== 'Both') filters.push(['model_group IS NULL']);
      if (approval !== undefined) filters.push(['approval = ?', approval]);
      const { records, nextToken } = listRecords(modelPackages(store), 'ListModelPackages', input, {
        sorts: { CreationTime: 'created', Name: 'name' },
        newestFirst: false,
        filters,
      });
      return {
        ModelPackageSummaryList: records.map(({ arn, doc }) => ({
          ModelPackageName: doc.ModelPackageGroupName === undefined ? doc.ModelPackageName : undefined,
          ModelPackageGroupName: doc.ModelPackageGroupName,
          ModelPackageVersion: doc.ModelPackageVersion,
          ModelPackageArn: arn,
          ModelPackageDescription: doc.ModelPackageDescription,
          CreationTime: doc.CreationTime,
          ModelPackageStatus: doc.ModelPackageStatus,
          ModelApprovalStatus: doc.ModelApprovalStatus,
          ModelLifeCycle: doc.ModelLifeCycle,
        })),
        NextToken: nextToken,
      };
    },

    UpdateModelPackage(input: Checked<UpdateModelPackageInput>): UpdateModelPackageOutput {
      return store.transaction(() => {
        const { ModelPackageArn: arn, CustomerMetadataPropertiesToRemove: gone, ClientToken: _, ...change } = input;
        const {
          AdditionalInferenceSpecificationsToAdd: added,
          CustomerMetadataProperties: properties,
          ...plain
        } = change;
        const found = findPackage(store, arn);
        const { doc } = found;
        if (found.group === undefined && plain.ModelApprovalStatus !== undefined) {
          throw invalid(`ModelPackage ${arn} is not versioned: only a version in a group has an approval status.`);
        }
        const customer = { ...doc.CustomerMetadataProperties, ...properties };
        for (const key of gone ?? []) delete customer[key];
        const specifications = [...(doc.AdditionalInferenceSpecifications ?? []), ...(added ?? [])];
        modelPackages(store).put({
          ...found,
          doc: {
            ...doc,
            ...plain,
            ...(Object.keys(customer).length > 0
              ? { CustomerMetadataProperties: customer }
              : { CustomerMetadataProperties: undefined }),
            ...(specifications.length > 0 ? { AdditionalInferenceSpecifications: specifications } : {}),
            LastModifiedTime: new Date(),
            LastModifiedBy: {},
          },
        });
        return { ModelPackageArn: arn };
      });
    },

    DeleteModelPackage(input: Checked<DeleteModelPackageInput>): object {
      return store.transaction(() => {
        const { arn } = findPackage(store, input.ModelPackageName);
        modelPackages(store).delete('id = ?', arn);
        tags(store).remove(arn);
        return {};
      });
    },
  };
}
