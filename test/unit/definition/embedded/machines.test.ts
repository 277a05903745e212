import { beforeAll, describe, expect, it } from 'vitest';
import { detectLanguage, SourceDocument, validate, validateFully } from '../../../../src/definition';
import { loadJsonata } from '../../../../src/definition/asl/expressions/jsonata';
import { featuresOf } from '../../../../src/definition/features';
import { definitionsAt } from '../../../../src/definition/features/entities';

beforeAll(loadJsonata);

const machine = (next: string, resource = '${Function.Arn}'): string =>
  `{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "${resource}", "Next": "${next}"}, "B": {"Type": "Succeed"}}}`;

const indented = (text: string, by: number): string => text.replaceAll(/^/gm, ' '.repeat(by));

const yaml = (body: string, type = 'AWS::StepFunctions::StateMachine', more = ''): string =>
  `Resources:\n  M:\n    Type: ${type}\n    Properties:\n${more}${body}\n`;

const pretty = (next: string): string => JSON.stringify(JSON.parse(machine(next)), undefined, 1);

/** How a machine stands in a template: the text with a state that does not exist, and with one that does. */
const forms: readonly (readonly [name: string, path: string, text: (next: string) => string])[] = [
  [
    'Definition',
    't.yaml',
    (next) =>
      yaml(
        `      Definition:\n        StartAt: A\n        States:\n          A:\n            Type: Task\n            Resource: !GetAtt Function.Arn\n            Next: ${next}\n          B:\n            Type: Succeed`,
      ),
  ],
  ['DefinitionString', 't.yaml', (next) => yaml(`      DefinitionString: |\n${indented(pretty(next), 8)}`)],
  ['!Sub', 't.yaml', (next) => yaml(`      DefinitionString: !Sub |\n${indented(pretty(next), 8)}`)],
  [
    'Fn::Sub with variables',
    't.yaml',
    (next) => yaml(`      DefinitionString: !Sub\n        - |\n${indented(pretty(next), 10)}\n        - {Name: x}`),
  ],
  [
    'SAM',
    't.yaml',
    (next) =>
      yaml(
        `      Definition:\n        StartAt: A\n        States:\n          A: {Type: Pass, Next: ${next}}\n          B: {Type: Succeed}`,
        'AWS::Serverless::StateMachine',
      ),
  ],
  [
    'Fn::Join of the CDK',
    't.json',
    (next) => {
      const [before = '', after = ''] = machine(next).split('${Function.Arn}');
      const parts = [before, { 'Fn::GetAtt': ['Function', 'Arn'] }, after];
      const properties = { DefinitionString: { 'Fn::Join': ['', parts] } };
      return JSON.stringify({ Resources: { M: { Type: 'AWS::StepFunctions::StateMachine', Properties: properties } } });
    },
  ],
  [
    'the answer of describe-state-machine',
    'answer.json',
    (next) =>
      JSON.stringify({
        stateMachineArn: 'arn:aws:states:eu-west-1:111122223333:stateMachine:m',
        definition: machine(next),
        type: 'STANDARD',
      }),
  ],
  [
    'Terraform',
    'main.tf.json',
    (next) => JSON.stringify({ resource: { aws_sfn_state_machine: { m: { name: 'm', definition: machine(next) } } } }),
  ],
];

describe.each(forms)('a state machine in a template: %s', (_, path, text) => {
  it('is found', () => {
    expect(detectLanguage(text('B'), path)).toBe('cloudformation');
  });
  it('has nothing wrong where nothing is', () => {
    expect(validate(text('B'), { path })).toEqual([]);
  });
  it('is checked, at the place', () => {
    const bad = text('Nowhere');
    const found = validate(bad, { path });
    expect(found.map(({ rule }) => rule).sort()).toEqual(['asl/unknown-state', 'asl/unreachable-state']);
    const range = found.find(({ rule }) => rule === 'asl/unknown-state')?.range;
    const line = bad.split('\n')[range?.start.line ?? 0] ?? '';
    expect(line.slice(range?.start.character, range?.end.character)).toContain('Nowhere');
  });
});

describe('requests in what the CDK writes', () => {
  const template = (operation: string, count: string): string => {
    const parts = [
      '{"StartAt":"Train","States":{"Train":{"End":true,"Type":"Task","Resource":"arn:',
      { Ref: 'AWS::Partition' },
      `:states:::sagemaker:${operation}","Parameters":{"TransformJobName":"j","ModelName":"m","TransformInput":{"DataSource":{"S3DataSource":{"S3DataType":"S3Prefix","S3Uri":"https://s3.`,
      { Ref: 'AWS::Region' },
      `/in"}}},"TransformOutput":{"S3OutputPath":"s3://b/o"},"TransformResources":{"InstanceType":"ml.m4.xlarge","InstanceCount":${count}}}}}}`,
    ];
    const properties = { DefinitionString: { 'Fn::Join': ['', parts] } };
    return JSON.stringify({ Resources: { M: { Type: 'AWS::StepFunctions::StateMachine', Properties: properties } } });
  };
  it.each([
    ['createTransformJob.sync', '1', []],
    ['createTransformJob.sync', '"1"', ['asl/argument-type']],
    ['createTransformJbo.sync', '1', ['asl/unknown-integration']],
  ])('%s, %s instances', async (operation, count, expected) => {
    const found = await validateFully(template(operation, count), { path: 't.json' });
    expect(found.map(({ rule }) => rule)).toEqual(expected);
  });
});

describe('the type of the workflow', () => {
  const waits = (type: string): string =>
    yaml(
      `      Definition:\n        StartAt: A\n        States:\n          A: {Type: Task, Resource: 'arn:aws:states:::batch:submitJob.sync', Parameters: {JobName: j, JobQueue: q, JobDefinition: d}, End: true}`,
      'AWS::StepFunctions::StateMachine',
      type === '' ? '' : `      StateMachineType: ${type}\n`,
    );
  it.each([
    ['EXPRESS', ['asl/pattern-not-supported']],
    ['STANDARD', []],
    ['', []],
    ['!Ref Type', []],
  ])('%s', (type, expected) => {
    expect(validate(waits(type), { path: 't.yaml' }).map(({ rule }) => rule)).toEqual(expected);
  });
});

describe('features in templates', () => {
  it.each(forms.filter(([name]) => !name.includes('Join')))('%s', (_, path, text) => {
    const source = text('B');
    const document = new SourceDocument(source, path);
    const features = featuresOf('cloudformation');
    expect(features?.graph?.(document)?.nodes.map(({ id }) => id)).toEqual(['A', 'B']);
    const at = source.search(/Next\\?"?: \\?"?B/) + source.slice(source.search(/Next\\?"?: \\?"?B/)).indexOf('B');
    const [declaration] = definitionsAt(document.tree, features?.entities?.(document) ?? [], at);
    const lines = source.split('\n');
    expect(lines[declaration?.start.line ?? 0]?.slice(declaration?.start.character, declaration?.end.character)).toBe(
      'B',
    );
  });
});
