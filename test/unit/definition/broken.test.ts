/** What is told of a text that is being typed: the fault, and nothing that only follows from it. */
import { describe, expect, it } from 'vitest';
import { validate, validateFully } from '../../../src/definition';
import { EditedDocument } from '../../fixtures/edited-document';

const head = `{
  "Version": "2020-12-01",
  "Parameters": [{"Name": "In", "Type": "String"}],
  "Steps": [
`;
const prepare =
  '{"Name": "Prep", "Type": "Lambda", "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:f", "Arguments": {"a": {"Get": "Parameters.In"}}, "OutputParameters": [{"OutputName": "r", "OutputType": "String"}]}';
const stop = `{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": {"Get": "Steps.Prep.OutputParameters['r']"}}}`;
const tail = '\n  ]\n}\n';

/** Rules that are broken, with the line each is told on, counted from the first step. */
function told(steps: string): string[] {
  const text = head + steps + tail;
  const path = 'a.pipeline.json';
  const settings = { levels: { 'sm/param-unused': 'error' as const } };
  const found = validate(text, { path, ...settings });
  // The same however one comes to it, key by key.
  const document = new EditedDocument(`${head}${prepare},\n${stop}${tail}`, path, settings);
  document.update(text);
  expect(document.diagnostics()).toEqual(found);
  return found
    .filter(({ severity }) => severity === 'error' || severity === 'warning')
    .map(({ rule, range }) => `${rule.slice(3)}@${range.start.line - 4}`);
}

describe('a step that is being typed', () => {
  it.each([
    ['a bracket', '{', ['json-syntax@2']],
    ['half a key', '{"N', ['json-syntax@1', 'json-syntax@2']],
    ['a key', '{"Name"', ['json-syntax@2']],
    ['half a value', '{"Name": "A', ['json-syntax@1', 'json-syntax@2']],
    ['a value', '{"Name": "A"', ['json-syntax@1', 'json-syntax@2']],
    ['a value and a comma, brackets closed by the editor', '{"Name": "A", },', ['json-syntax@1']],
    ['an empty key, quotes and brackets closed by the editor', '{"Name": "A", ""},', ['json-syntax@1']],
    ['a key without value', '{"Name": "A", "Type": },', ['json-syntax@1']],
    [
      'a reference without value',
      '{"Name": "A", "Type": "Fail", "Arguments": {"ErrorMessage": {"Get": }}},',
      ['json-syntax@1'],
    ],
    ['a quote', '"', ['json-syntax@1']],
    [
      'a step without its comma',
      '{"Name": "A", "Type": "Fail", "Arguments": {"ErrorMessage": "x"}}',
      ['json-syntax@1'],
    ],
  ])('%s', (_what, typed, expected) => {
    expect(told(`${prepare},\n${typed}\n${stop}`)).toEqual(expected);
  });

  it('that is no fault of the text is judged', () => {
    expect(told(`${prepare},\n{},\n${stop}`)).toEqual([
      'step-missing-name@1',
      'step-missing-type@1',
      'step-missing-arguments@1',
    ]);
  });
});

describe('a fault in a step', () => {
  it('hides what others say about names that it may hide', () => {
    expect(told(`${prepare.replace('"Prep"', '"Prep')},\n${stop}`)).toEqual(['json-syntax@0']);
    expect(told(`${prepare.slice(0, -1)},\n${stop}`)).toEqual(['json-syntax@1']);
  });

  it('leaves what stands before it, and other steps', () => {
    const wrong = stop.replace('"Fail"', '"Fial"').replace('"ErrorMessage": ', '"ErrorMessage": ,');
    const other = '{"Name": "More", "Type": "Fail", "Arguments": {"ErorMessage": "x"}}';
    expect(told(`${prepare},\n${wrong},\n${other}`)).toEqual(
      expect.arrayContaining(['step-unknown-type@1', 'json-syntax@1', 'fail-unknown-member@2']),
    );
  });

  it('whose meaning is plain hides nothing but what may still be typed', () => {
    const wrong = stop.replace(`"Steps.Prep.OutputParameters['r']"`, `"Steps.Pre.OutputParameters['r']",`);
    expect(told(`${prepare},\n${wrong}`)).toEqual(['unknown-step-reference@1', 'json-syntax@1']);
  });
});

describe('other languages', () => {
  const rulesOf = async (text: string, path: string): Promise<string[]> =>
    (await validateFully(text, { path })).map(({ rule, range }) => `${rule}@${range.start.line}`);

  it('tell the fault, and what holds in spite of it', async () => {
    const action = '"name": "S", "actions": [\n{"name": "A", }\n]';
    const text = `{"pipeline": {"roleArn": "arn:aws:iam::111122223333:role/p", "artifactStore": {"type": "S3", "location": "b-1"}, "name": "a b", "stages": [{${action}}]}}`;
    expect(await rulesOf(text, 'p.json')).toEqual(['cp/invalid-value@0', 'cp/out-of-range@0', 'cp/syntax@1']);
  });

  it.each([
    ['{"StartAt": "A", "States": {"A": {"Type": "Pass" "End": true}}}', 'a.asl.json', ['asl/syntax@0']],
    ['{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true,}', 'a.asl.json', ['asl/syntax@0', 'asl/syntax@0']],
    ['StartAt: A\nStates:\n  A:\n    Type: Pass\n    End: true\n   Next: B\n', 'a.asl.yaml', ['asl/syntax@5']],
    [
      'StartAt: A\nStates:\n  A: {Type: Pass, End: true}\n  A: {Type: Pass, End: true}\n',
      'a.asl.yaml',
      ['asl/duplicate-key@3'],
    ],
    ['StartAt: A\nStates:\n  A: {Type: Pass, End: true}\n', 'a.asl.yaml', []],
    ['version: 0.2\nphases:\n  build:\n    commands: [make\n', 'buildspec.yml', ['cb/syntax@4']],
  ])('tell a fault once: %s', async (text, path, expected) => {
    expect(await rulesOf(text, path)).toEqual(expected);
  });
});

describe('a text that a program fills in first', () => {
  const severities = async (text: string, path: string): Promise<string[]> =>
    (await validateFully(text, { path })).filter(({ rule }) => rule.endsWith('syntax')).map(({ severity }) => severity);

  it.each([
    [
      'Handlebars',
      'version: 0.2\nenv:\n  variables:\n    A: {{prefix}}.name\n    {{#if b}}\n    B: {{b}}.x\n    {{/if}}\nphases: {}\n',
      'buildspec.yml',
    ],
    ['Jinja', 'version: 0.2\n{% if b %}\nphases: {}\n{% endif %}\n', 'buildspec.yml'],
    [
      'JSON',
      `{"Version": "2020-12-01", "Steps": [{"Name": {{ name }}, "Type": "Fail", "Arguments": {}}]}`,
      'a.pipeline.json',
    ],
  ])('gets one remark: %s', async (_, text, path) => {
    expect(await severities(text, path)).toEqual(['information']);
  });

  it.each([
    [
      'a fault beside a placeholder in a string',
      `{"Version": "2020-12-01" "A": "{{x}}", "Steps": []}`,
      'a.pipeline.json',
    ],
    [
      'an expression without quotes',
      'StartAt: A\nQueryLanguage: JSONata\nStates:\n  A:\n    Type: Pass\n    Output: {% $x %}\n    End: true\n',
      'a.asl.yaml',
    ],
  ])('and no other text: %s', async (_, text, path) => {
    expect(await severities(text, path)).toContain('error');
  });
});
