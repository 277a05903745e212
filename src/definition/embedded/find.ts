/** Where a template of CloudFormation, SAM or Terraform holds a pipeline, a state machine or a buildspec. */
import { isMachine } from '../asl/model';
import { isIntrinsic } from '../codepipeline/model';
import type { Node, Tree } from '../tree';
import { listed, terraform } from './definitions';
import { isPipeline } from '../sagemaker/model';

export type Embedded =
  /** A SageMaker definition written as an object of the template. */
  | { kind: 'object'; node: Node }
  /** A SageMaker definition written as a string. */
  | { kind: 'string'; node: Node }
  /** The list of the parts of a SageMaker definition that Fn::Join puts together with nothing between them. */
  | { kind: 'pipeline-parts'; node: Node }
  /** The properties of an AWS::CodePipeline::Pipeline. */
  | { kind: 'codepipeline'; node: Node }
  /** The body of an aws_codepipeline of Terraform. */
  | { kind: 'terraform-codepipeline'; node: Node }
  /** The text of a buildspec in a project of CodeBuild. */
  | { kind: 'buildspec'; node: Node }
  /** A state machine written as an object of the template. */
  | ({ kind: 'machine'; node: Node } & Workflow)
  /** A state machine written as a string. */
  | ({ kind: 'machine-string'; node: Node } & Workflow)
  /** The list of the parts of a state machine that Fn::Join puts together with nothing between them. */
  | ({ kind: 'machine-parts'; node: Node } & Workflow);

/** What the template says of the workflow around a state machine. */
interface Workflow {
  /** True for an Express workflow, false for a Standard one, undefined where it is computed. */
  express: boolean | undefined;
}

/** All pipelines, state machines and buildspecs in a template. */
export function findEmbedded(tree: Tree): Embedded[] {
  const found: Embedded[] = [];
  for (const resource of tree.root?.get('Resources')?.members ?? []) {
    const type = resource.get('Type')?.text;
    const properties = resource.get('Properties');
    if (properties?.kind !== 'object' || isIntrinsic(properties)) continue;
    if (type === 'AWS::CodePipeline::Pipeline') found.push({ kind: 'codepipeline', node: properties });
    if (type === 'AWS::CodeBuild::Project') {
      const sources = [properties.get('Source'), ...(properties.get('SecondarySources')?.items ?? [])];
      for (const source of sources) addBuildspec(source?.get('BuildSpec'), found);
    }
    if (type === 'AWS::SageMaker::Pipeline') {
      const definition = properties.get('PipelineDefinition');
      add(definition?.get('PipelineDefinitionBody') ?? definition, found);
    }
    if (type === 'AWS::StepFunctions::StateMachine') {
      const express = isExpress(properties.get('StateMachineType'));
      for (const name of ['Definition', 'DefinitionString']) addMachine(properties.get(name), express, found);
    }
    if (type === 'AWS::Serverless::StateMachine') {
      addMachine(properties.get('Definition'), isExpress(properties.get('Type')), found);
    }
  }
  if (isEnvelope(tree.root)) addMachine(tree.root?.get('definition'), isExpress(tree.root?.get('type')), found);
  if (isPipelineEnvelope(tree.root)) add(tree.root?.get('PipelineDefinition'), found);
  for (const { node } of tree.root ? terraform(tree.root, 'aws_sagemaker_pipeline') : [])
    add(node.get('pipeline_definition'), found);
  for (const group of listed(tree.root?.get('resource'))) {
    for (const resource of listed(group.get('aws_codebuild_project'))) {
      const projects = resource.members.flatMap(listed);
      for (const source of projects.flatMap((one) => listed(one.get('source')))) {
        addBuildspec(source.get('buildspec'), found);
      }
    }
    for (const resource of listed(group.get('aws_codepipeline'))) {
      for (const node of resource.members.flatMap(listed)) found.push({ kind: 'terraform-codepipeline', node });
    }
    for (const resource of listed(group.get('aws_sfn_state_machine'))) {
      for (const one of resource.members.flatMap(listed)) {
        addMachine(one.get('definition'), isExpress(one.get('type')), found);
      }
    }
  }
  return found;
}

/** True for what the AWS command line takes or answers about a state machine: its definition is a string. */
export function isEnvelope(root: Node | undefined): boolean {
  const isMachineOf = root?.get('stateMachineArn') !== undefined || root?.get('roleArn') !== undefined;
  return isMachineOf && root?.get('definition')?.text?.includes('StartAt') === true;
}

/**
 * True for what the AWS command line takes or answers about a SageMaker pipeline (create-pipeline, update-pipeline,
 * describe-pipeline, describe-pipeline-definition-for-execution): its definition is a string.
 */
export function isPipelineEnvelope(root: Node | undefined): boolean {
  return root?.get('PipelineDefinition')?.text?.includes('"Steps"') === true;
}

function add(node: Node | undefined, found: Embedded[]): void {
  if (!node) return;
  if (node.kind === 'object' && !isIntrinsic(node)) {
    if (isPipeline(node)) found.push({ kind: 'object', node });
    return;
  }
  const parts = partsOf(node);
  if (parts) {
    found.push({ kind: 'pipeline-parts', node: parts });
    return;
  }
  const text = textOf(node);
  if (text) found.push({ kind: 'string', node: text });
}

/** The list that Fn::Join puts together with nothing between its items. */
function partsOf(node: Node): Node | undefined {
  const [between, parts] = node.get('Fn::Join')?.items ?? [];
  return between?.text === '' && parts?.kind === 'array' ? parts : undefined;
}

/** A buildspec is written into the template; a text of one line names a file or an object of S3. */
function addBuildspec(node: Node | undefined, found: Embedded[]): void {
  const text = node && written(node);
  if (text?.text !== undefined && /^\s*(\{|[^\n]*\n)/.test(text.text)) found.push({ kind: 'buildspec', node: text });
}

/** The text in `node`: Fn::Sub takes it, or a list of it and its variables. */
function written(node: Node): Node | undefined {
  const substituted = node.get('Fn::Sub');
  return substituted?.kind === 'array' ? substituted.items[0] : (substituted ?? node);
}

/** The string in which a definition is written. */
function textOf(node: Node): Node | undefined {
  const text = written(node);
  // Terraform's expressions, such as ${jsonencode(…)}, are no text of a definition.
  return text?.text !== undefined && /^\s*\{/.test(text.text) ? text : undefined;
}

function isExpress(type: Node | undefined): boolean | undefined {
  if (type === undefined) return false;
  return type.text === undefined ? undefined : type.text === 'EXPRESS';
}

function addMachine(node: Node | undefined, express: boolean | undefined, found: Embedded[]): void {
  if (!node) return;
  if (isMachine(node)) found.push({ kind: 'machine', node, express });
  const parts = partsOf(node);
  if (parts) {
    found.push({ kind: 'machine-parts', node: parts, express });
    return;
  }
  const text = textOf(node);
  if (text) found.push({ kind: 'machine-string', node: text, express });
}
