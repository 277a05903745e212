/**
 * The IAM actions behind what the product does. Pure.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
import { iamAction } from '../shared/iam';

/** Something that a user does, with the actions that it takes. */
export interface Feature {
  name: string;
  actions: readonly string[];
}

const of = (service: string, operations: string): string[] =>
  operations.split(' ').map((operation) => `${service}:${operation}`);

/** `sts:GetCallerIdentity` needs no permission. Steps themselves run with the role of the pipeline. */
export const features: readonly Feature[] = [
  {
    name: 'See pipelines and runs',
    actions: [
      ...of(
        'sagemaker',
        'ListPipelines ListPipelineVersions ListPipelineExecutions ListPipelineExecutionSteps ListPipelineParametersForExecution DescribePipeline DescribePipelineExecution DescribePipelineDefinitionForExecution DescribeProcessingJob DescribeTrainingJob DescribeTransformJob DescribeHyperParameterTuningJob ListTrainingJobsForHyperParameterTuningJob DescribeAutoMLJobV2 ListCandidatesForAutoMLJob BatchGetMetrics',
      ),
      ...of('cloudwatch', 'GetMetricData'),
      ...of('logs', 'DescribeLogStreams GetLogEvents FilterLogEvents'),
      ...of('s3', 'GetObject ListBucket'),
    ],
  },
  {
    name: 'Run pipelines',
    actions: [
      ...of(
        'sagemaker',
        'CreatePipeline UpdatePipeline StartPipelineExecution StopPipelineExecution RetryPipelineExecution SendPipelineExecutionStepSuccess SendPipelineExecutionStepFailure',
      ),
      ...of('s3', 'CreateBucket GetObject ListBucket PutObject'),
      'iam:PassRole',
    ],
  },
  {
    name: 'See model versions',
    actions: [
      ...of('sagemaker', 'ListModelPackageGroups ListModelPackages DescribeModelPackage ListArtifacts QueryLineage'),
      's3:GetObject',
    ],
  },
  {
    name: 'Complete values of definitions',
    actions: [
      ...of('sagemaker', 'ListPipelines ListModels DescribeModel ListModelPackageGroups'),
      ...of('codepipeline', 'ListPipelines GetPipeline'),
      'codebuild:ListProjects',
      ...of('ecr', 'DescribeRepositories DescribeImages'),
      'iam:ListRoles',
      's3:ListAllMyBuckets',
    ],
  },
  {
    name: 'Approve model versions',
    actions: of('sagemaker', 'UpdateModelPackage CreateModelPackageGroup'),
  },
  {
    name: 'See endpoints',
    actions: [
      ...of(
        'sagemaker',
        'ListEndpoints ListEndpointConfigs ListInferenceComponents ListTags DescribeEndpoint DescribeEndpointConfig DescribeModel',
      ),
      ...of('cloudwatch', 'DescribeAlarms GetMetricData'),
      ...of('application-autoscaling', 'DescribeScalableTargets DescribeScalingPolicies'),
      ...of('logs', 'DescribeLogStreams GetLogEvents FilterLogEvents'),
      's3:ListBucket',
    ],
  },
  {
    name: 'Deploy, roll back and delete endpoints',
    actions: [
      ...of(
        'sagemaker',
        'CreateModel CreateEndpointConfig CreateEndpoint UpdateEndpoint UpdateEndpointWeightsAndCapacities DeleteModel DeleteEndpointConfig DeleteInferenceComponent DeleteEndpoint AddTags DeleteTags',
      ),
      ...of('cloudwatch', 'PutMetricAlarm DeleteAlarms SetAlarmState'),
      ...of(
        'application-autoscaling',
        'RegisterScalableTarget DeregisterScalableTarget PutScalingPolicy DeleteScalingPolicy',
      ),
      ...of('iam', 'GetRole PassRole SimulatePrincipalPolicy'),
      ...of('servicequotas', 'ListServiceQuotas ListAWSDefaultServiceQuotas'),
      's3:GetObject',
    ],
  },
  {
    name: 'Monitor endpoints',
    actions: [
      ...of(
        'sagemaker',
        'ListMonitoringSchedules ListMonitoringExecutions CreateMonitoringSchedule StartMonitoringSchedule StopMonitoringSchedule DeleteMonitoringSchedule CreateDataQualityJobDefinition CreateModelQualityJobDefinition CreateModelBiasJobDefinition CreateModelExplainabilityJobDefinition CreateProcessingJob DescribeProcessingJob',
      ),
      ...of('s3', 'GetObject ListBucket PutObject'),
      'iam:PassRole',
    ],
  },
  {
    name: 'Transform files with a model',
    actions: [
      ...of(
        'sagemaker',
        'CreateModel DeleteModel CreateTransformJob DescribeTransformJob ListTransformJobs StopTransformJob',
      ),
      'logs:FilterLogEvents',
      ...of('s3', 'GetObject ListBucket PutObject'),
      'iam:PassRole',
    ],
  },
  { name: 'Try endpoints', actions: of('sagemaker', 'InvokeEndpoint InvokeEndpointAsync') },
  {
    name: 'See delivery pipelines and builds',
    actions: [
      ...of(
        'codepipeline',
        'ListPipelines GetPipeline GetPipelineState GetPipelineExecution ListPipelineExecutions ListActionExecutions',
      ),
      ...of(
        'codebuild',
        'ListProjects ListBuildsForProject BatchGetBuilds BatchGetBuildBatches BatchGetProjects BatchGetReports DescribeTestCases DescribeCodeCoverages',
      ),
      ...of('logs', 'GetLogEvents FilterLogEvents'),
    ],
  },
  {
    name: 'Run and approve deliveries',
    actions: [
      ...of(
        'codepipeline',
        'CreatePipeline UpdatePipeline StartPipelineExecution StopPipelineExecution RetryStageExecution RollbackStage OverrideStageCondition EnableStageTransition DisableStageTransition PutApprovalResult TagResource',
      ),
      ...of(
        'codebuild',
        'CreateProject StartBuild RetryBuild StopBuild StartBuildBatch RetryBuildBatch StopBuildBatch',
      ),
      'iam:PassRole',
    ],
  },
  { name: 'See who did what', actions: ['cloudtrail:LookupEvents'] },
];

/** What a service is called in IAM, by the name of its client in the SDK. */
const prefixes: Readonly<Record<string, string>> = {
  SageMakerRuntime: 'sagemaker',
  CloudWatchLogs: 'logs',
  ApplicationAutoScaling: 'application-autoscaling',
};

/**
 * The IAM action of a call, by the names that the SDK gives to the client and the command: `SageMakerClient`,
 * `ListPipelinesCommand`. Undefined for what needs no permission.
 */
export function actionOf(client: string, command: string): string | undefined {
  const name = client.replace(/Client$/, '');
  return iamAction(prefixes[name] ?? name.toLowerCase(), command.replace(/Command$/, ''));
}

/** The actions of all features that `action` belongs to; it alone where none is known. */
export function actionsAround(action: string): string[] {
  const around = features.filter(({ actions }) => actions.includes(action)).map(({ actions }) => actions);
  const [least] = around.toSorted((a, b) => a.length - b.length);
  return [...new Set(least ?? [action])].sort();
}

/** A policy that allows these actions. Roles can be passed to the services alone that run pipelines and builds. */
export function policyOf(actions: Iterable<string>): object {
  const all = [...new Set(actions)].sort();
  const passes = all.includes('iam:PassRole');
  const plain = all.filter((action) => action !== 'iam:PassRole');
  return {
    Version: '2012-10-17',
    Statement: [
      ...(plain.length > 0 ? [{ Sid: 'MlopsFlow', Effect: 'Allow', Action: plain, Resource: '*' }] : []),
      ...(passes
        ? [
            {
              Sid: 'MlopsFlowPassRole',
              Effect: 'Allow',
              Action: 'iam:PassRole',
              Resource: 'arn:aws:iam::*:role/*',
              Condition: {
                StringEquals: { 'iam:PassedToService': ['sagemaker.amazonaws.com', 'codepipeline.amazonaws.com'] },
              },
            },
          ]
        : []),
    ],
  };
}

/** Calls that hand a role to a service. */
export const passing: ReadonlySet<string> = new Set([
  'sagemaker:CreatePipeline',
  'sagemaker:UpdatePipeline',
  'sagemaker:StartPipelineExecution',
  'sagemaker:CreateModel',
  'codepipeline:CreatePipeline',
  'codepipeline:UpdatePipeline',
]);
