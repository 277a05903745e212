/** Where a template of CloudFormation, SAM or Terraform holds a pipeline. */
import { isIntrinsic } from '../codepipeline/model';
import type { Node, Tree } from '../tree';
import { isPipeline } from '../sagemaker/model';

export type Embedded =
  /** A SageMaker definition written as an object of the template. */
  | { kind: 'object'; node: Node }
  /** A SageMaker definition written as a string. */
  | { kind: 'string'; node: Node }
  /** The properties of an AWS::CodePipeline::Pipeline. */
  | { kind: 'codepipeline'; node: Node };

/** All pipelines in a template. */
export function findEmbedded(tree: Tree): Embedded[] {
  const found: Embedded[] = [];
  for (const resource of tree.root?.get('Resources')?.members ?? []) {
    const type = resource.get('Type')?.text;
    const properties = resource.get('Properties');
    if (properties?.kind !== 'object' || isIntrinsic(properties)) continue;
    if (type === 'AWS::CodePipeline::Pipeline') found.push({ kind: 'codepipeline', node: properties });
    if (type === 'AWS::SageMaker::Pipeline') {
      const definition = properties.get('PipelineDefinition');
      add(definition?.get('PipelineDefinitionBody') ?? definition, found);
    }
  }
  const terraform = tree.root?.get('resource');
  for (const group of terraform?.kind === 'array' ? terraform.items : terraform ? [terraform] : []) {
    for (const resource of listed(group.get('aws_sagemaker_pipeline'))) {
      for (const one of resource.members.flatMap(listed)) add(one.get('pipeline_definition'), found);
    }
  }
  return found;
}

/** Terraform writes one thing as itself or as a list of one. */
function listed(node: Node | undefined): readonly Node[] {
  return node === undefined ? [] : node.kind === 'array' ? node.items : [node];
}

function add(node: Node | undefined, found: Embedded[]): void {
  if (!node) return;
  if (node.kind === 'object' && !isIntrinsic(node)) {
    if (isPipeline(node)) found.push({ kind: 'object', node });
    return;
  }
  // Fn::Sub takes the text, or a list of the text and its variables.
  const substituted = node.get('Fn::Sub');
  const text = substituted?.kind === 'array' ? substituted.items[0] : (substituted ?? node);
  // Terraform's expressions, such as ${jsonencode(…)}, are no text of a definition.
  if (text?.text !== undefined && /^\s*\{/.test(text.text)) found.push({ kind: 'string', node: text });
}
