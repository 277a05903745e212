import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadJsonata } from '../../../src/definition/asl/expressions/jsonata';
import { loadServices } from '../../../src/definition/asl/services';
import { languages, SourceDocument, validate } from '../../../src/definition';
import { exampleText } from '../../../src/definition/codepipeline/examples';
import { featuresOf } from '../../../src/definition/features';
import { definitionsAt, referencesAt, renameAt } from '../../../src/definition/features/entities';
import { folds, selections } from '../../../src/definition/features/outline';

const pipeline = JSON.stringify(
  {
    Version: '2020-12-01',
    Parameters: [{ Name: 'Rows', Type: 'Integer', DefaultValue: 10 }],
    Steps: [
      {
        Name: 'Prepare',
        Type: 'Processing',
        PropertyFiles: [{ PropertyFileName: 'Report', OutputName: 'eval', FilePath: 'a.json' }],
        Arguments: { ProcessingOutputConfig: { Outputs: [{ OutputName: 'eval' }] } },
      },
      {
        Name: 'If',
        Type: 'Condition',
        Arguments: {
          Conditions: [
            {
              Type: 'Equals',
              LeftValue: { Get: "Steps.Prepare.ProcessingOutputConfig.Outputs['eval'].S3Output.S3Uri" },
              RightValue: 's3://a/b',
            },
          ],
          IfSteps: [
            {
              Name: 'Stop',
              Type: 'Fail',
              Arguments: { ErrorMessage: { 'Std:Join': { On: '', Values: ['x', { Get: 'Parameters.Rows' }] } } },
            },
          ],
        },
      },
    ],
  },
  undefined,
  1,
);

const template = JSON.stringify({
  Resources: {
    P: { Type: 'AWS::SageMaker::Pipeline', Properties: { PipelineDefinition: { PipelineDefinitionBody: pipeline } } },
  },
});

/** A text of each language, by the file name that makes it known. */
const texts: readonly (readonly [string, string])[] = [
  ['a.pipeline.json', pipeline],
  ['template.json', template],
  [
    'template.yaml',
    `Resources:\n  P:\n    Type: AWS::SageMaker::Pipeline\n    Properties:\n      PipelineDefinition:\n        PipelineDefinitionBody: |\n${pipeline.replaceAll(/^/gm, '          ')}\n`,
  ],
  ['codepipeline.json', exampleText('pipeline', '{"variables": [{"name": "A"}], "triggers": []}')],
  [
    'buildspec.yml',
    'version: 0.2\nenv:\n  variables: {A: b}\nphases:\n  build:\n    commands:\n      - make\nartifacts:\n  files: ["**/*"]\n',
  ],
  ['appspec.yml', 'version: 0.0\nos: linux\nhooks:\n  AfterInstall:\n    - location: a.sh\n      timeout: 10\n'],
  [
    'a.asl.json',
    '{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createModel", "Parameters": {"ModelName.$": "States.Format(\'{}-{}\', $.a, $name)", "ExecutionRoleArn": "r"}, "Retry": [{"ErrorEquals": ["States.ALL"]}], "Assign": {"name": 1}, "Next": "B"}, "B": {"Type": "Choice", "Choices": [{"Variable": "$.a[0]", "IsPresent": true, "Next": "C"}], "Default": "C"}, "C": {"Type": "Map", "QueryLanguage": "JSONata", "Items": "{% $states.input.x[y=1] %}", "ItemProcessor": {"StartAt": "D", "States": {"D": {"Type": "Pass", "End": true}}}, "End": true}}}',
  ],
  [
    'machine.yaml',
    'StartAt: A\nQueryLanguage: JSONata\nStates:\n  A:\n    Type: Wait\n    Seconds: "{% $states.input.s %}"\n    Next: B\n  B:\n    Type: Succeed\n',
  ],
];

const broken = fc.oneof(
  fc.constant(''),
  fc.string({ maxLength: 8 }),
  fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '|',
    '\n',
    '  ',
    '&a',
    '*a',
    '!Sub ',
    'null',
    '-1',
    '\\u12',
    '\u0000',
    '😀',
  ),
);

/** A text cut, or with something else in the place of a stretch of it. */
function mutated(text: string): fc.Arbitrary<string> {
  return fc
    .tuple(fc.nat(text.length), fc.nat(40), broken, fc.boolean())
    .map(([at, length, inserted, cut]) =>
      cut ? text.slice(0, at) + inserted : text.slice(0, at) + inserted + text.slice(at + length),
    );
}

beforeAll(async () => {
  await loadJsonata();
  await loadServices(texts.join('\n'));
});

describe.each(texts)('%s, however broken', (path, text) => {
  it('is of a known language when whole', () => {
    expect(languages.some((language) => language.detect(new SourceDocument(text, path)))).toBe(true);
  });

  it('is checked without throwing, at places inside the text', () => {
    fc.assert(
      fc.property(mutated(text), (changed) => {
        const lines = changed.split(/\r\n?|\n/);
        for (const { range, fixes } of validate(changed, { path })) {
          expect(range.end.line).toBeLessThanOrEqual(lines.length - 1);
          expect(range.start.line < range.end.line || range.start.character <= range.end.character).toBe(true);
          for (const { edits } of fixes) expect(edits.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('has features that do not throw at any place', () => {
    fc.assert(
      fc.property(mutated(text), fc.double({ min: 0, max: 1, noNaN: true }), (changed, share) => {
        const document = new SourceDocument(changed, path);
        const language = languages.find((one) => one.detect(document))?.language;
        const features = language && featuresOf(language);
        if (!features) return;
        const offset = Math.floor(changed.length * share);
        void features.complete?.(document, offset);
        void features.hover?.(document, offset);
        const entities = features.entities?.(document) ?? [];
        definitionsAt(document.tree, entities, offset);
        referencesAt(document.tree, entities, offset, true);
        renameAt(document.tree, entities, offset, 'Renamed');
        features.symbols?.(document);
        features.links?.(document);
        features.hints?.(document, 0, changed.length);
        features.graph?.(document);
        folds(document.tree);
        selections(document.tree, offset);
      }),
      { numRuns: 300 },
    );
  });
});

describe('words that every JavaScript object knows', () => {
  const words = ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf', '__defineGetter__'];

  it.each(texts)('mean nothing in %s', (path, text) => {
    const places = [...text.matchAll(/[A-Za-z_][\w-]*/g)].map(
      ({ index, 0: word }) => [index, index + word.length] as const,
    );
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.constantFrom(...words), ([from, to], word) => {
        const changed = text.slice(0, from) + word + text.slice(to);
        expect(() => validate(changed, { path })).not.toThrow();
      }),
      { numRuns: 200 },
    );
  });

  it('are no step types', () => {
    const text = pipeline.replace('"Type": "Fail"', '"Type": "constructor"');
    expect(validate(text).map(({ rule }) => rule)).toContain('sm/step-unknown-type');
  });
});

it('answers soon where thousands of names are not known', () => {
  const steps = Array.from({ length: 3000 }, (_, index) => ({
    Name: `StepNumber${index}`,
    Type: 'Lambda',
    DependsOn: [`StpNumber${index}`, 'StpNumber0'],
    FunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:f',
    Arguments: {},
  }));
  const start = process.cpuUsage();
  const found = validate(JSON.stringify({ Version: '2020-12-01', Steps: steps }));
  expect(process.cpuUsage(start).user).toBeLessThan(20_000_000);
  expect(found.find(({ rule }) => rule === 'sm/dependson-unknown-step')?.message).toContain(
    "Did you mean 'StepNumber0'?",
  );
  expect(found.filter(({ rule }) => rule === 'sm/dependson-unknown-step')).toHaveLength(6000);
});
