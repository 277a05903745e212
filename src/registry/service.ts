import type {
  DescribeModelPackageOutput,
  ModelApprovalStatus,
  ModelPackageGroupSummary,
  ModelPackageSummary,
} from '@aws-sdk/client-sagemaker';
import { collect, type Session } from '../aws';

/** One version of a registered model. */
export interface ModelVersion {
  arn: string;
  group: string;
  version: number;
  approval: ModelApprovalStatus;
  created?: Date;
  description?: string;
  approvalDescription?: string;
  /** The S3 URI of the report with the model's quality, when it was registered with one. */
  report?: string;
  /** The S3 URI of the model's artifact. */
  artifact?: string;
  /** What made it, as it was told at registration: the ARN of a pipeline's execution, often. */
  generatedBy?: string;
  commit?: string;
}

/** The model package groups of the connection by name. */
export function listGroups(session: Session): Promise<ModelPackageGroupSummary[]> {
  const { sdk, sagemaker } = session;
  return session.call('list the model groups', () =>
    collect(
      sdk.paginateListModelPackageGroups({ client: sagemaker }, { SortBy: 'Name', SortOrder: 'Ascending' }),
      (page) => page.ModelPackageGroupSummaryList,
    ),
  );
}

/** The versions of a group, the newest first; at most `limit` of them. */
export function listVersions(session: Session, group: string, limit?: number): Promise<ModelPackageSummary[]> {
  const { sdk, sagemaker } = session;
  return session.call(`list the versions of ${group}`, () =>
    collect(
      sdk.paginateListModelPackages(
        { client: sagemaker },
        { ModelPackageGroupName: group, SortBy: 'CreationTime', SortOrder: 'Descending' },
      ),
      (page) => page.ModelPackageSummaryList,
      limit,
    ),
  );
}

/** A version with what only its description tells. */
export async function describeVersion(session: Session, arn: string): Promise<ModelVersion> {
  const { sdk, sagemaker } = session;
  const described = await session.call('read the model version', () =>
    sagemaker.send(new sdk.DescribeModelPackageCommand({ ModelPackageName: arn })),
  );
  return fromDescription(arn, described);
}

/** Approves or rejects a version; `description` says why, up to 1024 characters. */
export function setApproval(
  session: Session,
  arn: string,
  status: ModelApprovalStatus,
  description: string | undefined,
): Promise<unknown> {
  const { sdk, sagemaker } = session;
  return session.call(status === 'Approved' ? 'approve the model' : 'reject the model', () =>
    sagemaker.send(
      new sdk.UpdateModelPackageCommand({
        ModelPackageArn: arn,
        ModelApprovalStatus: status,
        ...(description ? { ApprovalDescription: description } : {}),
      }),
    ),
  );
}

function fromDescription(arn: string, described: DescribeModelPackageOutput): ModelVersion {
  const container = described.InferenceSpecification?.Containers?.[0];
  const report = described.ModelMetrics?.ModelQuality?.Statistics?.S3Uri;
  const { GeneratedBy, CommitId } = described.MetadataProperties ?? {};
  return {
    arn,
    group: described.ModelPackageGroupName ?? '',
    version: described.ModelPackageVersion ?? 0,
    approval: described.ModelApprovalStatus ?? 'PendingManualApproval',
    ...(described.CreationTime ? { created: described.CreationTime } : {}),
    ...(described.ModelPackageDescription ? { description: described.ModelPackageDescription } : {}),
    ...(described.ApprovalDescription ? { approvalDescription: described.ApprovalDescription } : {}),
    ...(report ? { report } : {}),
    ...(container?.ModelDataUrl ? { artifact: container.ModelDataUrl } : {}),
    ...(GeneratedBy ? { generatedBy: GeneratedBy } : {}),
    ...(CommitId ? { commit: CommitId } : {}),
  };
}
