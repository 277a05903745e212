/** Every feature of the editor in every kind of template, for each language that templates hold: one table. */
import { describe, expect, it } from 'vitest';
import { SourceDocument, validateFully } from '../../../../src/definition';
import { featuresOf } from '../../../../src/definition/features';
import { definitionsAt, referencesAt, renameAt } from '../../../../src/definition/features/entities';
import type { SymbolEntry } from '../../../../src/definition/features/results';
import { tokensOf } from '../../../../src/definition/features/tokens';
import { cursor, edited } from '../marked';

/** A language: a definition with one name that is written wrong, and where its features show. */
interface Held {
  /** The definition in the words of its service. */
  definition: unknown;
  /** The name that is wrong, the one that was meant, and the rule that says so. */
  wrong: string;
  right: string;
  rule: string;
  /** A word with something to tell, and a part of what is told. */
  told: [word: string, text: string];
  /** False for a language without names of its own: nothing leads anywhere and nothing is renamed. */
  hasNames: boolean;
  /** How many nodes its graph has; 0 where it has none. */
  nodes: number;
  /** What its outline lists. */
  listed: string;
}

const action = (name: string, category: string, provider: string, more: object): object => ({
  Name: name,
  ActionTypeId: { Category: category, Owner: 'AWS', Provider: provider, Version: '1' },
  ...more,
});

const alarm = (variant: string): object => ({
  Namespace: 'AWS/SageMaker',
  MetricName: 'Invocation5XXErrors',
  Dimensions: [
    { Name: 'EndpointName', Value: 'e' },
    { Name: 'VariantName', Value: variant },
  ],
  Statistic: 'Average',
  ComparisonOperator: 'GreaterThanThreshold',
  Threshold: 0.05,
  Period: 60,
  EvaluationPeriods: 1,
});

const languages = {
  'a pipeline': {
    definition: {
      Version: '2020-12-01',
      Steps: [
        { Name: 'Prepare', Type: 'Fail', Arguments: { ErrorMessage: 'a' } },
        { Name: 'Stop', Type: 'Fail', DependsOn: ['Prepare'], Arguments: { ErrorMessage: 'b' } },
        { Name: 'Last', Type: 'Fail', DependsOn: ['Prepaer'], Arguments: { ErrorMessage: 'c' } },
      ],
    },
    wrong: 'Prepaer',
    right: 'Prepare',
    rule: 'sm/dependson-unknown-step',
    told: ['ErrorMessage', 'ErrorMessage'],
    hasNames: true,
    nodes: 3,
    listed: 'Prepare',
  },
  'a state machine': {
    definition: {
      StartAt: 'First',
      States: {
        First: { Type: 'Pass', Next: 'Second' },
        Second: { Type: 'Pass', Next: 'Tihrd' },
        Third: { Type: 'Succeed' },
      },
    },
    wrong: 'Tihrd',
    right: 'Third',
    rule: 'asl/unknown-state',
    told: ['StartAt', 'StartAt'],
    hasNames: true,
    nodes: 3,
    listed: 'Second',
  },
  'a pipeline of CodePipeline': {
    definition: {
      RoleArn: 'arn:aws:iam::111122223333:role/P',
      ArtifactStore: { Type: 'S3', Location: 'artifacts' },
      Stages: [
        {
          Name: 'Source',
          Actions: [
            action('Get', 'Source', 'S3', {
              Configuration: { S3Bucket: 'b', S3ObjectKey: 'a.zip', PollForSourceChanges: 'false' },
              OutputArtifacts: [{ Name: 'Source1' }],
            }),
          ],
        },
        {
          Name: 'Build',
          Actions: [
            action('One', 'Build', 'CodeBuild', {
              Configuration: { ProjectName: 'p' },
              InputArtifacts: [{ Name: 'Source1' }],
            }),
            action('Two', 'Build', 'CodeBuild', {
              Configuration: { ProjectName: 'p' },
              InputArtifacts: [{ Name: 'Suorce1' }],
            }),
          ],
        },
      ],
    },
    wrong: 'Suorce1',
    right: 'Source1',
    rule: 'cp/unknown-artifact',
    told: ['ProjectName', 'CodeBuild project'],
    hasNames: true,
    nodes: 3,
    listed: 'Build',
  },
  'a buildspec': {
    definition: { version: 0.2, phases: { install: { commands: ['a'] }, biuld: { commands: ['b'] } } },
    wrong: 'biuld',
    right: 'build',
    rule: 'cb/unknown-member',
    told: ['phases', 'phase by phase'],
    hasNames: false,
    nodes: 0,
    listed: 'phases',
  },
  'an endpoint': {
    definition: {
      Config: {
        Type: 'AWS::SageMaker::EndpointConfig',
        Properties: {
          EndpointConfigName: 'c',
          ProductionVariants: [
            { VariantName: 'main', ModelName: 'm', InstanceType: 'ml.m5.large', InitialInstanceCount: 1 },
          ],
        },
      },
      Endpoint: { Type: 'AWS::SageMaker::Endpoint', Properties: { EndpointName: 'e', EndpointConfigName: 'c' } },
      First: { Type: 'AWS::CloudWatch::Alarm', Properties: alarm('main') },
      Second: { Type: 'AWS::CloudWatch::Alarm', Properties: alarm('mian') },
    },
    wrong: 'mian',
    right: 'main',
    rule: 'cfn/alarm-without-data',
    told: ['InitialInstanceCount', 'instances'],
    hasNames: true,
    nodes: 0,
    listed: 'InitialInstanceCount',
  },
} satisfies Record<string, Held>;

type Name = keyof typeof languages;

/** YAML of plain values, in blocks. */
function yaml(value: unknown, indent = ''): string {
  if (Array.isArray(value)) {
    return value.map((item) => `\n${indent}- ${yaml(item, `${indent}  `).trimStart()}`).join('');
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(
        ([key, one]) =>
          `\n${indent}${key}:${yaml(one, `${indent}  `).startsWith('\n') ? '' : ' '}${yaml(one, `${indent}  `)}`,
      )
      .join('');
  }
  return typeof value === 'string' && value.includes('\n')
    ? `|\n${value.replaceAll(/^/gm, indent)}`
    : JSON.stringify(value);
}

/** An expression of HCL. */
function hcl(value: unknown, indent = '  '): string {
  if (Array.isArray(value)) return `[${value.map((item) => hcl(item, indent)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  return `{\n${Object.entries(value)
    .map(([key, one]) => `${inner}${key} = ${hcl(one, inner)}\n`)
    .join('')}${indent}}`;
}

const snake = (name: string): string => name.replaceAll(/(?<!^)([A-Z])/g, '_$1').toLowerCase();

/** The members of an aws_codepipeline. */
function terraformNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(terraformNames);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]): [string, unknown][] => {
      if (key === 'ActionTypeId') return Object.entries(one as object).map(([name, of]) => [snake(name), of]);
      if (key.endsWith('Artifacts')) return [[snake(key), (one as { Name: string }[]).map(({ Name }) => Name)]];
      if (key === 'Configuration') return [['configuration', one]];
      return [[key === 'Stages' ? 'stage' : key === 'Actions' ? 'action' : snake(key), terraformNames(one)]];
    }),
  );
}

/** Blocks of HCL: lists of objects are blocks of their own. */
function blocks(value: object, indent = '  '): string {
  return Object.entries(value)
    .map(([key, one]) => {
      const all = Array.isArray(one) && typeof one[0] === 'object' ? (one as object[]) : undefined;
      const isBlock =
        all !== undefined ||
        (typeof one === 'object' && !Array.isArray(one) && !/^(configuration|dimensions)$/.test(key));
      if (!isBlock) return `${indent}${key} = ${hcl(one, indent)}\n`;
      return (all ?? [one as object])
        .map((each) => `${indent}${key} {\n${blocks(each, `${indent}  `)}${indent}}\n`)
        .join('');
    })
    .join('');
}

const text = (definition: unknown): string => JSON.stringify(definition, undefined, 2);
const isServing = (name: Name): boolean => name === 'an endpoint';
const isDelivery = (name: Name): boolean => name === 'a pipeline of CodePipeline';

/** The resource of CloudFormation around a definition. */
function resource(name: Name, definition: unknown, isString = false): object {
  const value = isString ? text(definition) : definition;
  switch (name) {
    case 'a pipeline':
      return {
        Type: 'AWS::SageMaker::Pipeline',
        Properties: { PipelineDefinition: { PipelineDefinitionBody: value } },
      };
    case 'a state machine':
      return {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: { [isString ? 'DefinitionString' : 'Definition']: value },
      };
    case 'a buildspec':
      return {
        Type: 'AWS::CodeBuild::Project',
        Properties: {
          Source: { Type: 'NO_SOURCE', BuildSpec: isString ? `${yaml(definition).trimStart()}\n` : value },
        },
      };
    default:
      return { Type: 'AWS::CodePipeline::Pipeline', Properties: value };
  }
}

/** The type and the attribute of Terraform, as the way to it. */
const terraformOf: Record<Name, [type: string, ...path: string[]]> = {
  'a pipeline': ['aws_sagemaker_pipeline', 'pipeline_definition'],
  'a state machine': ['aws_sfn_state_machine', 'definition'],
  'a pipeline of CodePipeline': ['aws_codepipeline'],
  'a buildspec': ['aws_codebuild_project', 'source', 'buildspec'],
  'an endpoint': ['aws_sagemaker_endpoint'],
};

const terraformAlarm = (variant: string): object => ({
  alarm_name: 'errors',
  namespace: 'AWS/SageMaker',
  metric_name: 'Invocation5XXErrors',
  dimensions: { EndpointName: 'e', VariantName: variant },
  statistic: 'Average',
  comparison_operator: 'GreaterThanThreshold',
  threshold: 0.05,
  period: 60,
  evaluation_periods: 1,
});

/** The endpoint as Terraform has it. */
const serving: Record<string, Record<string, object>> = {
  aws_sagemaker_endpoint_configuration: {
    config: {
      name: 'c',
      production_variants: [
        { variant_name: 'main', model_name: 'm', instance_type: 'ml.m5.large', initial_instance_count: 1 },
      ],
    },
  },
  aws_sagemaker_endpoint: { endpoint: { name: 'e', endpoint_config_name: 'c' } },
  aws_cloudwatch_metric_alarm: { first: terraformAlarm('main'), second: terraformAlarm('mian') },
};

interface Template {
  path: string;
  /** The template around a definition; undefined where it cannot hold it. */
  of(name: Name, definition: unknown): string | undefined;
}

const templates: Record<string, Template> = {
  'CloudFormation in JSON': {
    path: 'template.json',
    of: (name, definition) =>
      text({ Resources: isServing(name) ? definition : { It: resource(name, definition, name === 'a buildspec') } }),
  },
  'CloudFormation in JSON, a string': {
    path: 'template.json',
    of: (name, definition) =>
      isDelivery(name) || isServing(name) ? undefined : text({ Resources: { It: resource(name, definition, true) } }),
  },
  'CloudFormation in YAML': {
    path: 'template.yaml',
    of: (name, definition) =>
      yaml({
        Resources: isServing(name) ? definition : { It: resource(name, definition, name === 'a buildspec') },
      }).trimStart(),
  },
  'CloudFormation in YAML, Fn::Sub': {
    path: 'template.yaml',
    of: (name, definition) =>
      isDelivery(name) || isServing(name)
        ? undefined
        : yaml({ Resources: { It: resource(name, definition, true) } })
            .trimStart()
            .replace(/: \|\n/, ': !Sub |\n'),
  },
  SAM: {
    path: 'template.yaml',
    of: (name, definition) =>
      name === 'a state machine'
        ? yaml({
            Transform: 'AWS::Serverless-2016-10-31',
            Resources: { It: { Type: 'AWS::Serverless::StateMachine', Properties: { Definition: definition } } },
          }).trimStart()
        : undefined,
  },
  'Terraform in JSON': {
    path: 'main.tf.json',
    of: (name, definition) => {
      if (isServing(name)) return text({ resource: serving });
      const [type, ...path] = terraformOf[name];
      const written =
        name === 'a buildspec'
          ? `${yaml(definition).trimStart()}\n`
          : isDelivery(name)
            ? terraformNames(definition)
            : text(definition);
      const body = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), written);
      return text({ resource: { [type]: { it: body } } });
    },
  },
  "Terraform's own language": {
    path: 'main.tf',
    of: (name, definition) => {
      if (isServing(name)) {
        return Object.entries(serving)
          .flatMap(([type, all]) =>
            Object.entries(all).map(([each, body]) => `resource "${type}" "${each}" {\n${blocks(body)}}\n`),
          )
          .join('\n');
      }
      const [type, ...path] = terraformOf[name];
      if (isDelivery(name)) return `resource "${type}" "it" {\n${blocks(terraformNames(definition) as object)}}\n`;
      if (name === 'a buildspec') {
        return `resource "${type}" "it" {\n  source {\n    buildspec = <<-EOT\n${yaml(definition).trimStart().replaceAll(/^/gm, '      ')}\n    EOT\n  }\n}\n`;
      }
      return `resource "${type}" "it" {\n  ${path.join('.')} = jsonencode(${hcl(definition)})\n}\n`;
    },
  },
  "Terraform's own language, a heredoc": {
    path: 'main.tf',
    of: (name, definition) => {
      const [type, attribute = ''] = terraformOf[name];
      return name === 'a pipeline' || name === 'a state machine'
        ? `resource "${type}" "it" {\n  ${attribute} = <<-EOT\n${text(definition).replaceAll(/^/gm, '    ')}\n  EOT\n}\n`
        : undefined;
    },
  },
};

const cases = Object.entries(templates).flatMap(([container, template]) =>
  (Object.entries(languages) as [Name, Held][]).flatMap(([name, held]) => {
    const written = template.of(name, held.definition);
    return written === undefined ? [] : [{ name, container, path: template.path, held, written }];
  }),
);

it('holds every language in every template that can', () => {
  expect(cases.map(({ name, container }) => `${name} in ${container}`)).toHaveLength(29);
});

const namesOf = (entries: readonly SymbolEntry[]): string[] =>
  entries.flatMap((entry) => [entry.name, ...namesOf(entry.children)]);

describe.each(cases)('$name in $container', ({ name, container, path, held, written }) => {
  const { wrong, right, rule, hasNames } = held;
  const document = new SourceDocument(written, path);
  const features = featuresOf('cloudformation');
  const entities = features?.entities?.(document) ?? [];
  const marked = ({ start, end }: { start: Place; end: Place }): string =>
    written.slice(document.tree.lines.offset(start), document.tree.lines.offset(end)).replaceAll(/[\\"']/g, '');
  const at = written.indexOf(wrong) + 1;
  /** A place where the right name is used; it is written once where it is declared too. */
  const used = written.indexOf(right) + 1;

  /** A word as the template writes it: Terraform has its own for what is not a definition. */
  const called = (word: string): string => (written.includes(word) ? word : snake(word));

  it('has the fault at the very word, and the fix that mends it', async () => {
    const faults = await validateFully(written, { path });
    const found = faults.filter((one) => one.rule === rule);
    expect(found.map(({ range }) => marked(range))).toEqual([wrong]);
    const fix = found[0]?.fixes.find((one) => one.title.includes(right));
    const mended = edited(written, fix?.edits ?? []);
    expect(mended).toBe(written.replace(wrong, right));
    expect((await validateFully(mended, { path })).filter((one) => one.rule === rule)).toEqual([]);
  });

  it('offers the right word', async () => {
    // New lines of a buildspec cannot be written between quotes.
    const isQuoted = name === 'a buildspec' && document.tree.style === 'json';
    const found = (await features?.complete?.(document, at)) ?? [];
    const offer = found.find(({ label }) => label === right);
    expect(offer === undefined).toBe(isQuoted);
    if (offer) {
      const after = edited(written, [offer.edit]);
      expect((await validateFully(after, { path })).filter((one) => one.rule === rule)).toEqual([]);
    }
  });

  it('tells what stands there', async () => {
    const [word, part] = held.told;
    expect((await features?.hover?.(document, written.indexOf(called(word)) + 1))?.text).toContain(part);
  });

  it('leads from a name to what it names and back, and renames it', async () => {
    expect(definitionsAt(document.tree, entities, used).map(marked)).toEqual(hasNames ? [right] : []);
    const all = referencesAt(document.tree, entities, used, true);
    expect(new Set(all.map(marked))).toEqual(new Set(hasNames ? [right] : []));
    expect(all).toHaveLength(hasNames ? written.split(right).length - 1 : 0);
    const edits = renameAt(document.tree, entities, used, 'Another');
    expect(typeof edits === 'string').toBe(!hasNames);
    if (typeof edits === 'string') return;
    const renamed = edited(written, edits);
    expect(renamed).toBe(written.replaceAll(right, 'Another'));
    expect(new SourceDocument(renamed, path).tree.problems).toEqual([]);
  });

  it('colours names', () => {
    const tokens = tokensOf(document.tree, entities);
    const words = tokens.map(({ line, character, length }) =>
      (written.split('\n')[line] ?? '').slice(character, character + length),
    );
    expect(words.includes(right)).toBe(hasNames);
    expect(words).not.toContain(wrong);
  });

  it('has the graph, with a lens that opens it', () => {
    const graph = features?.graph?.(document);
    const lenses = features?.lenses?.(document) ?? [];
    expect(lenses.map(({ kind }) => kind)).toEqual(held.nodes > 0 ? ['graph'] : []);
    expect(graph?.nodes.length ?? 0).toBe(held.nodes);
  });

  it('has an outline', () => {
    expect(namesOf(features?.symbols?.(document) ?? []), container).toContain(called(held.listed));
  });
});

interface Place {
  line: number;
  character: number;
}

describe("what is being written in Terraform's own language", () => {
  const machine = (state: string): string =>
    `resource "aws_sfn_state_machine" "m" {\n  definition = jsonencode({\n    StartAt = "A"\n    States = {\n      A = {\n        Type = "Pass"\n${state}      }\n      B = { Type = "Succeed" }\n    }\n  })\n}\n`;
  const offered = async (marked: string, label: string): Promise<string | undefined> => {
    const { text: written, offset } = cursor(marked);
    const document = new SourceDocument(written, 'main.tf');
    const found = (await featuresOf('cloudformation')?.complete?.(document, offset)) ?? [];
    return found.find((one) => one.label === label)?.edit.newText;
  };

  it('gets members as Terraform writes them', async () => {
    expect(await offered(machine('        N|\n'), 'Next')).toBe('Next = "$0"');
    expect(await offered(machine('        |\n        End = true\n'), 'Next')).toBe('Next = "$0"');
    expect(await offered(machine('        "N|"\n'), 'Next')).toBe('"Next" = "$0"');
  });

  it('gets values', async () => {
    expect(await offered(machine('        Next = "|"\n'), 'B')).toBe('"B"');
  });

  it('gets the keys of a configuration, and no arguments of Terraform', async () => {
    const delivery = (inside: string): string =>
      `resource "aws_codepipeline" "p" {\n  stage {\n    name = "B"\n    action {\n      name = "B"\n      category = "Build"\n      owner = "AWS"\n      provider = "CodeBuild"\n      version = "1"\n${inside}    }\n  }\n}\n`;
    expect(await offered(delivery('      configuration = {\n        Proj|\n      }\n'), 'ProjectName')).toBe(
      'ProjectName = "$0"',
    );
    expect(await offered(delivery('      |\n'), 'runOrder')).toBeUndefined();
  });

  it('quotes a name that has become more than a word', () => {
    const written = machine('        Next = "B"\n');
    const document = new SourceDocument(written, 'main.tf');
    const entities = featuresOf('cloudformation')?.entities?.(document) ?? [];
    const edits = renameAt(document.tree, entities, written.indexOf('"B"') + 1, 'The end');
    const after = edited(written, typeof edits === 'string' ? [] : edits);
    expect(after).toContain('Next = "The end"');
    expect(after).toContain('"The end" = { Type');
  });
});
