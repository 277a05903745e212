// What is taken from the models. A new service or operation is a word here and `npm run generate`.

/**
 * By service, a step type's arguments and the answers that its properties come from, by the names of the service's
 * structures: arguments first.
 */
export const pipelineSteps = {
  sagemaker: {
    Training: ['CreateTrainingJobRequest', 'DescribeTrainingJobResponse'],
    Processing: ['CreateProcessingJobRequest', 'DescribeProcessingJobResponse'],
    Transform: ['CreateTransformJobRequest', 'DescribeTransformJobResponse'],
    Tuning: [
      'CreateHyperParameterTuningJobRequest',
      'DescribeHyperParameterTuningJobResponse',
      'ListTrainingJobsForHyperParameterTuningJobResponse',
    ],
    Model: ['CreateModelInput', 'DescribeModelOutput'],
    RegisterModel: ['CreateModelPackageInput', 'DescribeModelPackageOutput'],
    AutoML: ['CreateAutoMLJobRequest', 'DescribeAutoMLJobResponse'],
    EndpointConfig: ['CreateEndpointConfigInput', 'DescribeEndpointConfigOutput'],
    Endpoint: ['CreateEndpointInput', 'DescribeEndpointOutput'],
    InferenceComponent: ['CreateInferenceComponentInput', 'DescribeInferenceComponentOutput'],
    Job: ['CreateJobRequest', 'DescribeJobResponse'],
  },
  emr: { EMR: ['RunJobFlowInput', 'Step'], EMRStep: ['StepConfig'] },
  'emr-serverless': {
    EMRServerless: ['StartJobRunRequest', 'JobRun'],
    EMRServerlessApplication: ['CreateApplicationRequest'],
  },
  bedrock: {
    BedrockCustomModel: ['CreateModelCustomizationJobRequest', 'GetCustomModelResponse', 'CreateCustomModelRequest'],
    BedrockCustomModelDeployment: ['CreateCustomModelDeploymentRequest', 'GetCustomModelDeploymentResponse'],
    BedrockModelImport: ['CreateModelImportJobRequest', 'GetModelImportJobResponse'],
    BedrockProvisionedModelThroughput: [
      'CreateProvisionedModelThroughputRequest',
      'GetProvisionedModelThroughputResponse',
    ],
  },
};

/**
 * Services whose requests and answers are known to any depth in state machines: of all operations, or of those whose
 * names match. Of everything else the operations' names are known.
 */
export const integrated = {
  'application-autoscaling': /./,
  athena: /Query|Prepared|WorkGroup|DataCatalog|Database|TableMetadata/,
  batch: /./,
  bedrock: /Model|Inference|Evaluation|Guardrail/,
  'bedrock-agent-runtime': /^(InvokeAgent|Retrieve|RetrieveAndGenerate|InvokeFlow|Rerank)$/,
  'bedrock-runtime': /./,
  cloudformation: /^(Create|Update|Delete|Describe)(Stack|ChangeSet|Stacks)$|^ExecuteChangeSet$/,
  cloudwatch: /Alarm|Metric/,
  codebuild: /Build|Project/,
  codepipeline: /Execution|Pipeline|Approval|Stage|Job/,
  databrew: /./,
  dynamodb: /Item|Query|Scan|Execute|^DescribeTable$|^ListTables$/,
  ecr: /Image|Repositor/,
  ecs: /Task|Service|Cluster/,
  eks: /Cluster|Nodegroup|FargateProfile/,
  emr: /./,
  'emr-containers': /JobRun|VirtualCluster/,
  'emr-serverless': /./,
  events: /./,
  glue: /Job|Crawler|Workflow|Trigger|DataQuality|Partition|^(Get|Create|Update|Delete)(Table|Tables|Database)$/,
  kinesis: /Record|Stream$/,
  lambda: /Function|Invoke|Alias|Version/,
  logs: /LogGroup|LogStream|LogEvents|Query/,
  mediaconvert: /^(Create|Get|Cancel)Job$/,
  'rds-data': /./,
  'redshift-data': /./,
  s3: /Object|Bucket$|Upload/,
  sagemaker: /./,
  'sagemaker-featurestore-runtime': /./,
  'sagemaker-metrics': /./,
  'sagemaker-runtime': /./,
  scheduler: /./,
  secretsmanager: /./,
  sesv2: /^SendEmail$/,
  sns: /./,
  sqs: /./,
  ssm: /Parameter|Command|Automation/,
  stepfunctions: /./,
  sts: /./,
};

/**
 * Sources of events whose details are known member by member: by kind of event, the answer of the service that the details are
 * (`answer`), and by the path of a member the enumeration of the service that its value is from, or the values (`values`). With
 * `capitals`, events write a status as `IN_SERVICE` that the answer writes as `InService`.
 */
export const events = {
  'aws.sagemaker': {
    service: 'sagemaker',
    kinds: {
      'SageMaker Endpoint Config State Change': { answer: 'DescribeEndpointConfigOutput' },
      'SageMaker Endpoint State Change': { answer: 'DescribeEndpointOutput', capitals: true },
      'SageMaker HyperParameter Tuning Job State Change': { answer: 'DescribeHyperParameterTuningJobResponse' },
      'SageMaker Model Building Pipeline Execution Status Change': {
        values: {
          currentPipelineExecutionStatus: 'PipelineExecutionStatus',
          previousPipelineExecutionStatus: 'PipelineExecutionStatus',
        },
      },
      'SageMaker Model Building Pipeline Execution Step Status Change': {
        values: { currentStepStatus: 'StepStatus', previousStepStatus: 'StepStatus' },
      },
      'SageMaker Model Package State Change': { answer: 'DescribeModelPackageOutput' },
      'SageMaker Model State Change': { answer: 'DescribeModelOutput' },
      'SageMaker Processing Job State Change': { answer: 'DescribeProcessingJobResponse' },
      'SageMaker Training Job State Change': { answer: 'DescribeTrainingJobResponse' },
      'SageMaker Transform Job State Change': { answer: 'DescribeTransformJobResponse' },
    },
  },
  'aws.s3': {},
  'aws.cloudwatch': {
    service: 'cloudwatch',
    kinds: {
      'CloudWatch Alarm State Change': { values: { 'state.value': 'StateValue', 'previousState.value': 'StateValue' } },
    },
  },
  'aws.codepipeline': {
    kinds: {
      // Events write statuses in capitals, unlike every answer; they are listed in the user guide only:
      // https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
      'CodePipeline Pipeline Execution State Change': {
        values: {
          state: ['CANCELED', 'FAILED', 'RESUMED', 'STARTED', 'STOPPED', 'STOPPING', 'SUCCEEDED', 'SUPERSEDED'],
        },
      },
      'CodePipeline Stage Execution State Change': {
        values: {
          state: ['CANCELED', 'FAILED', 'RESUMED', 'STARTED', 'STOPPED', 'STOPPING', 'SUCCEEDED', 'SUPERSEDED'],
        },
      },
      'CodePipeline Action Execution State Change': {
        values: { state: ['ABANDONED', 'CANCELED', 'FAILED', 'STARTED', 'SUCCEEDED'] },
      },
    },
  },
  'aws.codebuild': {
    service: 'codebuild',
    kinds: { 'CodeBuild Build State Change': { values: { 'build-status': 'StatusType' } } },
  },
  'aws.codecommit': {},
  'aws.codedeploy': {},
  'aws.ecr': {},
  'aws.states': {
    service: 'stepfunctions',
    kinds: { 'Step Functions Execution Status Change': { answer: 'DescribeExecutionOutput' } },
  },
  'aws.glue': {},
  'aws.batch': {},
};

/** Namespaces of CloudWatch whose metrics are known with their dimensions. */
export const namespaces = ['AWS/SageMaker'];

/** The operations that the embedded control plane may offer, and the requests that steps' arguments are. */
export const local = {
  sagemaker: [
    'CreatePipeline UpdatePipeline DeletePipeline DescribePipeline ListPipelines ListPipelineVersions',
    'UpdatePipelineVersion StartPipelineExecution StopPipelineExecution RetryPipelineExecution',
    'UpdatePipelineExecution DescribePipelineExecution ListPipelineExecutions ListPipelineExecutionSteps',
    'ListPipelineParametersForExecution DescribePipelineDefinitionForExecution',
    'SendPipelineExecutionStepSuccess SendPipelineExecutionStepFailure',
    'DescribeAction ListActions DescribeArtifact ListArtifacts DescribeContext ListContexts ListAssociations QueryLineage',
    'CreateHyperParameterTuningJob DescribeHyperParameterTuningJob ListHyperParameterTuningJobs',
    'StopHyperParameterTuningJob ListTrainingJobsForHyperParameterTuningJob',
    'CreateTrainingJob DescribeTrainingJob ListTrainingJobs StopTrainingJob',
    'CreateProcessingJob DescribeProcessingJob ListProcessingJobs StopProcessingJob',
    'CreateModel DescribeModel ListModels DeleteModel',
    'CreateEndpointConfig DescribeEndpointConfig ListEndpointConfigs DeleteEndpointConfig',
    'CreateEndpoint UpdateEndpoint UpdateEndpointWeightsAndCapacities DescribeEndpoint ListEndpoints DeleteEndpoint',
    'CreateInferenceComponent UpdateInferenceComponent UpdateInferenceComponentRuntimeConfig DescribeInferenceComponent',
    'ListInferenceComponents DeleteInferenceComponent',
    'CreateTransformJob DescribeTransformJob ListTransformJobs StopTransformJob',
    'CreateMonitoringSchedule UpdateMonitoringSchedule StartMonitoringSchedule StopMonitoringSchedule',
    'DescribeMonitoringSchedule ListMonitoringSchedules DeleteMonitoringSchedule ListMonitoringExecutions',
    ...['DataQuality', 'ModelQuality', 'ModelBias', 'ModelExplainability'].map(
      (kind) =>
        `Create${kind}JobDefinition Describe${kind}JobDefinition List${kind}JobDefinitions Delete${kind}JobDefinition`,
    ),
    'CreateModelPackageGroup DescribeModelPackageGroup ListModelPackageGroups',
    'DeleteModelPackageGroup CreateModelPackage DescribeModelPackage ListModelPackages UpdateModelPackage',
    'DeleteModelPackage BatchDescribeModelPackage AddTags ListTags DeleteTags',
  ],
  logs: ['DescribeLogGroups DescribeLogStreams GetLogEvents FilterLogEvents'],
  s3: [
    'ListBuckets CreateBucket HeadBucket DeleteBucket GetBucketLocation ListObjects ListObjectsV2 DeleteObjects',
    'PutObject CopyObject GetObject HeadObject DeleteObject ListObjectVersions GetBucketVersioning',
    'GetObjectAttributes GetObjectTagging PutObjectTagging DeleteObjectTagging',
    'CreateMultipartUpload UploadPart UploadPartCopy CompleteMultipartUpload AbortMultipartUpload',
    'ListMultipartUploads ListParts',
  ],
  sts: ['GetCallerIdentity'],
  iam: ['GetRole ListRoles SimulatePrincipalPolicy'],
  'sagemaker-runtime': ['InvokeEndpoint InvokeEndpointAsync InvokeEndpointWithResponseStream'],
  'sagemaker-metrics': ['BatchGetMetrics BatchPutMetrics'],
  cloudwatch: [
    'PutMetricData GetMetricData GetMetricStatistics ListMetrics PutMetricAlarm DescribeAlarms DescribeAlarmsForMetric',
    'DescribeAlarmHistory DeleteAlarms SetAlarmState EnableAlarmActions DisableAlarmActions PutCompositeAlarm',
    'ListTagsForResource TagResource UntagResource',
  ],
  'application-autoscaling': [
    'RegisterScalableTarget DescribeScalableTargets DeregisterScalableTarget PutScalingPolicy DescribeScalingPolicies',
    'DeleteScalingPolicy DescribeScalingActivities PutScheduledAction DescribeScheduledActions DeleteScheduledAction',
  ],
  events: [
    'PutRule DescribeRule ListRules DeleteRule EnableRule DisableRule PutTargets RemoveTargets ListTargetsByRule',
    'ListRuleNamesByTarget PutEvents TestEventPattern DescribeEventBus ListEventBuses TagResource UntagResource',
    'ListTagsForResource',
  ],
  scheduler: [
    'CreateSchedule GetSchedule UpdateSchedule DeleteSchedule ListSchedules CreateScheduleGroup GetScheduleGroup',
    'DeleteScheduleGroup ListScheduleGroups',
  ],
  codepipeline: [
    'CreatePipeline GetPipeline UpdatePipeline DeletePipeline ListPipelines GetPipelineState GetPipelineExecution',
    'ListPipelineExecutions ListActionExecutions ListRuleExecutions StartPipelineExecution StopPipelineExecution',
    'RetryStageExecution RollbackStage PutApprovalResult EnableStageTransition DisableStageTransition',
    'OverrideStageCondition ListActionTypes ListRuleTypes ListDeployActionExecutionTargets PutJobSuccessResult',
    'PutJobFailureResult ListTagsForResource TagResource UntagResource',
  ],
  codebuild: [
    'CreateProject UpdateProject DeleteProject ListProjects BatchGetProjects StartBuild StopBuild RetryBuild',
    'BatchGetBuilds BatchDeleteBuilds ListBuilds ListBuildsForProject BatchGetReports',
    'ListReports ListReportsForReportGroup ListReportGroups BatchGetReportGroups DescribeTestCases DescribeCodeCoverages',
    'GetReportGroupTrend InvalidateProjectCache ListCuratedEnvironmentImages',
    'StartBuildBatch StopBuildBatch RetryBuildBatch DeleteBuildBatch BatchGetBuildBatches ListBuildBatches',
    'ListBuildBatchesForProject',
  ],
  codeconnections: [
    'CreateConnection GetConnection ListConnections DeleteConnection CreateHost GetHost UpdateHost ListHosts DeleteHost',
    'ListTagsForResource TagResource UntagResource',
  ],
  ecr: ['DescribeRepositories DescribeImages ListImages'],
  cloudtrail: ['LookupEvents DescribeTrails ListTrails'],
  'service-quotas': [
    'ListServiceQuotas GetServiceQuota ListAWSDefaultServiceQuotas GetAWSDefaultServiceQuota RequestServiceQuotaIncrease',
  ],
  lambda: [
    'CreateFunction GetFunction GetFunctionConfiguration UpdateFunctionCode UpdateFunctionConfiguration DeleteFunction',
    'ListFunctions Invoke ListTags TagResource UntagResource AddPermission GetPolicy',
  ],
  sqs: [
    'CreateQueue DeleteQueue GetQueueUrl ListQueues SendMessage SendMessageBatch ReceiveMessage DeleteMessage',
    'DeleteMessageBatch ChangeMessageVisibility GetQueueAttributes SetQueueAttributes PurgeQueue',
  ],
  sns: ['CreateTopic DeleteTopic ListTopics GetTopicAttributes Publish Subscribe Unsubscribe ListSubscriptionsByTopic'],
  stepfunctions: [
    'CreateStateMachine UpdateStateMachine DeleteStateMachine DescribeStateMachine ListStateMachines StartExecution',
    'StartSyncExecution StopExecution DescribeExecution ListExecutions GetExecutionHistory',
    'DescribeStateMachineForExecution RedriveExecution SendTaskSuccess SendTaskFailure SendTaskHeartbeat',
    'ValidateStateMachineDefinition ListTagsForResource TagResource UntagResource',
  ],
};
