import { rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Step, steps as stepRecords } from '../../../src/local/domain/executions';
import { cacheKeyOf } from '../../../src/local/engine/cache';
import { type StepDefinition, parseDefinition } from '../../../src/local/engine/definition';
import { bindParameters } from '../../../src/local/engine/parameters';
import { type Scope, UnresolvedReference } from '../../../src/local/engine/references';
import { refuseSteps } from '../../../src/local/engine/refusals';
import { selectSteps } from '../../../src/local/engine/selection';
import { Store } from '../../../src/local/store/store';
import { makeTemp, shellStep } from './support';

/* What is decided before an execution begins: its values, its steps, and whether Local can run them. */

const stepsOf = (...steps: object[]): readonly StepDefinition[] =>
  parseDefinition(JSON.stringify({ Steps: steps })).steps;
const none: Scope['parameters'] = new Map();
const cluster = (InstanceCount: unknown): Record<string, unknown> => ({
  ProcessingResources: { ClusterConfig: { InstanceCount, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 } },
});

describe('refusals', () => {
  test('what can run is not refused, whatever only a run can tell', () => {
    const steps = stepsOf(
      shellStep('A', 'true', cluster(1)),
      shellStep('B', 'true', cluster({ Get: 'Steps.A.Count' })),
      shellStep(
        'C',
        'true',
        cluster({ 'Std:JsonGet': { PropertyFile: { Get: 'Steps.A.PropertyFiles.f' }, Path: 'n' } }),
      ),
      shellStep('D', 'true', cluster({ Get: 'Execution.Anything' })),
      { Name: 'E', Type: 'Fail', Arguments: { ErrorMessage: 'x' } },
    );
    expect(() => refuseSteps(steps, none)).not.toThrow();
    expect(() => refuseSteps([], none)).not.toThrow();
  });

  test('values of parameters count, those of objects with functions among others stay', () => {
    const parameters: Scope['parameters'] = new Map([['N', { type: 'Integer', value: 2 }]]);
    const counted = stepsOf(shellStep('A', 'true', cluster({ Get: 'Parameters.N' })));
    expect(() => refuseSteps(counted, parameters)).toThrow(
      "Local cannot run 1 of the 1 steps: 'A': it asks for 2 instances, and Local has one. Use a connection",
    );
    const mixed = stepsOf(shellStep('A', 'true', cluster({ Get: 'Parameters.N', Other: 1 })));
    expect(() => refuseSteps(mixed, parameters)).not.toThrow();
  });

  test('twenty are named, the rest is counted', () => {
    const unknown = (count: number): readonly StepDefinition[] =>
      stepsOf(...Array.from({ length: count }, (_, index) => ({ Name: `S${index}`, Type: 'Quantum', Arguments: {} })));
    const message = (count: number): string => {
      try {
        refuseSteps(unknown(count), none);
        return '';
      } catch (error) {
        return error instanceof Error ? error.message : '';
      }
    };
    expect(message(20)).toMatch(/'S18': Local does not run steps of type Quantum; 'S19': [^;]*Quantum\. Use a/);
    expect(message(23)).toMatch(/'S19': [^;]*Quantum … and 3 more\. Use a/);
    expect(message(23)).not.toContain('S20');
  });
});

describe('what steps read', () => {
  const reads = (name: string, uri: unknown, more: object = {}): object => ({
    ...shellStep(name, 'true', { ProcessingInputs: [{ InputName: 'in', S3Input: { S3Uri: uri, LocalPath: '/x' } }] }),
    ...more,
  });
  const writes = (name: string, uri: unknown): object =>
    shellStep(name, 'true', {
      ProcessingOutputConfig: { Outputs: [{ OutputName: 'out', S3Output: { S3Uri: uri, LocalPath: '/y' } }] },
    });
  const parameters: Scope['parameters'] = new Map([['Data', { type: 'String', value: 's3://given/rows' }]]);
  const refusal = (has: (uri: string) => boolean, ...steps: object[]): string => {
    try {
      refuseSteps(stepsOf(...steps), parameters, { has });
      return '';
    } catch (error) {
      return error instanceof Error ? error.message : '';
    }
  };
  const nothing = (): boolean => false;

  test('what is not there is told at once, for all steps', () => {
    const steps = [reads('A', 's3://b/rows'), reads('B', { Get: 'Parameters.Data' }, { DependsOn: ['A'] })];
    expect(refusal(nothing, ...steps)).toContain(
      "2 of the 2 steps: 'A': it reads s3://b/rows, which is not there; 'B': it reads s3://given/rows, which is not there.",
    );
    expect(refusal((uri) => uri === 's3://given/rows', ...steps)).toContain("1 of the 2 steps: 'A'");
    expect(refusal(() => true, ...steps)).toBe('');
  });

  test('code that a training step takes from a place is looked for there, also after other steps', () => {
    const train = (source: string): object => ({
      Name: 'T',
      Type: 'Training',
      Arguments: {
        AlgorithmSpecification: { TrainingImage: 'sagemaker-scikit-learn:1.2-1' },
        HyperParameters: { sagemaker_program: '"train.py"', sagemaker_submit_directory: source },
      },
    });
    const missing = "'T': it reads s3://b/code/sourcedir.tar.gz, which is not there";
    expect(refusal(nothing, train('"s3://b/code/sourcedir.tar.gz"'))).toContain(missing);
    expect(refusal(nothing, train('s3://b/code/sourcedir.tar.gz'))).toContain(missing);
    const after = { ...train('"s3://b/code/sourcedir.tar.gz"'), DependsOn: ['W'] };
    expect(refusal(nothing, writes('W', 's3://b/rows'), after)).toContain(missing);
    expect(refusal(nothing, writes('W', 's3://b/code'), after)).toBe('');
    expect(
      refusal(nothing, { ...train('"s3://b/made/by/w.tar.gz"'), DependsOn: ['W'] }, writes('W', 's3://b/rows')),
    ).toBe('');
    expect(refusal(nothing, train('/opt/ml/code'))).toBe('');
    expect(refusal(() => true, train('"s3://b/code/sourcedir.tar.gz"'))).toBe('');
  });

  test('parameters without a value are told with what else is missing, places as far as they are known', () => {
    const message = (open: readonly string[], ...steps: object[]): string => {
      try {
        refuseSteps(stepsOf(...steps), parameters, { has: nothing, open });
        return '';
      } catch (error) {
        return error instanceof Error ? error.message : '';
      }
    };
    const place = { 'Std:Join': { On: '/', Values: ['s3:/', { Get: 'Parameters.Bucket' }, 'rows.csv'] } };
    expect(message(['Bucket'], reads('A', place))).toMatch(
      /^The parameter 'Bucket' has no default and needs a value\. Local cannot run 1 of the 1 steps: 'A': it reads s3:\/\/\{Bucket\}\/rows\.csv, which is not there\. Use/,
    );
    // What is written below the same unknown bucket is there when it is read; a place that is all unknown is not told.
    expect(message(['Bucket'], writes('W', place), reads('R', place, { DependsOn: ['W'] }))).toBe(
      "The parameter 'Bucket' has no default and needs a value.",
    );
    expect(message(['Bucket', 'N'], reads('A', { Get: 'Parameters.Bucket' }))).toBe(
      "The parameters 'Bucket', 'N' have no default and need a value.",
    );
    expect(message([], reads('A', place))).toBe('');
    // What such a parameter may be is not judged: a kind of instance, an image, a number.
    expect(message(['N'], shellStep('A', 'true', cluster({ Get: 'Parameters.N' })))).toBe(
      "The parameter 'N' has no default and needs a value.",
    );
  });

  test('a file that a script is told to read has to be there; what it may write, and folders, have not', () => {
    const told = (...words: unknown[]): object =>
      shellStep('A', '', {
        AppSpecification: { ImageUri: 'i', ContainerEntrypoint: ['python3', 'a.py'], ContainerArguments: words },
      });
    const file: Scope['parameters'] = new Map([['Url', { type: 'String', value: 's3://seed/data.csv' }]]);
    expect(() => refuseSteps(stepsOf(told('--input-data', { Get: 'Parameters.Url' })), file, { has: nothing })).toThrow(
      "'A': it reads s3://seed/data.csv, which is not there",
    );
    expect(refusal(() => true, told('--input-data', 's3://seed/data.csv'))).toBe('');
    expect(refusal(nothing, told('--input', 's3://seed/folder'))).toBe('');
    expect(refusal(nothing, told('--output-data', 's3://seed/data.csv'))).toBe('');
    expect(refusal(nothing, told('--inputless', 's3://seed/data.csv'))).toBe('');
    expect(refusal(nothing, told('--input-data', '/opt/ml/processing/input/data.csv'))).toBe('');
  });

  test('what another step writes, or may write, is awaited', () => {
    expect(refusal(nothing, writes('A', 's3://b/out'), reads('B', 's3://b/out/rows.csv'))).toBe('');
    expect(refusal(nothing, writes('A', 's3://b/outer'), reads('B', 's3://b/out'))).toContain(
      "'B': it reads s3://b/out",
    );
    expect(refusal(nothing, shellStep('A', 'true'), reads('B', 's3://b/side', { DependsOn: ['A'] }))).toBe('');
    expect(refusal(nothing, shellStep('A', 'true'), reads('B', 's3://b/code/eval.py', { DependsOn: ['A'] }))).toContain(
      "'B': it reads s3://b/code/eval.py, which is not there",
    );
    expect(refusal(nothing, writes('A', { Get: 'Parameters.Data' }), reads('B', { Get: 'Parameters.Data' }))).toBe('');
  });

  test('what only a later step writes, or a job in a folder with its name, is not there', () => {
    const trains = (S3OutputPath: string, more: object): object => ({
      Name: 'T',
      Type: 'Training',
      Arguments: {
        AlgorithmSpecification: { TrainingImage: 'sagemaker-scikit-learn:1.2-1-cpu-py3', TrainingInputMode: 'File' },
        HyperParameters: { sagemaker_program: 'train.py', sagemaker_submit_directory: '/opt/ml/code' },
        OutputDataConfig: { S3OutputPath },
      },
      ...more,
    });
    const later = shellStep('Between', 'true', { DependsOn: ['A'] });
    const writer = { ...writes('C', 's3://b/rows'), DependsOn: ['Between'] };
    expect(refusal(nothing, reads('A', 's3://b/rows/x'), later, writer)).toContain("'A': it reads s3://b/rows/x");
    expect(refusal(nothing, reads('A', 's3://b/rows'), trains('s3://b/', { DependsOn: ['A'] }))).toContain("'A': it");
    const data = { Get: 'Parameters.Data' };
    const root = trains('s3://given', {});
    expect(refusal(nothing, root, reads('B', data, { DependsOn: ['T'] }))).toContain("'B': it reads s3://given/rows");
    expect(refusal(nothing, trains('s3://given/rows', {}), reads('B', data, { DependsOn: ['T'] }))).toBe('');
  });

  test('a placeholder of the author is told, what only looks like one is not', () => {
    const values = (URI: string): object => shellStep('A', 'true', { Environment: { URI } });
    expect(refusal(nothing, values('<ADD YOUR SERVER HERE>'))).toContain(
      "'A': it still has the placeholder '<ADD YOUR SERVER HERE>'.",
    );
    for (const text of ['a<B>', '<b>bold</b>', '<1', 'ADD HERE', 'see <YOUR>'])
      expect(refusal(nothing, values(text))).toBe('');
  });

  test('what only stands for something is told by what it stands for', () => {
    const step = shellStep('A', 'true', { Environment: { KEY: 'x stand-in-for-url y' } });
    expect(refusal(nothing, step)).toContain("'A': it needs what was not known when it was rendered (url).");
  });
});

describe('values of parameters', () => {
  const definitions = parseDefinition(
    JSON.stringify({
      Parameters: [
        { Name: 'S', Type: 'String', DefaultValue: 'a', EnumValues: ['a', 'b'] },
        { Name: 'F', Type: 'Float' },
        { Name: 'B', Type: 'Boolean', DefaultValue: false },
      ],
      Steps: [],
    }),
  ).parameters;
  const bind = (values: Record<string, string>, source?: 'record'): Record<string, unknown> => {
    const given = Object.entries(values).map(([Name, Value]) => ({ Name, Value }));
    return Object.fromEntries(
      [...bindParameters(definitions, given, source)].map(([name, { value }]) => [name, value]),
    );
  };

  test('what is given is converted, the rest is the default', () => {
    expect(bind({ F: '1.5e3' })).toEqual({ S: 'a', F: 1500, B: false });
    expect(bind({ F: '.5', B: 'TRUE', S: 'b' })).toEqual({ S: 'b', F: 0.5, B: true });
  });

  test.each([
    [{}, "The parameter 'F' has no default and needs a value."],
    [{ F: '1', S: 'c' }, "The value 'c' of parameter 'S' is not one of [a, b]."],
    [{ F: '1', X: '1', Y: '2' }, 'Unknown parameters: [X, Y]. The definition declares no such parameter.'],
    [{ F: '1', S: '' }, "The value of parameter 'S' is empty"],
    ...['one', '1x', 'x1', '.', '1e', '--1'].map(
      (F) => [{ F }, `The value '${F}' of parameter 'F' is not of type Float.`] as const,
    ),
    [{ F: '1', B: 'yes' }, "The value 'yes' of parameter 'B' is not of type Boolean."],
  ] as const)('%j is refused', (values, message) => {
    expect(() => bind(values)).toThrow(message);
  });

  test('a value twice is refused; a recorded empty one is taken', () => {
    const twice = [1, 2].map((value) => ({ Name: 'F', Value: String(value) }));
    expect(() => bindParameters(definitions, twice)).toThrow("The parameter 'F' is given twice.");
    const [text] = parseDefinition('{"Parameters":[{"Name":"T","Type":"String"}],"Steps":[]}').parameters;
    expect(bindParameters(text ? [text] : [], [{ Name: 'T', Value: '' }], 'record').get('T')?.value).toBe('');
  });
});

describe('keys of the cache', () => {
  const scope = (value: string): Scope => ({
    parameters: new Map([['V', { type: 'String', value }]]),
    variables: {},
    result: () => undefined,
    propertyFile: () => undefined,
    object: () => {
      throw new UnresolvedReference('none');
    },
  });
  const key = (more: object, pipeline = 'p', value = 'a'): string | undefined => {
    const [step] = stepsOf(shellStep('S', 'true', { CacheConfig: { Enabled: true }, ...more }));
    return step && cacheKeyOf(step, pipeline, scope(value));
  };

  test('are equal for the same work alone', () => {
    const Environment = { V: { Get: 'Parameters.V' } };
    expect(key({ Environment })).toMatch(/^[0-9a-f]{64}$/);
    expect(key({ Environment })).toBe(key({ Environment, RoleArn: 'other', StoppingCondition: {} }));
    for (const other of [key({ Environment }, 'q'), key({ Environment }, 'p', 'b'), key({})]) {
      expect(other).toBeDefined();
      expect(other).not.toBe(key({ Environment }));
    }
  });

  test('are none for a step without a cache, of a kind without one, or with a reference that leads nowhere', () => {
    expect(key({ CacheConfig: undefined })).toBeUndefined();
    expect(key({ Environment: { V: { Get: 'Execution.Nope' } } })).toBeUndefined();
    const [fail] = stepsOf({ Name: 'F', Type: 'Fail', CacheConfig: { Enabled: true }, Arguments: {} });
    expect(fail && cacheKeyOf(fail, 'p', scope('a'))).toBeUndefined();
  });
});

test('a selection takes what it needs of others from its source, once, and nothing that has not succeeded', () => {
  const folder = makeTemp();
  const store = new Store(folder, [stepRecords]);
  const put = (name: string, status: Step['status']): void =>
    stepRecords(store).put({ execution: 'src', name, type: 'Processing', status, startedAt: new Date(), attempts: 1 });
  const all = stepsOf(
    shellStep('A', 'true'),
    shellStep('B', 'true', { DependsOn: ['A'] }),
    shellStep('C', 'true', { DependsOn: ['A', 'B'] }),
    shellStep('D', 'true', { DependsOn: ['F'] }),
    shellStep('F', 'false'),
  );
  const select = (...names: string[]): { steps: string[]; needs: string[][]; adopted: string[] } => {
    const SelectedSteps = names.map((StepName) => ({ StepName }));
    const SourcePipelineExecutionArn = 'arn:aws:sagemaker:us-east-1:000000000000:pipeline/p/execution/src';
    const { steps, adopted } = selectSteps(all, { selective: { SelectedSteps, SourcePipelineExecutionArn } }, store);
    return {
      steps: steps.map(({ name }) => name),
      needs: steps.map(({ needs }) => [...needs]),
      adopted: adopted.map(({ name }) => name),
    };
  };
  try {
    put('A', 'Succeeded');
    put('F', 'Failed');
    expect(selectSteps(all, {}, store)).toEqual({ steps: all, adopted: [] });
    expect(select('B', 'C')).toEqual({ steps: ['B', 'C'], needs: [[], ['B']], adopted: ['A'] });
    expect(select('A')).toEqual({ steps: ['A'], needs: [[]], adopted: [] });
    expect(() => select('A', 'X', 'Y')).toThrow('The selected steps [X, Y] are not in the pipeline.');
    expect(() => select('D')).toThrow(/'D' needs 'F', which has not succeeded/);
    expect(() => select('C')).toThrow(/'C' needs 'B', which has not succeeded/);
  } finally {
    store.close();
    rmSync(folder, { recursive: true });
  }
});

test('steps that wait for one another are named, those that only wait for them too, others not', () => {
  const step = (Name: string, ...DependsOn: string[]): object => ({ Name, Type: 'Fail', Arguments: {}, DependsOn });
  expect(() => stepsOf(step('Free'), step('A', 'B'), step('B', 'A', 'Free'))).toThrow(
    'Unable to parse pipeline definition. The steps A, B wait for one another in a cycle.',
  );
  expect(stepsOf(step('B', 'A'), step('A'), step('C', 'A', 'B')).map(({ name }) => name)).toEqual(['B', 'A', 'C']);
  const ring = Array.from({ length: 7 }, (_, index) => step(`S${index}`, `S${(index + 1) % 7}`));
  expect(() => stepsOf(...ring)).toThrow('The steps S0, S1, S2, S3, S4 wait');
  for (const text of ['[]', ' x{', '"{"', ''])
    expect(() => parseDefinition(text)).toThrow('Expecting start of Json Object.');
  expect(parseDefinition(' {"Steps":[]}').steps).toEqual([]);
});
