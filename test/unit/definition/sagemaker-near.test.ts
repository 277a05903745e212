/** Near misses of rules, and the second look at a text after an edit. */
import { describe, expect, test } from 'vitest';
import { type Diagnostic, validate } from '../../../src/definition';
import { EditedDocument } from '../../fixtures/edited-document';
import { frames } from '../../fixtures/frames';

const found = (text: string, rule: string): Diagnostic[] =>
  validate(text, { path: 'a.pipeline.json' }).filter((diagnostic) => diagnostic.rule === rule);

test.each([
  ['"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 600', 1],
  ['"MaxRuntimeInSeconds": 3600', 1],
  ['"MaxWaitTimeInSeconds": 3600', 1],
  ['"MaxWaitTimeInSeconds": 86400', 0],
  ['"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": 3600', 0],
  ['"MaxRuntimeInSeconds": {"Get": "Parameters.Count"}, "MaxWaitTimeInSeconds": 600', 0],
  ['"MaxRuntimeInSeconds": 3600, "MaxWaitTimeInSeconds": {"Get": "Parameters.Count"}', 0],
])('managed spot training that stops by {%s}', (condition, count) => {
  const job = (isSpot: boolean): string =>
    frames['step']?.(
      `{"Name": "Train", "Type": "Training", "Arguments": {"EnableManagedSpotTraining": ${isSpot}, "StoppingCondition": {${condition}}}}`,
    ) ?? '';
  expect(found(job(true), 'sm/spot-wait')).toHaveLength(count);
  expect(found(job(false), 'sm/spot-wait')).toHaveLength(0);
});

describe('types that are compared', () => {
  const compare = (left: string, right: string, type = 'Equals'): number =>
    found(
      frames['condition']?.(`{"Type": "${type}", "LeftValue": ${left}, "RightValue": ${right}}`) ?? '',
      'sm/condition-compare-type-mismatch',
    ).length;
  const count = '{"Get": "Parameters.Count"}';
  const text = '{"Get": "Parameters.Message"}';

  test.each([
    [count, '0.5', 0],
    ['0.5', count, 0],
    ['1', '1.5', 0],
    [count, '"5"', 1],
    [count, 'true', 1],
    [text, '"5"', 0],
    [text, '5', 1],
    ['true', 'false', 0],
    ['true', '"true"', 1],
    ['{"Get": "Steps.Ask.OutputParameters[\'answer\']"}', '5', 1],
    ['{"Get": "Steps.Evaluate.ProcessingJobStatus"}', '"Completed"', 0],
    ['{"Get": "Execution.PipelineName"}', '5', 1],
  ])('%s = %s: %i', (left, right, expected) => {
    expect(compare(left, right)).toBe(expected);
  });

  test.each([
    ['Equals', 'always false'],
    ['NotEquals', 'always true'],
  ])('what %s of two types comes to is said', (type, outcome) => {
    const text = frames['condition']?.(`{"Type": "${type}", "LeftValue": 1, "RightValue": "x"}`) ?? '';
    const [diagnostic] = found(text, 'sm/condition-compare-type-mismatch');
    expect(diagnostic?.message).toContain(outcome);
  });

  test.each([
    [count, '0.5', 0],
    [count, '"0.5"', 1],
    ['"a"', '"b"', 2],
    ['true', '1', 1],
    [text, '5', 1],
    ['{"Std:Join": {"On": "", "Values": ["5"]}}', '5', 0],
    ['""', '5', 1],
  ])('%s > %s: %i', (left, right, expected) => {
    expect(compare(left, right, 'GreaterThan')).toBe(expected);
  });

  test.each([
    [count, ['1', '2.5'], 0],
    [count, ['1', '"a"', 'true'], 2],
    [text, ['"a"', '{"Get": "Parameters.Count"}'], 1],
  ])('%s in %j: %i', (query, values, expected) => {
    const condition = `{"Type": "In", "QueryValue": ${query}, "Values": [${values.join(', ')}]}`;
    for (const around of [
      condition,
      `{"Type": "Not", "Condition": ${condition}}`,
      `{"Type": "Or", "Conditions": [${condition}]}`,
    ]) {
      expect(found(frames['condition']?.(around) ?? '', 'sm/condition-compare-type-mismatch')).toHaveLength(expected);
    }
  });
});

describe('branches within branches', () => {
  const tell = (name: string, dependsOn: string[] = []): string =>
    `{"Name": "${name}", "Type": "Lambda", "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:f", "DependsOn": ${JSON.stringify(dependsOn)}, "Arguments": {}}`;
  const decide = (name: string, yes: string[], no: string[]): string =>
    `{"Name": "${name}", "Type": "Condition", "Arguments": {"Conditions": [{"Type": "Equals", "LeftValue": {"Get": "Parameters.Message"}, "RightValue": "x"}], "IfSteps": [${yes.join(', ')}], "ElseSteps": [${no.join(', ')}]}}`;
  const crossing = (...steps: string[]): string[] =>
    found(frames['steps']?.(steps.join(',\n')) ?? '', 'sm/cross-branch-dependency').map(({ pointer }) => pointer);

  test('a step deep in one branch never meets one deep in the other', () => {
    const yes = decide('Inner', [tell('Deep', ['Other'])], []);
    expect(crossing(decide('Outer', [yes], [tell('Other')]))).toHaveLength(1);
    const no = decide('Right', [tell('Other')], []);
    expect(crossing(decide('Outer', [yes], [no]))).toHaveLength(1);
    expect(
      crossing(decide('Outer', [decide('Inner', [decide('Third', [tell('Deep', ['Other'])], [])], [])], [no])),
    ).toHaveLength(1);
  });

  test('within one branch, and from outside, it does', () => {
    expect(crossing(decide('Outer', [decide('Inner', [tell('Deep', ['Other'])], []), tell('Other')], []))).toEqual([]);
    expect(crossing(decide('Outer', [tell('A')], [tell('B')]), tell('After', ['A', 'B']))).toEqual([]);
    expect(crossing(decide('One', [tell('A')], []), decide('Two', [], [tell('B', ['A'])]))).toEqual([]);
  });
});

test.each(['A--B', '-A-', '--', 'a_-_b', 'a'.repeat(64)])('a step may be called %s', (name) => {
  const text = frames['step']?.(`{"Name": "${name}", "Type": "Fail", "Arguments": {"ErrorMessage": "no"}}`) ?? '';
  expect(validate(text).filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('a place that is told in another step moves with what is typed before it there', () => {
  const text = JSON.stringify({
    Version: '2020-12-01',
    Steps: [
      { Description: 'first', Name: 'Halt', Type: 'Fail', Arguments: { ErrorMessage: 'x' } },
      { Name: 'After', Type: 'Fail', Arguments: { ErrorMessage: { Get: 'Steps.Halt.Status' } } },
    ],
  });
  const document = new EditedDocument(text);
  const told = (): Diagnostic | undefined => document.diagnostics().find(({ rule }) => rule === 'sm/ref-to-fail-step');
  expect(told()?.related).toHaveLength(1);
  // The step declares the same as before; only the place of its name is another.
  const start = text.indexOf('first');
  document.edit({ start, end: start, newText: 'the very ' });
  const place = told()?.related?.[0]?.range.start.character ?? 0;
  expect(document.text.slice(place, place + 6)).toBe('"Halt"');
});

describe('what is said of other steps', () => {
  /** Two steps of the same name, one that references what the other lacks, and a place that two write to. */
  const lambda = (name: string, more: string): string =>
    `{"Name": "${name}", "Description": "first", "Type": "Lambda", "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:f", "OutputParameters": [{"OutputName": "a", "OutputType": "String"}], "Arguments": {${more}}}`;
  const text = `{"Version": "2020-12-01", "Steps": [
    ${lambda('A', '"x": "1"')},
    ${lambda('B', `"y": {"Get": "Steps.A.OutputParameters['b']"}`)},
    ${lambda('A', '"z": {"Get": "Steps.B.OutputParameters[\'a\']"}')},
    {"Name": "C", "Type": "Lambda", "FunctionArn": "f", "DependsOn": ["D"], "Arguments": {}},
    {"Name": "D", "Type": "Lambda", "FunctionArn": "f", "DependsOn": ["C"], "Arguments": {}}
  ]}`;

  test('follows what moves in them, line by line', () => {
    const related = validate(text).flatMap((diagnostic) => diagnostic.related ?? []);
    expect(related.length).toBeGreaterThan(2);
    // A line more at each place between members, in any order.
    const places = [...text.matchAll(/, "/g)].map(({ index }) => index + 1);
    for (const first of places) {
      const document = new EditedDocument(text);
      document.diagnostics();
      document.edit({ start: first, end: first, newText: '\n\n' });
      expect(document.diagnostics()).toEqual(validate(document.text, { path: document.path }));
      document.edit({ start: first, end: first + 1, newText: '' });
      expect(document.diagnostics()).toEqual(validate(document.text, { path: document.path }));
    }
  });
});
