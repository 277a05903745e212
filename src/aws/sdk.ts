/** The parts of the AWS SDK that the product uses. They come in the bundle of sessions. */
export {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  paginateDescribeLogStreams,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
export {
  CodePipelineClient,
  GetPipelineCommand,
  paginateListPipelines as paginateListDeliveryPipelines,
} from '@aws-sdk/client-codepipeline';
export {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchBucket,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
export {
  CreateModelPackageGroupCommand,
  CreatePipelineCommand,
  DescribeAutoMLJobV2Command,
  DescribeHyperParameterTuningJobCommand,
  DescribeModelPackageCommand,
  DescribePipelineCommand,
  DescribePipelineDefinitionForExecutionCommand,
  DescribePipelineExecutionCommand,
  DescribeProcessingJobCommand,
  DescribeTrainingJobCommand,
  DescribeTransformJobCommand,
  paginateListModelPackageGroups,
  paginateListModelPackages,
  paginateListPipelineExecutions,
  paginateListPipelineExecutionSteps,
  paginateListPipelineParametersForExecution,
  paginateListPipelines,
  ResourceNotFound,
  RetryPipelineExecutionCommand,
  SageMakerClient,
  type SageMakerClientConfig,
  StartPipelineExecutionCommand,
  StopPipelineExecutionCommand,
  UpdateModelPackageCommand,
  UpdatePipelineCommand,
} from '@aws-sdk/client-sagemaker';
export { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
