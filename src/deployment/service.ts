import type {
  DescribeEndpointConfigOutput,
  DescribeEndpointOutput,
  DescribeModelOutput,
  DescribeModelPackageOutput,
  EndpointSummary,
  PendingProductionVariantSummary,
  ProductionVariantSummary,
} from '@aws-sdk/client-sagemaker';
import type { MetricAlarm, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type * as Serving from '../aws/serving-sdk.bundle';
import { collect, type Paged, readPages, type Session } from '../aws';
import type { Access, Decision } from './model/access';
import type { EndpointState, Fleet } from './model/endpoint';
import type { Call, Scaling } from './model/plan';
import { tagKeys } from './model/plan';
import { type LogMark, type LogPlace, readSince } from '../aws/logs';
import { splitS3Uri } from '../shared/s3-uri';

/** The most that the service gives on a page, and that a call of CloudWatch takes. */
const pageSize = 100;

const load = () => import('../aws/serving-sdk.bundle');

/** The clients of calls, metrics, scaling and roles, over the connection of a session. */
async function serving(session: Session): Promise<{
  sdk: typeof Serving;
  runtime: Serving.SageMakerRuntimeClient;
  cloudwatch: Serving.CloudWatchClient;
  autoscaling: Serving.ApplicationAutoScalingClient;
  iam: Serving.IAMClient;
}> {
  const sdk = await load();
  return {
    sdk,
    get runtime() {
      return session.client('sagemaker_runtime', (options) => new sdk.SageMakerRuntimeClient(options));
    },
    get cloudwatch() {
      return session.client('cloudwatch', (options) => new sdk.CloudWatchClient(options));
    },
    get autoscaling() {
      return session.client('application_auto_scaling', (options) => new sdk.ApplicationAutoScalingClient(options));
    },
    get iam() {
      return session.client('iam', (options) => new sdk.IAMClient(options));
    },
  };
}

/** An endpoint as lists show it. */
export interface ListedEndpoint {
  name: string;
  status: string;
  created?: number;
  changed?: number;
}

/** The endpoints of the connection by name. */
export function listEndpoints(session: Session): Promise<ListedEndpoint[]> {
  const { sdk, sagemaker } = session;
  return session.call('list the endpoints', async () => {
    const pages = sdk.paginateListEndpoints(
      { client: sagemaker },
      { SortBy: 'Name', SortOrder: 'Ascending', MaxResults: pageSize },
    );
    return (await collect(pages, (page) => page.Endpoints)).map(listedOf);
  });
}

/** The endpoints by name and by pages; those alone whose names contain what is given. */
export function pageEndpoints(
  session: Session,
  pages: number,
  before?: Paged<ListedEndpoint>,
  contains = '',
): Promise<Paged<ListedEndpoint>> {
  const { sdk, sagemaker } = session;
  const page = async (token: string | undefined) => {
    const { Endpoints = [], NextToken } = await sagemaker.send(
      new sdk.ListEndpointsCommand({
        SortBy: 'Name',
        SortOrder: 'Ascending',
        MaxResults: pageSize,
        ...(contains === '' ? {} : { NameContains: contains }),
        NextToken: token,
      }),
    );
    return { items: Endpoints.map(listedOf), next: NextToken };
  };
  return session.call('list the endpoints', () => readPages(page, ({ name }) => name, pages, before));
}

function listedOf(endpoint: EndpointSummary): ListedEndpoint {
  return {
    name: endpoint.EndpointName ?? '',
    status: endpoint.EndpointStatus ?? '',
    ...time('created', endpoint.CreationTime),
    ...time('changed', endpoint.LastModifiedTime),
  };
}

/** An endpoint; undefined where there is none of this name. */
export function describeEndpoint(session: Session, name: string): Promise<EndpointState | undefined> {
  const { sdk, sagemaker } = session;
  return session.call(`read the endpoint ${name}`, async () => {
    const described = await absent(sagemaker.send(new sdk.DescribeEndpointCommand({ EndpointName: name })));
    return described && stateOf(described);
  });
}

/** An endpoint config; undefined where it was deleted. It never changes. */
export function describeConfig(session: Session, name: string): Promise<DescribeEndpointConfigOutput | undefined> {
  const { sdk, sagemaker } = session;
  return session.call(`read the endpoint config ${name}`, () =>
    absent(sagemaker.send(new sdk.DescribeEndpointConfigCommand({ EndpointConfigName: name }))),
  );
}

/** A model; undefined where it was deleted. It never changes. */
export function describeModel(session: Session, name: string): Promise<DescribeModelOutput | undefined> {
  const { sdk, sagemaker } = session;
  return session.call(`read the model ${name}`, () =>
    absent(sagemaker.send(new sdk.DescribeModelCommand({ ModelName: name }))),
  );
}

/** A version of a registered model. */
export function describeVersion(session: Session, arn: string): Promise<DescribeModelPackageOutput> {
  const { sdk, sagemaker } = session;
  return session.call('read the model version', () =>
    sagemaker.send(new sdk.DescribeModelPackageCommand({ ModelPackageName: arn })),
  );
}

/** A version as lists show it. */
export interface ListedVersion {
  arn: string;
  group: string;
  version: number;
  approval: string;
}

/** The newest versions of all groups, a page of the approved ones first. */
export function listVersions(session: Session): Promise<ListedVersion[]> {
  const { sdk, sagemaker } = session;
  const page = (only: { ModelApprovalStatus?: 'Approved' }) =>
    sagemaker.send(
      new sdk.ListModelPackagesCommand({
        ...only,
        ModelPackageType: 'Versioned',
        SortBy: 'CreationTime',
        SortOrder: 'Descending',
        MaxResults: pageSize,
      }),
    );
  return session.call('list the model versions', async () => {
    const pages = await Promise.all([page({ ModelApprovalStatus: 'Approved' }), page({})]);
    const versions = pages
      .flatMap(({ ModelPackageSummaryList = [] }) => ModelPackageSummaryList)
      .map((summary) => ({
        arn: summary.ModelPackageArn ?? '',
        group: summary.ModelPackageGroupName ?? '',
        version: summary.ModelPackageVersion ?? 0,
        approval: summary.ModelApprovalStatus ?? '',
      }));
    return [...new Map(versions.map((version) => [version.arn, version])).values()];
  });
}

/** The newest approved version of a group; undefined where there is none. */
export function newestApproved(session: Session, group: string): Promise<string | undefined> {
  const { sdk, sagemaker } = session;
  return session.call(`list the versions of ${group}`, async () => {
    const pages = sdk.paginateListModelPackages(
      { client: sagemaker },
      {
        ModelPackageGroupName: group,
        ModelApprovalStatus: 'Approved',
        SortBy: 'CreationTime',
        SortOrder: 'Descending',
        MaxResults: pageSize,
      },
    );
    const versions = await collect(pages, (page) => page.ModelPackageSummaryList);
    const [newest] = versions.sort((a, b) => (b.ModelPackageVersion ?? 0) - (a.ModelPackageVersion ?? 0));
    return newest?.ModelPackageArn;
  });
}

/** An inference component: a model that shares the instances of an endpoint with others. */
export interface Component {
  name: string;
  status: string;
  variant: string;
}

/** The inference components of an endpoint by name. */
export function listComponents(session: Session, endpoint: string): Promise<Component[]> {
  const { sdk, sagemaker } = session;
  return session.call(`list the inference components of ${endpoint}`, async () => {
    const pages = sdk.paginateListInferenceComponents(
      { client: sagemaker },
      { EndpointNameEquals: endpoint, SortBy: 'Name', SortOrder: 'Ascending', MaxResults: pageSize },
    );
    return (await collect(pages, (page) => page.InferenceComponents)).map((component) => ({
      name: component.InferenceComponentName ?? '',
      status: component.InferenceComponentStatus ?? '',
      variant: component.VariantName ?? '',
    }));
  });
}

/** So many archives of a multi-model endpoint are listed. */
const mostTargets = 500;

/** The archives that a multi-model endpoint serves, as TargetModel names them. */
export function listTargets(session: Session, folder: string): Promise<string[]> {
  const { sdk, s3 } = session;
  const { Bucket, Key } = place(folder.endsWith('/') ? folder : `${folder}/`);
  return session.call(`list the models in ${folder}`, async () => {
    const pages = sdk.paginateListObjectsV2({ client: s3 }, { Bucket, Prefix: Key });
    const found = await collect(pages, (page) => page.Contents, mostTargets);
    return found.flatMap(({ Key: key = '' }) => (key.endsWith('.tar.gz') ? [key.slice(Key.length)] : []));
  });
}

/** The tags of a resource by their keys. */
export function tagsOf(session: Session, arn: string): Promise<Record<string, string>> {
  const { sdk, sagemaker } = session;
  return session.call('read the tags', async () => {
    const { Tags = [] } = await sagemaker.send(new sdk.ListTagsCommand({ ResourceArn: arn }));
    return Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
  });
}

/** Tags a resource, or takes the tag away where there is no value. */
export async function setTag(session: Session, arn: string, key: string, value: string | undefined): Promise<void> {
  const { sdk, sagemaker } = session;
  await session.change('change the tags', async () => {
    if (value === undefined) await sagemaker.send(new sdk.DeleteTagsCommand({ ResourceArn: arn, TagKeys: [key] }));
    else await sagemaker.send(new sdk.AddTagsCommand({ ResourceArn: arn, Tags: [{ Key: key, Value: value }] }));
  });
}

/** A config that was made for an endpoint, by its tags. */
export interface TaggedConfig {
  config: string;
  model: string;
  created: number;
}

/** The configs of an endpoint that were made from here, by their names and tags; the newest first. */
export function listConfigsOf(session: Session, endpoint: string): Promise<TaggedConfig[]> {
  const { sdk, sagemaker } = session;
  return session.call(`list the configs of ${endpoint}`, async () => {
    const pages = sdk.paginateListEndpointConfigs(
      { client: sagemaker },
      { NameContains: endpoint.slice(0, 40), SortBy: 'CreationTime', SortOrder: 'Descending', MaxResults: pageSize },
    );
    const configs = await collect(pages, (page) => page.EndpointConfigs, pageSize);
    const tagged = await Promise.all(
      configs.map(async ({ EndpointConfigName = '', EndpointConfigArn = '', CreationTime }) => ({
        config: EndpointConfigName,
        created: CreationTime?.getTime() ?? 0,
        tags: await tagsOf(session, EndpointConfigArn),
      })),
    );
    return tagged
      .filter(({ tags }) => tags[tagKeys.endpoint] === endpoint && tags[tagKeys.model] !== undefined)
      .map(({ config, created, tags }) => ({ config, created, model: tags[tagKeys.model] ?? '' }));
  });
}

/** Makes one call of a plan. */
export async function makeCall(session: Session, { service, operation, input, purpose }: Call): Promise<unknown> {
  const { sdk, cloudwatch, autoscaling } = await serving(session);
  const doing = purpose.charAt(0).toLowerCase() + purpose.slice(1);
  return session.change(doing, async () => {
    switch (service) {
      case 'sagemaker':
        return session.sagemaker.send(commandOf(session.sdk, operation, input));
      case 'cloudwatch':
        return cloudwatch.send(commandOf(sdk, operation, input));
      case 'application-autoscaling':
        return autoscaling.send(commandOf(sdk, operation, input));
    }
  });
}

/** The SDK's command for an operation. Inputs of plans have the form of the service, and the service checks them. */
function commandOf(sdk: object, operation: string, input: object): never {
  const made = (sdk as Record<string, (new (input: object) => never) | undefined>)[`${operation}Command`];
  if (!made) throw new Error(`There is no operation ${operation}.`);
  return new made(input);
}

/** The alarms of these names that are there. */
export async function describeAlarms(session: Session, names: readonly string[]): Promise<MetricAlarm[]> {
  if (names.length === 0) return [];
  const { sdk, cloudwatch } = await serving(session);
  return session.call('read the alarms', async () => {
    const { MetricAlarms = [] } = await cloudwatch.send(
      new sdk.DescribeAlarmsCommand({ AlarmNames: names.slice(0, pageSize), AlarmTypes: ['MetricAlarm'] }),
    );
    return MetricAlarms;
  });
}

/** Puts an alarm into a state, until its next evaluation. */
export async function setAlarm(session: Session, name: string, state: 'OK' | 'ALARM', reason: string): Promise<void> {
  const { sdk, cloudwatch } = await serving(session);
  await session.change(`set the alarm ${name}`, () =>
    cloudwatch.send(new sdk.SetAlarmStateCommand({ AlarmName: name, StateValue: state, StateReason: reason })),
  );
}

/** The values of one metric; times are milliseconds since the epoch. */
export interface MetricValues {
  times: number[];
  values: number[];
}

/** The values of metrics by the ids of their queries, the oldest first. */
export async function readMetrics(
  session: Session,
  queries: MetricDataQuery[],
  from: Date,
  to: Date,
): Promise<Record<string, MetricValues>> {
  const { sdk, cloudwatch } = await serving(session);
  return session.call('read the metrics', async () => {
    const { MetricDataResults = [] } = await cloudwatch.send(
      new sdk.GetMetricDataCommand({
        MetricDataQueries: queries,
        StartTime: from,
        EndTime: to,
        ScanBy: 'TimestampAscending',
      }),
    );
    return Object.fromEntries(
      MetricDataResults.map(({ Id = '', Timestamps = [], Values = [] }) => [
        Id,
        { times: Timestamps.map((at) => at.getTime()), values: Values },
      ]),
    );
  });
}

/** The scalable targets of an endpoint with their policies, in the form that registers them again. */
export async function readScaling(session: Session, endpoint: string, variants: readonly string[]): Promise<Scaling[]> {
  const { sdk, autoscaling } = await serving(session);
  return session.call('read the autoscaling', async () => {
    const resources = variants.map((variant) => `endpoint/${endpoint}/variant/${variant}`);
    const targets = await collect(
      sdk.paginateDescribeScalableTargets(
        { client: autoscaling },
        { ServiceNamespace: 'sagemaker', ResourceIds: resources },
      ),
      (page) => page.ScalableTargets,
    );
    return Promise.all(
      targets.map(
        async ({ ServiceNamespace, ResourceId, ScalableDimension, MinCapacity, MaxCapacity, SuspendedState }) => {
          const policies = await collect(
            sdk.paginateDescribeScalingPolicies(
              { client: autoscaling },
              { ServiceNamespace: 'sagemaker', ...(ResourceId ? { ResourceId } : {}) },
            ),
            (page) => page.ScalingPolicies,
          );
          return {
            target: defined({
              ServiceNamespace,
              ResourceId,
              ScalableDimension,
              MinCapacity,
              MaxCapacity,
              SuspendedState,
            }),
            policies: policies.map((policy) =>
              defined({
                PolicyName: policy.PolicyName,
                ServiceNamespace: policy.ServiceNamespace,
                ResourceId: policy.ResourceId,
                ScalableDimension: policy.ScalableDimension,
                PolicyType: policy.PolicyType,
                StepScalingPolicyConfiguration: policy.StepScalingPolicyConfiguration,
                TargetTrackingScalingPolicyConfiguration: policy.TargetTrackingScalingPolicyConfiguration,
              }),
            ),
          };
        },
      ),
    );
  });
}

/** What an object of S3 is: its size, undefined where it is not there. */
export function headObject(session: Session, uri: string): Promise<{ size: number } | undefined> {
  const { sdk, s3 } = session;
  return session.call(`find ${uri}`, async () => {
    try {
      const { ContentLength = 0 } = await s3.send(new sdk.HeadObjectCommand(place(uri)));
      return { size: ContentLength };
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  });
}

/** The bytes of an object of S3. */
export function getObject(session: Session, uri: string): Promise<Uint8Array> {
  const { sdk, s3 } = session;
  return session.call(`read ${uri}`, async () => {
    const { Body } = await s3.send(new sdk.GetObjectCommand(place(uri)));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  });
}

/** Writes an object of S3. */
export function putObject(session: Session, uri: string, body: Uint8Array): Promise<unknown> {
  const { sdk, s3 } = session;
  return session.change(`write ${uri}`, () => s3.send(new sdk.PutObjectCommand({ ...place(uri), Body: body })));
}

/** The document that says who may take a role, as text; undefined where there is no such role. */
export async function trustOf(session: Session, roleArn: string): Promise<string | undefined> {
  const { sdk, iam } = await serving(session);
  return session.call('read the role', async () => {
    try {
      const { Role } = await iam.send(new sdk.GetRoleCommand({ RoleName: roleArn.split('/').at(-1) ?? '' }));
      return decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  });
}

/** How the simulator of IAM decides about what a role would do. */
export async function simulate(session: Session, roleArn: string, asked: readonly Access[]): Promise<Decision[]> {
  const { sdk, iam } = await serving(session);
  const answers = await session.call('ask what the role may do', () =>
    Promise.all(
      asked.map(({ actions, resource }) =>
        iam.send(
          new sdk.SimulatePrincipalPolicyCommand({
            PolicySourceArn: roleArn,
            ActionNames: [...actions],
            ResourceArns: [resource],
          }),
        ),
      ),
    ),
  );
  return answers.flatMap(({ EvaluationResults = [] }) =>
    EvaluationResults.map(({ EvalActionName: action = '', EvalResourceName: resource = '', EvalDecision }) => ({
      action,
      resource,
      decision: EvalDecision ?? 'implicitDeny',
    })),
  );
}

/** A request to an endpoint. */
export interface Invocation {
  endpoint: string;
  body: Uint8Array;
  contentType: string;
  accept?: string;
  variant?: string;
  /** The archive of a multi-model endpoint. */
  targetModel?: string;
  component?: string;
}

/** What came back. */
export interface Answer {
  body: Uint8Array;
  contentType?: string;
  variant?: string;
}

/** What a model answered that did not do what was asked: its own status, 0 for none, and its words. */
export interface ModelFault {
  status: number;
  message: string;
  /** The log stream that tells more. */
  log?: string;
}

export type Answered = (Answer & { fault?: never }) | { fault: ModelFault };

/** Sends one request; a fault where the model's container answers with an error, or not in time. */
export async function invoke(session: Session, request: Invocation): Promise<Answered> {
  const { sdk, runtime } = await serving(session);
  return session.call(`call ${request.endpoint}`, () =>
    withFaults(sdk, async () => {
      const { Body, ContentType, InvokedProductionVariant } = await runtime.send(
        new sdk.InvokeEndpointCommand({
          ...inputOf(request),
          ...(request.targetModel ? { TargetModel: request.targetModel } : {}),
        }),
      );
      return {
        body: Body ?? new Uint8Array(),
        ...(ContentType ? { contentType: ContentType } : {}),
        ...(InvokedProductionVariant ? { variant: InvokedProductionVariant } : {}),
      };
    }),
  );
}

/** Sends one request and hears the parts of its answer as they come. */
export async function invokeStreaming(
  session: Session,
  request: Invocation,
  part: (bytes: Uint8Array) => void,
): Promise<Answered> {
  const { sdk, runtime } = await serving(session);
  return session.call(`call ${request.endpoint}`, () =>
    withFaults(sdk, async () => {
      const { Body, ContentType, InvokedProductionVariant } = await runtime.send(
        new sdk.InvokeEndpointWithResponseStreamCommand(inputOf(request)),
      );
      const parts: Uint8Array[] = [];
      for await (const event of Body ?? []) {
        if (event.PayloadPart?.Bytes) {
          parts.push(event.PayloadPart.Bytes);
          part(event.PayloadPart.Bytes);
        }
        if (event.ModelStreamError) {
          return { fault: { status: 0, message: event.ModelStreamError.Message ?? 'The stream broke.' } };
        }
      }
      return {
        body: Buffer.concat(parts),
        ...(ContentType ? { contentType: ContentType } : {}),
        ...(InvokedProductionVariant ? { variant: InvokedProductionVariant } : {}),
      };
    }),
  );
}

/** Puts one request into the queue of an asynchronous endpoint; where its result and its error will lie. */
export async function invokeAsync(
  session: Session,
  request: Invocation,
  input: string,
): Promise<{ id: string; output: string; failure?: string }> {
  const { sdk, runtime } = await serving(session);
  return session.call(`call ${request.endpoint}`, async () => {
    const {
      InferenceId = '',
      OutputLocation = '',
      FailureLocation,
    } = await runtime.send(
      new sdk.InvokeEndpointAsyncCommand({
        EndpointName: request.endpoint,
        InputLocation: input,
        ContentType: request.contentType,
        ...(request.accept ? { Accept: request.accept } : {}),
      }),
    );
    return { id: InferenceId, output: OutputLocation, ...(FailureLocation ? { failure: FailureLocation } : {}) };
  });
}

/** Where the containers of an endpoint log, or those of one of its variants. */
export function endpointLog(endpoint: string, variant = ''): LogPlace {
  return { group: `/aws/sagemaker/Endpoints/${endpoint}`, prefix: variant };
}

/** The last lines of the log of an endpoint's containers, the oldest first; none where there is no log. */
export function logTail(session: Session, endpoint: string, variant: string, lines: number): Promise<string[]> {
  return tailOf(session, endpointLog(endpoint, variant), lines, Date.now() - 3_600_000);
}

/** The last lines of the log of a batch transform, the oldest first. */
export function transformLog(session: Session, job: string, lines: number, since: number): Promise<string[]> {
  return tailOf(session, { group: '/aws/sagemaker/TransformJobs', prefix: `${job}/` }, lines, since);
}

async function tailOf(session: Session, place: LogPlace, lines: number, since: number): Promise<string[]> {
  let mark: LogMark = { since, read: new Set() };
  let tail: string[] = [];
  for (;;) {
    const reading = await readSince(session, place, mark);
    if (reading.events.length === 0) return tail;
    tail = [...tail, ...reading.events.map(({ message = '' }) => message.trimEnd())].slice(-lines);
    mark = reading.mark;
  }
}

function inputOf(request: Invocation): {
  EndpointName: string;
  Body: Uint8Array;
  ContentType: string;
  Accept?: string;
  TargetVariant?: string;
  InferenceComponentName?: string;
} {
  return {
    EndpointName: request.endpoint,
    Body: request.body,
    ContentType: request.contentType,
    ...(request.accept ? { Accept: request.accept } : {}),
    ...(request.variant ? { TargetVariant: request.variant } : {}),
    ...(request.component ? { InferenceComponentName: request.component } : {}),
  };
}

async function withFaults(sdk: typeof Serving, work: () => Promise<Answered>): Promise<Answered> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof sdk.ModelError)) throw error;
    return {
      fault: {
        status: error.OriginalStatusCode ?? 0,
        message: error.OriginalMessage ?? error.message,
        ...(error.LogStreamArn ? { log: error.LogStreamArn } : {}),
      },
    };
  }
}

function stateOf(described: DescribeEndpointOutput): EndpointState {
  const pending = described.PendingDeploymentSummary;
  return {
    name: described.EndpointName ?? '',
    arn: described.EndpointArn ?? '',
    status: described.EndpointStatus ?? '',
    config: described.EndpointConfigName ?? '',
    ...time('created', described.CreationTime),
    ...time('changed', described.LastModifiedTime),
    ...(described.FailureReason ? { reason: described.FailureReason } : {}),
    fleets: (described.ProductionVariants ?? []).map(fleetOf),
    shadows: (described.ShadowProductionVariants ?? []).map(fleetOf),
    ...(pending
      ? {
          pending: {
            config: pending.EndpointConfigName ?? '',
            ...time('started', pending.StartTime),
            fleets: (pending.ProductionVariants ?? []).map(fleetOf),
          },
        }
      : {}),
    ...(described.LastDeploymentConfig ? { policy: described.LastDeploymentConfig } : {}),
  };
}

function fleetOf(summary: ProductionVariantSummary | PendingProductionVariantSummary): Fleet {
  const status = summary.VariantStatus?.at(-1);
  const type = 'InstanceType' in summary ? summary.InstanceType : undefined;
  return {
    variant: summary.VariantName ?? '',
    ...number('current', summary.CurrentInstanceCount),
    ...number('desired', summary.DesiredInstanceCount),
    ...number('weight', summary.CurrentWeight),
    ...number('desiredWeight', summary.DesiredWeight),
    ...(type ? { instanceType: type } : {}),
    isServerless: summary.CurrentServerlessConfig !== undefined,
    images: (summary.DeployedImages ?? []).flatMap(({ SpecifiedImage }) => SpecifiedImage ?? []),
    ...(status
      ? {
          status: {
            status: status.Status ?? '',
            ...(status.StatusMessage ? { message: status.StatusMessage } : {}),
            ...time('started', status.StartTime),
          },
        }
      : {}),
  };
}

/** What a call came to; undefined where the service does not find what it names. */
async function absent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    // SageMaker has no error of its own for these: a ValidationException that says so.
    if (error instanceof Error && /^(Could not find|Cannot find|RecordNotFound)/i.test(error.message)) return undefined;
    throw error;
  }
}

/** The place of an object as S3 is asked for it. */
function place(uri: string): { Bucket: string; Key: string } {
  const { bucket, key } = splitS3Uri(uri);
  return { Bucket: bucket, Key: key };
}

function time<K extends string>(key: K, at: Date | undefined): Partial<Record<K, number>> {
  return at === undefined ? {} : ({ [key]: at.getTime() } as Record<K, number>);
}

function number<K extends string>(key: K, value: number | undefined): Partial<Record<K, number>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, number>);
}

function defined(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
