/**
 * The model of a SageMaker pipeline definition: parameters, steps (those in Condition branches too), functions and
 * references, each tied to its node. Built from whatever could be read; nothing in it is checked yet.
 */
import type { Node, Tree } from '../tree';
import { parsePath, type Path } from './reference';
import { stepLists } from './vocabulary';

export interface Parameter {
  node: Node;
  /** Undefined where the name is missing or not a string. */
  name: string | undefined;
  nameNode: Node | undefined;
  /** As written; `String` where the member is absent. */
  type: string;
  typeNode: Node | undefined;
  defaultNode: Node | undefined;
}

/** Something with a name that other places may name: a property file, an output parameter, an output. */
export interface Named {
  node: Node;
  name: string;
  nameNode: Node;
}

/** A function in the text. */
export interface Call {
  /** The object that is the function. */
  node: Node;
  /** `Get`, `Std:Join`, `Std:JsonGet`. */
  function: 'Get' | 'Std:Join' | 'Std:JsonGet';
  /** The member of `node` that holds its arguments. */
  argument: Node;
  /** The function whose argument this one stands in, if any. */
  within: Call | undefined;
}

/** A `Get` whose value is a string. */
export interface Reference {
  call: Call;
  /** The string node. */
  node: Node;
  text: string;
  path: Path;
  /** `Parameters`, `Steps`, `Execution`, `PipelineExperimentConfig`, or what else is written there. */
  root: string;
  /** The name after the root: of a parameter, a step, a variable. */
  target: string | undefined;
  /** The step in which it stands; undefined in PipelineExperimentConfig and the like. */
  step: Step | undefined;
}

export interface Step {
  node: Node;
  name: string | undefined;
  nameNode: Node | undefined;
  /** As written; undefined where missing or not a string. */
  type: string | undefined;
  typeNode: Node | undefined;
  arguments: Node | undefined;
  /** The elements of DependsOn: names, or objects that name a Step. `node` is the element, `nameNode` the name in it. */
  dependsOn: readonly Named[];
  /** The names of the steps that this one must wait for, by DependsOn or a reference; those that do not exist, too. */
  upstream: readonly string[];
  /** The Condition step in a branch of which this one stands, or the ForEach step in its body. */
  condition: Step | undefined;
  /** The branch of a Condition step; undefined in the body of a ForEach step. */
  branch: 'If' | 'Else' | undefined;
  /** References that stand in this step itself, not in steps inside its branches. */
  references: readonly Reference[];
  /** Functions likewise. */
  calls: readonly Call[];
  /** Those of them that stand where only a literal may. */
  misplaced: readonly Call[];
  /** Texts in it that name places: S3 addresses, ARNs, images in a registry. */
  places: readonly Node[];
  /** Every null in it. */
  nulls: readonly Node[];
  /** Steps in the branches of a Condition step or the body of a ForEach step, in document order, one level. */
  branches: readonly Step[];
  /** Arguments.ProcessingOutputConfig.Outputs by OutputName. */
  outputs: readonly Named[];
  propertyFiles: readonly Named[];
  outputParameters: readonly Named[];
}

/** One top-level step with everything inside it: what is read again when it is edited. */
export interface Unit {
  top: Step;
  /** The step and all the steps in its branches, in document order. */
  steps: readonly Step[];
  /** What {@link Notes} keep about it. */
  notes: unknown[];
}

let notebooks = 0;

/**
 * What a check keeps about each unit, as long as the unit is there. A WeakMap would do the same, but garbage collection goes
 * through the entries of each one again and again.
 */
export class Notes<T> {
  private readonly at = notebooks++;

  of({ notes }: Unit): T | undefined {
    return notes[this.at] as T | undefined;
  }

  keep({ notes }: Unit, value: T): T {
    // Without gaps, whatever is kept first.
    while (notes.length < this.at) notes.push(undefined);
    notes[this.at] = value;
    return value;
  }
}

export interface Pipeline {
  tree: Tree;
  root: Node;
  parameters: readonly Parameter[];
  units: readonly Unit[];
  /** Every step at any depth, in document order. */
  steps: readonly Step[];
  /** Steps by name; more than one where a name is taken twice. */
  stepsByName: ReadonlyMap<string, readonly Step[]>;
  parametersByName: ReadonlyMap<string, readonly Parameter[]>;
  /** References outside of steps. */
  loose: readonly Reference[];
  looseCalls: readonly Call[];
  /** Nulls outside of steps. */
  looseNulls: readonly Node[];
}

/** What a walk over values finds in them. */
interface Found {
  calls: Call[];
  references: Reference[];
  places: Node[];
  nulls: Node[];
}

function nothing(): Found {
  return { calls: [], references: [], places: [], nulls: [] };
}

const none: readonly never[] = [];

/** True where the root looks like a pipeline definition, whatever is wrong inside. */
export function isPipeline(root: Node | undefined): boolean {
  if (root?.kind !== 'object') return false;
  const version = root.get('Version');
  const steps = root.get('Steps');
  if (steps?.kind === 'array' || steps?.kind === 'object') {
    const isDated = /^20\d\d-\d\d-\d\d$/.test(version?.text ?? '');
    return isDated || root.get('PipelineExperimentConfig') !== undefined || steps.children.some(looksLikeStep);
  }
  return version?.text === '2020-12-01';
}

function looksLikeStep(node: Node): boolean {
  return node.get('Type')?.kind === 'string' && node.get('Arguments') !== undefined;
}

/**
 * The model of the pipeline in a tree, or undefined where it holds none.
 * @param known true where it is known to be a definition, whatever it looks like
 */
export function buildPipeline(tree: Tree, root: Node | undefined = tree.root, known = false): Pipeline | undefined {
  if (!root || !(known || isPipeline(root))) return undefined;
  return assemble(tree, root, (root.get('Steps')?.items ?? []).filter(isObject).map(buildUnit));
}

/** Puts a model together from its units; `units` are kept from an earlier model where their text is the same. */
export function assemble(tree: Tree, root: Node, units: readonly Unit[]): Pipeline {
  const parameters = (root.get('Parameters')?.items ?? []).filter(isObject).map(buildParameter);
  const steps = units.flatMap((unit) => unit.steps);
  const loose = nothing();
  for (const member of root.members) {
    if (member.key !== 'Steps' || member.kind === 'null') collect(member, undefined, undefined, loose);
  }
  return {
    tree,
    root,
    parameters,
    units,
    steps,
    stepsByName: byName(steps),
    parametersByName: byName(parameters),
    loose: loose.references,
    looseCalls: loose.calls,
    looseNulls: loose.nulls,
  };
}

/** Reads one top-level step and what is inside it. */
export function buildUnit(node: Node): Unit {
  const steps: Step[] = [];
  return { top: buildStep(node, undefined, undefined, steps), steps, notes: [] };
}

/** The reference of a step that `node`, the string in its `Get`, is. */
export function referenceAt({ references }: Step, node: Node): Reference | undefined {
  return references.find((reference) => reference.node === node);
}

function buildParameter(node: Node): Parameter {
  const nameNode = node.get('Name');
  const typeNode = node.get('Type');
  return {
    node,
    name: nameNode?.text,
    nameNode,
    type: typeNode?.text ?? 'String',
    typeNode,
    defaultNode: node.get('DefaultValue'),
  };
}

/** Members of a step that take literals alone. */
const literalMembers = new Set([
  'Name',
  'Type',
  'DependsOn',
  'CacheConfig',
  'RetryPolicies',
  'DisplayName',
  'Description',
  'PropertyFiles',
  'OutputParameters',
]);

function buildStep(node: Node, condition: Step | undefined, branch: 'If' | 'Else' | undefined, all: Step[]): Step {
  const nameNode = node.get('Name');
  const typeNode = node.get('Type');
  const args = node.get('Arguments');
  const found = nothing();
  const branches: Step[] = [];
  const step: Step = {
    node,
    name: nameNode?.text,
    nameNode,
    type: typeNode?.text,
    typeNode,
    arguments: args,
    dependsOn: dependencies(node.get('DependsOn')),
    upstream: none,
    condition,
    branch,
    calls: found.calls,
    misplaced: none,
    references: found.references,
    places: found.places,
    nulls: found.nulls,
    branches,
    outputs: named(args?.get('ProcessingOutputConfig')?.get('Outputs'), 'OutputName'),
    propertyFiles: named(node.get('PropertyFiles'), 'PropertyFileName'),
    outputParameters: named(node.get('OutputParameters'), 'OutputName'),
  };
  all.push(step);
  for (const member of node.members) {
    const lists = member === args && step.type !== undefined ? stepLists[step.type] : undefined;
    if (lists) {
      for (const argument of member.members) {
        const list = lists[String(argument.key)];
        const side = list === 'Body' ? undefined : list;
        if (!list || argument.kind !== 'array') collect(argument, step, undefined, found);
        else {
          for (const item of argument.items) {
            if (item.kind === 'object') branches.push(buildStep(item, step, side, all));
          }
        }
      }
    } else {
      const before = found.calls.length;
      collect(member, step, undefined, found);
      if (found.calls.length > before && literalMembers.has(String(member.key))) {
        step.misplaced = [...step.misplaced, ...found.calls.slice(before).filter(({ within }) => !within)];
      }
    }
  }
  step.upstream = namedSteps(step.dependsOn, step.references);
  return step;
}

function dependencies(list: Node | undefined): readonly Named[] {
  if (!list) return none;
  const found: Named[] = [];
  for (const node of list.items) {
    const nameNode = node.kind === 'object' ? node.get('Step') : node;
    if (nameNode?.text !== undefined) found.push({ node, name: nameNode.text, nameNode });
  }
  return found;
}

/** Finds the functions, the names of places and the nulls in a value. */
function collect(node: Node, step: Step | undefined, within: Call | undefined, found: Found): void {
  if (node.kind === 'string') {
    if (namesPlace(node.value as string)) found.places.push(node);
    return;
  }
  if (node.kind === 'null') found.nulls.push(node);
  if (node.kind !== 'object' && node.kind !== 'array') return;
  const call = node.kind === 'object' ? callOf(node, within) : undefined;
  if (call) {
    found.calls.push(call);
    const text = call.function === 'Get' ? call.argument.text : undefined;
    if (text !== undefined) {
      found.references.push(buildReference(call, text, step));
      if (node.children.length === 1) return;
    }
  }
  for (const child of node.children) {
    // Most values are texts: they cost no call.
    if (child.kind !== 'string') collect(child, step, call ?? within, found);
    else if (namesPlace(child.value as string)) found.places.push(child);
  }
}

/** True for the texts of {@link Step.places}; looks at the first character before anything else. */
function namesPlace(text: string): boolean {
  if (text.length < 8) return false;
  const first = text.charCodeAt(0);
  if (first === 0x73) return text.startsWith('s3://');
  if (first === 0x61) return text.startsWith('arn:');
  return first >= 0x30 && first <= 0x39 ? text.includes('.dkr.ecr.') : false;
}

/** The function that an object is, if it is one: an object with a member of a function's name. */
export function callOf(node: Node, within?: Call): Call | undefined {
  // A function stands alone; extra members are looked at by a rule. Never deeper than the first few members.
  for (let i = 0; i < node.children.length && i < 3; i++) {
    const child = node.children[i];
    const key = child?.key;
    if (child && (key === 'Get' || key === 'Std:Join' || key === 'Std:JsonGet')) {
      return { node, function: key, argument: child, within };
    }
  }
  return undefined;
}

function buildReference(call: Call, text: string, step: Step | undefined): Reference {
  const path = parsePath(text);
  return {
    call,
    node: call.argument,
    text,
    path,
    root: path.segments[0]?.text ?? '',
    target: path.segments[1]?.text,
    step,
  };
}

function named(list: Node | undefined, member: string): readonly Named[] {
  if (!list) return none;
  const found: Named[] = [];
  for (const node of list.items) {
    const nameNode = node.get(member);
    if (nameNode?.text !== undefined) found.push({ node, name: nameNode.text, nameNode });
  }
  return found;
}

function byName<T extends { name: string | undefined }>(list: readonly T[]): Map<string, T[]> {
  const map = new Map<string, T[]>();
  for (const item of list) {
    if (item.name === undefined) continue;
    const same = map.get(item.name);
    if (same) same.push(item);
    else map.set(item.name, [item]);
  }
  return map;
}

function isObject(node: Node): boolean {
  return node.kind === 'object';
}

/** The steps that DependsOn and the references of one step name, each once. */
function namedSteps(dependsOn: readonly Named[], references: readonly Reference[]): string[] {
  const names = dependsOn.map(({ name }) => name);
  for (const { root, target } of references) if (root === 'Steps' && target !== undefined) names.push(target);
  return names.length > 1 ? [...new Set(names)] : names;
}
