import type { ModelApprovalStatus } from '@aws-sdk/client-sagemaker';

/** One version of a registered model, as lists show it. */
export interface ListedVersion {
  arn: string;
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
  name: string;
  description?: string;
}

/** The group in the ARN of a version: `…:model-package/GROUP/VERSION`. */
export function groupIn(arn: string): string {
  return arn.split('/').at(-2) ?? '';
}
