/**
 * Pipelines inside templates of CloudFormation, SAM and Terraform (as JSON): a SageMaker definition in
 * AWS::SageMaker::Pipeline or aws_sagemaker_pipeline, as an object or a string, and AWS::CodePipeline::Pipeline.
 * Only the pipelines are checked, by the rules of their own languages; the template around them is not ours.
 *
 *   find.ts   where they are
 *   text.ts   a definition inside a string: its text, and where its characters stand in the template
 */
import { checkProperties } from '../codepipeline';
import { isIntrinsic } from '../codepipeline/model';
import type { SourceDocument } from '../document';
import type { Finding } from '../finding';
import type { LanguageSupport } from '../language';
import { checkAll } from '../sagemaker/check';
import { buildPipeline } from '../sagemaker/model';
import type { Node, Tree } from '../tree';
import { findEmbedded } from './find';
import { checkText, innerText } from './text';

export const cloudformation: LanguageSupport = {
  language: 'cloudformation',
  rules: [],
  detect,
  check,
};

const signs = ['AWS::SageMaker::Pipeline', 'AWS::CodePipeline::Pipeline', 'aws_sagemaker_pipeline'];

function detect({ text, tree }: SourceDocument): boolean {
  if (!signs.some((sign) => text.includes(sign))) return false;
  return tree.root?.get('Resources') !== undefined || tree.root?.get('resource') !== undefined;
}

function check(document: SourceDocument): Finding[] {
  const { tree } = document;
  const findings: Finding[] = [];
  for (const { kind, node } of findEmbedded(tree)) {
    if (kind === 'string') findings.push(...checkText(innerText(tree, node)));
    else if (kind === 'object') findings.push(...checkObject(tree, node));
    else checkProperties(node, (finding) => findings.push(finding));
  }
  return findings;
}

/** A definition that is an object of the template; what CloudFormation works out is left alone. */
function checkObject(tree: Tree, root: Node): Finding[] {
  const pipeline = buildPipeline(tree, root);
  return pipeline ? checkAll(pipeline).filter(({ node }) => !isComputed(node, root)) : [];
}

function isComputed(node: Node, root: Node): boolean {
  for (let one: Node | undefined = node; one && one !== root; one = one.parent) if (isIntrinsic(one)) return true;
  return false;
}
