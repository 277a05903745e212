/**
 * The integrations that Step Functions has optimised, and in which way each can be called.
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
 */
import { any, closed, list, map, object, oneOf, optional, required, type Shape, text, whole } from '../shape/shape';
import { table } from '../table';
import { type ServiceModel, sdkName, serviceModel } from './services';

/** How a Task calls a service; the first, a plain request, every integration has. */
export type Pattern = 'sync' | 'sync:2' | 'waitForTaskToken';

/** Patterns of an operation beside the plain request. */
type Operations = Readonly<Record<string, readonly Pattern[]>>;

const wait: readonly Pattern[] = ['waitForTaskToken'];
const sync: readonly Pattern[] = ['sync'];
const plain: readonly Pattern[] = [];

/** The optimised integrations: service, operation, patterns. */
export const optimised = table<Operations>({
  apigateway: table({ invoke: wait }),
  athena: table({
    startQueryExecution: sync,
    stopQueryExecution: plain,
    getQueryExecution: plain,
    getQueryResults: plain,
  }),
  batch: table({ submitJob: sync }),
  bedrock: table({ invokeModel: wait, createModelCustomizationJob: sync }),
  codebuild: table({
    startBuild: sync,
    stopBuild: plain,
    batchDeleteBuilds: plain,
    batchGetReports: plain,
    startBuildBatch: sync,
    stopBuildBatch: plain,
    retryBuildBatch: sync,
    deleteBuildBatch: plain,
    batchGetBuildBatches: plain,
  }),
  databrew: table({ startJobRun: sync }),
  dynamodb: table({ getItem: plain, putItem: plain, updateItem: plain, deleteItem: plain }),
  ecs: table({ runTask: ['sync', 'waitForTaskToken'] }),
  eks: table({
    call: plain,
    runJob: ['sync', 'waitForTaskToken'],
    createCluster: sync,
    deleteCluster: sync,
    createFargateProfile: sync,
    deleteFargateProfile: sync,
    createNodegroup: sync,
    deleteNodegroup: sync,
  }),
  elasticmapreduce: table({
    createCluster: sync,
    setClusterTerminationProtection: plain,
    terminateCluster: sync,
    addStep: sync,
    cancelStep: plain,
    modifyInstanceFleetByName: plain,
    modifyInstanceGroupByName: plain,
  }),
  'emr-containers': table({ createVirtualCluster: plain, deleteVirtualCluster: sync, startJobRun: sync }),
  'emr-serverless': table({
    createApplication: sync,
    deleteApplication: sync,
    startApplication: sync,
    stopApplication: sync,
    startJobRun: sync,
    cancelJobRun: sync,
  }),
  events: table({ putEvents: wait }),
  glue: table({ startJobRun: sync }),
  http: table({ invoke: plain }),
  lambda: table({ invoke: wait }),
  mediaconvert: table({ createJob: sync }),
  s3: table({ getObject: plain, listObjectsV2: plain, putObject: plain }),
  sagemaker: table({
    createEndpoint: plain,
    createEndpointConfig: plain,
    createHyperParameterTuningJob: sync,
    createLabelingJob: sync,
    createModel: plain,
    createProcessingJob: sync,
    createTrainingJob: sync,
    createTransformJob: sync,
    updateEndpoint: plain,
  }),
  sns: table({ publish: wait }),
  sqs: table({ sendMessage: wait }),
  states: table({ startExecution: ['sync', 'sync:2', 'waitForTaskToken'] }),
});

/** Operations of integrations that are called otherwise in the service, or are none of it. */
const renamed = table<string>({ 'elasticmapreduce:createCluster': 'runJobFlow' });

const name = text({ min: 1 });
const strings = map(any);

/** Requests that the integration reads itself, or takes more loosely than the service: their values may be any JSON. */
const own = table<Shape>({
  'apigateway:invoke': object({
    ApiEndpoint: required(name, 'The host of the API: id.execute-api.region.amazonaws.com.'),
    Method: required(oneOf('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'), 'The method.'),
    Headers: optional(strings, 'The headers, each a list of values.'),
    Stage: optional(text(), 'The stage of the API.'),
    Path: optional(text(), 'The path after the stage.'),
    QueryParameters: optional(strings, 'The parameters of the query, each a list of values.'),
    RequestBody: optional(any, 'The body.'),
    AllowNullValues: optional(any, 'Whether null values are sent.'),
    AuthType: optional(oneOf('NO_AUTH', 'IAM_ROLE', 'RESOURCE_POLICY'), 'How the call is signed.'),
  }),
  'http:invoke': object({
    ApiEndpoint: required(name, 'The address, beginning with https://.'),
    Method: required(oneOf('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'), 'The method.'),
    Authentication: optional(any, 'The EventBridge connection that signs the call: {"ConnectionArn": …}.'),
    InvocationConfig: optional(any, 'The connection of a private address.'),
    Headers: optional(strings, 'The headers.'),
    QueryParameters: optional(strings, 'The parameters of the query.'),
    RequestBody: optional(any, 'The body.'),
    Transform: optional(any, 'How the body is encoded.'),
  }),
  'eks:call': object({
    ClusterName: required(name, 'The name of the cluster.'),
    CertificateAuthority: required(name, 'The certificate of the cluster, in Base64.'),
    Endpoint: required(name, 'The address of the cluster.'),
    Method: required(oneOf('GET', 'POST', 'PUT', 'DELETE', 'PATCH'), 'The method.'),
    Path: required(name, 'The path in the Kubernetes API.'),
    QueryParameters: optional(strings, 'The parameters of the query.'),
    RequestBody: optional(any, 'The body.'),
  }),
  'eks:runJob': object({
    ClusterName: required(name, 'The name of the cluster.'),
    CertificateAuthority: required(name, 'The certificate of the cluster, in Base64.'),
    Endpoint: required(name, 'The address of the cluster.'),
    Job: required(any, 'The Kubernetes job.'),
    Namespace: optional(text(), 'The namespace; default where it is not given.'),
    LogOptions: optional(any, 'Which logs are kept.'),
  }),
  'lambda:invoke': closed({
    FunctionName: required(name, 'The name or ARN of the function.'),
    Payload: optional(any, 'What the function gets.'),
    InvocationType: optional(oneOf('RequestResponse', 'Event', 'DryRun'), 'Whether it waits for the answer.'),
    Qualifier: optional(name, 'A version or an alias.'),
    ClientContext: optional(text(), 'Data about the caller, in Base64.'),
    LogType: optional(oneOf('None', 'Tail'), 'Whether the end of the log is answered.'),
    TenantId: optional(name, 'The tenant of a function that keeps tenants apart.'),
    DurableExecutionName: optional(name, 'The name of a durable execution.'),
  }),
  'states:startExecution': closed({
    StateMachineArn: required(name, 'The ARN of the machine, of a version or an alias.'),
    Input: optional(any, 'The input of the execution.'),
    Name: optional(name, 'The name of the execution.'),
    TraceHeader: optional(text(), 'The X-Ray trace.'),
  }),
  'sns:publish': object({
    Message: optional(any, 'What is sent; an object is sent as its JSON.'),
    MessageAttributes: optional(any),
    MessageStructure: optional(any),
    MessageDeduplicationId: optional(any),
    MessageGroupId: optional(any),
    PhoneNumber: optional(any),
    Subject: optional(any),
    TargetArn: optional(any),
    TopicArn: optional(any),
  }),
  'sqs:sendMessage': object({
    QueueUrl: required(name, 'The address of the queue.'),
    MessageBody: required(any, 'What is sent; an object is sent as its JSON.'),
    DelaySeconds: optional(whole(0, 900)),
    MessageAttributes: optional(any),
    MessageSystemAttributes: optional(any),
    MessageDeduplicationId: optional(any),
    MessageGroupId: optional(any),
  }),
  'events:putEvents': object({
    Entries: required(
      list(
        object({
          Detail: optional(any, 'What happened; an object.'),
          DetailType: optional(text(), 'The kind of event.'),
          EventBusName: optional(text(), 'The bus.'),
          Source: optional(text(), 'Who tells it.'),
          Resources: optional(any),
          Time: optional(any),
          TraceHeader: optional(any),
        }),
        { min: 1, max: 10, of: 'event' },
      ),
      'The events.',
    ),
    EndpointId: optional(text()),
  }),
  'bedrock:invokeModel': object({
    ModelId: required(name, 'The id or ARN of the model.'),
    Body: optional(any, 'What the model gets.'),
    Input: optional(any, 'Where the body lies: {"S3Uri": …}.'),
    Output: optional(any, 'Where the answer is put: {"S3Uri": …}.'),
    Accept: optional(text()),
    ContentType: optional(text()),
    Trace: optional(any),
    GuardrailIdentifier: optional(any),
    GuardrailVersion: optional(any),
    PerformanceConfigLatency: optional(any),
    ServiceTier: optional(any),
  }),
});

/** What a Resource names. */
export type Resource = { kind: 'function' | 'activity' | 'other' } | Integration;

/** `arn:aws:states:::sagemaker:createTrainingJob.sync`, taken apart. */
export interface Integration {
  kind: 'integration';
  /** True for `aws-sdk:<service>`. */
  sdk: boolean;
  service: string;
  operation: string;
  /** What stands behind the point; undefined for a plain request. */
  pattern: string | undefined;
  /** Characters at which service, operation and pattern begin. */
  serviceAt: number;
  operationAt: number;
}

/** Takes a Resource apart; undefined where it is no ARN of something that a Task can call. */
export function readResource(arn: string): Resource | undefined {
  // The partition is often filled in: `arn:${AWS::Partition}:states:::…`.
  const found = /^(arn:(?:aws[\w-]*|\$\{[^{}]*\}):states:[\w-]*:\d*:)(aws-sdk:)?([\w-]+):(\w+)(?:\.(.*))?$/su.exec(arn);
  if (found && !(found[3] === 'activity' && found[2] === undefined)) {
    const [, head = '', general = '', service = '', operation = '', pattern] = found;
    const serviceAt = head.length + general.length;
    return {
      kind: 'integration',
      sdk: general !== '',
      service,
      operation,
      pattern,
      serviceAt,
      operationAt: serviceAt + service.length + 1,
    };
  }
  if (/^arn:aws[\w-]*:states:[\w-]*:\d*:activity:.+$/.test(arn)) return { kind: 'activity' };
  if (/^arn:aws[\w-]*:lambda:[\w-]*:\d*:function:[\w-]+(:(\$LATEST|[\w-]+))?$/.test(arn)) return { kind: 'function' };
  // Formerly: tasks of the Simple Workflow Service.
  if (/^arn:aws[\w-]*:swf:.+$/.test(arn)) return { kind: 'other' };
  return undefined;
}

/** The model of the service that an integration calls, where the tables have it. */
export function modelOf({ service, sdk }: Integration): ServiceModel | undefined {
  return serviceModel(sdk ? service : sdkName(service));
}

/** The shape of what a Task sends, where it is known. */
export function requestShape(integration: Integration): Shape | undefined {
  const { sdk, service, operation } = integration;
  const id = `${service}:${operation}`;
  if (!sdk && own[id]) return own[id];
  const isOwn = !sdk && optimised[service]?.[operation] === undefined;
  return isOwn ? undefined : modelOf(integration)?.request(sdk ? operation : (renamed[id] ?? operation));
}

/** What Step Functions adds to the answers of services. */
const addedToResults = ['SdkHttpMetadata', 'SdkResponseMetadata'];

/** The members of the result, where the state hands on what the service answers. */
export function resultMembers(integration: Integration): readonly string[] | undefined {
  const { sdk, service, operation, pattern } = integration;
  const isHandedOn = pattern === undefined && (sdk || service === 'sagemaker' || service === 'dynamodb');
  const shape = isHandedOn ? modelOf(integration)?.result(operation) : undefined;
  return shape?.kind === 'object' ? [...Object.keys(shape.members), ...addedToResults] : undefined;
}
