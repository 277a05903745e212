/**
 * The parts of the AWS SDK that only delivery uses: CodePipeline and CodeBuild. Loaded with the first use of them.
 * Clients are made by `Session.client`.
 */
export {
  BatchGetBuildBatchesCommand,
  BatchGetBuildsCommand,
  BatchGetProjectsCommand,
  BatchGetReportsCommand,
  CodeBuildClient,
  CreateProjectCommand,
  paginateDescribeCodeCoverages,
  paginateDescribeTestCases,
  paginateListBuildsForProject,
  paginateListProjects,
  RetryBuildBatchCommand,
  RetryBuildCommand,
  StartBuildBatchCommand,
  StartBuildCommand,
  StopBuildBatchCommand,
  StopBuildCommand,
} from '@aws-sdk/client-codebuild';
export {
  CodePipelineClient,
  CreatePipelineCommand,
  DisableStageTransitionCommand,
  EnableStageTransitionCommand,
  GetPipelineCommand,
  GetPipelineExecutionCommand,
  GetPipelineStateCommand,
  OverrideStageConditionCommand,
  paginateListActionExecutions,
  paginateListPipelineExecutions,
  paginateListPipelines,
  PipelineNotFoundException,
  PutApprovalResultCommand,
  RetryStageExecutionCommand,
  RollbackStageCommand,
  StartPipelineExecutionCommand,
  StopPipelineExecutionCommand,
  TagResourceCommand,
  UpdatePipelineCommand,
} from '@aws-sdk/client-codepipeline';
