import { describe, expect, it } from 'vitest';
import { SourceDocument } from '../../../../src/definition/document';
import { featuresOf } from '../../../../src/definition/features';
import { tokensOf } from '../../../../src/definition/features/tokens';
import type { Language } from '../../../../src/definition/language';

/** The names that have a token, as written, with their kind; a declaration has a star. */
function tokens(language: Language, text: string, path: string): string[] {
  const document = new SourceDocument(text, path);
  const entities = featuresOf(language)?.entities?.(document) ?? [];
  return tokensOf(document.tree, entities).map(({ line, character, length, type, declaration }) => {
    const name = text.split('\n')[line]?.slice(character, character + length);
    return `${type} ${String(name)}${declaration ? '*' : ''}`;
  });
}

describe('semantic tokens', () => {
  it('of a pipeline name steps and parameters, and leave what is not declared', () => {
    const text = `{"Version": "2020-12-01", "Parameters": [{"Name": "Rows"}],
"Steps": [{"Name": "A", "Type": "Fail", "Arguments": {"ErrorMessage": {"Get": "Parameters.Rows"}}},
{"Name": "B", "Type": "Fail", "DependsOn": ["A", "Nope"], "Arguments": {"ErrorMessage": {"Get": "Parameters.None"}}}]}`;
    expect(tokens('sagemaker', text, 'a.pipeline.json')).toEqual([
      'parameter Rows*',
      'function A*',
      'parameter Rows',
      'function B*',
      'function A',
    ]);
  });

  it('of a state machine in YAML name states and variables', () => {
    const text = `StartAt: One
States:
  One:
    Type: Pass
    Assign: {count: 1}
    Next: Two
  Two:
    Type: Pass
    InputPath: $count
    Next: Gone
`;
    expect(tokens('asl', text, 'a.asl.yaml')).toEqual([
      'function One',
      'function One*',
      'variable count*',
      'function Two',
      'function Two*',
      'variable count',
    ]);
  });

  it('of a stretch are those in it', () => {
    const text = '{"StartAt": "One", "States": {"One": {"Type": "Pass", "Next": "Two"}, "Two": {"Type": "Succeed"}}}';
    const document = new SourceDocument(text, 'a.asl.json');
    const entities = featuresOf('asl')?.entities?.(document) ?? [];
    const from = text.indexOf('"Next"');
    expect(tokensOf(document.tree, entities, from, from + 14)).toHaveLength(1);
    expect(tokensOf(document.tree, [], 0)).toEqual([]);
  });
});
