import type { ModelApprovalStatus } from '@aws-sdk/client-sagemaker';

/** One version of a registered model, as lists show it. */
export interface ListedVersion {
  arn: string;
  /** Empty where it has none. */
  group: string;
  version: number;
  approval: ModelApprovalStatus;
  created?: Date;
  description?: string;
}

/** One version of a registered model, with what only its description tells. */
export interface ModelVersion extends ListedVersion {
  approvalDescription?: string;
  /** The S3 URI of the report with the model's quality, when it was registered with one. */
  report?: string;
  /** The S3 URI of the model's artifact. */
  artifact?: string;
  /** What made it, as it was told at registration: the ARN of a pipeline's execution, often. */
  generatedBy?: string;
  commit?: string;
}

/** A group of model versions. */
export interface ModelGroup {
  /** By which its versions are asked for: its name, its ARN where another account shares it, or `unversioned`. */
  id: string;
  name: string;
  /** The other account that it belongs to. */
  account?: string;
  description?: string;
}

/** Stands for the packages that are in no group and so have no version. It holds a space, which no name does. */
export const unversioned = 'without a group';

/** How a version is called among those of its group: `Version 3`, or its name where it has no version. */
export function versionLabel({ arn, group, version }: Pick<ListedVersion, 'arn' | 'group' | 'version'>): string {
  return group === '' ? (arn.split('/').at(-1) ?? '') : `Version ${version}`;
}

/** The group in the ARN of a version: `…:model-package/GROUP/VERSION`. */
export function groupIn(arn: string): string {
  return arn.split('/').at(-2) ?? '';
}
