/**
 * Pipelines and state machines inside templates of CloudFormation, SAM and Terraform (its own language as far as it is
 * literal, or JSON): a SageMaker definition
 * in AWS::SageMaker::Pipeline or aws_sagemaker_pipeline, as an object or a string, AWS::CodePipeline::Pipeline and aws_codepipeline,
 * buildspecs in AWS::CodeBuild::Project and aws_codebuild_project, and state machines in
 * AWS::StepFunctions::StateMachine, AWS::Serverless::StateMachine and aws_sfn_state_machine. Only they are checked, by the rules of their own languages; the template around them is not ours.
 *
 *   find.ts   where they are
 *   text.ts   a definition inside a string: its text, and where its characters stand in the template
 *   terraform.ts  a pipeline of CodePipeline in the words of Terraform
 *   terraform-resources.ts  endpoints of Terraform with what guards and scales them, rules and schedules
 *   translation.ts terraform-edits.ts  what both are made with
 *   patterns.ts  event patterns that are written as strings
 *   parts.ts  a definition that Fn::Join puts together, as the CDK writes it
 */
import { asl, checkMachine, prepareMachine } from '../asl';
import { isMachine } from '../asl/model';
import { buildspec } from '../codebuild';
import { checkProperties } from '../codepipeline';
import { isIntrinsic } from '../codepipeline/model';
import type { SourceDocument } from '../document';
import type { Finding } from '../finding';
import type { LanguageSupport } from '../language';
import { checkResources, isPattern, requested, resourceRules, resourceSigns } from '../resources';
import { patternTexts } from './patterns';
import type { Report } from '../rule';
import { checkAll, checkPipeline } from '../sagemaker/check';
import { buildPipeline, isPipeline, type Pipeline } from '../sagemaker/model';
import type { Node, Tree } from '../tree';
import { type Embedded, findEmbedded, isEnvelope, isPipelineEnvelope } from './find';
import { checkParts } from './parts';
import { checkTerraformPipeline } from './terraform';
import { checkTerraformResources } from './terraform-resources';
import { checkText, innerText, isFilledIn } from './text';

export const cloudformation: LanguageSupport = {
  language: 'cloudformation',
  rules: resourceRules,
  detect,
  check,
  prepare: ({ text }) => prepareMachine(text),
};

/** What else of Terraform is looked at where it is about SageMaker. */
const guards = ['aws_cloudwatch_metric_alarm', 'aws_appautoscaling_'];

const machineSigns = ['AWS::StepFunctions::StateMachine', 'AWS::Serverless::StateMachine', 'aws_sfn_state_machine'];
const signs = [
  'AWS::SageMaker::Pipeline',
  'AWS::CodePipeline::Pipeline',
  'AWS::CodeBuild::Project',
  'aws_sagemaker_pipeline',
  'aws_codepipeline',
  'aws_codebuild_project',
  'aws_sagemaker_endpoint',
  'aws_cloudwatch_event_',
  'aws_scheduler_schedule',
  ...machineSigns,
  ...resourceSigns,
];

/** Words, all of one line of which stand in a request or an answer of the AWS command line. */
const requests: readonly (readonly string[])[] = [
  ['definition', 'StartAt', 'Arn'],
  ['PipelineDefinition', 'Steps'],
  ['EndpointConfigName', 'ProductionVariants'],
  ['EndpointName', 'DeploymentConfig'],
  ['Name', 'ScheduleExpression'],
  ['Name', 'EventPattern'],
  ['Rule', 'Targets'],
  ['AlarmName', 'ComparisonOperator'],
  ['ServiceNamespace', 'ScalableDimension'],
  ['source', 'detail-type'],
];

function detect({ text, tree }: SourceDocument): boolean {
  if (requests.some((words) => words.every((word) => text.includes(word)))) {
    if (isEnvelope(tree.root) || isPipelineEnvelope(tree.root) || requested(tree.root)) return true;
    if (isPattern(tree.root)) return true;
  }
  const isGuard = /sagemaker/i.test(text) && guards.some((sign) => text.includes(sign));
  if (!isGuard && !signs.some((sign) => text.includes(sign))) return false;
  return ['Resources', 'resource', 'planned_values'].some((name) => tree.root?.get(name) !== undefined);
}

function check(document: SourceDocument): Finding[] {
  const { tree } = document;
  const findings: Finding[] = [];
  const report: Report = (finding) => findings.push(finding);
  const add = (found: readonly Finding[]): void => found.forEach(report);
  const embedded = findEmbedded(tree);
  for (const found of embedded) {
    const { kind, node } = found;
    if (kind === 'string') add(checkText(innerText(tree, node), checkDefinition));
    else if (kind === 'object') add(checkObject(tree, node));
    else if (kind === 'buildspec')
      add(checkText(innerText(tree, node, true), (inner) => checkBuildspec(inner, imageOf(node))));
    else if (kind === 'machine') checkMachine(node, report, found.express);
    else if (kind === 'machine-string') {
      add(checkText(innerText(tree, node), (inner) => asl.check(inner, found.express)));
    } else if (kind === 'machine-parts') {
      add(checkParts(node, isMachine, (inner) => asl.check(inner, found.express)));
    } else if (kind === 'pipeline-parts') add(checkParts(node, isPipeline, checkDefinition));
    else if (kind === 'terraform-codepipeline') checkTerraformPipeline(node, report);
    else checkProperties(node, report);
  }
  const read = definitions(tree, embedded);
  checkResources(tree, read, report);
  add(patternTexts(tree));
  checkTerraformResources(tree, read, report);
  return findings;
}

/**
 * Reads the SageMaker definition in the properties of AWS::SageMaker::Pipeline, or in the body of aws_sagemaker_pipeline,
 * each once and when it is asked for.
 */
function definitions(tree: Tree, all: readonly Embedded[]): (properties: Node) => Pipeline | undefined {
  const places = new Map<Node, Embedded>();
  for (const one of all) {
    let above = one.node.parent;
    if (above && one.node.key === 'pipeline_definition') places.set(above, one);
    while (above && above.key !== 'Properties') above = above.parent;
    if (above) places.set(above, one);
  }
  const known = new Map<Node, Pipeline | undefined>();
  return (properties) => {
    const found = places.get(properties);
    if (found && !known.has(properties)) {
      if (found.kind === 'object') known.set(properties, buildPipeline(tree, found.node));
      if (found.kind === 'string') known.set(properties, innerText(tree, found.node).pipeline);
    }
    return known.get(properties);
  };
}

/** The image of the project that a buildspec stands in, of CloudFormation or Terraform. */
function imageOf(buildspecNode: Node): string | undefined {
  for (let above = buildspecNode.parent; above; above = above.parent) {
    const environment = above.get('Environment') ?? above.get('environment');
    if (environment) return (environment.get('Image') ?? (environment.items[0] ?? environment).get('image'))?.text;
  }
  return undefined;
}

/** A buildspec in a string; values that the template fills in are left alone. */
function checkBuildspec(document: SourceDocument, image: string | undefined): Finding[] {
  return buildspec.check(document, image).filter(({ node }) => !document.tree.source(node).includes('${'));
}

/** A SageMaker definition in a string; values that the template fills in are left alone. */
function checkDefinition({ tree }: SourceDocument): Finding[] {
  return checkPipeline(tree).filter(({ node }) => !isFilledIn(tree, node));
}

/** A definition that is an object of the template; what CloudFormation works out is left alone. */
function checkObject(tree: Tree, root: Node): Finding[] {
  const pipeline = buildPipeline(tree, root);
  // What Terraform works out is a text that says so.
  return pipeline
    ? checkAll(pipeline).filter(({ node }) => !isComputed(node, root) && node.text?.includes('${') !== true)
    : [];
}

function isComputed(node: Node, root: Node): boolean {
  for (let one: Node | undefined = node; one && one !== root; one = one.parent) if (isIntrinsic(one)) return true;
  return false;
}
