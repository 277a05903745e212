import { describe, expect, it } from 'vitest';
import { SourceDocument } from '../../../../src/definition/document';
import { accountPlaceAt } from '../../../../src/definition/features/account';
import { accountPlace } from '../../../../src/definition/features/embedded';

/** What belongs where the text has a bar. */
function kindAt(marked: string, path = 'a.pipeline.json'): string | undefined {
  const offset = marked.indexOf('|');
  return accountPlaceAt(new SourceDocument(marked.replace('|', ''), path).tree, offset)?.kind;
}

describe('places of values that the account has', () => {
  it.each([
    ['{"RoleArn": "|"}', 'role'],
    ['{"ExecutionRoleArn": |}', 'role'],
    ['{"roleArn": "arn:|aws"}', 'role'],
    ['{"S3Output": {"S3Uri": "|"}}', 'bucket'],
    ['{"TrainingImage": "1234|"}', 'image'],
    ['{"ModelPackageGroupName": "|"}', 'modelGroup'],
    ['{"PipelineName": "|"}', 'pipeline'],
    ['{"configuration": {"ConnectionArn": "|"}}', 'connection'],
    ['{"configuration": {"ProjectName": "|"}}', 'project'],
    ['{"RoleArn|": ""}', undefined],
    ['{"RoleArn": {"Get": "|"}}', undefined],
    ['{"RoleArn": 5|}', undefined],
    ['{"Environment": {"Image": "|"}}', undefined],
    ['{"RoleArnOf": "|"}', undefined],
  ])('%s: %s', (text, kind) => {
    expect(kindAt(text)).toBe(kind);
  });

  it('in YAML too', () => {
    expect(kindAt('Type: Task\nParameters:\n  RoleArn: |\n', 'a.asl.yaml')).toBe('role');
    expect(kindAt('Type: Task\nParameters:\n  RoleArn: arn|\n', 'a.asl.yaml')).toBe('role');
  });

  it('knows what has to stand behind a value', () => {
    const text = '{"RoleArn": , "S3Uri": "a"}';
    const place = accountPlaceAt(new SourceDocument(text, 'a.json').tree, text.indexOf(',') - 1);
    expect(place?.after).toBe('');
  });

  const pipeline = (image: string): string =>
    `{"Version": "2020-12-01", "Steps": [{"Name": "T", "Type": "Training", "Arguments": {"AlgorithmSpecification": {"TrainingImage": ${image}}}}]}`;

  it.each([
    [
      'a string of a template in JSON',
      'template.json',
      (inner: string) =>
        `{"Resources": {"P": {"Type": "AWS::SageMaker::Pipeline", "Properties": {"PipelineDefinition": {"PipelineDefinitionBody": ${JSON.stringify(inner)}}}}}}`,
      String.raw`\"`,
      String.raw`\"12\"`,
    ],
    [
      'a block of a template in YAML',
      'template.yaml',
      (inner: string) =>
        `Resources:\n  P:\n    Type: AWS::SageMaker::Pipeline\n    Properties:\n      PipelineDefinition:\n        PipelineDefinitionBody: |\n          ${inner}\n`,
      '"',
      '"12"',
    ],
    [
      'a heredoc of Terraform',
      'main.tf',
      (inner: string) => `resource "aws_sagemaker_pipeline" "p" {\n  pipeline_definition = <<EOF\n${inner}\nEOF\n}\n`,
      '"',
      '"12"',
    ],
  ])('in %s', (_what, path, around, quote, replaced) => {
    const marked = around(pipeline('"12§"'));
    const text = marked.replace('§', '');
    const document = new SourceDocument(text, path);
    const place = accountPlace(document, marked.indexOf('§'));
    expect(place).toMatchObject({ kind: 'image', quote });
    const { lines } = document.tree;
    const [start, end] = [place?.range.start, place?.range.end].map((at) => (at ? lines.offset(at) : 0));
    expect(text.slice(start, end)).toBe(replaced);
  });

  it('around definitions in strings as well', () => {
    const text =
      '{"Resources": {"P": {"Type": "AWS::SageMaker::Pipeline", "Properties": {"RoleArn": "", "PipelineDefinition": {"PipelineDefinitionBody": "{}"}}}}}';
    expect(accountPlace(new SourceDocument(text, 'template.json'), text.indexOf('""') + 1)).toMatchObject({
      kind: 'role',
      quote: '"',
    });
  });
});
