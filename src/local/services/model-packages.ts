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
import { resourceName, sagemakerArn } from '../arns';
import { conflict, invalid } from '../protocol/errors';
import type { Filter } from '../store/records';
import type { Store } from '../store/store';
import type { ModelGroup, ModelPackage } from '../store/types';
import { type Checked, type Operations, type ServiceContext, defaultPage, questionOf } from './context';
import { once } from './idempotency';

/** Operations of the model registry. */
export function modelPackageOperations({ store }: ServiceContext): Operations {
  return {
    CreateModelPackageGroup(input: Checked<CreateModelPackageGroupInput>): CreateModelPackageGroupOutput {
      const { ModelPackageGroupName: name, ModelPackageGroupDescription: description, Tags } = input;
      return store.database.transaction(() => {
        if (store.modelGroups.get(name)) {
          throw invalid(`Model Package Group already exists: ${sagemakerArn('model-package-group', name)}`);
        }
        const { arn } = createGroup(store, name, description);
        store.addTags(arn, tagsOf(Tags));
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
      const filters = listFilters(input, 'id');
      const { records, nextToken } = store.modelGroups.page(filters, {
        sort: input.SortBy === 'Name' ? 'id' : 'created',
        descending: input.SortOrder === 'Descending',
        limit: input.MaxResults ?? defaultPage,
        token: input.NextToken,
        question: questionOf('ListModelPackageGroups', input),
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
      return store.database.transaction(() => {
        const group = findGroup(store, input.ModelPackageGroupName);
        if (store.modelPackages.list('model_group = ?', group.name).length > 0) {
          throw conflict(`Model Package Group ${group.arn} has model versions. Delete them first.`);
        }
        store.modelGroups.delete('id = ?', group.name);
        store.removeTags(group.arn);
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
        const found = store.modelPackages.get(arn);
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
          InferenceSpecification: doc.InferenceSpecification,
          ModelPackageStatus: doc.ModelPackageStatus,
          ModelApprovalStatus: doc.ModelApprovalStatus,
        };
      }
      return { ModelPackageSummaries: summaries, BatchDescribeModelPackageErrorMap: errors };
    },

    ListModelPackages(input: ListModelPackagesInput): ListModelPackagesOutput {
      const filters = listFilters(input, 'name');
      const { ModelPackageGroupName: group, ModelApprovalStatus: approval, ModelPackageType: type } = input;
      if (group !== undefined) filters.push(['model_group = ?', findGroup(store, group).name]);
      else if (type === 'Versioned') filters.push(['model_group IS NOT NULL']);
      // The service lists unversioned packages unless a group or a type is named.
      else if (type !== 'Both') filters.push(['model_group IS NULL']);
      if (approval !== undefined) filters.push(['approval = ?', approval]);
      const { records, nextToken } = store.modelPackages.page(filters, {
        sort: input.SortBy === 'Name' ? 'name' : 'created',
        descending: input.SortOrder === 'Descending',
        limit: input.MaxResults ?? defaultPage,
        token: input.NextToken,
        question: questionOf('ListModelPackages', input),
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
      return store.database.transaction(() => {
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
        store.modelPackages.put({
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
      return store.database.transaction(() => {
        const { arn } = findPackage(store, input.ModelPackageName);
        store.modelPackages.delete('id = ?', arn);
        store.removeTags(arn);
        return {};
      });
    },
  };
}

/**
 * Registers a model: a new version of a group, or an unversioned package.
 * @param options `createGroup`: make the group when it is not there, as a RegisterModel step does.
 * @throws {ServiceError} `ValidationException`
 */
export function createModelPackage(
  store: Store,
  input: CreateModelPackageInput,
  options: { createGroup: boolean },
): ModelPackage {
  const { ModelPackageName: name, ModelPackageGroupName: groupName, Tags, ClientToken: _, ...given } = input;
  const { SourceAlgorithmSpecification: algorithm, ...described } = given;
  if ((name === undefined) === (groupName === undefined)) {
    throw invalid('Give either ModelPackageGroupName, for a version of a group, or ModelPackageName.');
  }
  return store.database.transaction(() => {
    const now = new Date();
    const common: DescribeModelPackageOutput = {
      ...described,
      ModelPackageName: name ?? groupName,
      ModelPackageArn: '',
      CreationTime: now,
      ModelPackageStatus: 'Completed',
      ModelPackageStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
      CertifyForMarketplace: given.CertifyForMarketplace ?? false,
      CreatedBy: {},
    };
    let made: ModelPackage;
    if (groupName !== undefined) {
      const wanted = resourceName(groupName);
      const found = store.modelGroups.get(wanted);
      if (!found && !options.createGroup) findGroup(store, wanted);
      const group = found ?? createGroup(store, wanted, undefined);
      const version = group.versions + 1;
      store.modelGroups.put({ ...group, versions: version });
      const arn = sagemakerArn('model-package', `${wanted}/${version}`);
      const ModelApprovalStatus = given.ModelApprovalStatus ?? 'PendingManualApproval';
      made = {
        arn,
        group: wanted,
        doc: {
          ...common,
          ModelPackageName: wanted,
          ModelPackageGroupName: wanted,
          ModelPackageVersion: version,
          ModelPackageArn: arn,
          ModelApprovalStatus,
        },
      };
    } else {
      const arn = sagemakerArn('model-package', name ?? '');
      if (store.modelPackages.get(arn)) throw invalid(`ModelPackage ${arn} already exists.`);
      made = {
        arn,
        doc: { ...common, ModelPackageArn: arn, ...(algorithm ? { SourceAlgorithmSpecification: algorithm } : {}) },
      };
    }
    store.modelPackages.put(made);
    store.addTags(made.arn, tagsOf(Tags));
    return made;
  });
}

function createGroup(store: Store, name: string, description: string | undefined): ModelGroup {
  const group: ModelGroup = {
    name,
    arn: sagemakerArn('model-package-group', name),
    ...(description === undefined ? {} : { description }),
    createdAt: new Date(),
    versions: 0,
  };
  store.modelGroups.put(group);
  return group;
}

function findGroup(store: Store, nameOrArn: string): ModelGroup {
  const group = store.modelGroups.get(resourceName(nameOrArn));
  if (!group) {
    throw invalid(`ModelPackageGroup ${sagemakerArn('model-package-group', resourceName(nameOrArn))} does not exist.`);
  }
  return group;
}

/** A package by its ARN, or by its name where it has one. */
function findPackage(store: Store, nameOrArn: string): ModelPackage {
  const arn = nameOrArn.startsWith('arn:') ? nameOrArn : sagemakerArn('model-package', nameOrArn);
  const found = store.modelPackages.get(arn);
  if (!found) throw invalid(`ModelPackage ${arn} does not exist.`);
  return found;
}

function listFilters(
  input: Pick<ListModelPackagesInput, 'NameContains' | 'CreationTimeAfter' | 'CreationTimeBefore'>,
  nameColumn: string,
): Filter[] {
  const filters: Filter[] = [];
  if (input.NameContains !== undefined) filters.push([`instr(lower(${nameColumn}), lower(?)) > 0`, input.NameContains]);
  if (input.CreationTimeAfter) filters.push(['created > ?', input.CreationTimeAfter.getTime()]);
  if (input.CreationTimeBefore) filters.push(['created < ?', input.CreationTimeBefore.getTime()]);
  return filters;
}

function tagsOf(
  tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined,
): { Key: string; Value: string }[] {
  return (tags ?? []).map(({ Key = '', Value = '' }) => ({ Key, Value }));
}
