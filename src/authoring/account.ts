/** Values for completion that come from the AWS account. Nothing is asked before a cursor stands where one belongs. */
import type { Session } from '../aws';
import type { AccountKind } from '../definition/features/account';

/** A value, and what it is, in a word or two. */
export interface AccountValue {
  value: string;
  detail: string;
}

/** Milliseconds for which an answer holds; one that was refused is asked for again sooner. */
const fresh = 300_000;
const refused = 60_000;
/** Milliseconds that a completion waits for the account. What comes later is there the next time. */
const patience = 1500;
/** So many values of a kind are read at most. */
const most = 100;

/** The values of one connection, kept for some minutes. */
export class AccountValues {
  private readonly known = new Map<string, { until: number; values: Promise<readonly AccountValue[]> }>();

  constructor(
    private readonly read: (kind: AccountKind, session: Session) => Promise<AccountValue[]> = readAccount,
    private readonly now: () => number = Date.now,
    private readonly wait: number = patience,
  ) {}

  /**
   * The values of a kind over a session. None where the account refuses or does not answer in time.
   * @returns also whether there may be more the next time
   */
  async of(kind: AccountKind, session: Session): Promise<{ values: readonly AccountValue[]; isComplete: boolean }> {
    const key = `${session.connection.id} ${session.region} ${kind}`;
    let entry = this.known.get(key);
    if (!entry || entry.until < this.now()) {
      const made = { until: this.now() + fresh, values: this.read(kind, session) as Promise<readonly AccountValue[]> };
      made.values = made.values.catch((): readonly AccountValue[] => {
        made.until = this.now() + refused;
        return [];
      });
      entry = made;
      this.known.set(key, entry);
    }
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((done) => {
      timer = setTimeout(done, this.wait, undefined);
    });
    const values = await Promise.race([entry.values, late]);
    clearTimeout(timer);
    return values ? { values, isComplete: true } : { values: [], isComplete: false };
  }
}

/** Reads the values of a kind from the account. */
async function readAccount(kind: AccountKind, session: Session): Promise<AccountValue[]> {
  const { sagemaker, s3, sdk } = session;
  switch (kind) {
    case 'bucket': {
      const { Buckets = [] } = await s3.send(new sdk.ListBucketsCommand({}));
      return named(
        Buckets.map(({ Name }) => (Name === undefined ? undefined : `s3://${Name}/`)).slice(0, most),
        'bucket',
      );
    }
    case 'modelGroup': {
      const input = { SortBy: 'CreationTime', SortOrder: 'Descending', MaxResults: most } as const;
      const { ModelPackageGroupSummaryList = [] } = await sagemaker.send(new sdk.ListModelPackageGroupsCommand(input));
      return named(
        ModelPackageGroupSummaryList.map((group) => group.ModelPackageGroupName),
        'model group',
      );
    }
    case 'pipeline': {
      const input = { SortBy: 'CreationTime', SortOrder: 'Descending', MaxResults: most } as const;
      const { PipelineSummaries = [] } = await sagemaker.send(new sdk.ListPipelinesCommand(input));
      return named(
        PipelineSummaries.map(({ PipelineName }) => PipelineName),
        'pipeline',
      );
    }
    case 'image':
      return readImages(session);
    case 'role':
      return readRoles(session);
    case 'connection':
      return readConnections(session);
    case 'project':
      return readProjects(session);
  }
}

function named(values: readonly (string | undefined)[], detail: string): AccountValue[] {
  const found = new Set(values.filter((value) => value !== undefined));
  return [...found].map((value) => ({ value, detail }));
}

/** So many models are looked at for their images. */
const models = 10;

/** The images of the newest models, then those of the registry. One that may not be read does not hide the other. */
async function readImages(session: Session): Promise<AccountValue[]> {
  const read = await Promise.allSettled([readModelImages(session), readRegistry(session)]);
  const found = read.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  const refusal = read.find((one) => one.status === 'rejected');
  if (found.length === 0 && refusal) throw refusal.reason;
  const known = new Set<string>();
  return found.filter(({ value }) => !known.has(value) && known.add(value)).slice(0, most);
}

async function readModelImages({ sagemaker, sdk }: Session): Promise<AccountValue[]> {
  const input = { SortBy: 'CreationTime', SortOrder: 'Descending', MaxResults: models } as const;
  const { Models = [] } = await sagemaker.send(new sdk.ListModelsCommand(input));
  const described = await Promise.all(
    Models.map(({ ModelName }) => sagemaker.send(new sdk.DescribeModelCommand({ ModelName }))),
  );
  const containers = described.flatMap(({ PrimaryContainer, Containers = [] }) =>
    PrimaryContainer ? [PrimaryContainer, ...Containers] : Containers,
  );
  return named(
    containers.map(({ Image }) => Image),
    'image of a model',
  );
}

/** Of so many repositories, the newest ones, so many images are read; each repository takes a request. */
const [repositories, imagesOfEach] = [10, 10];

/** The newest images with a tag of the newest repositories of ECR. */
async function readRegistry(session: Session): Promise<AccountValue[]> {
  const sdk = await import('../aws/images-sdk.bundle');
  const client = session.client('ecr', (options) => new sdk.ECRClient(options));
  const { repositories: all = [] } = await client.send(new sdk.DescribeRepositoriesCommand({ maxResults: 1000 }));
  const newest = all
    .toSorted((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0))
    .slice(0, repositories);
  const read = await Promise.all(
    newest.map(async ({ repositoryName, repositoryUri }) => {
      const command = new sdk.DescribeImagesCommand({
        repositoryName,
        filter: { tagStatus: 'TAGGED' },
        maxResults: 1000,
      });
      const { imageDetails = [] } = await client.send(command);
      return imageDetails
        .toSorted((a, b) => (b.imagePushedAt?.getTime() ?? 0) - (a.imagePushedAt?.getTime() ?? 0))
        .slice(0, imagesOfEach)
        .flatMap(({ imageTags = [] }) => imageTags.map((tag) => `${repositoryUri ?? ''}:${tag}`));
    }),
  );
  return named(read.flat(), 'image of the registry');
}

/** So many delivery pipelines are looked at for their connections. */
const deliveries = 20;

/** The connections that delivery pipelines read their sources over. */
async function readConnections(session: Session): Promise<AccountValue[]> {
  const sdk = await import('../aws/delivery-sdk.bundle');
  const client = session.client('codepipeline', (options) => new sdk.CodePipelineClient(options));
  const names: string[] = [];
  for await (const { pipelines = [] } of sdk.paginateListPipelines({ client }, {})) {
    names.push(...pipelines.flatMap(({ name }) => name ?? []));
    if (names.length >= deliveries) break;
  }
  const read = await Promise.all(
    names.slice(0, deliveries).map((name) => client.send(new sdk.GetPipelineCommand({ name }))),
  );
  const actions = read.flatMap(({ pipeline }) => pipeline?.stages?.flatMap((stage) => stage.actions ?? []) ?? []);
  return named(
    actions.map(({ configuration }) => configuration?.['ConnectionArn']),
    'connection of a delivery pipeline',
  );
}

/** The projects of CodeBuild. */
async function readProjects(session: Session): Promise<AccountValue[]> {
  const sdk = await import('../aws/delivery-sdk.bundle');
  const client = session.client('codebuild', (options) => new sdk.CodeBuildClient(options));
  const found: string[] = [];
  for await (const { projects = [] } of sdk.paginateListProjects({ client }, {})) {
    found.push(...projects);
    if (found.length >= most) break;
  }
  return named(found.slice(0, most), 'project of CodeBuild');
}

/** The roles that SageMaker may take. */
async function readRoles(session: Session): Promise<AccountValue[]> {
  const iam = await import('../aws/serving-sdk.bundle');
  const client = session.client('iam', (options) => new iam.IAMClient(options));
  const found: string[] = [];
  for await (const { Roles = [] } of iam.paginateListRoles({ client }, {})) {
    for (const { Arn, AssumeRolePolicyDocument = '' } of Roles) {
      if (Arn !== undefined && decodeURIComponent(AssumeRolePolicyDocument).includes('sagemaker')) found.push(Arn);
    }
    if (found.length >= most) break;
  }
  return named(found.slice(0, most), 'role');
}
