/** The closed vocabularies of the definition language, and what each step type takes. */
import { table } from '../table';

export const version = '2020-12-01';

export const topLevelMembers = [
  'Version',
  'Metadata',
  'Parameters',
  'PipelineExperimentConfig',
  'MlflowConfig',
  'Steps',
];
export const experimentMembers = ['ExperimentName', 'TrialName'];
export const mlflowMembers = ['MlflowResourceArn', 'MlflowExperimentName', 'MlflowRunName'];

/** Types of parameters, and of the outputs of Lambda and Callback steps. */
export const parameterTypes = ['String', 'Integer', 'Float', 'Boolean'];
export const parameterMembers = ['Name', 'Type', 'DefaultValue', 'EnumValues', 'Description'];

export const functionNames = ['Get', 'Std:Join', 'Std:JsonGet'];
export const referenceRoots = ['Parameters', 'Steps', 'Execution', 'PipelineExperimentConfig'];
/** Roots that have a meaning inside a ForEach step only: the item, and the outputs of an iteration. */
export const loopRoots = ['ForEach', 'IterationOutput'];
export const executionVariables = [
  'StartDateTime',
  'CurrentDateTime',
  'PipelineName',
  'PipelineArn',
  'PipelineExecutionId',
  'PipelineExecutionArn',
  'TrainingJobName',
  'ProcessingJobName',
];

/** Names and parameters: letters, digits, hyphen, underscore; no dots, since references are split at them. */
export const namePattern = /^[A-Za-z0-9\-_]*$/;
export const nameLength = 64;

/** Members of each condition type. */
export const conditionMembers = table<readonly string[]>({
  Equals: ['LeftValue', 'RightValue'],
  NotEquals: ['LeftValue', 'RightValue'],
  GreaterThan: ['LeftValue', 'RightValue'],
  GreaterThanOrEqualTo: ['LeftValue', 'RightValue'],
  LessThan: ['LeftValue', 'RightValue'],
  LessThanOrEqualTo: ['LeftValue', 'RightValue'],
  In: ['QueryValue', 'Values'],
  NotIn: ['QueryValue', 'Values'],
  Not: ['Condition'],
  Or: ['Conditions'],
});

export const retryMembers = ['ExceptionType', 'IntervalSeconds', 'BackoffRate', 'MaxAttempts', 'ExpireAfterMin'];
export const retryExceptions = [
  'Step.SERVICE_FAULT',
  'Step.THROTTLING',
  'SageMaker.JOB_INTERNAL_ERROR',
  'SageMaker.CAPACITY_ERROR',
  'SageMaker.RESOURCE_LIMIT',
  'Emr.RESOURCE_LIMIT',
];

/** What the Arguments of a step are. */
export type ArgumentsKind =
  /** The members of a request of a service, named in the tables by the step's type. */
  | 'request'
  /** A flat map of the writer's own names. */
  | 'free'
  /** Conditions and branches. */
  | 'condition'
  /** An error message. */
  | 'fail'
  /** What `members` says and nothing more is known. */
  | 'listed';

export interface StepType {
  /** One line for completion and hover. */
  summary: string;
  kind: ArgumentsKind;
  /** The step type whose request the arguments are, where it is not this one. */
  request?: string;
  /** Members of Arguments where `kind` is `listed`. */
  members?: readonly string[];
  /** Arguments without which the step cannot work. */
  required: readonly string[];
  /** Arguments that the request has and a pipeline does not take, with the reason. */
  unsupported?: Readonly<Record<string, string>>;
  cache: boolean;
  retry: boolean;
  /** Members of the step beside the common ones; those in `needs` must be given. */
  own?: readonly string[];
  needs?: readonly string[];
}

export const commonStepMembers = ['Name', 'Type', 'Arguments', 'DependsOn', 'DisplayName', 'Description'];

/** What the members that only some step types have give: a text or a boolean, each of which a function may give, too. */
export const ownScalars = table<'string' | 'boolean'>({
  FunctionArn: 'string',
  SqsQueueUrl: 'string',
  CheckType: 'string',
  ModelPackageGroupName: 'string',
  ModelName: 'string',
  SuppliedBaselineConstraints: 'string',
  SuppliedBaselineStatistics: 'string',
  SkipCheck: 'boolean',
  FailOnViolation: 'boolean',
  RegisterNewBaseline: 'boolean',
});

const checkMembers = [
  'CheckType',
  'ModelPackageGroupName',
  'SkipCheck',
  'FailOnViolation',
  'RegisterNewBaseline',
  'SuppliedBaselineConstraints',
  'SuppliedBaselineStatistics',
  'ModelName',
];

export const checkTypes = table<readonly string[]>({
  ClarifyCheck: ['DATA_BIAS', 'MODEL_BIAS', 'MODEL_EXPLAINABILITY'],
  QualityCheck: ['DATA_QUALITY', 'MODEL_QUALITY'],
});

/** Every step type that a definition may hold. */
export const stepTypes = table<StepType>({
  Training: {
    summary: 'Trains a model: a SageMaker training job',
    kind: 'request',
    required: ['OutputDataConfig'],
    cache: true,
    retry: true,
  },
  Processing: {
    summary: 'Runs a script or container on data: a SageMaker processing job',
    kind: 'request',
    required: ['AppSpecification', 'ProcessingResources'],
    cache: true,
    retry: true,
    own: ['PropertyFiles'],
  },
  Transform: {
    summary: 'Predicts for a whole data set: a SageMaker batch transform job',
    kind: 'request',
    required: ['ModelName', 'TransformInput', 'TransformOutput', 'TransformResources'],
    cache: true,
    retry: true,
  },
  Tuning: {
    summary: 'Searches hyperparameters: a SageMaker hyperparameter tuning job',
    kind: 'request',
    required: ['HyperParameterTuningJobConfig'],
    cache: true,
    retry: true,
  },
  Model: {
    summary: 'Makes a SageMaker model from artifacts and a container',
    kind: 'request',
    required: [],
    cache: false,
    retry: true,
  },
  RegisterModel: {
    summary: 'Registers a version in a model package group',
    kind: 'request',
    required: [],
    unsupported: {
      ModelPackageName: 'SageMaker versions the package in its group itself; name the group with ModelPackageGroupName',
    },
    cache: false,
    retry: true,
  },
  AutoML: {
    summary: 'Finds a model automatically: a SageMaker Autopilot job',
    kind: 'request',
    required: ['InputDataConfig', 'OutputDataConfig'],
    unsupported: {
      ModelDeployConfig: 'a pipeline does not deploy from this step; add steps that make the model and the endpoint',
      GenerateCandidateDefinitionsOnly: 'a pipeline always trains the candidates',
    },
    cache: true,
    retry: true,
  },
  Condition: {
    summary: 'Goes one way or the other, by conditions',
    kind: 'condition',
    required: ['Conditions'],
    cache: false,
    retry: false,
  },
  Fail: {
    summary: 'Ends the execution as failed, with a message',
    kind: 'fail',
    required: [],
    cache: false,
    retry: false,
  },
  Callback: {
    summary: 'Sends a message to an SQS queue and waits for the answer',
    kind: 'free',
    required: [],
    cache: true,
    retry: false,
    own: ['SqsQueueUrl', 'OutputParameters'],
    needs: ['SqsQueueUrl'],
  },
  Lambda: {
    summary: 'Calls a Lambda function',
    kind: 'free',
    required: [],
    cache: true,
    retry: false,
    own: ['FunctionArn', 'OutputParameters'],
    needs: ['FunctionArn'],
  },
  ClarifyCheck: {
    summary: 'Compares bias or explainability with a baseline',
    kind: 'request',
    request: 'Processing',
    required: ['AppSpecification', 'ProcessingResources'],
    cache: true,
    retry: true,
    own: checkMembers,
    needs: ['CheckType'],
  },
  QualityCheck: {
    summary: 'Compares data or model quality with a baseline',
    kind: 'request',
    request: 'Processing',
    required: ['AppSpecification', 'ProcessingResources'],
    cache: true,
    retry: true,
    own: checkMembers,
    needs: ['CheckType'],
  },
  EMR: {
    summary: 'Runs a step on an Amazon EMR cluster, a running one or one of its own',
    kind: 'listed',
    members: ['StepConfig', 'ClusterId', 'ClusterConfig', 'ExecutionRoleArn'],
    required: ['StepConfig'],
    cache: true,
    retry: true,
  },
  EMRServerless: {
    summary: 'Runs a job on Amazon EMR Serverless',
    kind: 'listed',
    members: ['ExecutionRoleArn', 'JobConfig', 'ApplicationId', 'ApplicationConfig'],
    required: ['JobConfig'],
    cache: true,
    retry: true,
  },
  EndpointConfig: {
    summary: 'Makes an endpoint configuration',
    kind: 'request',
    required: ['ProductionVariants'],
    unsupported: {
      DataCaptureConfig: 'the service rejects it in a pipeline',
      ExplainerConfig: 'the service rejects it in a pipeline',
    },
    cache: true,
    retry: true,
  },
  Endpoint: {
    summary: 'Creates or updates an endpoint',
    kind: 'request',
    required: ['EndpointConfigName'],
    unsupported: { DeploymentConfig: 'the service rejects it in a pipeline' },
    cache: true,
    retry: false,
  },
  InferenceComponent: {
    summary: 'Puts a model on an endpoint as an inference component',
    kind: 'request',
    required: ['InferenceComponentName', 'EndpointName'],
    cache: false,
    retry: false,
  },
  Job: {
    summary: 'Runs a SageMaker job of a category of its own',
    kind: 'request',
    required: [],
    cache: true,
    retry: true,
  },
  ForEach: {
    summary: 'Runs steps once for each item of a list',
    kind: 'listed',
    members: ['IterableItems', 'MaxConcurrency', 'Selector', 'ForEachBody'],
    required: ['IterableItems', 'ForEachBody'],
    cache: false,
    retry: false,
  },
  Cleanup: {
    summary: 'Deletes what earlier steps wrote to S3',
    kind: 'listed',
    members: ['Resources'],
    required: ['Resources'],
    cache: false,
    retry: false,
  },
  BedrockCustomModel: bedrock('Makes a custom model in Amazon Bedrock'),
  BedrockCustomModelDeployment: bedrock('Deploys a custom model in Amazon Bedrock'),
  BedrockModelImport: bedrock('Imports a model into Amazon Bedrock'),
  BedrockProvisionedModelThroughput: bedrock('Buys throughput for a model in Amazon Bedrock'),
  Lineage: {
    summary: 'Records actions, artifacts, contexts and associations',
    kind: 'listed',
    members: ['Actions', 'Artifacts', 'Contexts', 'Associations'],
    required: [],
    cache: false,
    retry: false,
  },
});

function bedrock(summary: string): StepType {
  return { summary, kind: 'request', required: [], cache: false, retry: false };
}

/** Members of Arguments that hold steps, with the branch that each is. */
export const stepLists = table<Readonly<Record<string, 'If' | 'Else' | 'Body'>>>({
  Condition: table<'If' | 'Else' | 'Body'>({ IfSteps: 'If', ElseSteps: 'Else' }),
  ForEach: table<'If' | 'Else' | 'Body'>({ ForEachBody: 'Body' }),
});

/** What an element of DependsOn may be beside a name: a step and the outcome that lets this one run. */
export const dependencyMembers = ['Step', 'Trigger'];
export const triggers = ['Completed', 'Failed', 'Stopped', 'Any'];

/** Words that people write for a step type. */
export const stepTypeSynonyms = table<string>({
  createmodel: 'Model',
  modelstep: 'Model',
  notebookjob: 'Training',
  notebook: 'Training',
  train: 'Training',
  preprocessing: 'Processing',
  process: 'Processing',
  monitorbatchtransform: 'Transform',
  batchtransform: 'Transform',
  hyperparametertuning: 'Tuning',
  tune: 'Tuning',
  register: 'RegisterModel',
  modelpackage: 'RegisterModel',
  createmodelpackage: 'RegisterModel',
  choice: 'Condition',
  if: 'Condition',
  autopilot: 'AutoML',
  emrstep: 'EMR',
  function: 'Lambda',
  failure: 'Fail',
});

/** Words that people write for the type of a parameter or an output. */
export const scalarTypeSynonyms = table<string>({
  int: 'Integer',
  long: 'Integer',
  number: 'Float',
  double: 'Float',
  decimal: 'Float',
  str: 'String',
  text: 'String',
  bool: 'Boolean',
});

/** The words of a definition that say how two services name the same thing differently. */
export const memberSynonyms = table<readonly string[]>({
  Default: ['DefaultValue'],
  AllowedValues: ['EnumValues'],
  Enum: ['EnumValues'],
  Retry: ['RetryPolicies'],
  RetryPolicy: ['RetryPolicies'],
  Cache: ['CacheConfig'],
  Next: ['DependsOn'],
  Dependencies: ['DependsOn'],
  Inputs: ['ProcessingInputs', 'InputDataConfig'],
  Outputs: ['ProcessingOutputConfig', 'OutputDataConfig'],
  ProcessingOutputs: ['ProcessingOutputConfig'],
  Role: ['RoleArn', 'ExecutionRoleArn'],
  Value: ['QueryValue'],
  In: ['Values'],
  Expression: ['Condition'],
  LambdaArn: ['FunctionArn'],
  QueueUrl: ['SqsQueueUrl'],
  Message: ['ErrorMessage'],
  Image: ['TrainingImage', 'ImageUri'],
  ImageURI: ['ImageUri', 'Image', 'TrainingImage'],
  S3OutputUri: ['S3OutputPath'],
});
