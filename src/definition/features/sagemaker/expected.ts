/** What may stand at a path of a pipeline definition: members, values, a shape of the service's. */
import type { Node } from '../../tree';
import { type Shape, type Structure, structure, structuresOf } from '../../sagemaker/shapes';
import {
  checkTypes,
  commonStepMembers,
  conditionMembers,
  experimentMembers,
  mlflowMembers,
  parameterMembers,
  parameterTypes,
  retryExceptions,
  retryMembers,
  stepLists,
  type StepType,
  stepTypes,
  topLevelMembers,
  version,
} from '../../sagemaker/vocabulary';
import { documentationOf } from './documentation';
import { memberWords } from './words';

export interface MemberInfo {
  /** The value's type in a word: `string`, `list of Channel`. */
  type: string;
  required: boolean;
  documentation: string | undefined;
  /** How a JSON value of it begins, as a snippet: `[$0]`. Plain `$0` where a function may stand too. */
  begin: string;
}

/** What an object or value at a place may be. */
export interface Expected {
  /** The object in words: `A Training step`. */
  owner?: string;
  /** Members of an object. */
  members?: ReadonlyMap<string, MemberInfo>;
  /** The known values of a string, with what they are called. */
  values?: readonly string[];
  /** The value's shape, where the service says it. */
  shape?: Shape;
  /** True where steps stand. */
  steps?: true;
  /** True where names of steps stand. */
  stepNames?: true;
  /** True where the names of the processing outputs of the step stand. */
  outputNames?: true;
  /** True where a condition stands. */
  conditions?: true;
  /** True where a function may stand in place of a value. */
  computed?: boolean;
}

type Path = readonly (string | number)[];

/** What is expected at `path` of the definition whose root is `root`. */
export function expectedAt(root: Node, path: Path): Expected {
  const [first, index, ...rest] = path;
  if (first === undefined) return { owner: 'A pipeline definition', members: plain(topLevelMembers, topLevelTypes) };
  if (first === 'Steps') {
    if (index === undefined) return {};
    return atStep(root.at('Steps', index), rest);
  }
  if (first === 'Parameters' && index !== undefined) return atParameter(root.at('Parameters', index), rest);
  if (first === 'Version') return { values: [version] };
  if (first === 'PipelineExperimentConfig' && index === undefined)
    return { owner: 'PipelineExperimentConfig', members: plain(experimentMembers) };
  if (first === 'MlflowConfig' && index === undefined) return { owner: 'MlflowConfig', members: plain(mlflowMembers) };
  if (first === 'PipelineExperimentConfig' || first === 'MlflowConfig') return { computed: true };
  return {};
}

/** True where the elements of the array at `path` are steps. */
export function isStepList(path: Path): boolean {
  if (path.length === 1) return path[0] === 'Steps';
  const last = path.at(-1);
  const holdsSteps = Object.values(stepLists).some((lists) => lists?.[String(last)] !== undefined);
  return holdsSteps && path.at(-2) === 'Arguments' && path[0] === 'Steps';
}

const topLevelTypes: Readonly<Record<string, string>> = {
  Version: 'string',
  Metadata: 'map of strings',
  Parameters: 'list of parameters',
  PipelineExperimentConfig: 'object',
  MlflowConfig: 'object',
  Steps: 'list of steps',
};

const stepMemberTypes: Readonly<Record<string, string>> = {
  Name: 'string',
  Type: 'step type',
  Arguments: 'object',
  DependsOn: 'list of step names',
  DisplayName: 'string',
  Description: 'string',
  CacheConfig: 'object',
  RetryPolicies: 'list of policies',
  PropertyFiles: 'list of files',
  OutputParameters: 'list of outputs',
  FunctionArn: 'string',
  SqsQueueUrl: 'string',
  CheckType: 'check type',
  SkipCheck: 'boolean',
  FailOnViolation: 'boolean',
  RegisterNewBaseline: 'boolean',
};

const stepMemberWords: Readonly<Record<string, string>> = {
  Name: 'Unique in the pipeline, also among steps in branches. Letters, digits, - and _, at most 64.',
  Type: 'What the step does; decides which Arguments it takes.',
  Description: 'What the step is for.',
};

function plain(
  names: readonly string[],
  types: Readonly<Record<string, string>> = {},
  words: Readonly<Record<string, string>> = {},
  required: readonly string[] = [],
): Map<string, MemberInfo> {
  return new Map(
    names.map((name) => [
      name,
      {
        type: types[name] ?? '',
        required: required.includes(name),
        documentation: words[name] ?? memberWords[name],
        begin: beginOf(types[name]),
      },
    ]),
  );
}

function beginOf(type = ''): string {
  if (type.startsWith('list')) return '[$0]';
  if (type.startsWith('map') || type === 'object') return '{$0}';
  return type === 'string' || type === 'step type' ? '"$0"' : '$0';
}

const parameterMemberTypes: Readonly<Record<string, string>> = {
  Name: 'string',
  Type: 'parameter type',
  EnumValues: 'list of strings',
  Description: 'string',
};

const parameterWords: Readonly<Record<string, string>> = {
  Name: 'Unique in the pipeline; read as `Parameters.<name>`.',
  Type: 'String, Integer, Float or Boolean; String where it is not given.',
  Description: 'What the parameter is for.',
};

function atParameter(parameter: Node | undefined, rest: Path): Expected {
  if (rest.length === 0)
    return { owner: 'A parameter', members: plain(parameterMembers, parameterMemberTypes, parameterWords, ['Name']) };
  if (rest[0] === 'Type') return { values: parameterTypes };
  if (rest[0] === 'DefaultValue') {
    const choices = parameter?.get('EnumValues')?.items.flatMap((item) => item.text ?? []) ?? [];
    if (choices.length > 0) return { values: choices };
    if (parameter?.get('Type')?.text === 'Boolean') return { shape: { kind: 'boolean' } };
  }
  return {};
}

function atStep(step: Node | undefined, rest: Path): Expected {
  const type = step?.get('Type')?.text ?? '';
  const known = stepTypes[type];
  const [member, ...inner] = rest;
  switch (member) {
    case undefined:
      return { owner: known ? `A ${type} step` : 'A step', members: stepMembers(known) };
    case 'Type':
      return { values: Object.keys(stepTypes) };
    case 'DependsOn':
      return inner.length === 1 ? { stepNames: true } : {};
    case 'Arguments':
      return atArguments(step, type, known, inner);
    case 'CacheConfig':
      if (inner.length === 0)
        return {
          owner: 'CacheConfig',
          members: plain(['Enabled', 'ExpireAfter'], { Enabled: 'boolean', ExpireAfter: 'ISO 8601 duration' }),
        };
      return inner[0] === 'Enabled' ? { shape: { kind: 'boolean' } } : { values: ['PT1H', 'P1D', 'P7D', 'P30D'] };
    case 'RetryPolicies':
      if (inner.length === 1)
        return { owner: 'A retry policy', members: plain(retryMembers, {}, {}, ['ExceptionType']) };
      return inner[1] === 'ExceptionType' ? { values: retryExceptions } : {};
    case 'PropertyFiles':
      if (inner.length === 1) {
        const files = ['PropertyFileName', 'OutputName', 'FilePath'];
        return {
          owner: 'A property file',
          members: plain(files, {}, { OutputName: 'The output of this step that holds the file.' }, files),
        };
      }
      return inner[1] === 'OutputName' ? { outputNames: true } : {};
    case 'OutputParameters':
      if (inner.length === 1)
        return {
          owner: 'An output parameter',
          members: plain(
            ['OutputName', 'OutputType'],
            {},
            { OutputName: 'The name by which other steps read the value.' },
            ['OutputName', 'OutputType'],
          ),
        };
      return inner[1] === 'OutputType' ? { values: parameterTypes } : {};
    case 'CheckType':
      return { values: checkTypes[type] ?? [] };
    case 'SkipCheck':
    case 'FailOnViolation':
    case 'RegisterNewBaseline':
      return { shape: { kind: 'boolean' }, computed: true };
    default:
      return { computed: known?.own?.includes(String(member)) ?? false };
  }
}

function stepMembers(known: StepType | undefined): Map<string, MemberInfo> {
  const names = [
    ...commonStepMembers,
    ...(known?.own ?? []),
    ...(known?.cache === false ? [] : ['CacheConfig']),
    ...(known?.retry === false ? [] : ['RetryPolicies']),
  ];
  return plain(names, stepMemberTypes, stepMemberWords, ['Name', 'Type', 'Arguments', ...(known?.needs ?? [])]);
}

function atArguments(step: Node | undefined, type: string, known: StepType | undefined, path: Path): Expected {
  switch (known?.kind) {
    case 'condition':
      return atConditionArguments(step, path);
    case 'fail':
      return path.length === 0
        ? { owner: 'A Fail step', members: plain(['ErrorMessage'], { ErrorMessage: 'string' }, {}, ['ErrorMessage']) }
        : { computed: true };
    case 'free':
      return path.length === 0 ? {} : { computed: true };
    case 'listed':
      return atListed(step, type, known, path);
    case 'request':
      return atRequest(known.request ?? type, known, path);
    default:
      return { computed: path.length > 0 };
  }
}

/** The arguments of EMR, EMR Serverless and Lineage steps: our own outer members, the services' shapes inside. */
const listedShapes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  EMR: { StepConfig: 'EMRStep', ClusterConfig: 'EMR' },
  EMRServerless: { JobConfig: 'EMRServerless', ApplicationConfig: 'EMRServerlessApplication' },
};

const listedTypes: Readonly<Record<string, string>> = {
  IterableItems: 'list of items',
  MaxConcurrency: 'integer',
  Selector: 'object',
  ForEachBody: 'list of steps',
  Resources: 'object',
  StepConfig: 'object',
  ClusterId: 'string',
  ClusterConfig: 'object',
  ExecutionRoleArn: 'string',
  JobConfig: 'object',
  ApplicationId: 'string',
  ApplicationConfig: 'object',
};

function atListed(step: Node | undefined, type: string, known: StepType, path: Path): Expected {
  const [member, ...inner] = path;
  if (member === undefined)
    return {
      owner: `The arguments of a step of type ${type}`,
      members: plain(known.members ?? [], listedTypes, {}, known.required),
    };
  const [index, ...rest] = inner;
  if (stepLists[type]?.[String(member)]) {
    return index === undefined ? {} : atStep(step?.at('Arguments', member, index), rest);
  }
  const request = listedShapes[type]?.[String(member)];
  const outer = request === undefined ? undefined : structuresOf(request)[0];
  return outer ? follow(outer, inner) : { computed: true };
}

function atRequest(request: string, known: StepType, path: Path): Expected {
  const outer = structuresOf(request)[0];
  if (!outer) return { computed: true };
  if (path.length > 0) return follow(outer, path);
  const members = membersOf(outer);
  for (const name of Object.keys(known.unsupported ?? {})) members.delete(name);
  for (const [name, info] of members) members.set(name, { ...info, required: known.required.includes(name) });
  return { owner: `The arguments of a step of type ${request}`, members };
}

/** Follows a path into a structure of a service. */
function follow(outer: Structure, path: Path): Expected {
  let shape: Shape = { kind: 'structure', name: outer.name };
  for (const part of path) {
    const next: Shape | undefined = inside(shape, part);
    if (!next) return { computed: true };
    shape = next;
  }
  return expectedOf(shape);
}

function inside(shape: Shape, part: string | number): Shape | undefined {
  if (shape.kind === 'structure') return structure(shape.name).members.get(String(part));
  if (shape.kind === 'list') return typeof part === 'number' ? shape.element : undefined;
  return shape.kind === 'map' ? shape.value : undefined;
}

function expectedOf(shape: Shape): Expected {
  if (shape.kind === 'structure') {
    const found = structure(shape.name);
    return { owner: nameOf(found.name), members: membersOf(found), shape };
  }
  if (shape.kind === 'string' && shape.enum) return { values: [...shape.enum.values], shape, computed: true };
  return { shape, computed: shape.kind !== 'list' && shape.kind !== 'map' };
}

function membersOf(found: Structure): Map<string, MemberInfo> {
  const members = new Map<string, MemberInfo>();
  for (const [name, shape] of found.members) {
    members.set(name, {
      type: typeInWords(shape),
      required: found.required.includes(name),
      documentation: documentationOf(found.name, name),
      begin: shape.kind === 'list' ? '[$0]' : shape.kind === 'structure' || shape.kind === 'map' ? '{$0}' : '$0',
    });
  }
  return members;
}

function nameOf(name: string): string {
  return name.replace(/^[\w-]+:/, '');
}

/** A shape in a few words: `list of Channel`. */
export function typeInWords(shape: Shape): string {
  switch (shape.kind) {
    case 'structure':
      return nameOf(shape.name);
    case 'list':
      return `list of ${typeInWords(shape.element)}`;
    case 'map':
      return `map of ${typeInWords(shape.value)}`;
    case 'string':
      return shape.enum ? nameOf(shape.enum.name) : 'string';
    case 'number':
      return shape.limit?.integer ? 'integer' : 'number';
    case 'any':
      return 'any value';
    default:
      return shape.kind;
  }
}

/** `path` begins inside the Arguments of a Condition step. */
function atConditionArguments(step: Node | undefined, path: Path): Expected {
  const [member, index, ...rest] = path;
  if (member === undefined) {
    return {
      owner: 'The arguments of a Condition step',
      members: plain(
        ['Conditions', 'IfSteps', 'ElseSteps'],
        { Conditions: 'list of conditions', IfSteps: 'list of steps', ElseSteps: 'list of steps' },
        {},
        ['Conditions'],
      ),
    };
  }
  if (index === undefined) return {};
  if (member === 'IfSteps' || member === 'ElseSteps') return atStep(step?.at('Arguments', member, index), rest);
  if (member !== 'Conditions') return {};
  return atCondition(step?.at('Arguments', 'Conditions', index), rest);
}

function atCondition(condition: Node | undefined, path: Path): Expected {
  const type = condition?.get('Type')?.text ?? '';
  const [member, ...rest] = path;
  if (member === undefined) {
    const operands = conditionMembers[type] ?? ['LeftValue', 'RightValue'];
    return {
      owner: 'A condition',
      conditions: true,
      members: plain(
        ['Type', ...operands],
        {},
        { Type: 'How the values are compared.', Values: 'The values in which it is looked for.' },
        ['Type', ...operands],
      ),
    };
  }
  if (member === 'Type') return { values: Object.keys(conditionMembers) };
  if (member === 'Condition') return atCondition(condition?.get('Condition'), rest);
  if (member === 'Conditions' && typeof rest[0] === 'number') {
    return atCondition(condition?.at('Conditions', rest[0]), rest.slice(1));
  }
  return { computed: true };
}
