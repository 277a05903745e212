/** What the members and functions of the language are for. Members of the services' requests have the services' words. */

import { table } from '../../table';

/** Members by name; none of these names has two meanings in the language. */
export const memberWords = table({
  // The pipeline
  Version: 'The version of the language: 2020-12-01.',
  Metadata: 'Texts of your own by name; SageMaker does not read them.',
  Parameters: 'Values that each start of the pipeline may set.',
  PipelineExperimentConfig: 'The experiment and trial in which executions are tracked; null for none.',
  MlflowConfig: 'The MLflow server in which executions are tracked; null for none.',
  Steps: 'What the pipeline does. The order follows from references and DependsOn, not from the place in the list.',
  ExperimentName: 'The experiment; made where it does not exist.',
  TrialName: 'The trial of the experiment; made where it does not exist.',
  MlflowResourceArn: 'The MLflow server.',
  MlflowExperimentName: 'The experiment in MLflow.',
  // Parameters
  DefaultValue: 'The value when a run is started without one. Without a default, each start must give one.',
  EnumValues: 'The values that a start may give. For parameters of type String.',
  // Every step
  Arguments: 'What the step is given: for a job, the members of its Create request.',
  DependsOn: 'Steps that must have ended before this one starts. A reference to a step says so already.',
  DisplayName: 'The name that is shown instead of Name.',
  CacheConfig: 'Reuses the result of an earlier execution with the same arguments.',
  Enabled: 'Whether an earlier result is reused.',
  ExpireAfter: 'How old the earlier result may be: PT12H, P30D.',
  RetryPolicies: 'When and how often the step is tried again.',
  ExceptionType: 'The failures that the policy is for.',
  IntervalSeconds: 'Seconds before the first retry; 1 where it is not given.',
  BackoffRate: 'How many times longer each wait is than the one before; 2 where it is not given.',
  MaxAttempts: 'How often the step is tried again, at most 20. Not beside ExpireAfterMin.',
  ExpireAfterMin: 'For how many minutes the step is tried again. Not beside MaxAttempts.',
  // Processing
  PropertyFiles: 'Files of the outputs whose content other steps read with Std:JsonGet.',
  PropertyFileName: 'The name by which Std:JsonGet reads the file.',
  FilePath: 'The path of the file in its output.',
  // Lambda and Callback
  FunctionArn: 'The Lambda function to call.',
  SqsQueueUrl: 'The queue that gets the message.',
  OutputParameters: "Values that the step returns; read as `Steps.<name>.OutputParameters['<output>']`.",
  OutputType: 'The type of the value.',
  // Checks
  CheckType: 'What is compared with the baseline.',
  SkipCheck: 'Whether the comparison is left out, and only a new baseline is worked out.',
  FailOnViolation: 'Whether the step fails where the comparison finds something.',
  RegisterNewBaseline: 'Whether the new baseline is the one that models registered later carry.',
  SuppliedBaselineConstraints: 'The constraints to compare with, instead of those of the model package group.',
  SuppliedBaselineStatistics: 'The statistics to compare with, instead of those of the model package group.',
  ModelPackageGroupName: 'The group whose newest approved model has the baseline.',
  ModelName: 'The model to analyze, for model bias and explainability.',
  // Conditions
  Conditions: 'Where several are given, all of them must hold; in Or, one of them.',
  IfSteps: 'Run where the conditions hold.',
  ElseSteps: 'Run where the conditions do not hold.',
  LeftValue: 'What is compared: a value or a function.',
  RightValue: 'What it is compared with: a value or a function.',
  QueryValue: 'What is looked for: a value or a function.',
  Condition: 'The condition that must not hold.',
  ErrorMessage: 'What the failed execution tells.',
  // ForEach and Cleanup
  IterableItems: 'The items: a list, or a reference to one.',
  MaxConcurrency: 'How many items are worked on at the same time, 1 to 50.',
  Selector: 'Chooses the iteration whose outputs are the best, by one of their values.',
  ForEachBody: 'The steps that are run for each item. In them, `ForEach.CurrentItem` is the item.',
  Resources: 'What is deleted: the outputs in S3 of steps before this one.',
  // Lineage
  Actions: 'Actions to record: what was done.',
  Artifacts: 'Artifacts to record: data, models, images.',
  Contexts: 'Contexts to record: what actions and artifacts belong to.',
  Associations: 'What leads to what, among what is recorded and what steps made.',
  // EMR
  StepConfig: 'What the cluster runs.',
  ClusterId: 'A cluster that runs already. Not beside ClusterConfig.',
  ClusterConfig: 'The cluster that is made for this step and ended after it. Not beside ClusterId.',
  ExecutionRoleArn: 'The role with which the step is run.',
  JobConfig: 'What the application runs.',
  ApplicationId: 'An application that exists already. Not beside ApplicationConfig.',
  ApplicationConfig: 'The application that is made for this step. Not beside ApplicationId.',
});

/** Functions, and their members. */
export const functionWords = table({
  Get: 'The value of a parameter (`Parameters.<name>`), of a step (`Steps.<name>.<property>`) or of the execution (`Execution.<variable>`).',
  'Std:Join': 'The values as one text, with On between them.',
  On: 'The text between the values; nothing if it is empty.',
  Values: 'The values: texts, numbers, functions.',
  'Std:JsonGet': 'A value in a JSON file that a step wrote.',
  PropertyFile: 'The file: `Steps.<name>.PropertyFiles.<file>`.',
  S3Uri: 'The address of the file, as Std:Join.',
  Path: "The place in the file: `metrics.accuracy.value`, or `rows[0]['rmse']`.",
});

/** How a condition reads. */
export const conditionWords = table({
  Equals: 'LeftValue is RightValue.',
  NotEquals: 'LeftValue is not RightValue.',
  GreaterThan: 'LeftValue is greater than RightValue.',
  GreaterThanOrEqualTo: 'LeftValue is RightValue or greater.',
  LessThan: 'LeftValue is less than RightValue.',
  LessThanOrEqualTo: 'LeftValue is RightValue or less.',
  In: 'QueryValue is one of Values.',
  NotIn: 'QueryValue is none of Values.',
  Not: 'Condition does not hold.',
  Or: 'One of Conditions holds.',
});

/** What is known of an execution, and of the item of a loop. */
export const variableWords = table({
  'Execution.StartDateTime': 'When the execution started.',
  'Execution.CurrentDateTime': 'When the step starts.',
  'Execution.PipelineName': 'The name of the pipeline.',
  'Execution.PipelineArn': 'The ARN of the pipeline.',
  'Execution.PipelineExecutionId': 'The id of the execution.',
  'Execution.PipelineExecutionArn': 'The ARN of the execution.',
  'Execution.TrainingJobName': 'The name of the training job, inside a Training step.',
  'Execution.ProcessingJobName': 'The name of the processing job, inside a Processing step.',
});
