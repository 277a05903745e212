import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Diagnostic, validate } from '../../../src/definition';
import {
  at,
  everywhere as places,
  type Json,
  type Place as Path,
  pointer,
  put as set,
} from '../../fixtures/json-places';
import { rich } from '../../fixtures/rich-pipeline';

/** A defect: plants itself at one of several places of a definition and answers where a diagnostic is due. */
type Mutator = (definition: Json, pick: (count: number) => number) => Path | undefined;

const parse = (): Json => JSON.parse(rich) as Json;

function rename(json: Json, path: Path, name: string): Path {
  const holder = at(json, path.slice(0, -1));
  if (typeof holder !== 'object' || holder === null || Array.isArray(holder)) return path;
  const entries = Object.entries(holder).map(([key, value]) => [key === path.at(-1) ? name : key, value] as const);
  for (const key of Object.keys(holder)) delete holder[key];
  Object.assign(holder, Object.fromEntries(entries));
  return [...path.slice(0, -1), name];
}

function some(
  json: Json,
  pick: (count: number) => number,
  wanted: (path: Path, value: Json) => boolean,
): Path | undefined {
  const found = [...places(json)].filter(([path, value]) => wanted(path, value)).map(([path]) => path);
  return found[pick(found.length)];
}

const isStep = (path: Path): boolean => /^(Steps|IfSteps|ElseSteps)$/.test(String(path.at(-2)));
const isGet = (path: Path, value: Json, start: string): boolean =>
  path.at(-1) === 'Get' && typeof value === 'string' && value.startsWith(start);
const word = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
const typo = (text: string): string => `${text.slice(0, -2)}${text.at(-1) ?? ''}${text.at(-2) ?? ''}q`;
const isOneOf = (path: Path, names: RegExp): boolean => names.test(String(path.at(-1)));

/** Replaces the chosen place's value. */
const replacing =
  (
    wanted: (path: Path, value: Json) => boolean,
    change: (value: Json, path: Path) => Json | undefined,
    due: (path: Path) => Path = (path) => path,
  ): Mutator =>
  (definition, pick) => {
    const path = some(definition, pick, wanted);
    if (!path) return undefined;
    set(definition, path, change(at(definition, path) ?? null, path));
    return due(path);
  };

const mutators: Record<string, Mutator> = {
  'a member of the arguments is misspelt': (definition, pick) => {
    const path = some(
      definition,
      pick,
      (place) =>
        place.at(-2) === 'Arguments' &&
        String(place.at(-1)).length > 6 &&
        !/ErrorMessage|^model$/.test(String(place.at(-1))),
    );
    return path && rename(definition, path, typo(String(path.at(-1))));
  },
  'a nested member is misspelt': (definition, pick) => {
    const path = some(definition, pick, (place) =>
      isOneOf(place, /^(S3Uri|LocalPath|InstanceCount|ImageUri|ChannelName|TrainingImage|ModelDataUrl|S3OutputPath)$/),
    );
    return path && rename(definition, path, typo(String(path.at(-1))));
  },
  'a member of a step is misspelt': (definition, pick) => {
    const path = some(definition, pick, (place) =>
      isOneOf(place, /^(DependsOn|CacheConfig|RetryPolicies|PropertyFiles|OutputParameters)$/),
    );
    return path && rename(definition, path, typo(String(path.at(-1))));
  },
  'a step has no name': replacing(
    (path) => isOneOf(path, /^Name$/) && isStep(path.slice(0, -1)),
    () => undefined,
    (path) => path.slice(0, -1),
  ),
  'a step has no type': replacing(
    (path) => isOneOf(path, /^Type$/) && isStep(path.slice(0, -1)),
    () => undefined,
    (path) => path.slice(0, -1),
  ),
  'a step has no arguments': replacing(
    (path, value) => isOneOf(path, /^Arguments$/) && typeof value === 'object' && value !== null && !('tries' in value),
    () => undefined,
    (path) => path.slice(0, -1),
  ),
  'a step type is in lower case': replacing(
    (path) => isOneOf(path, /^Type$/) && isStep(path.slice(0, -1)),
    (value) => word(value).toLowerCase(),
  ),
  'a step name has a dot': replacing(
    (path) => isOneOf(path, /^Name$/) && isStep(path.slice(0, -1)),
    (value) => `${word(value)}.x`,
  ),
  'a parameter is misspelt in a reference': replacing(
    (path, value) => isGet(path, value, 'Parameters.'),
    (value) => typo(word(value)),
  ),
  'a step is misspelt in a reference': replacing(
    (path, value) => isGet(path, value, 'Steps.'),
    (value) => word(value).replace(/^Steps\.(\w+)/, (_, name: string) => `Steps.${typo(name)}`),
  ),
  'a property is misspelt in a reference': replacing(
    (path, value) => isGet(path, value, 'Steps.') && !word(value).endsWith(']'),
    (value) => typo(word(value)),
  ),
  'a reference stops too early': replacing(
    (path, value) => isGet(path, value, 'Steps.') && /\.(S3Uri|S3ModelArtifacts)$/.test(word(value)),
    (value) => word(value).replace(/\.\w+$/, ''),
  ),
  'a variable does not exist': replacing(
    (path, value) => isGet(path, value, 'Execution.'),
    () => 'Execution.RunId',
  ),
  'a root does not exist': replacing(
    (path, value) => path.at(-1) === 'Get' && typeof value === 'string',
    (value) => `My${word(value)}`,
  ),
  'a Get is an array': replacing(
    (path) => path.at(-1) === 'Get',
    (value) => [value],
  ),
  'a function has a second member': (definition, pick) => {
    const path = some(definition, pick, (place) => place.at(-1) === 'Get');
    if (!path) return undefined;
    set(definition, [...path.slice(0, -1), 'Default'], 'x');
    return [...path.slice(0, -1), 'Default'];
  },
  'the values of a join are no array': replacing(
    (path) => path.at(-1) === 'Values' && path.at(-2) === 'Std:Join',
    () => 'x',
  ),
  'a join has no values': replacing(
    (path) => path.at(-1) === 'Values' && path.at(-2) === 'Std:Join',
    () => undefined,
    (path) => path.slice(0, -1),
  ),
  'a function is misspelt': (definition, pick) => {
    const path = some(definition, pick, (place) => place.at(-1) === 'Std:Join');
    return path && rename(definition, path, 'Std:Concat');
  },
  'a number is in quotes': replacing(
    (path) => isOneOf(path, /^(VolumeSizeInGB|MaxRuntimeInSeconds)$/),
    (value) => word(value),
  ),
  'a number is negative': replacing(
    (path) => isOneOf(path, /^(VolumeSizeInGB|MaxRuntimeInSeconds)$/),
    () => -3,
  ),
  'a list is one object': replacing(
    (path) => isOneOf(path, /^(ProcessingInputs|InputDataConfig|Outputs|Containers)$/),
    (value) => (Array.isArray(value) ? (value[0] ?? null) : value),
  ),
  'a list is a function': replacing(
    (path) => isOneOf(path, /^(ProcessingInputs|InputDataConfig|Outputs|Containers)$/),
    () => ({ Get: 'Parameters.Bucket' }),
  ),
  'a hyperparameter is a number': replacing(
    (path) => path.at(-2) === 'HyperParameters',
    () => 0.2,
  ),
  'an environment variable is a boolean': replacing(
    (path) => path.at(-2) === 'Environment',
    () => true,
  ),
  'an enum is in the wrong case': replacing(
    (path) =>
      isOneOf(
        path,
        /^(S3DataType|S3InputMode|S3UploadMode|TrainingInputMode|S3DataDistributionType|ModelApprovalStatus)$/,
      ),
    (value) => word(value).toLowerCase(),
  ),
  'a required member is missing': replacing(
    (path) => isOneOf(path, /^(S3DataType|ChannelName|S3UploadMode)$/),
    () => undefined,
    (path) => path.slice(0, -1),
  ),
  'a dependency does not exist': replacing(
    (path) => path.at(-2) === 'DependsOn',
    (value) => typo(word(value)),
  ),
  'a step depends on itself': replacing(
    (path) => path.at(-2) === 'DependsOn',
    (_, path) => (path[1] === 2 ? 'Evaluate' : path[1] === 4 ? 'Check' : 'GoodEnough'),
  ),
  'a step depends on a Fail step': replacing(
    (path) => path.at(-2) === 'DependsOn' && path[1] !== 5,
    () => 'Stop',
  ),
  'two steps have one name': replacing(
    (path) => path.length === 3 && path[0] === 'Steps' && path[2] === 'Name' && path[1] !== 0,
    () => 'Prepare',
  ),
  'a default is of another type': replacing(
    (path) => path.at(-1) === 'DefaultValue',
    (value) => (typeof value === 'string' ? 7 : 'seven'),
  ),
  'a parameter has an unknown type': replacing(
    (path) => path[0] === 'Parameters' && path[2] === 'Type',
    () => 'Text',
  ),
  'a parameter is of another type than its use': (definition) => {
    set(definition, ['Parameters', 4, 'Type'], 'String');
    set(definition, ['Parameters', 4, 'DefaultValue'], '1');
    return ['Steps', 0, 'Arguments', 'ProcessingResources', 'ClusterConfig', 'InstanceCount', 'Get'];
  },
  'a condition has no operand': replacing(
    (path) => isOneOf(path, /^(LeftValue|RightValue|QueryValue)$/),
    () => undefined,
    (path) => path.slice(0, -1),
  ),
  'a condition type does not exist': replacing(
    (path) => path.at(-1) === 'Type' && path.includes('Conditions'),
    (value) => `${word(value)}To`,
  ),
  'a branch holds names': replacing(
    (path) => isOneOf(path, /^(IfSteps|ElseSteps)$/),
    () => ['Train'],
    (path) => [...path, 0],
  ),
  'conditions are missing': replacing(
    (path) => path.at(-1) === 'Conditions' && path.at(-2) === 'Arguments',
    () => undefined,
    (path) => path.slice(0, -1),
  ),
  'a duration is in words': replacing(
    (path) => path.at(-1) === 'ExpireAfter',
    () => 'thirty days',
  ),
  'a policy has two limits': replacing(
    (path) => path.at(-2) === 'RetryPolicies',
    (value) => ({ ...(value as Record<string, Json>), ExpireAfterMin: 30 }),
  ),
  'an exception does not exist': replacing(
    (path) => path.at(-2) === 'ExceptionType',
    () => 'Step.THROTLING',
  ),
  'an S3 address has one slash': replacing(
    (path) => path.at(-1) === 'S3Uri',
    () => 's3:/bucket/key',
  ),
  'a role is a name': replacing(
    (path) => isOneOf(path, /^(RoleArn|ExecutionRoleArn)$/),
    () => 'SageMakerRole',
  ),
  'an instance type has no prefix': replacing(
    (path) => path.at(-1) === 'InstanceType',
    () => 'm5.xlarge',
  ),
  'an image has a scheme': replacing(
    (path) => isOneOf(path, /^(Image|ImageUri|TrainingImage)$/),
    () => 'https://example.com/image:1',
  ),
  'an output type is in lower case': replacing(
    (path) => path.at(-1) === 'OutputType',
    () => 'string',
  ),
  'the path of a JsonGet is computed': replacing(
    (path) => path.at(-1) === 'Path',
    () => ({ Get: 'Parameters.Bucket' }),
  ),
  'a property file is a name': replacing(
    (path) => path.at(-1) === 'PropertyFile',
    () => 'Report',
  ),
  'an argument of a Lambda step is nested': (definition) => {
    set(definition, ['Steps', 3, 'Arguments', 'tries'], { count: 3 });
    return ['Steps', 3, 'Arguments', 'tries'];
  },
};

const key = ({ rule, pointer: place, message }: Diagnostic): string => `${rule} ${place} ${message}`;

test('the definition that is mutated has no fault', () => {
  expect(validate(rich).filter(({ severity }) => severity === 'error' || severity === 'warning')).toEqual([]);
});

describe('a planted defect is found where it is', () => {
  const known = new Set(validate(rich).map(key));
  test.each(Object.entries(mutators))('%s', (_, mutate) => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 4 }), (seed, indent) => {
        const definition = parse();
        const place = mutate(definition, (count) => (count === 0 ? 0 : seed % count));
        expect(place).toBeDefined();
        const fresh = validate(JSON.stringify(definition, undefined, indent)).filter(
          (diagnostic) => !known.has(key(diagnostic)),
        );
        expect(
          fresh
            .filter(({ severity }) => severity === 'error' || severity === 'warning')
            .map((diagnostic) => diagnostic.pointer),
        ).toContain(pointer(place ?? []));
      }),
      { numRuns: 25 },
    );
  });
});
