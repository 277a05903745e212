const names = /(\.pipeline\.json|\.asl\.(json|ya?ml)|(^|[/\\])[\w.-]*(buildspec|appspec)[\w.-]*\.(ya?ml|json))$/i;
const syntaxes = /\.(json[c5]?|ya?ml|template)$/i;

/** Words, all of one line of which stand in a text of that language. */
const signs: readonly (readonly string[])[] = [
  ['"Steps"', '"Arguments"'],
  ['"Steps"', '2020-12-01'],
  ['AWS::SageMaker::Pipeline'],
  ['aws_sagemaker_pipeline'],
  ['AWS::CodePipeline::Pipeline'],
  ['stages', 'actionTypeId'],
];

/**
 * Whether a text may be one of the definition languages, told without parsing: true for many that are, and for few
 * that are not. Costs one search of the text at most.
 */
export function mayBeDefinition(path: string, text: () => string): boolean {
  if (names.test(path)) return true;
  if (!syntaxes.test(path) && /\.\w+$/.test(path)) return false;
  const content = text();
  return signs.some((words) => words.every((word) => content.includes(word)));
}
