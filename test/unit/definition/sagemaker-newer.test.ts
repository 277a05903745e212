/** What the language has learnt lately, and what it may learn: never an error. */
import { describe, expect, test } from 'vitest';
import { buildGraph, validate } from '../../../src/definition';
import { renderers } from '../../../src/definition/graph/render';

const tell = (name: string, more = '', argument = '"x"'): string =>
  `{"Name": "${name}", "Type": "Lambda", "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:f", ${more}"Arguments": {"a": ${argument}}}`;
const definition = (...steps: string[]): string => `{"Version": "2020-12-01", "Steps": [${steps.join(', ')}]}`;
const severe = (text: string): string[] =>
  validate(text)
    .filter(({ severity }) => severity === 'error' || severity === 'warning')
    .map(({ rule, severity, pointer }) => `${severity} ${rule} ${pointer}`);

const loop = (item = 'ForEach.CurrentItem.name', inner = 'Each'): string =>
  `{"Name": "Loop", "Type": "ForEach", "Arguments": {"IterableItems": ["a", "b"], "MaxConcurrency": 2, "Selector": {"Pick": "MaxBy", "Field": {"Get": "IterationOutput.Each.OutputParameters['score']"}}, "ForEachBody": [${tell(inner, '', `{"Get": "${item}"}`)}]}}`;

describe('ForEach', () => {
  test('its body, its references and its properties are understood', () => {
    const after = `{"Std:Join": {"On": "", "Values": [{"Get": "Steps.Loop.SucceededStepCount"}, {"Get": "Steps.Loop.IterationOutputs[0].Each.OutputParameters['a']"}, {"Get": "Steps.Loop.Selected.OutputParameters['a']"}]}}`;
    expect(severe(definition(loop(), tell('After', '', after)))).toEqual([]);
  });

  test('steps in its body are checked as any other', () => {
    expect(severe(definition(loop('Steps.Nowhere.x')))).toEqual([
      'error sm/unknown-step-reference /Steps/0/Arguments/ForEachBody/0/Arguments/a/Get',
    ]);
    expect(severe(definition(loop('ForEach.CurrentItem', 'Twice'), tell('Twice')))).toEqual([
      'error sm/step-also-in-condition /Steps/1/Name',
    ]);
  });

  test('its body stands in the graph', () => {
    const graph = buildGraph(definition(loop()));
    expect(graph?.nodes.map(({ id }) => id)).toEqual(['Loop', 'Each']);
    expect(graph?.edges).toEqual([{ from: 'Loop', to: 'Each', kind: 'branch' }]);
    expect(graph && renderers['mermaid']?.(graph)).toContain('s0 -->|each| s1');
  });
});

describe('dependencies with a trigger', () => {
  test('name a step', () => {
    expect(severe(definition(tell('A'), tell('B', '"DependsOn": [{"Step": "A", "Trigger": "Failed"}], ')))).toEqual([]);
    expect(severe(definition(tell('A'), tell('B', '"DependsOn": [{"Step": "C", "Trigger": "Failed"}], ')))).toEqual([
      'error sm/dependson-unknown-step /Steps/1/DependsOn/0/Step',
    ]);
    expect(
      buildGraph(definition(tell('A'), tell('B', '"DependsOn": [{"Step": "A", "Trigger": "Any"}], ')))?.edges,
    ).toEqual([{ from: 'A', to: 'B', kind: 'dependsOn' }]);
  });

  test('make cycles as names do', () => {
    const cycle = definition(
      tell('A', '"DependsOn": ["B"], '),
      tell('B', '"DependsOn": [{"Step": "A", "Trigger": "Any"}], '),
    );
    expect(severe(cycle)).toEqual(['error sm/cycle /Steps/0/DependsOn/0', 'error sm/cycle /Steps/1/DependsOn/0']);
  });
});

test('a job of a category of its own, and a path into its document', () => {
  const job =
    '{"Name": "Tune", "Type": "Job", "Arguments": {"JobCategory": "AgentRFT", "JobConfigSchemaVersion": "1.0.0", "JobConfigDocument": "{}"}}';
  expect(
    severe(definition(job, tell('After', '', '{"Get": "Steps.Tune.JobConfigDocument.OutputModelPackageArn"}'))),
  ).toEqual([]);
});

test('a cleanup of what a step wrote', () => {
  const cleanup =
    '{"Name": "Tidy", "Type": "Cleanup", "DependsOn": ["A"], "Arguments": {"Resources": {"S3": [{"StepName": "A"}]}}}';
  expect(severe(definition(tell('A'), cleanup))).toEqual([]);
});

test('what is near to nothing known is at most a warning', () => {
  const unknown = definition(
    '{"Name": "Q", "Type": "QuantumAnnealing", "Arguments": {"Qubits": 3}, "Zebra": 1}',
    '{"Name": "R", "Type": "Transform", "Arguments": {"Wormhole": {}, "ModelName": "m", "TransformInput": {"DataSource": {"S3DataSource": {"S3DataType": "HologramDisk", "S3Uri": "s3://b/k", "Zebra": 1}}}, "TransformOutput": {"S3OutputPath": "s3://b/o"}, "TransformResources": {"InstanceType": "ml.zz99.huge", "InstanceCount": 1}}}',
  );
  const found = severe(unknown.replace('"Version"', '"Kaleidoscope": {}, "Version"'));
  expect(found.filter((line) => line.startsWith('error'))).toEqual([]);
  expect(found.length).toBeGreaterThan(5);
});

describe('functions that do not exist are found wherever a value may stand', () => {
  test.each([
    [
      'in the ARN of a function',
      tell('A').replace(/"arn[^"]*"/, '{"Std:Concat": []}'),
      '/Steps/0/FunctionArn/Std:Concat',
    ],
    ['in an argument of a Lambda step', tell('A', '', '{"Fn::Sub": "x"}'), '/Steps/0/Arguments/a/Fn::Sub'],
    [
      'in a message',
      '{"Name": "A", "Type": "Fail", "Arguments": {"ErrorMessage": {"Ref": "x"}}}',
      '/Steps/0/Arguments/ErrorMessage/Ref',
    ],
  ])('%s', (_, step, pointer) => {
    expect(severe(definition(step))).toEqual([`error sm/unknown-function ${pointer}`]);
  });

  test('in the configuration of the experiment', () => {
    const text = definition(tell('A')).replace(
      '"Steps"',
      '"PipelineExperimentConfig": {"ExperimentName": {"Fn::Join": []}}, "Steps"',
    );
    expect(severe(text)).toEqual(['error sm/unknown-function /PipelineExperimentConfig/ExperimentName/Fn::Join']);
  });
});
