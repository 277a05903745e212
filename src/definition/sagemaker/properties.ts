/**
 * The properties of a step that others may reference: what its Describe response has, by type, and what the step
 * itself declares. Resolves the path of a reference to the type of the value it gives.
 */
import { nearest } from '../near';
import { table } from '../table';
import type { Pipeline, Reference, Step } from './model';
import type { Segment } from './reference';
import { type Shape, structure, structuresOf } from './shapes';
import { stepTypes } from './vocabulary';

/** The type of a value at run time; undefined where it cannot be told. */
export type ValueType = 'String' | 'Integer' | 'Float' | 'Boolean' | undefined;

/** What a step declares under a key: the last is one of its hyperparameters or environment variables. */
type DeclaredKey = 'processing output' | 'output parameter' | 'entry';

/** Where a reference leads. */
export type Resolution =
  | { kind: 'value'; type: ValueType; shape: Shape | undefined }
  /** The table of this step type's properties is not complete enough to judge. */
  | { kind: 'unknown' }
  /** There is no such member. */
  | {
      kind: 'noMember';
      at: Segment;
      owner: string;
      members: readonly string[];
      near: string | undefined;
      sure: boolean;
    }
  /** The path ends at something that is not a single value. */
  | { kind: 'notLeaf'; at: Segment; members: readonly string[]; list: boolean }
  /** The path goes on after a single value. */
  | { kind: 'pastLeaf'; at: Segment }
  /** A list or map is followed by a member without `[…]`. */
  | { kind: 'needsIndex'; at: Segment; name: string }
  /** The key is not among those that the step declares. */
  | {
      kind: 'noKey';
      at: Segment;
      what: DeclaredKey;
      keys: readonly string[];
      near: string | undefined;
    };

/** The members at the root of a step type's properties, or undefined where they are not known. */
export function propertiesOf(type: string): ReadonlyMap<string, Shape> | undefined {
  const known = roots.get(type);
  if (known || roots.has(type)) return known;
  const made = makeRoot(type);
  roots.set(type, made);
  return made;
}

const roots = new Map<string, ReadonlyMap<string, Shape> | undefined>();
const text: Shape = { kind: 'string', enum: undefined, limit: undefined };
const textMap: Shape = { kind: 'map', value: text, keys: undefined, limit: undefined };
const integer = { integer: true, min: undefined, max: undefined, pattern: undefined };
const anyMap: Shape = { kind: 'map', value: { kind: 'any' }, keys: undefined, limit: undefined };

/** Properties that no Describe response has, or that a service adds for pipelines. */
const special = table<readonly (readonly [string, Shape])[]>({
  AutoML: [['BestCandidateProperties', { kind: 'map', value: text, keys: undefined, limit: undefined }]],
  Condition: [['Outcome', text]],
  Callback: [['OutputParameters', anyMap]],
  Lambda: [['OutputParameters', anyMap]],
  QualityCheck: [
    ['CalculatedBaselineConstraints', text],
    ['CalculatedBaselineStatistics', text],
    ['BaselineUsedForDriftCheckConstraints', text],
    ['BaselineUsedForDriftCheckStatistics', text],
  ],
  ClarifyCheck: [
    ['CalculatedBaselineConstraints', text],
    ['BaselineUsedForDriftCheckConstraints', text],
  ],
  EMR: [['ClusterId', text]],
  ForEach: [
    ['Status', text],
    ...['InputItemCount', 'TotalStepCount', 'SucceededStepCount', 'FailedStepCount', 'StoppedStepCount'].map(
      (name): readonly [string, Shape] => [name, { kind: 'number', limit: integer }],
    ),
    ['IterationOutputs', { kind: 'list', element: { kind: 'any' }, limit: undefined }],
    ['Selected', { kind: 'any' }],
  ],
  Lineage: [
    ['ActionArns', textMap],
    ['ArtifactArns', textMap],
    ['ContextArns', textMap],
    ['Associations', { kind: 'list', element: { kind: 'any' }, limit: undefined }],
  ],
});

/** Members that are resolved by hand: these two of AutoML are written with dots, not as keys of a map. */
const bestCandidate = ['ModelInsightsJsonReportPath', 'ExplainabilityJsonReportPath'];

function makeRoot(type: string): ReadonlyMap<string, Shape> | undefined {
  if (!(type in stepTypes) || type === 'Fail') return undefined;
  const responses = type in special && type !== 'AutoML' && type !== 'EMR' ? [] : structuresOf(type).slice(1);
  const members = new Map<string, Shape>();
  for (const response of responses) for (const [name, shape] of response.members) members.set(name, shape);
  for (const [name, shape] of special[type] ?? []) members.set(name, shape);
  return members.size > 0 ? members : undefined;
}

/** Types whose properties are a fixed list that newer services may extend, so that a miss is no certainty. */
function isSure(type: string): boolean {
  return !type.startsWith('Bedrock') && !/^(EMRServerless|Lineage|EMR|Job|ForEach)$/.test(type);
}

/** Follows the path of a reference to a step, after the step's name. */
export function resolveProperty(step: Step, segments: readonly Segment[]): Resolution {
  const root = step.type === undefined ? undefined : propertiesOf(step.type);
  const first = segments[0];
  if (!root || !first || step.type === undefined) return { kind: 'unknown' };
  let members: ReadonlyMap<string, Shape> = root;
  let owner: string | undefined;
  let shape: Shape | undefined;
  let name = '';
  for (const segment of segments) {
    // Any value at all; and a document in a string, into which a path may go on.
    if (shape?.kind === 'any' || (shape && name === 'JobConfigDocument')) return { kind: 'unknown' };
    if (shape?.kind === 'list' || shape?.kind === 'map') {
      if (segment.kind === 'member' && name === 'BestCandidateProperties') return candidateProperty(segment, segments);
      if (segment.kind === 'member') return { kind: 'needsIndex', at: segment, name };
      const missing = segment === segments[1] || name === 'Outputs' ? declaredKey(step, name, segment) : undefined;
      if (missing) return missing;
      if (name === 'OutputParameters') {
        const [, , past] = segments;
        return past
          ? { kind: 'pastLeaf', at: past }
          : { kind: 'value', type: outputType(step, segment.text), shape: undefined };
      }
      shape = shape.kind === 'list' ? shape.element : shape.value;
      if (shape.kind === 'any') return { kind: 'unknown' };
    } else if (shape && shape.kind !== 'structure') {
      return { kind: 'pastLeaf', at: segment };
    } else {
      const next = members.get(segment.text);
      if (!next) {
        const names = [...members.keys()];
        const near = nearest(segment.text, names);
        const sure = isSure(step.type);
        return { kind: 'noMember', at: segment, owner: owner ?? `A ${step.type} step`, members: names, near, sure };
      }
      shape = next;
      name = segment.text;
    }
    if (shape.kind === 'structure') {
      ({ members } = structure(shape.name));
      owner = name;
    }
  }
  return ending(shape, segments, members);
}

function ending(
  shape: Shape | undefined,
  segments: readonly Segment[],
  members: ReadonlyMap<string, Shape>,
): Resolution {
  const at = segments.at(-1);
  if (!shape || !at) return { kind: 'unknown' };
  if (shape.kind === 'structure') return { kind: 'notLeaf', at, members: [...members.keys()], list: false };
  if (shape.kind === 'list' || shape.kind === 'map') return { kind: 'notLeaf', at, members: [], list: true };
  return { kind: 'value', type: typeOfShape(shape), shape };
}

function candidateProperty(at: Segment, segments: readonly Segment[]): Resolution {
  if (!bestCandidate.includes(at.text)) {
    const near = nearest(at.text, bestCandidate);
    return { kind: 'noMember', at, owner: 'BestCandidateProperties', members: bestCandidate, near, sure: true };
  }
  const next = segments[segments.indexOf(at) + 1];
  return next ? { kind: 'pastLeaf', at: next } : { kind: 'value', type: 'String', shape: text };
}

/** Keys that the step itself declares: processing outputs, output parameters, and entries of maps in its arguments. */
function declaredKey(step: Step, name: string, at: Segment): Resolution | undefined {
  const outputs = step.arguments?.at('ProcessingOutputConfig', 'Outputs');
  if (name === 'Outputs' && step.type === 'Processing') {
    // A name that is computed cannot be compared.
    if (outputs && (outputs.kind !== 'array' || outputs.items.length !== step.outputs.length)) return undefined;
    if (at.kind === 'index' && Number(at.text) < step.outputs.length) return undefined;
    return missingKey(
      at,
      'processing output',
      step.outputs.map((output) => output.name),
    );
  }
  if (at.kind !== 'key') return undefined;
  if (name === 'HyperParameters' || name === 'Environment') {
    const map = step.arguments?.get(name);
    const keys = map?.members.map(({ key }) => String(key)) ?? [];
    return map?.kind === 'object' ? missingKey(at, 'entry', keys) : undefined;
  }
  if (name === 'OutputParameters') {
    return missingKey(
      at,
      'output parameter',
      step.outputParameters.map((output) => output.name),
    );
  }
  return undefined;
}

function missingKey(at: Segment, what: DeclaredKey, keys: readonly string[]): Resolution | undefined {
  return keys.includes(at.text) ? undefined : { kind: 'noKey', at, what, keys, near: nearest(at.text, keys) };
}

function outputType(step: Step, name: string): ValueType {
  const declared = step.outputParameters.find((output) => output.name === name)?.node.get('OutputType')?.text;
  return asValueType(declared);
}

/** The type that a value of a shape has; undefined where it is not a single value or cannot be told. */
export function typeOfShape(shape: Shape): ValueType {
  if (shape.kind === 'string') return 'String';
  if (shape.kind === 'boolean') return 'Boolean';
  if (shape.kind === 'number') return shape.limit?.integer ? 'Integer' : undefined;
  return undefined;
}

function asValueType(name: string | undefined): ValueType {
  return name === 'String' || name === 'Integer' || name === 'Float' || name === 'Boolean' ? name : undefined;
}

/** The type of the value that a reference gives. */
export function typeOfReference(reference: Reference, pipeline: Pipeline): ValueType {
  const { root, target, path } = reference;
  if (target === undefined) return undefined;
  if (root === 'Parameters') return asValueType(pipeline.parametersByName.get(target)?.[0]?.type);
  if (root === 'Execution' || root === 'PipelineExperimentConfig') return 'String';
  const step = root === 'Steps' ? pipeline.stepsByName.get(target)?.[0] : undefined;
  if (!step) return undefined;
  const resolution = resolveProperty(step, path.segments.slice(2));
  return resolution.kind === 'value' ? resolution.type : undefined;
}
