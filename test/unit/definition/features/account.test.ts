import { describe, expect, it } from 'vitest';
import { SourceDocument } from '../../../../src/definition/document';
import { accountPlaceAt } from '../../../../src/definition/features/account';

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
});
