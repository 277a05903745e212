/**
 * CodePipeline declarations: `{"pipeline": {…}}` as get-pipeline prints it, or without this frame, in JSON or YAML, and
 * the properties of an AWS::CodePipeline::Pipeline (see `../embedded`).
 *
 *   model.ts       stages, actions, artifacts, whichever way they are written
 *   shapes.ts      members, kinds and limits as data
 *   providers.ts   action and rule providers with their configuration keys
 *   rules/         the catalogue and the checks, a file a subject
 *   examples.ts    whole texts around the rules' examples
 */
import type { SourceDocument } from '../document';
import type { Finding } from '../finding';
import type { LanguageSupport } from '../language';
import type { Report } from '../rule';
import { checkShape } from '../shape/check';
import { commonRules, judged, shapeRules } from '../shape/rules';
import type { Node, Tree } from '../tree';
import { buildPipeline, isIntrinsic, type Pipeline } from './model';
import { adviceRules, checkAdvice } from './rules/advice';
import { artifactRules, checkArtifacts } from './rules/artifacts';
import { checkConfiguration, configurationRules } from './rules/configuration';
import { commonExamples } from './rules/common';
import { checkRegions, regionRules } from './rules/regions';
import { specialRules } from './rules/special';
import { checkMetadata, checkStructure, structureRules } from './rules/structure';
import { checkVariables, variableRules } from './rules/variables';
import { checkVersion2, version2Rules } from './rules/version2';
import { cloudFormationProperties, declaration as declarationShape, document as documentShape } from './shapes';

export const codepipeline: LanguageSupport = {
  language: 'codepipeline',
  rules: [
    ...commonRules('cp', 'a pipeline declaration', commonExamples),
    ...structureRules,
    ...artifactRules,
    ...variableRules,
    ...version2Rules,
    ...configurationRules,
    ...specialRules,
    ...regionRules,
    ...adviceRules,
  ],
  detect,
  check,
};

const checks = [
  checkStructure,
  checkArtifacts,
  checkVariables,
  checkVersion2,
  checkConfiguration,
  checkRegions,
  checkAdvice,
];

function detect({ text, tree }: SourceDocument): boolean {
  // Cheap, and before the text is parsed: most texts are none of ours.
  if (!text.includes('stages') || !(text.includes('pipeline') || text.includes('actionTypeId'))) return false;
  return declarationIn(tree) !== undefined;
}

/** The declaration in a text: framed, or by itself as `aws codepipeline create-pipeline --pipeline` takes it. */
export function declarationIn({ root }: Tree): Node | undefined {
  const framed = root?.get('pipeline');
  if (isDeclaration(framed)) return framed;
  const actions = framed
    ? []
    : (root?.get('stages')?.items ?? []).flatMap((stage) => stage.get('actions')?.items ?? []);
  return actions.some((action) => action.get('actionTypeId')) ? root : undefined;
}

function isDeclaration(node: Node | undefined): boolean {
  const stages = node?.get('stages');
  return (
    stages !== undefined &&
    (stages.items.some((stage) => stage.get('actions') !== undefined) || node?.get('roleArn') !== undefined)
  );
}

/** Rules about names that may be declared where the text could not be read. */
const aboutNames = /^cp\/(unknown-(artifact|namespace|variable)|unused-artifact|trigger-source|primary-source)$/;

function check(document: SourceDocument): Finding[] {
  const { tree } = document;
  const declaration = tree.root?.get('pipeline') ?? declarationIn(tree);
  return judged(
    document,
    'cp',
    (report) => {
      if (!tree.root || !declaration) return;
      const shape = declaration === tree.root ? declarationShape : documentShape;
      checkShape(tree.root, shape, { rules: shapeRules('cp'), report });
      const pipeline = buildPipeline(declaration, 'service');
      checkMetadata(pipeline, report);
      for (const one of checks) one(pipeline, report);
    },
    aboutNames,
  );
}

/** Checks a declaration in the service's words that was made of another text, where texts with `${` are worked out. */
export function checkDeclaration(declaration: Node, report: Report): void {
  checkShape(declaration, declarationShape, {
    rules: shapeRules('cp'),
    report,
    isComputed: ({ text }) => text?.includes('${') === true,
    loose: true,
  });
  const pipeline = buildPipeline(declaration, 'service');
  for (const one of checks) one(pipeline, report);
}

/** Checks the properties of an AWS::CodePipeline::Pipeline. */
export function checkProperties(properties: Node, report: Report): void {
  checkShape(properties, cloudFormationProperties, {
    rules: shapeRules('cp'),
    report,
    isComputed: isIntrinsic,
    loose: true,
  });
  const pipeline: Pipeline = buildPipeline(properties, 'cloudformation');
  for (const one of checks) one(pipeline, report);
}
