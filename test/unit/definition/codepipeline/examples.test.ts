import { describe, expect, it } from 'vitest';
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
