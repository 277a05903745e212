import { describe, expect, it } from 'vitest';
import { SourceDocument } from '../../../../src/definition/document';
import { definitionsAt, referencesAt, renameAt } from '../../../../src/definition/features/entities';
import { folds, selections } from '../../../../src/definition/features/outline';
import { sagemakerFeatures as features } from '../../../../src/definition/features/sagemaker';
import type { Completion } from '../../../../src/definition/features/results';
import { cursor, edited, stretch } from '../marked';

/** A pipeline with a step to write in: `steps` and `parameters` are JSON. */
function pipeline(steps: string, parameters = '{"Name": "Rows", "Type": "Integer", "DefaultValue": 10}'): string {
  return `{"Version": "2020-12-01", "Parameters": [${parameters}], "Steps": [
  {"Name": "Prepare", "Type": "Processing", "PropertyFiles": [{"PropertyFileName": "Report", "OutputName": "eval", "FilePath": "report.json"}],
   "Arguments": {"ProcessingOutputConfig": {"Outputs": [{"OutputName": "train"}, {"OutputName": "eval"}]}}},
  {"Name": "Call", "Type": "Lambda", "FunctionArn": "arn", "OutputParameters": [{"OutputName": "count", "OutputType": "Integer"}], "Arguments": {}},
  ${steps}
]}`;
}

const training = (body: string): string =>
  pipeline(`{"Name": "Train", "Type": "Training", "Arguments": {"OutputDataConfig": {"S3OutputPath": ${body}}}}`);

async function complete(marked: string): Promise<Completion[]> {
  const { text, offset } = cursor(marked);
  return (await features.complete?.(new SourceDocument(text, 'a.pipeline.json'), offset)) ?? [];
}

const labels = async (marked: string): Promise<string[]> => (await complete(marked)).map((one) => one.label);

describe('completion', () => {
  it.each([
    ['roots of references', '{"Get": "|"}', ['Steps', 'Parameters', 'Execution']],
    ['parameters', '{"Get": "Parameters.|"}', ['Rows']],
    ['steps', '{"Get": "Steps.|"}', ['Prepare', 'Call']],
    ['steps while one is typed', '{"Get": "Steps.Pre|"}', ['Prepare']],
    ['execution variables', '{"Get": "Execution.|"}', ['PipelineName', 'StartDateTime']],
    ['properties of a step', '{"Get": "Steps.Prepare.|"}', ['ProcessingJobName', 'ProcessingOutputConfig']],
    ['nested properties', '{"Get": "Steps.Prepare.ProcessingOutputConfig.|"}', ["Outputs['train']"]],
    ['names of outputs', `{"Get": "Steps.Prepare.ProcessingOutputConfig.Outputs['|']"}`, ['train', 'eval']],
    ['properties of an output', `{"Get": "Steps.Prepare.ProcessingOutputConfig.Outputs['train'].|"}`, ['S3Output']],
    ['output parameters', `{"Get": "Steps.Call.OutputParameters['|']"}`, ['count']],
    ['functions in place of a value', '|', ['Get', 'Std:Join', 'Std:JsonGet']],
  ])('offers %s', async (_what, body, expected) => {
    expect(await labels(training(body))).toEqual(expect.arrayContaining(expected));
  });

  it('does not offer the step itself, nor a Fail step', async () => {
    const found = await labels(
      pipeline(
        '{"Name": "Stop", "Type": "Fail", "Arguments": {}}, {"Name": "Train", "Type": "Training", "Arguments": {"RoleArn": {"Get": "Steps.|"}}}',
      ),
    );
    expect(found).toContain('Prepare');
    expect(found).not.toContain('Train');
    expect(found).not.toContain('Stop');
  });

  it('offers the property files where a file is read', async () => {
    const found = await labels(
      training('{"Std:JsonGet": {"PropertyFile": {"Get": "Steps.Prepare.PropertyFiles.|"}, "Path": "a"}}'),
    );
    expect(found).toEqual(['Report']);
  });

  it('offers step types with the arguments that they need', async () => {
    const found = await complete(pipeline('|'));
    const one = found.find((completion) => completion.label === 'Training');
    expect(one?.snippet).toBe(true);
    const json = (one?.edit.newText ?? '').replaceAll(/\$\{\d+:([^}]*)\}/g, '$1');
    expect(JSON.parse(json)).toMatchObject({
      Type: 'Training',
      Arguments: { AlgorithmSpecification: {}, OutputDataConfig: { S3OutputPath: 's3://bucket/prefix' } },
    });
  });

  it('makes JSON of every step snippet', async () => {
    for (const { label, edit } of await complete(pipeline('|'))) {
      const json = edit.newText.replaceAll(/\$\{\d+:((?:\\.|[^}\\])*)\}/g, '$1');
      expect(JSON.parse(json), label).toMatchObject({ Type: label });
    }
  });

  it.each([
    ['a step before another', pipeline('| {"Name": "Next", "Type": "Fail", "Arguments": {}}'), 'Training', true],
    ['a step at the end', pipeline('|'), 'Training', false],
    ['a member before another', pipeline('{"Name": "A", | "Type": "Training"}'), 'Arguments', true],
    ['a half-typed member before another', pipeline('{"Name": "A", "Arg|\n"Type": "Training"}'), 'Arguments', true],
    ['a member before a comma', pipeline('{"Name": "A", "Arg|", "Type": "Training"}'), 'Arguments', false],
    ['a value before a member', pipeline('{"Name": "A", "Type": |\n"Arguments": {}}'), 'Training', true],
    ['a value before a comma', pipeline('{"Name": "A", "Type": |,\n"Arguments": {}}'), 'Training', false],
  ])('separates %s from what follows', async (_what, marked, label, separated) => {
    const one = (await complete(marked)).find((completion) => completion.label === label);
    expect(one?.edit.newText.endsWith(',')).toBe(separated);
  });

  it('offers the names of step types', async () => {
    expect(await labels(pipeline('{"Name": "A", "Type": "|", "Arguments": {}}'))).toEqual(
      expect.arrayContaining(['Training', 'Condition', 'EMR']),
    );
  });

  it('offers the members of a step and leaves out those that are there', async () => {
    const found = await labels(pipeline('{"Name": "A", "Type": "Processing", "|": {}}'));
    expect(found).toEqual(expect.arrayContaining(['Arguments', 'DependsOn', 'CacheConfig', 'PropertyFiles']));
    expect(found).not.toContain('Name');
  });

  it('offers members of arguments at any depth, with their documentation', async () => {
    const found = await complete(
      pipeline('{"Name": "A", "Type": "Training", "Arguments": {"ResourceConfig": {"Instance|"}}}'),
    );
    const type = found.find((one) => one.label === 'InstanceType');
    expect(type?.documentation).toMatch(/instance/i);
    expect(found.map((one) => one.label)).not.toContain('TrainingJobName');
  });

  it('does not offer arguments that a pipeline rejects', async () => {
    const found = await labels(pipeline('{"Name": "A", "Type": "RegisterModel", "Arguments": {"|": 1}}'));
    expect(found).toContain('InferenceSpecification');
    expect(found).not.toContain('ModelPackageName');
  });

  it('offers instance types, by the kind of job', async () => {
    const found = await labels(
      pipeline('{"Name": "A", "Type": "Training", "Arguments": {"ResourceConfig": {"InstanceType": "ml.m5|"}}}'),
    );
    expect(found).toContain('ml.m5.xlarge');
    expect(found).not.toContain('ml.t2.medium');
  });

  it('offers what a step can wait for', async () => {
    const found = await labels(
      pipeline('{"Name": "A", "Type": "Fail", "DependsOn": ["Call", "|"], "Arguments": {"ErrorMessage": ""}}'),
    );
    expect(found).toEqual(['Prepare']);
  });

  it.each([
    ['condition types', '{"Type": "|"}', ['Equals', 'In', 'Not']],
    ['operands by type', '{"Type": "In", "|": 1}', ['QueryValue', 'Values']],
    ['operands of Not', '{"Type": "Not", "|": 1}', ['Condition']],
  ])('offers %s', async (_what, body, expected) => {
    const steps = `{"Name": "If", "Type": "Condition", "Arguments": {"Conditions": [${body}], "IfSteps": [], "ElseSteps": []}}`;
    expect(await labels(pipeline(steps))).toEqual(expect.arrayContaining(expected));
  });

  it('offers steps in a branch and members of steps in a branch', async () => {
    const branch = (inner: string): string =>
      pipeline(`{"Name": "If", "Type": "Condition", "Arguments": {"Conditions": [], "IfSteps": [${inner}]}}`);
    expect(await labels(branch('|'))).toContain('RegisterModel');
    expect(await labels(branch('{"Type": "Lambda", "|": 1}'))).toContain('FunctionArn');
  });

  it('offers the outputs of the same step for a property file', async () => {
    const steps =
      '{"Name": "B", "Type": "Processing", "PropertyFiles": [{"OutputName": "|"}], "Arguments": {"ProcessingOutputConfig": {"Outputs": [{"OutputName": "own"}]}}}';
    expect(await labels(pipeline(steps))).toEqual(['own']);
  });

  it('replaces the segment under the cursor alone', async () => {
    const { text, offset } = cursor(training('{"Get": "Steps.Pre|xx.ProcessingJobName"}'));
    const found = await features.complete?.(new SourceDocument(text, 'a.pipeline.json'), offset);
    const one = found?.find((completion) => completion.label === 'Prepare');
    expect(edited(text, one ? [one.edit] : [])).toContain('"Steps.Prepare.ProcessingJobName"');
  });

  it('offers nothing in a number, and nothing where the text is something else', async () => {
    expect(await labels(training('1|2'))).toEqual([]);
    expect(await labels('{"name": "|"}')).toEqual([]);
  });
});

describe('hover', () => {
  async function hover(marked: string): Promise<string | undefined> {
    const { text, offset } = cursor(marked);
    return (await features.hover?.(new SourceDocument(text, 'a.pipeline.json'), offset))?.text;
  }

  it('tells the type and the step of a reference', async () => {
    const text = await hover(training('{"Get": "Steps.Pre|pare.ProcessingJobName"}'));
    expect(text).toContain('**String**');
    expect(text).toContain('Step **Prepare** (Processing)');
    expect(text).toContain('Awaited by Train.');
  });

  it('tells the default of a parameter', async () => {
    expect(await hover(training('{"Get": "Parameters.Ro|ws"}'))).toContain('Integer = 10');
  });

  it('tells what an argument is for', async () => {
    const text = await hover(pipeline('{"Name": "A", "Type": "Training", "Arguments": {"Resource|Config": {}}}'));
    expect(text).toMatch(/\*\*ResourceConfig\*\*: object[\s\S]+instances/);
  });

  it('tells nothing about a member that nobody knows', async () => {
    expect(await hover(pipeline('{"Name": "A", "Type": "Training", "Arguments": {"Resou|rce": {}}}'))).toBeUndefined();
  });
});

describe('hover over every kind of step', () => {
  const text = JSON.stringify(
    {
      Version: '2020-12-01',
      Parameters: [
        { Name: 'Mode', Type: 'String', DefaultValue: 'a', EnumValues: ['a', 'b'], Description: 'How to run' },
      ],
      Steps: [
        {
          Name: 'Loop',
          Type: 'ForEach',
          Arguments: {
            IterableItems: ['x'],
            ForEachBody: [
              { Name: 'Inner', Type: 'Lambda', FunctionArn: 'f', Arguments: { item: { Get: 'ForEach.CurrentItem' } } },
            ],
          },
        },
        {
          Name: 'Report',
          Type: 'Processing',
          CacheConfig: { Enabled: true, ExpireAfter: 'P1D' },
          PropertyFiles: [{ PropertyFileName: 'Score', OutputName: 'out', FilePath: 'score.json' }],
          Arguments: { ProcessingOutputConfig: { Outputs: [{ OutputName: 'out' }] } },
        },
        {
          Name: 'Check',
          Type: 'Condition',
          Arguments: {
            Conditions: [
              {
                Type: 'LessThan',
                LeftValue: {
                  'Std:JsonGet': { PropertyFile: { Get: 'Steps.Report.PropertyFiles.Score' }, Path: 'a.b' },
                },
                RightValue: { Get: 'Parameters.Mode' },
              },
            ],
            IfSteps: [],
            ElseSteps: [{ Name: 'No', Type: 'Fail', Arguments: { ErrorMessage: { Get: 'Execution.PipelineName' } } }],
          },
        },
        { Name: 'Tidy', Type: 'Cleanup', Arguments: { Resources: {} } },
        { Name: 'Work', Type: 'Job', Arguments: { JobName: 'j' } },
        ...Array.from({ length: 20 }, (_, at) => ({
          Name: `W${at}`,
          Type: 'Fail',
          Arguments: {},
          DependsOn: ['Report'],
        })),
      ],
    },
    undefined,
    1,
  );
  const document = new SourceDocument(text, 'a.pipeline.json');
  const over = async (words: string): Promise<string> =>
    (await features.hover?.(document, text.indexOf(words) + 2))?.text ?? '';

  it.each([
    ['"Inner"', /In the body of Loop: run for each of its items\./],
    ['"No"', /In the false branch of Check\./],
    ['"Report"', /Awaited by Check, W0, .* and 9 more\./],
    ['"Mode"', /Parameter \*\*Mode\*\*: String = "a"\n\nOne of a, b\.\n\nHow to run\n\nUsed once\./],
    ['"Steps.Report.PropertyFiles.Score"', /Property file: score\.json in output out\./],
    ['"ForEach.CurrentItem"', /item of the loop/],
    ['"Execution.PipelineName"', /The name of the pipeline\./],
    ['"LessThan"', /LeftValue is less than RightValue\./],
    ['"Cleanup"', /Deletes what earlier steps wrote/],
    ['"Job"', /SageMaker job/],
    ['"Std:JsonGet"', /JSON file that a step wrote/],
    ['"Path"', /The place in the file/],
    ['"PropertyFile"', /The file: `Steps/],
    ['"ForEachBody"', /list of steps \(required\)\n\nThe steps that are run for each item/],
    ['"FunctionArn"', /Lambda function to call/],
    ['"ExpireAfter"', /How old the earlier result may be/],
    ['"EnumValues"', /The values that a start may give/],
  ])('tells of %s', async (words, expected) => {
    expect(await over(words)).toMatch(expected);
  });

  it('leaves no member of the language without words', async () => {
    const silent: string[] = [];
    for (const node of document.tree.root?.walk() ?? []) {
      if (node.keyFrom < 0) continue;
      const told = (await features.hover?.(document, node.keyStart + 1))?.text;
      // The members of a Lambda function's input are the writer's own.
      if (!told?.includes('\n\n') && node.parent?.parent?.get('FunctionArn') === undefined) silent.push(node.pointer);
    }
    expect(silent).toEqual([]);
  });

  it('outlines the steps of a body, and conditions by what they compare', () => {
    const flat = (entries: ReturnType<NonNullable<typeof features.symbols>>): typeof entries =>
      entries.flatMap((entry) => [entry, ...flat(entry.children)]);
    const entries = flat(features.symbols?.(document) ?? []);
    expect(entries.find(({ name }) => name === 'Inner')).toMatchObject({ kind: 'step', detail: 'Lambda' });
    expect(entries.find(({ name }) => name === 'LessThan')).toMatchObject({ kind: 'group' });
  });

  it('offers steps in a body', async () => {
    const found = await complete(
      pipeline('{"Name": "L", "Type": "ForEach", "Arguments": {"IterableItems": [], "ForEachBody": [|]}}'),
    );
    expect(found.map(({ label }) => label)).toContain('Processing');
  });
});

describe('names', () => {
  const text = training(
    '{"Std:JsonGet": {"PropertyFile": {"Get": "Steps.Prepare.PropertyFiles.Report"}, "Path": "a"}}',
  );
  const document = new SourceDocument(text, 'a.pipeline.json');
  const entities = features.entities?.(document) ?? [];

  it('leads from a reference to the step', () => {
    const at = text.indexOf('Steps.Prepare') + 8;
    const [range] = definitionsAt(document.tree, entities, at);
    expect(range).toEqual(document.tree.range(text.indexOf('Prepare'), text.indexOf('Prepare') + 7));
  });

  it('leads from a property file to its declaration, and from its output to the output', () => {
    const at = text.indexOf('PropertyFiles.Report') + 15;
    expect(definitionsAt(document.tree, entities, at)).toHaveLength(1);
    const output = text.indexOf('"OutputName": "eval"') + 16;
    const [range] = definitionsAt(document.tree, entities, output);
    expect(range?.start.line).toBe(2);
  });

  it('finds all places', () => {
    const at = text.indexOf('Prepare') + 1;
    expect(referencesAt(document.tree, entities, at, true)).toHaveLength(2);
    expect(referencesAt(document.tree, entities, at, false)).toHaveLength(1);
  });

  it('renames them together', () => {
    const edits = renameAt(document.tree, entities, text.indexOf('Prepare') + 1, 'Clean');
    const after = edited(text, typeof edits === 'string' ? [] : edits);
    expect(after).toContain('"Name": "Clean"');
    expect(after).toContain('Steps.Clean.PropertyFiles.Report');
    expect(after).not.toContain('Prepare');
  });

  it.each([
    ['no good', /letters, digits/],
    ['Train', /already a step named Train/],
  ])('refuses the name %s', (name, reason) => {
    expect(renameAt(document.tree, entities, text.indexOf('Prepare') + 1, name)).toMatch(reason);
  });

  it('refuses to rename what is not a name', () => {
    expect(renameAt(document.tree, entities, text.indexOf('2020-12-01') + 1, 'x')).toMatch(/cannot be renamed/);
  });
});

describe('the rest', () => {
  it('outlines steps and parameters by name', () => {
    const symbols = features.symbols?.(
      new SourceDocument(pipeline('{"Name": "Z", "Type": "Fail"}'), 'a.pipeline.json'),
    );
    const steps = symbols?.find((symbol) => symbol.name === 'Steps');
    expect(steps?.children.map((step) => [step.name, step.detail, step.kind])).toEqual([
      ['Prepare', 'Processing', 'step'],
      ['Call', 'Lambda', 'step'],
      ['Z', 'Fail', 'step'],
    ]);
  });

  it('outlines a text that ends in the middle', () => {
    const symbols = features.symbols?.(
      new SourceDocument('{"Version": "2020-12-01", "Steps": [{"Name": "A", "Ty', 'a.pipeline.json'),
    );
    expect(symbols?.at(-1)?.children[0]?.name).toBe('A');
  });

  it('links S3 addresses to the console and scripts to files', () => {
    const { text, start, end } = stretch(training('"|s3://my-bucket/models/a|"'));
    const document = new SourceDocument(
      text.replace('"FunctionArn": "arn"', '"FunctionArn": "src/a.py"'),
      'a.pipeline.json',
    );
    const shift = document.text.length - text.length;
    const found = features.links?.(document) ?? [];
    expect(found.map((link) => link.target)).toEqual([
      'report.json',
      'src/a.py',
      'https://console.aws.amazon.com/s3/buckets/my-bucket?prefix=models%2Fa%2F',
    ]);
    expect(found[2]?.range).toEqual(document.tree.range(start + shift, end + shift));
  });

  it('hints the types of references in the range that is shown', () => {
    const text = training('{"Get": "Parameters.Rows"}');
    const document = new SourceDocument(text, 'a.pipeline.json');
    expect(features.hints?.(document, 0, text.length)?.map((hint) => hint.label)).toEqual([': Integer']);
    expect(features.hints?.(document, 0, 100)).toEqual([]);
  });

  it('has a lens at the top of a pipeline only', () => {
    expect(features.lenses?.(new SourceDocument(pipeline('')))).toHaveLength(1);
    expect(features.lenses?.(new SourceDocument('{"a": 1}'))).toEqual([]);
  });

  it('folds what spans lines', () => {
    const { tree } = new SourceDocument('{\n  "a": [\n    1\n  ],\n  "b": {}\n}', 'a.json');
    expect(folds(tree)).toEqual([
      { startLine: 0, endLine: 4 },
      { startLine: 1, endLine: 2 },
    ]);
  });

  it('selects outwards from the cursor', () => {
    const { text, offset } = cursor('{"a": ["b|c"]}');
    const { tree } = new SourceDocument(text, 'a.json');
    const stretches = selections(tree, offset).map(({ start, end }) => text.slice(start.character, end.character));
    expect(stretches).toEqual(['bc', '"bc"', '["bc"]', '"a": ["bc"]', '{"a": ["bc"]}']);
  });
});
