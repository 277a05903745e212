import type {
  DescribeModelPackageOutput,
  ModelApprovalStatus,
  ModelCardStatus,
  ModelPackageGroupSummary,
  ModelPackageSummary,
} from '@aws-sdk/client-sagemaker';
import { collect, outcomeOf, type Paged, readPages, type Session } from '../aws';
import { type ListedVersion, type ModelGroup, type ModelVersion, unversioned } from './model';

/** The most that the service gives on a page. */
const pageSize = 100;

/** What the Models view lists. */
export interface ModelFilter {
  /** What the name of a group contains. */
  name: string;
  /** The approval of its versions. */
  approval?: ModelApprovalStatus;
}

/**
 * The model package groups whose names the filter allows, by name and by pages. After the last of the account's own stand
 * those that other accounts share with it, and the packages that are in no group; these are read once.
 *
 * @param show gets the account's own groups before the others are read
 */
export function pageGroups(
  session: Session,
  { name }: ModelFilter,
  pages: number,
  before: Paged<ModelGroup> | undefined,
  show: (groups: Paged<ModelGroup>) => void = () => undefined,
): Promise<Paged<ModelGroup>> {
  const { sdk, sagemaker } = session;
  const page = async (token: string | undefined) => {
    const { ModelPackageGroupSummaryList = [], NextToken } = await sagemaker.send(
      new sdk.ListModelPackageGroupsCommand({ ...order, NextToken: token }),
    );
    const items = ModelPackageGroupSummaryList.map((summary) => groupOf(summary));
    if (NextToken !== undefined) return { items, next: NextToken };
    if (before && before.next === undefined)
      return { items: [...items, ...before.items.filter(isOther)], next: NextToken };
    if (token === undefined) show({ items, next: NextToken, pages: 1 });
    const own = new Set(
      ModelPackageGroupSummaryList.map(({ ModelPackageGroupArn }) => accountOf(ModelPackageGroupArn)),
    );
    // A server that does not know the filter answers with the own ones.
    const shared = (await others()).filter(
      ({ account }) => account === undefined || (account !== '' && !own.has(account)),
    );
    return { items: [...items, ...shared], next: NextToken };
  };
  const order = {
    SortBy: 'Name',
    SortOrder: 'Ascending',
    MaxResults: pageSize,
    ...(name === '' ? {} : { NameContains: name }),
  } as const;
  // Both are additions: who may not list them sees the own groups.
  const others = async (): Promise<ModelGroup[]> => {
    const [shared, single] = await Promise.all([
      outcomeOf(
        sagemaker.send(new sdk.ListModelPackageGroupsCommand({ ...order, CrossAccountFilterOption: 'CrossAccount' })),
      ),
      name === ''
        ? outcomeOf(
            sagemaker.send(new sdk.ListModelPackagesCommand({ ModelPackageType: 'Unversioned', MaxResults: 1 })),
          )
        : undefined,
    ]);
    const hasSingle = (single?.value?.ModelPackageSummaryList ?? []).length > 0;
    return [
      ...(shared.value?.ModelPackageGroupSummaryList ?? []).map((summary) => groupOf(summary, true)),
      ...(hasSingle ? [{ id: unversioned, name: 'Without a group' }] : []),
    ];
  };
  return session.call('list the model groups', () => readPages(page, ({ id }) => id, pages, before));
}

/** The newest versions of a group whose approval the filter allows: so many of them at least, by pages. */
export function pageVersions(
  session: Session,
  group: string,
  { approval }: ModelFilter,
  wanted: number,
  before: Paged<ListedVersion> | undefined,
): Promise<Paged<ListedVersion>> {
  const { sdk, sagemaker } = session;
  const page = async (token: string | undefined) => {
    const { ModelPackageSummaryList = [], NextToken } = await sagemaker.send(
      new sdk.ListModelPackagesCommand({
        ...(group === unversioned ? { ModelPackageType: 'Unversioned' } : { ModelPackageGroupName: group }),
        SortBy: 'CreationTime',
        SortOrder: 'Descending',
        MaxResults: pageSize,
        ...(approval === undefined ? {} : { ModelApprovalStatus: approval }),
        NextToken: token,
      }),
    );
    return { items: ModelPackageSummaryList.map(fromSummary), next: NextToken };
  };
  return session.call(`list the versions of ${group}`, () =>
    readPages(page, ({ arn }) => arn, Math.ceil(wanted / pageSize), before),
  );
}

/** The versions of a group, the newest first; at most `limit` of them. */
export function listVersions(session: Session, group: string, limit: number): Promise<ListedVersion[]> {
  const { sdk, sagemaker } = session;
  return session.call(`list the versions of ${group}`, async () => {
    const pages = sdk.paginateListModelPackages(
      { client: sagemaker },
      {
        ModelPackageGroupName: group,
        SortBy: 'CreationTime',
        SortOrder: 'Descending',
        MaxResults: Math.min(limit, pageSize),
      },
    );
    return (await collect(pages, (page) => page.ModelPackageSummaryList, limit)).map(fromSummary);
  });
}

/** A version with what only its description tells. */
export async function describeVersion(session: Session, arn: string): Promise<ModelVersion> {
  return fromDescription(arn, await describePackage(session, arn));
}

/** A version as the service describes it. */
export function describePackage(session: Session, arn: string): Promise<DescribeModelPackageOutput> {
  const { sdk, sagemaker } = session;
  return session.call('read the model version', () =>
    sagemaker.send(new sdk.DescribeModelPackageCommand({ ModelPackageName: arn })),
  );
}

/** Approves or rejects a version; `description` says why, up to 1024 characters. */
export function setApproval(
  session: Session,
  arn: string,
  status: ModelApprovalStatus,
  description: string | undefined,
): Promise<unknown> {
  const { sdk, sagemaker } = session;
  return session.change(status === 'Approved' ? 'approve the model' : 'reject the model', () =>
    sagemaker.send(
      new sdk.UpdateModelPackageCommand({
        ModelPackageArn: arn,
        ModelApprovalStatus: status,
        ...(description ? { ApprovalDescription: description } : {}),
      }),
    ),
  );
}

/** Writes the card of a version: JSON, as `cardProblem` would have it. */
export function setCard(session: Session, arn: string, content: string, status: ModelCardStatus): Promise<unknown> {
  const { sdk, sagemaker } = session;
  return session.change('write the model card', () =>
    sagemaker.send(
      new sdk.UpdateModelPackageCommand({
        ModelPackageArn: arn,
        ModelCard: { ModelCardContent: content, ModelCardStatus: status },
      }),
    ),
  );
}

/** What SageMaker's lineage has around something: entities by their ARNs, and what leads from one to the other. */
export interface KnownLineage {
  /** The entities that stand for the thing itself. */
  own: string[];
  vertices: { arn: string; type: string }[];
  edges: { from: string; to: string }[];
}

/** Steps away from the thing that are looked at, and entities at most: more is no picture any more. */
const lineageDepth = 4;
const mostEntities = 50;

/**
 * The lineage around a thing that an ARN or S3 URI names. The service starts only from entities of lineage, so those
 * that stand for it are looked up first; where there are none, nothing is known.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/querying-lineage-entities.html
 */
export function readLineage(session: Session, source: string): Promise<KnownLineage> {
  const { sdk, sagemaker } = session;
  return session.call('read the lineage', async () => {
    const { ArtifactSummaries = [] } = await sagemaker.send(
      new sdk.ListArtifactsCommand({ SourceUri: source, MaxResults: 5 }),
    );
    const own = ArtifactSummaries.flatMap(({ ArtifactArn }) => ArtifactArn ?? []);
    const answers = await Promise.all(
      own.map((arn) =>
        sagemaker.send(
          new sdk.QueryLineageCommand({
            StartArns: [arn],
            Direction: 'Both',
            IncludeEdges: true,
            MaxDepth: lineageDepth,
            MaxResults: mostEntities,
          }),
        ),
      ),
    );
    const vertices = new Map(
      answers.flatMap(({ Vertices = [] }) =>
        Vertices.flatMap(({ Arn, Type, LineageType }) =>
          Arn === undefined ? [] : [[Arn, { arn: Arn, type: Type ?? LineageType ?? 'Entity' }] as const],
        ),
      ),
    );
    const edges = answers.flatMap(({ Edges = [] }) =>
      Edges.flatMap(({ SourceArn, DestinationArn }) =>
        SourceArn === undefined || DestinationArn === undefined ? [] : [{ from: SourceArn, to: DestinationArn }],
      ),
    );
    return { own, vertices: [...vertices.values()], edges };
  });
}

function isOther({ id, account }: ModelGroup): boolean {
  return account !== undefined || id === unversioned;
}

function accountOf(arn = ''): string {
  return arn.split(':')[4] ?? '';
}

function groupOf(
  { ModelPackageGroupName = '', ModelPackageGroupArn = '', ModelPackageGroupDescription }: ModelPackageGroupSummary,
  isShared = false,
): ModelGroup {
  return {
    id: isShared ? ModelPackageGroupArn : ModelPackageGroupName,
    name: ModelPackageGroupName,
    ...(isShared ? { account: accountOf(ModelPackageGroupArn) } : {}),
    ...(ModelPackageGroupDescription ? { description: ModelPackageGroupDescription } : {}),
  };
}

function fromSummary(summary: ModelPackageSummary): ListedVersion {
  return {
    arn: summary.ModelPackageArn ?? '',
    group: summary.ModelPackageGroupName ?? '',
    version: summary.ModelPackageVersion ?? 0,
    approval: summary.ModelApprovalStatus ?? 'PendingManualApproval',
    ...(summary.CreationTime ? { created: summary.CreationTime } : {}),
    ...(summary.ModelPackageDescription ? { description: summary.ModelPackageDescription } : {}),
  };
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
