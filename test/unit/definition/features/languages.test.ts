import { describe, expect, it } from 'vitest';
import { exampleText } from '../../../../src/definition/codepipeline/examples';
import { SourceDocument } from '../../../../src/definition/document';
import { featuresOf } from '../../../../src/definition/features';
import { definitionsAt, referencesAt, renameAt } from '../../../../src/definition/features/entities';
import type { Completion } from '../../../../src/definition/features/results';
import type { Language } from '../../../../src/definition/language';
import { cursor, edited } from '../marked';

async function complete(language: Language, path: string, marked: string): Promise<Completion[]> {
  const { text, offset } = cursor(marked);
  return (await featuresOf(language)?.complete?.(new SourceDocument(text, path), offset)) ?? [];
}

async function hover(language: Language, path: string, marked: string): Promise<string | undefined> {
  const { text, offset } = cursor(marked);
  return (await featuresOf(language)?.hover?.(new SourceDocument(text, path), offset))?.text;
}

const labels = (list: readonly Completion[]): string[] => list.map((one) => one.label);

/** A declaration with `action` in its second stage, the cursor in it. */
function declaration(action: string): string {
  const text = exampleText('action', JSON.stringify({ here: 1 }));
  return text.replace(/\{\s*"here": 1\s*\}/, action);
}

const type = (provider: string, category = 'Build'): string =>
  `"actionTypeId": {"category": "${category}", "owner": "AWS", "provider": "${provider}", "version": "1"}`;

describe('CodePipeline', () => {
  const at = (action: string): Promise<Completion[]> => complete('codepipeline', 'p.json', declaration(action));

  it('offers the providers of a category', async () => {
    expect(labels(await at(`{${type('|', 'Deploy')}}`))).toEqual(
      expect.arrayContaining(['CloudFormation', 'CodeDeploy']),
    );
    expect(labels(await at(`{${type('|', 'Deploy')}}`))).not.toContain('CodeBuild');
  });

  it('offers the configuration keys of a provider, the needed ones first', async () => {
    const found = await at(`{${type('CodeBuild')}, "configuration": {"|": 1}}`);
    expect(labels(found)).toEqual(expect.arrayContaining(['ProjectName', 'PrimarySource']));
    expect(found.find((one) => one.label === 'ProjectName')?.detail).toBe('string (required)');
    expect(labels(found)).not.toContain('StackName');
  });

  it('offers the values of a key', async () => {
    expect(labels(await at(`{${type('CloudFormation', 'Deploy')}, "configuration": {"ActionMode": "|"}}`))).toContain(
      'CREATE_UPDATE',
    );
  });

  it('offers artifacts of other actions', async () => {
    expect(labels(await at(`{"name": "A", ${type('CodeBuild')}, "inputArtifacts": [{"name": "|"}]}`))).toEqual([
      'Code',
    ]);
  });

  it('offers members of actions', async () => {
    expect(labels(await at('{"name": "A", "|": 1}'))).toEqual(expect.arrayContaining(['runOrder', 'namespace']));
  });

  it('tells what a configuration key is for, and who makes an artifact', async () => {
    const key = declaration(`{${type('CodeBuild')}, "configuration": {"Project|Name": "p"}}`);
    expect(await hover('codepipeline', 'p.json', key)).toContain('CodeBuild project');
    const artifact = declaration(`{"name": "A", ${type('CodeBuild')}, "inputArtifacts": [{"name": "Co|de"}]}`);
    expect(await hover('codepipeline', 'p.json', artifact)).toMatch(/Made by Get in Source\. Taken by A\./);
  });

  it('renames an artifact wherever it is named', () => {
    const text = declaration(
      `{"name": "A", ${type('CloudFormation', 'Deploy')}, "configuration": {"TemplatePath": "Code::t.yml"}, "inputArtifacts": [{"name": "Code"}]}`,
    );
    const document = new SourceDocument(text, 'p.json');
    const entities = featuresOf('codepipeline')?.entities?.(document) ?? [];
    const edits = renameAt(document.tree, entities, text.indexOf('"Code"') + 2, 'Sources');
    const after = edited(text, typeof edits === 'string' ? [] : edits);
    expect(after.match(/Sources/g)).toHaveLength(3);
    expect(after).toContain('"Sources::t.yml"');
    expect(after).not.toMatch(/"Code(::|")/);
  });

  it('leads from a variable to its declaration', () => {
    const text = exampleText('pipeline', '{"variables": [{"name": "Stage"}]}').replace(
      'penguins"',
      '#{variables.Stage}"',
    );
    const document = new SourceDocument(
      text.replace('"ProjectName": "penguins"', '"ProjectName": "#{variables.Stage}"'),
      'p.json',
    );
    const entities = featuresOf('codepipeline')?.entities?.(document) ?? [];
    const at = document.text.lastIndexOf('variables.Stage') + 11;
    expect(definitionsAt(document.tree, entities, at)).toHaveLength(1);
  });

  it('outlines stages and actions', () => {
    const symbols = featuresOf('codepipeline')?.symbols?.(new SourceDocument(exampleText('pipeline', '{}'), 'p.json'));
    const stages = symbols?.[0]?.children.find((one) => one.name === 'stages');
    expect(stages?.children.map((one) => [one.name, one.kind])).toEqual([
      ['Source', 'stage'],
      ['Build', 'stage'],
    ]);
  });
});

describe('buildspec', () => {
  it('offers phases and words', async () => {
    expect(
      labels(await complete('buildspec', 'buildspec.yml', 'version: 0.2\nphases:\n  b|:\n    commands: []\n')),
    ).toEqual(expect.arrayContaining(['pre_build', 'build']));
    const words = await complete('buildspec', 'buildspec.yml', 'version: 0.2\nphases:\n  build:\n    on-failure: A|\n');
    expect(labels(words)).toContain('ABORT');
    expect(words[0]?.edit.newText).toBe('ABORT');
  });

  it('tells what a member is for', async () => {
    expect(await hover('buildspec', 'buildspec.yml', 'version: 0.2\nph|ases: {}\n')).toContain('phase by phase');
  });
});

describe('appspec', () => {
  it('offers members by platform', async () => {
    expect(labels(await complete('appspec', 'appspec.yml', 'version: 0.0\no|: linux\n'))).toContain('os');
    const ecs = '{"version": 0.0, "Resources": [{"S": {"Type": "AWS::ECS::Service", "Properties": {"|": 1}}}]}';
    expect(labels(await complete('appspec', 'appspec.json', ecs))).toContain('TaskDefinition');
  });
});

describe('state machines', () => {
  const machine = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Succeed"}}}';

  it('complete names of states', async () => {
    const found = await complete('asl', 'a.asl.json', machine.replace('"B"}', '"|"}'));
    expect(labels(found)).toContain('B');
  });

  it('rename a state where it is a name and where it is named', () => {
    const document = new SourceDocument(machine, 'a.asl.json');
    const entities = featuresOf('asl')?.entities?.(document) ?? [];
    expect(referencesAt(document.tree, entities, machine.indexOf('"B"}') + 1, true)).toHaveLength(2);
    const edits = renameAt(document.tree, entities, machine.indexOf('"B"}') + 1, 'End');
    const after = edited(machine, typeof edits === 'string' ? [] : edits);
    expect(after).toBe(machine.replaceAll('"B"', '"End"'));
  });
});

describe('templates', () => {
  const template = (step: string): string => `Resources:
  P:
    Type: AWS::SageMaker::Pipeline
    Properties:
      PipelineDefinition:
        PipelineDefinitionBody:
          Version: '2020-12-01'
          Steps:
            - Name: Prepare
              Type: Processing
              Arguments: {}
            - Name: Stop
              Type: Fail
              Arguments:
                ErrorMessage:
                  Get: ${step}
`;

  it('offer what the definition in them does', async () => {
    expect(labels(await complete('cloudformation', 't.yml', template('"Steps.|"')))).toEqual(['Prepare']);
  });

  it('have the graph of the definition', () => {
    const graph = featuresOf('cloudformation')?.graph?.(
      new SourceDocument(template('Steps.Prepare.ProcessingJobName'), 't.yml'),
    );
    expect(graph?.edges).toEqual([{ from: 'Prepare', to: 'Stop', kind: 'reference' }]);
  });

  it('offer the providers of a CodePipeline in them', async () => {
    const text = `{"Resources": {"P": {"Type": "AWS::CodePipeline::Pipeline", "Properties": {"Stages": [{"Name": "S", "Actions": [{"ActionTypeId": {"Category": "Source", "Owner": "AWS", "Provider": "|"}}]}]}}}}`;
    expect(labels(await complete('cloudformation', 't.json', text))).toEqual(expect.arrayContaining(['S3', 'ECR']));
  });
});
