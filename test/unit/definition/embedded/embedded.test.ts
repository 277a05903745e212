import { describe, expect, it } from 'vitest';
import { validate, type Diagnostic } from '../../../../src/definition';
import { edited } from '../marked';

/** A definition with one misspelt step. */
const definition = {
  Version: '2020-12-01',
  Steps: [
    { Name: 'Prepare', Type: 'Lambda', FunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:f', Arguments: {} },
    { Name: 'Stop', Type: 'Fail', Arguments: { ErrorMessage: 'no' }, DependsOn: ['Prepaer'] },
  ],
};

function template(body: unknown): string {
  return JSON.stringify(
    {
      Resources: {
        P: { Type: 'AWS::SageMaker::Pipeline', Properties: { PipelineDefinition: { PipelineDefinitionBody: body } } },
      },
    },
    undefined,
    2,
  );
}

function marked(text: string, { range }: Diagnostic): string {
  const line = text.split('\n')[range.start.line] ?? '';
  return line.slice(range.start.character, range.end.character);
}

function errors(text: string, path: string): Diagnostic[] {
  return validate(text, { path }).filter((diagnostic) => diagnostic.severity === 'error');
}

const yamlString = `Resources:
  P:
    Type: AWS::SageMaker::Pipeline
    Properties:
      PipelineDefinition:
        PipelineDefinitionBody: |
${JSON.stringify(definition, undefined, 2)
  .split('\n')
  .map((line) => `          ${line}`)
  .join('\n')}
`;

describe.each([
  ['a string in JSON', template(JSON.stringify(definition)), 'template.json'],
  ['a string of several lines in JSON', template(JSON.stringify(definition, undefined, 2)), 'template.json'],
  ['an object in JSON', template(definition), 'template.json'],
  ['a substituted string', template({ 'Fn::Sub': JSON.stringify(definition) }), 'template.json'],
  ['a literal block in YAML', yamlString, 'template.yaml'],
  ['a substituted block in YAML', yamlString.replace('Body: |', 'Body: !Sub |'), 'template.yml'],
  [
    'the answer of describe-pipeline',
    JSON.stringify({ PipelineName: 'p', PipelineDefinition: JSON.stringify(definition), PipelineStatus: 'Active' }),
    'p.json',
  ],
  [
    'the input of create-pipeline',
    JSON.stringify({ PipelineName: 'p', PipelineDefinition: JSON.stringify(definition, undefined, 2), RoleArn: 'r' }),
    'input.json',
  ],
  [
    'Terraform as JSON',
    JSON.stringify({
      resource: { aws_sagemaker_pipeline: { p: { pipeline_definition: JSON.stringify(definition) } } },
    }),
    'main.tf.json',
  ],
])('a definition as %s', (_what, text, path) => {
  it('has its error at the very word', () => {
    const found = errors(text, path);
    expect(found.map((one) => one.rule)).toEqual(['sm/dependson-unknown-step']);
    expect(found.map((one) => marked(text, one).replaceAll(/[\\"]/g, ''))).toEqual(['Prepaer']);
  });

  it('is mended by the fix', () => {
    const [fix] = errors(text, path)[0]?.fixes ?? [];
    const after = edited(text, fix?.edits ?? []);
    expect(after).not.toBe(text);
    expect(errors(after, path)).toEqual([]);
  });
});

describe('templates', () => {
  it('leave alone what CloudFormation works out', () => {
    const computed = {
      ...definition,
      Steps: [{ ...definition.Steps[0], FunctionArn: { 'Fn::GetAtt': ['F', 'Arn'] }, Arguments: { x: { Ref: 'X' } } }],
    };
    expect(errors(template(computed), 'template.json')).toEqual([]);
    const text = JSON.stringify(definition).replace('Prepaer', 'Prepare').replace('"no"', '"${Reason}"');
    expect(errors(template({ 'Fn::Sub': text }), 'template.json')).toEqual([]);
  });

  it('may fill in numbers', () => {
    const text =
      '{"Version": "2020-12-01", "Parameters": [{"Name": "N", "Type": "Integer", "DefaultValue": ${Count}}], "Steps": []}';
    expect(errors(template({ 'Fn::Sub': text }), 'template.json')).toEqual([]);
  });

  it('without a pipeline are none of ours', () => {
    expect(validate('{"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}', { path: 'template.json' })).toEqual([]);
    const elsewhere = JSON.stringify({
      Resources: {
        P: {
          Type: 'AWS::SageMaker::Pipeline',
          Properties: { PipelineDefinition: { PipelineDefinitionS3Location: {} } },
        },
      },
    });
    expect(validate(elsewhere, { path: 'template.json' })).toEqual([]);
  });

  it('hold CodePipelines too, with capitals and numbers as text', () => {
    const text = `Resources:
  P:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      RoleArn: !GetAtt Role.Arn
      ArtifactStore: {Type: S3, Location: !Ref Bucket}
      Stages:
        - Name: Source
          Actions:
            - Name: Get
              ActionTypeId: {Category: Source, Owner: AWS, Provider: S3, Version: 1}
              Configuration: {S3Bucket: !Ref Code, S3ObjectKey: a.zip, PollForSourceChanges: false}
              OutputArtifacts: [{Name: Code}]
        - Name: Build
          Actions:
            - Name: Make
              ActionTypeId: {Category: Build, Owner: AWS, Provider: CodeBuild, Version: 1}
              Configuration: {ProjectName: !Ref Project}
              InputArtifacts: [{Name: Cod}]
              RunOrder: '1'
`;
    const found = errors(text, 'template.yaml');
    expect(found.map((one) => [one.rule, marked(text, one)])).toEqual([['cp/unknown-artifact', 'Cod']]);
  });
});

describe('a pipeline with conditions', () => {
  const text = (input: string, other: string): string => `Resources:
  P:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      RoleArn: !GetAtt Role.Arn
      ArtifactStore: {Type: S3, Location: !Ref Bucket}
      Stages:
        - Name: Source
          Actions:
            - Name: Get
              ActionTypeId: {Category: Source, Owner: AWS, Provider: S3, Version: 1}
              Configuration: {S3Bucket: b, S3ObjectKey: a.zip, PollForSourceChanges: false}
              OutputArtifacts: [{Name: Code}]
        - !If
          - Prod
          - Name: Build
            Actions:
              - Name: Make
                ActionTypeId: {Category: Build, Owner: AWS, Provider: CodeBuild, Version: 1}
                Configuration: {ProjectName: p}
                InputArtifacts: [{Name: Code}]
                OutputArtifacts: [{Name: Built}]
          - ${other}
        - Name: Last
          Actions:
            - Name: Use
              ActionTypeId: {Category: Build, Owner: AWS, Provider: CodeBuild, Version: 1}
              Configuration: {ProjectName: p}
              InputArtifacts: [{Name: ${input}}]
`;
  const rules = (one: string): string[] => errors(one, 'template.yaml').map(({ rule }) => rule);

  it('knows what its branches make', () => {
    expect(rules(text('Built', '!Ref AWS::NoValue'))).toEqual([]);
    expect(rules(text('Code', '!Ref AWS::NoValue'))).toEqual([]);
    expect(rules(text('Biult', '!Ref AWS::NoValue'))).toEqual(['cp/unknown-artifact']);
  });

  it('says nothing where a branch is computed', () => {
    expect(rules(text('Biult', "!Transform {Name: 'AWS::Include', Parameters: {Location: x}}"))).toEqual([]);
  });

  it('checks what the branches take', () => {
    const wrong = text('Built', '!Ref AWS::NoValue').replace(
      'InputArtifacts: [{Name: Code}]',
      'InputArtifacts: [{Name: Kode}]',
    );
    expect(rules(wrong)).toEqual(['cp/unknown-artifact']);
  });
});

describe('a buildspec in a project of CodeBuild', () => {
  const spec = 'version: 0.2\nphases:\n  prebuild:\n    commands: [echo hi]\n';
  const block = (head: string): string =>
    `Resources:\n  P:\n    Type: AWS::CodeBuild::Project\n    Properties:\n      Source:\n        Type: NO_SOURCE\n        BuildSpec: ${head}\n${spec.replaceAll(/^(?=.)/gm, '          ')}`;

  it.each([
    ['a block', block('|'), 't.yaml'],
    ['a substituted block', block('!Sub |'), 't.yaml'],
    [
      'a string of JSON',
      JSON.stringify({
        Resources: { P: { Type: 'AWS::CodeBuild::Project', Properties: { Source: { BuildSpec: spec } } } },
      }),
      't.json',
    ],
    [
      'a buildspec in JSON, as the CDK writes it',
      JSON.stringify({
        Resources: {
          P: {
            Type: 'AWS::CodeBuild::Project',
            Properties: {
              Source: { BuildSpec: '{\n "version": "0.2",\n "phases": {"prebuild": {"commands": ["a"]}}\n}' },
            },
          },
        },
      }),
      't.json',
    ],
    [
      'Terraform as JSON',
      JSON.stringify({
        resource: { aws_codebuild_project: { p: { source: { type: 'NO_SOURCE', buildspec: spec } } } },
      }),
      'main.tf.json',
    ],
  ])('is checked as %s', (_what, text, path) => {
    const found = errors(text, path);
    expect(found.map((one) => [one.rule, marked(text, one).replaceAll(/[\\"]/g, '')])).toEqual([
      ['cb/unknown-member', 'prebuild'],
    ]);
    const [fix] = found[0]?.fixes ?? [];
    expect(errors(edited(text, fix?.edits ?? []), path)).toEqual([]);
  });

  it('leaves alone what the template fills in, and names of files', () => {
    const filled = block('!Sub |').replace('prebuild', 'build').replace('0.2', '${Version}');
    expect(errors(filled, 't.yaml')).toEqual([]);
    const named = block('|').replace(/BuildSpec: [^]*/, 'BuildSpec: ci/buildspec.yml\n');
    expect(errors(named, 't.yaml')).toEqual([]);
  });
});
