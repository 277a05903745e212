import { describe, expect, it } from 'vitest';
import { conditionSnippet, stepSnippet } from '../../../../src/definition/features/sagemaker/snippets';
import { Placeholder, snippetOf } from '../../../../src/definition/features/snippet';
import { parameterTypes, stepTypes } from '../../../../src/definition/sagemaker/vocabulary';

interface Snippet {
  prefix: string;
  body: string[];
  description: string;
}

/** The contents of `snippets/pipeline.json`: made from the same values as completion. */
function snippets(): Record<string, Snippet> {
  const made: Record<string, Snippet> = {};
  const add = (title: string, prefix: string, text: string, description: string): void => {
    made[title] = { prefix, body: text.split('\n'), description };
  };
  add(
    'Pipeline',
    'sm-pipeline',
    snippetOf({ Version: '2020-12-01', Metadata: {}, Parameters: [], Steps: [new Placeholder('', false)] }),
    'A SageMaker pipeline definition',
  );
  const defaults = {
    String: ['ml.m5.xlarge', true],
    Integer: ['1', false],
    Float: ['0.9', false],
    Boolean: ['true', false],
  } as const;
  for (const type of parameterTypes) {
    const [text, quoted] = defaults[type as keyof typeof defaults];
    const value = { Name: new Placeholder('Name'), Type: type, DefaultValue: new Placeholder(text, quoted) };
    add(
      `Parameter: ${type}`,
      `sm-parameter-${type.toLowerCase()}`,
      snippetOf(value),
      `A parameter of the type ${type}`,
    );
  }
  for (const [type, { summary }] of Object.entries(stepTypes)) {
    add(`Step: ${type}`, `sm-step-${type.toLowerCase()}`, stepSnippet(type), summary);
  }
  add('Condition', 'sm-condition', conditionSnippet(), 'A comparison of a Condition step');
  return made;
}

describe('snippets/pipeline.json', () => {
  it('is made from the step types (vitest -u writes it)', async () => {
    await expect(`${JSON.stringify(snippets(), undefined, 2)}\n`).toMatchFileSnapshot(
      '../../../../snippets/pipeline.json',
    );
  });
});

describe('snippets', () => {
  it('number their placeholders and keep dollars and braces as they are', () => {
    const text = snippetOf({ a$b: new Placeholder('x}y'), list: [new Placeholder('1', false)], empty: {} });
    expect(text).toBe('{\n  "a\\$b": "${1:x\\}y}",\n  "list": [\n    ${2:1}\n  ],\n  "empty": {}\n}');
  });
});
