import { beforeAll, describe, expect, it } from 'vitest';
import { SourceDocument } from '../../../../src/definition';
import { loadJsonata } from '../../../../src/definition/asl/expressions/jsonata';
import { loadServices } from '../../../../src/definition/asl/services';
import { featuresOf } from '../../../../src/definition/features';
import { definitionsAt, referencesAt, renameAt } from '../../../../src/definition/features/entities';
import { cursor, edited } from '../marked';

beforeAll(async () => {
  await loadJsonata();
  await loadServices('arn:aws:states:::sagemaker:x arn:aws:states:::aws-sdk:sagemaker:x');
});

const features = featuresOf('asl');

/** The labels that are offered where the bar stands. */
async function offered(marked: string, path = 'a.asl.json'): Promise<string[]> {
  const { text, offset } = cursor(marked);
  const found = await features?.complete?.(new SourceDocument(text, path), offset);
  return (found ?? []).map(({ label }) => label);
}

async function shown(marked: string, path = 'a.asl.json'): Promise<string | undefined> {
  const { text, offset } = cursor(marked);
  return (await features?.hover?.(new SourceDocument(text, path), offset))?.text;
}

const machine = (states: string, more = ''): string => `{"StartAt": "A"${more}, "States": {${states}}}`;
const two = (members: string): string => machine(`"A": {${members}}, "B": {"Type": "Succeed"}`);

describe('completion of state machines', () => {
  it.each([
    ['members of a state', two('"Type": "Wait", "|": 1'), ['Seconds', 'TimestampPath', 'Next'], ['Resource', 'Output']],
    [
      'members by query language',
      two('"Type": "Pass", "QueryLanguage": "JSONata", "|": 1'),
      ['Output', 'Assign'],
      ['ResultPath'],
    ],
    ['types', two('"Type": "|"'), ['Task', 'Map', 'Parallel'], []],
    ['states', two('"Type": "Pass", "Next": "|"'), ['B'], ['A']],
    ['the first state', machine('"A": {"Type": "Succeed"}').replace('"StartAt": "A"', '"StartAt": "|"'), ['A'], []],
    ['integrations', two('"Type": "Task", "Resource": "|"'), ['arn:aws:states:::sagemaker:createTrainingJob.sync'], []],
    [
      'operations of a service',
      two('"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sagemaker:|"'),
      ['arn:aws:states:::aws-sdk:sagemaker:startPipelineExecution'],
      [],
    ],
    [
      'members of a request, at depth',
      two(
        '"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createTrainingJob", "Parameters": {"ResourceConfig": {"|": 1}}',
      ),
      ['InstanceCount', 'VolumeSizeInGB'],
      ['RoleArn'],
    ],
    [
      'words of a request',
      two(
        '"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createTrainingJob", "Parameters": {"AlgorithmSpecification": {"TrainingInputMode": "|"}}',
      ),
      ['Pipe', 'File', 'FastFile'],
      [],
    ],
    ['errors', two('"Type": "Task", "Retry": [{"ErrorEquals": ["|"]}]'), ['States.ALL', 'States.Timeout'], []],
    [
      'comparisons',
      two('"Type": "Choice", "Choices": [{"Variable": "$.a", "|": 1}]'),
      ['StringEquals', 'IsPresent', 'Next'],
      ['Variable'],
    ],
    [
      'tests within a choice',
      two('"Type": "Choice", "Choices": [{"Not": {"|": 1}}]'),
      ['StringEquals', 'Variable'],
      ['Next'],
    ],
    [
      'paths',
      two('"Type": "Pass", "Assign": {"total": 1}, "Parameters": {"a.$": "|"}'),
      ['$', '$total', '$$.Execution.Id', 'States.UUID()'],
      [],
    ],
    [
      'expressions',
      two('"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $| %}"'),
      ['$states.input', '$uuid', '$sum'],
      ['$states.result', '$eval'],
    ],
    [
      'expressions of a catcher',
      two('"Type": "Task", "QueryLanguage": "JSONata", "Catch": [{"ErrorEquals": ["X"], "Output": "{% $| %}"}]'),
      ['$states.errorOutput'],
      ['$states.result'],
    ],
    [
      'states to add',
      machine('"A": {"Type": "Pass", "Next": "C"}, |'),
      ['Task: SageMaker training job', 'Map: distributed'],
      [],
    ],
  ])('offers %s', async (_, marked, some, none) => {
    const labels = await offered(marked);
    expect(labels).toEqual(expect.arrayContaining(some));
    for (const label of none) expect(labels).not.toContain(label);
  });

  it('names a new state as it is named already, in JSON and in YAML', async () => {
    const json = cursor(machine('"A": {"Type": "Pass", "Next": "C"}, |'));
    const found = await features?.complete?.(new SourceDocument(json.text, 'a.asl.json'), json.offset);
    expect(found?.find(({ label }) => label === 'Succeed')?.edit.newText).toMatch(
      /^"C": \{\n\s+"Type": "Succeed"\n\}$/,
    );
    const yaml = cursor('StartAt: A\nStates:\n  A:\n    Type: Pass\n    Next: C\n  |\n  B:\n    Type: Succeed\n');
    const offers = await features?.complete?.(new SourceDocument(yaml.text, 'a.asl.yaml'), yaml.offset);
    const wait = offers?.find(({ label }) => label === 'Wait');
    expect(wait?.edit.newText).toMatch(/^C:\n {2}Type: Wait\n {2}Seconds: /);
  });
});

describe('hover in state machines', () => {
  it.each([
    [two('"Type": "Wait", "Sec|onds": 1'), 'How long it waits.'],
    [two('"Type": "Pass", "Next": "|B"'), '**B**: Succeed state'],
    [two('"Type": "Task", "Resource": "arn:aws:states:::sagemaker:create|Model"'), 'optimized integration'],
    [two('"Type": "Pass", "Parameters": {"a.$": "States.Math|Add(1, 2)"}'), 'The sum of two whole numbers.'],
    [two('"Type": "Pass", "Assign": {"total": 1}, "InputPath": "$to|tal"'), 'Assigned in `A`.'],
    [
      two('"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createModel", "Parameters": {"Model|Name": "m"}'),
      '(required)',
    ],
  ])('%s', async (marked, words) => {
    expect(await shown(marked)).toContain(words);
  });
});

describe('names in state machines', () => {
  const text = machine(
    '"A": {"Type": "Pass", "Assign": {"total.$": "$.n"}, "Next": "B"}, "B": {"Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% $total + $states.input.total %}", "Next": "C"}, "C": {"Type": "Pass", "Parameters": {"x.$": "States.MathAdd($total, 1)"}, "End": true}',
  );
  const document = new SourceDocument(text, 'a.asl.json');

  it('a variable is found in both query languages, and renamed', () => {
    const entities = features?.entities?.(document) ?? [];
    const at = text.indexOf('$total +') + 2;
    expect(definitionsAt(document.tree, entities, at)).toHaveLength(1);
    expect(referencesAt(document.tree, entities, at, true)).toHaveLength(3);
    const edits = renameAt(document.tree, entities, at, 'sum');
    expect(edited(text, typeof edits === 'string' ? [] : edits)).toBe(
      text.replace('"total.$"', '"sum.$"').replace('$total +', '$sum +').replace('($total', '($sum'),
    );
  });

  it('a state keeps its name where another has it', () => {
    const entities = features?.entities?.(document) ?? [];
    expect(renameAt(document.tree, entities, text.indexOf('"B"}, "B"') + 1, 'C')).toContain('already');
  });
});

describe('the graph of a state machine', () => {
  it('has a node a state and says what takes an edge', () => {
    const text = machine(
      '"A": {"Type": "Choice", "Choices": [{"Variable": "$.score", "NumericGreaterThan": 0.9, "Next": "M"}], "Default": "F"}, "M": {"Type": "Map", "ItemProcessor": {"StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "F"}], "End": true}, "F": {"Type": "Fail"}',
    );
    const graph = features?.graph?.(new SourceDocument(text, 'a.asl.json'));
    expect(graph?.nodes.map(({ id, type }) => `${id} ${type}`)).toEqual(['A Choice', 'M Map', 'I Pass', 'F Fail']);
    expect(graph?.edges.map(({ from, to, label }) => [from, to, label])).toEqual([
      ['A', 'M', '$.score NumericGreaterThan 0.9'],
      ['A', 'F', 'otherwise'],
      ['M', 'F', 'States.ALL'],
      ['M', 'I', 'each item'],
    ]);
  });

  it('is opened from a lens, and nothing is run from there', () => {
    const lenses = features?.lenses?.(new SourceDocument(machine('"A": {"Type": "Succeed"}'), 'x.json'));
    expect(lenses).toEqual([{ range: expect.anything(), kind: 'graph' }]);
  });
});
