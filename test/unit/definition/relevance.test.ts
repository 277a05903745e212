import { describe, expect, it } from 'vitest';
import { mayBeDefinition, mayHoldPipeline } from '../../../src/definition/relevance';

const unread = (): string => {
  throw new Error('The text was read.');
};

describe('mayBeDefinition', () => {
  it.each(['train.pipeline.json', 'a/b.asl.yaml', 'buildspec.yml', 'ci/codebuild-buildspec.yml', 'appspec.yaml'])(
    'knows %s by its name, without its text',
    (path) => expect(mayBeDefinition(path, unread)).toBe(true),
  );

  it.each(['main.py', 'README.md', 'notbuildspec.txt'])('leaves %s alone, without its text', (path) =>
    expect(mayBeDefinition(path, unread)).toBe(false),
  );

  it.each([
    ['a pipeline', 'a.json', '{"Steps": [{"Arguments": {}}]}', true, true],
    ['an untitled pipeline', 'Untitled-1', '{"Version": "2020-12-01", "Steps": []}', true, true],
    ['a template with a pipeline', 'a.template', 'Type: AWS::SageMaker::Pipeline', true, true],
    ['a template with a CodePipeline', 'a.yml', 'Type: AWS::CodePipeline::Pipeline', true, false],
    ['a declaration', 'a.json', '{"pipeline": {"roleArn": "r", "stages": []}}', true, false],
    ['an event pattern', 'a.json', '{"source": ["aws.s3"], "detail-type": ["Object Created"]}', true, false],
    ['a template with an alarm', 'a.yml', 'Type: AWS::CloudWatch::Alarm', true, false],
    ['a manifest', 'package.json', '{"name": "x", "scripts": {"stages": "x"}}', false, false],
    ['steps of something else', 'a.json', '{"Steps": 4}', false, false],
  ])('judges %s by its text', (_what, path, text, definition, pipeline) => {
    expect(mayBeDefinition(path, () => text)).toBe(definition);
    expect(mayHoldPipeline(path, () => text)).toBe(pipeline);
  });
});
