import { describe, expect, it } from 'vitest';
import { detectLanguage, validate } from '../../../../src/definition';
import { codepipeline } from '../../../../src/definition/codepipeline';
import { exampleText } from '../../../../src/definition/codepipeline/examples';
import { SourceDocument } from '../../../../src/definition/document';

function found(frame: string, fragment: string): string[] {
  const document = new SourceDocument(exampleText(frame, fragment), 'codepipeline.json');
  return codepipeline.check(document).map((finding) => finding.rule);
}

describe.each(codepipeline.rules.map((rule) => [rule.id, rule.example] as const))('%s', (id, { frame, bad, good }) => {
  it('finds the bad example', () => {
    expect(found(frame, bad)).toContain(id);
  });
  it('leaves the good example alone', () => {
    expect(found(frame, good)).not.toContain(id);
  });
});

describe('the frames of the examples', () => {
  it('hold nothing wrong by themselves', () => {
    expect(found('pipeline', '{}')).toEqual([]);
  });
});

describe('a declaration without its frame', () => {
  const alone = JSON.stringify(
    (JSON.parse(exampleText('pipeline', '{"stages2": 1}')) as { pipeline: object }).pipeline,
  );

  it('is one, and is checked like one', () => {
    expect(detectLanguage(alone)).toBe('codepipeline');
    expect(validate(alone).map(({ rule, pointer }) => `${rule} ${pointer}`)).toEqual(['cp/unknown-member /stages2']);
  });

  it.each([
    ['stages of something else', '{"name": "x", "roleArn": "y", "stages": [{"name": "pipeline"}], "actionTypeId": 1}'],
    ['one inside of something else', `{"name": "x", "roleArn": "y", "of": ${alone}}`],
  ])('%s is none', (_, text) => {
    expect(detectLanguage(text)).toBeUndefined();
  });
});
