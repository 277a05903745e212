/** The time that checks take grows with the text, also where every name in it is unknown. */
import { describe, expect, test } from 'vitest';
import { validate } from '../../../src/definition';
import { largeTexts } from '../../fixtures/large-texts';

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

const action = (name: string, more: object): object => ({
  name,
  actionTypeId: { category: 'Build', owner: 'AWS', provider: 'CodeBuild', version: '1' },
  configuration: { ProjectName: 'p' },
  inputArtifacts: [{ name: 'Code' }],
  ...more,
});
const pipeline = (count: number, more: (index: number) => object, variables: object[] = []): string =>
  JSON.stringify({
    pipeline: {
      name: 'p',
      roleArn: 'arn:aws:iam::111122223333:role/p',
      pipelineType: 'V2',
      artifactStore: { type: 'S3', location: 'bucket' },
      variables,
      stages: range(count).map((index) => ({ name: `S${index}`, actions: [action(`A${index}`, more(index))] })),
    },
  });

/** By name, a text of so many parts, each of which names something of its own that is not there. */
const texts: Readonly<Record<string, (count: number) => [text: string, path: string]>> = {
  'artifacts of CodePipeline': (count) => [
    pipeline(count, (index) => ({
      inputArtifacts: [{ name: `Missing${index}` }],
      outputArtifacts: [{ name: `Out${index}` }],
    })),
    'codepipeline.json',
  ],
  'namespaces of CodePipeline': (count) => [
    pipeline(count, (index) => ({
      namespace: `n${index}`,
      configuration: { ProjectName: `#{missing${index}.x}` },
    })),
    'codepipeline.json',
  ],
  'variables of CodePipeline': (count) => [
    pipeline(
      count,
      (index) => ({ configuration: { ProjectName: `#{variables.missing${index}}` } }),
      range(count).map((index) => ({ name: `v${index}`, defaultValue: 'x' })),
    ),
    'codepipeline.json',
  ],
  'regions of CodePipeline': (count) => [
    pipeline(count, (index) => ({ region: index % 2 ? 'us-east-1' : 'eu-west-1' })),
    'codepipeline.json',
  ],
  'states of a state machine': (count) => [
    JSON.stringify({
      StartAt: 'S0',
      States: Object.fromEntries(range(count).map((index) => [`S${index}`, { Type: 'Pass', Next: `Missing${index}` }])),
    }),
    'machine.asl.json',
  ],
  'steps and parameters of SageMaker': (count) => [
    JSON.stringify({
      Version: '2020-12-01',
      Parameters: range(count).map((index) => ({ Name: `P${index}`, Type: 'String', DefaultValue: 's3:/x' })),
      Steps: range(count).map((index) => ({
        Name: `S${index}`,
        Type: 'Fail',
        DependsOn: [`Missing${index}`],
        Arguments: { ErrorMessage: { Get: `Parameters.Missing${index}` } },
      })),
    }),
    'a.pipeline.json',
  ],
  'builds of a buildspec': (count) => [
    `version: 0.2\nbatch:\n  build-graph:\n${range(count)
      .map((index) => `    - identifier: b${index}\n      depend-on: [missing${index}]\n`)
      .join('')}phases:\n  build:\n    commands: [make]\n`,
    'buildspec.yml',
  ],
};

/** The least time of three on the processor, in microseconds, which other processes do not lengthen. */
function time([text, path]: [string, string]): number {
  return Math.min(
    ...range(3).map(() => {
      const start = process.cpuUsage();
      expect(validate(text, { path }).length).toBeGreaterThan(0);
      const { user, system } = process.cpuUsage(start);
      return user + system;
    }),
  );
}

/**
 * How many times as long eight times the text takes: about eight where time grows with the text, sixty-four where it
 * grows with the square. A machine at other work can lengthen one measurement; no measurement shortens a square.
 */
function growth(text: (count: number) => [text: string, path: string]): number {
  time(text(250));
  let least = Number.POSITIVE_INFINITY;
  for (let left = 5; left > 0 && least >= 28; left--) least = Math.min(least, time(text(4000)) / time(text(500)));
  return least;
}

describe('unknown names', () => {
  test.each(Object.entries(texts))('%s', (_, text) => {
    expect(growth(text)).toBeLessThan(28);
  });
});

/** Texts whose parts are sound, as many as wanted. */
const parts: Readonly<Record<string, (count: number) => [text: string, path: string]>> = {
  'members that a buildspec does not know': (count) => [
    `version: 0.2\nphases:\n  build:\n    commands: [make]\n${range(count)
      .map((index) => `key${index}: a\n`)
      .join('')}`,
    'buildspec.yml',
  ],
  'aliases of YAML': (count) => [
    `version: 0.2\nshared: &shared [a]\nenv:\n  variables:\n${range(count)
      .map((index) => `    V${index}: *shared\n`)
      .join('')}phases:\n  build:\n    commands: [make]\n`,
    'buildspec.yml',
  ],
  'alarms of deployments': (count) => [
    JSON.stringify({
      Resources: Object.fromEntries(
        range(count).flatMap((index) => [
          [
            `E${index}`,
            {
              Type: 'AWS::SageMaker::Endpoint',
              Properties: {
                EndpointConfigName: 'c',
                DeploymentConfig: {
                  BlueGreenUpdatePolicy: {
                    TrafficRoutingConfiguration: { Type: 'CANARY', WaitIntervalInSeconds: 600 },
                  },
                  AutoRollbackConfiguration: { Alarms: [{ AlarmName: `errors-${index}` }] },
                },
              },
            },
          ],
          [`A${index}`, { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmName: `errors-${index}` } }],
        ]),
      ),
    }),
    'template.json',
  ],
};

describe('many parts', () => {
  test.each(Object.entries(parts))('%s', (_, text) => {
    expect(growth(text)).toBeLessThan(28);
  });

  test('a buildspec of ten megabytes is read whole', () => {
    const { text, path } = largeTexts['buildspec']?.(10e6) ?? { text: '', path: '' };
    expect(text.length).toBeGreaterThan(9e6);
    expect(validate(text, { path })).toEqual([]);
  });
});
