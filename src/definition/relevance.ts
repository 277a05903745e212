const names = /(\.pipeline\.json|\.asl\.(json|ya?ml)|(^|[/\\])[\w.-]*(buildspec|appspec)[\w.-]*\.(ya?ml|json))$/i;
const syntaxes = /\.(json[c5]?|ya?ml|template|tf|tofu)$/i;

/** Words, all of one line of which stand in a text that holds a SageMaker pipeline. */
const pipelineSigns: readonly (readonly string[])[] = [
  ['"Steps"', '"Arguments"'],
  ['"Steps"', '2020-12-01'],
  ['AWS::SageMaker::Pipeline'],
  ['aws_sagemaker_pipeline'],
];

const otherSigns: readonly (readonly string[])[] = [
  ['AWS::CodePipeline::Pipeline'],
  ['stages', 'actionTypeId'],
  ['stages', 'roleArn', 'pipeline'],
  ['StartAt', 'States'],
  ['AWS::StepFunctions::StateMachine'],
  ['AWS::Serverless::StateMachine'],
  ['AWS::Events::Rule'],
  ['AWS::Scheduler::Schedule'],
  ['AWS::SageMaker::Endpoint'],
  ['AWS::CodeBuild::Project'],
  ['AWS::CloudWatch::Alarm'],
  ['AWS::ApplicationAutoScaling::'],
  ['AWS::Serverless::Function'],
  ['detail-type', 'source'],
  ['aws_codepipeline'],
  ['aws_codebuild_project'],
  ['aws_sagemaker_endpoint'],
  ['aws_cloudwatch_metric_alarm', 'SageMaker'],
  ['aws_cloudwatch_metric_alarm', 'sagemaker'],
  ['aws_appautoscaling_', 'sagemaker'],
  ['aws_sfn_state_machine'],
  ['aws_cloudwatch_event_'],
  ['aws_scheduler_schedule'],
];

/**
 * Whether a text may be one of the definition languages, told without parsing: true for all that are, and for few
 * that are not. Costs a few searches of the text at most.
 */
export function mayBeDefinition(path: string, text: () => string): boolean {
  return names.test(path) || shows(path, text, [...pipelineSigns, ...otherSigns]);
}

/** Whether a text may hold a SageMaker pipeline, likewise. */
export function mayHoldPipeline(path: string, text: () => string): boolean {
  return path.endsWith('.pipeline.json') || shows(path, text, pipelineSigns);
}

function shows(path: string, text: () => string, signs: readonly (readonly string[])[]): boolean {
  // A name without extension is an editor that was never saved.
  if (!syntaxes.test(path) && /\.\w+$/.test(path)) return false;
  const content = text();
  return signs.some((words) => words.every((word) => content.includes(word)));
}
