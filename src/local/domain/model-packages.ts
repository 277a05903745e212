import type { CreateModelPackageInput, DescribeModelPackageOutput } from '@aws-sdk/client-sagemaker';
import { recordsOf } from '../store/part';
import type { Store } from '../store/store';
import { invalid } from '../wire/errors';
import { resourceName, sagemakerArn } from './arns';
import { tags } from './tags';

export interface ModelGroup {
  name: string;
  arn: string;
  description?: string;
  createdAt: Date;
  /** The number that the newest version has had; numbers are not used again. */
  versions: number;
}

export interface ModelPackage {
  arn: string;
  /** The group, for a versioned package. */
  group?: string;
  doc: DescribeModelPackageOutput;
}

export const modelGroups = recordsOf<ModelGroup>(
  'model_groups',
  { columns: 'created REAL NOT NULL' },
  ({ name, createdAt }) => ({ id: name, created: createdAt.getTime() }),
);

export const modelPackages = recordsOf<ModelPackage>(
  'model_packages',
  {
    columns: 'name TEXT NOT NULL, model_group TEXT, approval TEXT, created REAL NOT NULL',
    indexes: 'CREATE INDEX IF NOT EXISTS model_packages_of ON model_packages (model_group, created)',
  },
  ({ arn, group, doc }) => ({
    id: arn,
    name: arn.slice(arn.indexOf('/') + 1),
    model_group: group ?? null,
    approval: doc.ModelApprovalStatus ?? null,
    created: doc.CreationTime?.getTime() ?? 0,
  }),
);

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
  return store.transaction(() => {
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
      const found = modelGroups(store).get(wanted);
      if (!found && !options.createGroup) findGroup(store, wanted);
      const group = found ?? createGroup(store, wanted, undefined);
      const version = group.versions + 1;
      modelGroups(store).put({ ...group, versions: version });
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
      if (modelPackages(store).get(arn)) throw invalid(`ModelPackage ${arn} already exists.`);
      made = {
        arn,
        doc: { ...common, ModelPackageArn: arn, ...(algorithm ? { SourceAlgorithmSpecification: algorithm } : {}) },
      };
    }
    modelPackages(store).put(made);
    tags(store).add(made.arn, Tags);
    return made;
  });
}

export function createGroup(store: Store, name: string, description: string | undefined): ModelGroup {
  const group: ModelGroup = {
    name,
    arn: sagemakerArn('model-package-group', name),
    ...(description === undefined ? {} : { description }),
    createdAt: new Date(),
    versions: 0,
  };
  modelGroups(store).put(group);
  return group;
}

/** A group by its name or ARN. @throws {ServiceError} `ValidationException` */
export function findGroup(store: Store, nameOrArn: string): ModelGroup {
  const group = modelGroups(store).get(resourceName(nameOrArn));
  if (!group) {
    throw invalid(`ModelPackageGroup ${sagemakerArn('model-package-group', resourceName(nameOrArn))} does not exist.`);
  }
  return group;
}

/** A package by its ARN, or by its name where it has one. @throws {ServiceError} `ValidationException` */
export function findPackage(store: Store, nameOrArn: string): ModelPackage {
  const arn = nameOrArn.startsWith('arn:') ? nameOrArn : sagemakerArn('model-package', nameOrArn);
  const found = modelPackages(store).get(arn);
  if (!found) throw invalid(`ModelPackage ${arn} does not exist.`);
  return found;
}
