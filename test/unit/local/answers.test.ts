import {
  AddTagsCommand,
  BatchDescribeModelPackageCommand,
  CreateModelCommand,
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  CreatePipelineCommand,
  CreateProcessingJobCommand,
  CreateTrainingJobCommand,
  DeleteModelCommand,
  DeleteModelPackageCommand,
  DeleteModelPackageGroupCommand,
  DeletePipelineCommand,
  DeleteTagsCommand,
  DescribeModelCommand,
  DescribeModelPackageCommand,
  DescribeModelPackageGroupCommand,
  DescribePipelineCommand,
  DescribePipelineDefinitionForExecutionCommand,
  DescribePipelineExecutionCommand,
  DescribeProcessingJobCommand,
  DescribeTrainingJobCommand,
  ListModelPackageGroupsCommand,
  ListModelPackagesCommand,
  ListModelsCommand,
  ListPipelineExecutionStepsCommand,
  ListPipelineExecutionsCommand,
  ListPipelineParametersForExecutionCommand,
  ListPipelineVersionsCommand,
  ListPipelinesCommand,
  ListProcessingJobsCommand,
  ListTagsCommand,
  ListTrainingJobsCommand,
  RetryPipelineExecutionCommand,
  type SageMakerClient,
  StartPipelineExecutionCommand,
  StopPipelineExecutionCommand,
  StopProcessingJobCommand,
  StopTrainingJobCommand,
  UpdateModelPackageCommand,
  UpdatePipelineCommand,
  UpdatePipelineExecutionCommand,
  UpdatePipelineVersionCommand,
} from '@aws-sdk/client-sagemaker';
import {
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  GetRoleCommand,
  IAMClient,
  ListRolesCommand,
  SimulatePrincipalPolicyCommand,
  paginateListRoles,
} from '@aws-sdk/client-iam';
import { DescribeImagesCommand, DescribeRepositoriesCommand, ECRClient, ListImagesCommand } from '@aws-sdk/client-ecr';
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  ListAWSDefaultServiceQuotasCommand,
  ListServiceQuotasCommand,
  RequestServiceQuotaIncreaseCommand,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  ListTagsCommand as ListFunctionTagsCommand,
  TagResourceCommand as TagFunctionCommand,
  UntagResourceCommand as UntagFunctionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { services } from '../../../src/local/services';
import { codebuildAnswers } from './answers-codebuild';
import { codepipelineAnswers } from './answers-codepipeline';
import { connectionAnswers, trailAnswers } from './answers-connections';
import { seriesAnswers } from './answers-series';
import { outputProblems } from './outputs';
import { Bed, bucket, definition, eventually, role, shellStep } from './support';

/*
 * Every operation is asked once over the wire by the SDK. The bed looks at each answer by the service's model, and
 * the last test here at the list of those that have answered.
 */
let bed: Bed;
let sagemaker: SageMakerClient;
let s3: S3Client;
beforeAll(async () => {
  bed = await Bed.start();
  ({ sagemaker, s3 } = bed.clients);
});
afterAll(() => bed.stop());

const token = (): string => crypto.randomUUID();
const resources = {
  AlgorithmSpecification: {
    TrainingImage: 'image',
    TrainingInputMode: 'File' as const,
    ContainerEntrypoint: ['/bin/sh', '-c', 'echo trained > "$SM_MODEL_DIR/model"'],
  },
  RoleArn: role,
  OutputDataConfig: { S3OutputPath: `s3://${bucket}/models` },
  ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large' as const, VolumeSizeInGB: 1 },
  StoppingCondition: { MaxRuntimeInSeconds: 60 },
};

test('pipelines and their executions', async () => {
  const name = { PipelineName: 'all' };
  const PipelineDefinition = definition([shellStep('S', 'sleep 30')]);
  const { PipelineArn } = await sagemaker.send(
    new CreatePipelineCommand({ ...name, PipelineDefinition, RoleArn: role, ClientRequestToken: token() }),
  );
  await sagemaker.send(new UpdatePipelineCommand({ ...name, PipelineDescription: 'changed' }));
  await sagemaker.send(
    new UpdatePipelineVersionCommand({ PipelineArn, PipelineVersionId: 2, PipelineVersionDisplayName: 'second' }),
  );
  expect((await sagemaker.send(new DescribePipelineCommand(name))).PipelineDescription).toBe('changed');
  expect((await sagemaker.send(new ListPipelinesCommand({}))).PipelineSummaries).toHaveLength(1);
  expect((await sagemaker.send(new ListPipelineVersionsCommand(name))).PipelineVersionSummaries).toHaveLength(2);

  const { PipelineExecutionArn } = await sagemaker.send(
    new StartPipelineExecutionCommand({ ...name, ClientRequestToken: token() }),
  );
  const execution = { PipelineExecutionArn };
  await sagemaker.send(new UpdatePipelineExecutionCommand({ ...execution, PipelineExecutionDescription: 'seen' }));
  await sagemaker.send(new ListPipelineParametersForExecutionCommand(execution));
  await sagemaker.send(new DescribePipelineDefinitionForExecutionCommand(execution));
  await eventually(async () => (await bed.steps(PipelineExecutionArn ?? '')).S?.StepStatus === 'Executing');
  await sagemaker.send(new StopPipelineExecutionCommand({ ...execution, ClientRequestToken: token() }));
  expect((await bed.end(PipelineExecutionArn ?? '')).status).toBe('Stopped');
  await sagemaker.send(new RetryPipelineExecutionCommand({ ...execution, ClientRequestToken: token() }));
  await sagemaker.send(new StopPipelineExecutionCommand({ ...execution, ClientRequestToken: token() }));
  expect((await bed.end(PipelineExecutionArn ?? '')).status).toBe('Stopped');
  await sagemaker.send(new DescribePipelineExecutionCommand(execution));
  await sagemaker.send(new ListPipelineExecutionsCommand(name));
  await sagemaker.send(new ListPipelineExecutionStepsCommand(execution));
  await sagemaker.send(new DeletePipelineCommand({ ...name, ClientRequestToken: token() }));
});

test('a training job of its own runs, is described while it runs and after, and is stopped', async () => {
  const job = { TrainingJobName: 'alone' };
  await sagemaker.send(new CreateTrainingJobCommand({ ...job, ...resources }));
  const early = await sagemaker.send(new DescribeTrainingJobCommand(job));
  expect(early.ModelArtifacts?.S3ModelArtifacts).toBe(`s3://${bucket}/models/alone/output/model.tar.gz`);
  await expect(sagemaker.send(new CreateTrainingJobCommand({ ...job, ...resources }))).rejects.toThrow(/unique/);
  await eventually(async () => {
    const { TrainingJobStatus } = await sagemaker.send(new DescribeTrainingJobCommand(job));
    return TrainingJobStatus === 'Completed';
  });
  await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'models/alone/output/model.tar.gz' }));
  await expect(sagemaker.send(new StopTrainingJobCommand(job))).rejects.toThrow(/Only a job in progress/);

  const endless = { ...resources.AlgorithmSpecification, ContainerEntrypoint: ['sleep', '30'] };
  const long = { TrainingJobName: 'long' };
  await sagemaker.send(new CreateTrainingJobCommand({ ...long, ...resources, AlgorithmSpecification: endless }));
  await eventually(async () => {
    const { SecondaryStatus } = await sagemaker.send(new DescribeTrainingJobCommand(long));
    return SecondaryStatus === 'Training';
  });
  await sagemaker.send(new StopTrainingJobCommand(long));
  await eventually(async () => {
    const { TrainingJobStatus } = await sagemaker.send(new DescribeTrainingJobCommand(long));
    return TrainingJobStatus === 'Stopped';
  });
  const listed = await sagemaker.send(new ListTrainingJobsCommand({ StatusEquals: 'Stopped' }));
  expect(listed.TrainingJobSummaries?.map(({ TrainingJobName }) => TrainingJobName)).toEqual(['long']);
});

test('a processing job of its own runs and is stopped', async () => {
  const job = { ProcessingJobName: 'alone' };
  await sagemaker.send(
    new CreateProcessingJobCommand({
      ...job,
      RoleArn: role,
      ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 } },
      AppSpecification: { ImageUri: 'image', ContainerEntrypoint: ['sleep', '30'] },
    }),
  );
  await eventually(async () => {
    const { ProcessingStartTime } = await sagemaker.send(new DescribeProcessingJobCommand(job));
    return ProcessingStartTime !== undefined;
  });
  await sagemaker.send(new StopProcessingJobCommand(job));
  await eventually(async () => {
    const { ProcessingJobStatus } = await sagemaker.send(new DescribeProcessingJobCommand(job));
    return ProcessingJobStatus === 'Stopped';
  });
  const listed = await sagemaker.send(new ListProcessingJobsCommand({ NameContains: 'ALONE' }));
  expect(listed.ProcessingJobSummaries).toHaveLength(1);
});

test('models are made, described, listed, tagged and deleted with their tags', async () => {
  const container = { Image: 'image', ModelDataUrl: `s3://${bucket}/models/alone/output/model.tar.gz` };
  const { ModelArn: ResourceArn } = await sagemaker.send(
    new CreateModelCommand({ ModelName: 'm', ExecutionRoleArn: role, PrimaryContainer: container }),
  );
  await expect(
    sagemaker.send(new CreateModelCommand({ ModelName: 'm', ExecutionRoleArn: role, PrimaryContainer: container })),
  ).rejects.toThrow(/already existing/);
  await expect(sagemaker.send(new CreateModelCommand({ ModelName: 'none' }))).rejects.toThrow(/PrimaryContainer/);
  const described = await sagemaker.send(new DescribeModelCommand({ ModelName: 'm' }));
  expect(described.PrimaryContainer).toMatchObject(container);
  expect((await sagemaker.send(new ListModelsCommand({ NameContains: 'M' }))).Models).toHaveLength(1);
  await sagemaker.send(new AddTagsCommand({ ResourceArn, Tags: [{ Key: 'a', Value: '1' }] }));
  await sagemaker.send(new DeleteTagsCommand({ ResourceArn, TagKeys: ['b'] }));
  expect((await sagemaker.send(new ListTagsCommand({ ResourceArn }))).Tags).toEqual([{ Key: 'a', Value: '1' }]);
  await sagemaker.send(new DeleteModelCommand({ ModelName: 'm' }));
  await expect(sagemaker.send(new DescribeModelCommand({ ModelName: 'm' }))).rejects.toThrow(/Could not find model/);
  await sagemaker.send(new CreateModelCommand({ ModelName: 'm', ExecutionRoleArn: role, PrimaryContainer: container }));
  expect((await sagemaker.send(new ListTagsCommand({ ResourceArn }))).Tags).toEqual([]);
});

test('model packages and their groups', async () => {
  const group = { ModelPackageGroupName: 'g' };
  await sagemaker.send(new CreateModelPackageGroupCommand(group));
  await sagemaker.send(new DescribeModelPackageGroupCommand(group));
  await sagemaker.send(new ListModelPackageGroupsCommand({}));
  const { ModelPackageArn = '' } = await sagemaker.send(new CreateModelPackageCommand(group));
  await sagemaker.send(new UpdateModelPackageCommand({ ModelPackageArn, ModelApprovalStatus: 'Approved' }));
  await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: ModelPackageArn }));
  await sagemaker.send(
    new BatchDescribeModelPackageCommand({ ModelPackageArnList: [ModelPackageArn, `${ModelPackageArn}9`] }),
  );
  await sagemaker.send(new ListModelPackagesCommand(group));
  await sagemaker.send(new DeleteModelPackageCommand({ ModelPackageName: ModelPackageArn }));
  await sagemaker.send(new DeleteModelPackageGroupCommand(group));
});

test('logs of the jobs', async () => {
  const { logs } = bed.clients;
  const logGroupName = '/aws/sagemaker/TrainingJobs';
  await logs.send(new DescribeLogGroupsCommand({}));
  const { logStreams = [] } = await logs.send(new DescribeLogStreamsCommand({ logGroupName }));
  const { logStreamName = '' } = logStreams[0] ?? {};
  await logs.send(new GetLogEventsCommand({ logGroupName, logStreamName }));
  await logs.send(new FilterLogEventsCommand({ logGroupName }));
});

test('objects, buckets and parts', async () => {
  const Bucket = 'answers';
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new HeadBucketCommand({ Bucket }));
  await s3.send(new ListBucketsCommand({}));
  expect((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBeFalsy();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: '0123456789', Metadata: { who: 'me' } }));
  await s3.send(new CopyObjectCommand({ Bucket, Key: 'b', CopySource: `${Bucket}/a` }));
  expect(await (await s3.send(new GetObjectCommand({ Bucket, Key: 'b' }))).Body?.transformToString()).toBe(
    '0123456789',
  );
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'b', Range: 'bytes=2-4' }))).ContentLength).toBe(3);
  expect((await s3.send(new ListObjectsCommand({ Bucket }))).Contents).toHaveLength(2);
  expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(2);
  const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  expect(Versions.map(({ Key, VersionId, IsLatest }) => [Key, VersionId, IsLatest])).toEqual([
    ['a', 'null', true],
    ['b', 'null', true],
  ]);

  expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
  const TagSet = [{ Key: 'team', Value: 'birds' }];
  await s3.send(new PutObjectTaggingCommand({ Bucket, Key: 'a', Tagging: { TagSet } }));
  expect((await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'a' }))).TagSet).toEqual(TagSet);
  await s3.send(new DeleteObjectTaggingCommand({ Bucket, Key: 'a' }));
  const attributes = new GetObjectAttributesCommand({ Bucket, Key: 'a', ObjectAttributes: ['ObjectSize'] });
  expect((await s3.send(attributes)).ObjectSize).toBe(10);
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'joined' }));
  const upload = { Bucket, Key: 'joined', UploadId };
  await s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'first ' }));
  expect((await s3.send(new ListPartsCommand(upload))).Parts).toMatchObject([{ PartNumber: 1, Size: 6 }]);
  expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads).toMatchObject([{ UploadId }]);
  await s3.send(
    new UploadPartCopyCommand({ ...upload, PartNumber: 2, CopySource: `${Bucket}/a`, CopySourceRange: 'bytes=3-5' }),
  );
  const MultipartUpload = { Parts: [{ PartNumber: 1 }, { PartNumber: 2 }] };
  await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }));
  const joined = await s3.send(new GetObjectCommand({ Bucket, Key: 'joined' }));
  expect(await joined.Body?.transformToString()).toBe('first 345');
  const other = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'left' }));
  await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: 'left', UploadId: other.UploadId }));

  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'joined' }));
  const Objects = Versions.map(({ Key = '', VersionId }) => ({ Key, VersionId }));
  expect((await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }))).Deleted).toHaveLength(2);
  await s3.send(new DeleteBucketCommand({ Bucket }));
});

test('who one is, and what one may do', async () => {
  const { endpoint, region, accessKeyId, secretAccessKey } = bed.plane.ready;
  const iam = new IAMClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const { Arn = '' } = await bed.clients.sts.send(new GetCallerIdentityCommand({}));
  expect(Arn).toMatch(/^arn:aws:sts::000000000000:assumed-role\/execution\/\w+$/);
  // As the SageMaker SDK does: from the session to the role behind it.
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: Arn.split('/')[1] }));
  expect(Role).toMatchObject({ Arn: 'arn:aws:iam::000000000000:role/execution', Path: '/' });
  expect(JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''))).toHaveProperty('Statement');
  const roles = [];
  for await (const { Roles = [] } of paginateListRoles({ client: iam }, {})) roles.push(...Roles);
  expect(roles).toEqual([Role]);
  expect((await iam.send(new ListRolesCommand({ PathPrefix: '/service/' }))).Roles ?? []).toEqual([]);
  const { EvaluationResults = [] } = await iam.send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: Role?.Arn,
      ActionNames: ['sagemaker:CreatePipeline', 's3:GetObject'],
      ResourceArns: ['*', 'arn:aws:s3:::b/*'],
    }),
  );
  expect(EvaluationResults.map(({ EvalActionName, EvalDecision }) => `${EvalActionName} ${EvalDecision}`)).toEqual([
    'sagemaker:CreatePipeline allowed',
    'sagemaker:CreatePipeline allowed',
    's3:GetObject allowed',
    's3:GetObject allowed',
  ]);
  await expect(
    iam.send(
      new SimulatePrincipalPolicyCommand({ PolicySourceArn: 'arn:aws:s3:::not-a-principal', ActionNames: ['a:b'] }),
    ),
  ).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  iam.destroy();
});

test('functions', async () => {
  const { endpoint, region, accessKeyId, secretAccessKey } = bed.plane.ready;
  const client = new LambdaClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const ZipFile = zipSync({ 'app.py': strToU8('def handler(event, context):\n    return event\n') });
  const name = { FunctionName: 'echo' };
  const { FunctionArn: Resource } = await client.send(
    new CreateFunctionCommand({
      ...name,
      Role: role,
      Runtime: 'python3.12',
      Handler: 'app.handler',
      Code: { ZipFile },
    }),
  );
  await client.send(new UpdateFunctionCodeCommand({ ...name, ZipFile }));
  await client.send(new UpdateFunctionConfigurationCommand({ ...name, Timeout: 9 }));
  expect((await client.send(new GetFunctionConfigurationCommand(name))).Timeout).toBe(9);
  expect((await client.send(new GetFunctionCommand(name))).Configuration?.FunctionName).toBe('echo');
  expect((await client.send(new ListFunctionsCommand({}))).Functions).toHaveLength(1);
  const { Payload } = await client.send(new InvokeCommand({ ...name, Payload: strToU8('[1]') }));
  expect(Buffer.from(Payload ?? []).toString()).toBe('[1]');
  const permission = { ...name, StatementId: 's', Action: 'lambda:InvokeFunction', Principal: 'events.amazonaws.com' };
  await client.send(new AddPermissionCommand(permission));
  expect((await client.send(new GetPolicyCommand(name))).Policy).toContain('events.amazonaws.com');
  await client.send(new TagFunctionCommand({ Resource, Tags: { team: 'a', stage: 'b' } }));
  await client.send(new UntagFunctionCommand({ Resource, TagKeys: ['stage'] }));
  expect((await client.send(new ListFunctionTagsCommand({ Resource }))).Tags).toEqual({ team: 'a' });
  await client.send(new DeleteFunctionCommand(name));
  client.destroy();
});

test('CodeBuild answers', () => codebuildAnswers(bed));

/** What endpoints.test.ts and its neighbours ask, and what is always refused. */
const elsewhere =
  /Endpoint|InferenceComponent|Transform|Monitoring|JobDefinition|^monitoring |^application-autoscaling |ExecutionStep(Success|Failure)|Action|Artifact|Context|Association|QueryLineage|HyperParameter|BatchPutMetrics|^sqs |^ecr (Describe|List)Images/;
test('CodePipeline answers', () => codepipelineAnswers(bed));

test('SageMaker Metrics answers', () => seriesAnswers(bed));

test('CodeConnections answers, by both of its names', () => connectionAnswers(bed));

test('ECR has no repositories, and says so of each', async () => {
  const { endpoint, region, accessKeyId, secretAccessKey } = bed.plane.ready;
  const client = new ECRClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 });
  expect((await client.send(new DescribeRepositoriesCommand({}))).repositories).toEqual([]);
  const name = 'RepositoryNotFoundException';
  await expect(client.send(new ListImagesCommand({ repositoryName: 'none' }))).rejects.toMatchObject({ name });
  await expect(client.send(new DescribeImagesCommand({ repositoryName: 'none' }))).rejects.toMatchObject({ name });
  client.destroy();
});

test('Service Quotas answers', async () => {
  const { endpoint, region, accessKeyId, secretAccessKey } = bed.plane.ready;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new ServiceQuotasClient({ endpoint, region, credentials, maxAttempts: 1 });
  const ServiceCode = 'sagemaker';
  const { Quotas = [] } = await client.send(new ListServiceQuotasCommand({ ServiceCode, MaxResults: 1 }));
  const { QuotaCode = '', Value = 0 } = Quotas[0] ?? {};
  const { Quotas: defaults } = await client.send(
    new ListAWSDefaultServiceQuotasCommand({ ServiceCode, MaxResults: 1 }),
  );
  expect(defaults).toMatchObject([{ QuotaCode }]);
  await client.send(new RequestServiceQuotaIncreaseCommand({ ServiceCode, QuotaCode, DesiredValue: Value + 1 }));
  expect((await client.send(new GetServiceQuotaCommand({ ServiceCode, QuotaCode }))).Quota?.Value).toBe(Value + 1);
  const { Quota } = await client.send(new GetAWSDefaultServiceQuotaCommand({ ServiceCode, QuotaCode }));
  expect(Quota?.Value).toBe(Value);
  client.destroy();
});

test('CloudTrail answers with what has been done', () => trailAnswers(bed));

test('every operation of every service has answered', () => {
  const all = services.flatMap(({ signingName, model }) =>
    Object.keys(model.operations)
      .map((operation) => `${signingName} ${operation}`)
      .filter((name) => !elsewhere.test(name)),
  );
  expect([...bed.answered].filter((name) => !elsewhere.test(name)).sort()).toEqual(all.sort());
});

test('the check of answers finds what is missing, unknown or of another type', () => {
  const model = services.find(({ signingName }) => signingName === 'sagemaker')?.model ?? {
    operations: {},
    shapes: {},
  };
  expect(outputProblems(model, 'ModelArtifacts', {})).toEqual(['ModelArtifacts.S3ModelArtifacts: is required']);
  expect(outputProblems(model, 'ModelArtifacts', { S3ModelArtifacts: 's3://b/k', Other: 1 })).toEqual([
    'ModelArtifacts.Other: is not in the model',
  ]);
  expect(outputProblems(model, 'ModelArtifacts', { S3ModelArtifacts: 5 })).toHaveLength(1);
  expect(outputProblems(model, 'ListTrainingJobsResponse', { TrainingJobSummaries: [{}] })).toContain(
    'ListTrainingJobsResponse.TrainingJobSummaries[0].TrainingJobName: is required',
  );
});
