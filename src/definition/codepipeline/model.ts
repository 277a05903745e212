/**
 * The model of a CodePipeline declaration, the same for the two ways it is written: as the service prints it
 * (`{"pipeline": {…}}`) and as the properties of an AWS::CodePipeline::Pipeline. Built from whatever can be read.
 */
import type { Node } from '../tree';
import { capital } from './shapes';

/** A name that other places may name. */
export interface Named {
  name: string;
  node: Node;
}

export interface Action {
  node: Node;
  stage: Stage;
  name: Named | undefined;
  /** Parts of the action type; undefined where missing or computed. */
  category: string | undefined;
  owner: string | undefined;
  provider: string | undefined;
  providerNode: Node | undefined;
  /** 1 where it is not given; undefined where it is computed. */
  runOrder: number | undefined;
  inputs: readonly Named[];
  outputs: readonly Named[];
  inputsNode: Node | undefined;
  outputsNode: Node | undefined;
  configuration: Node | undefined;
  namespace: Named | undefined;
  region: Named | undefined;
}

export interface Stage {
  node: Node;
  index: number;
  name: Named | undefined;
  actions: readonly Action[];
}

export interface Pipeline {
  /** The declaration, or the resource's properties. */
  node: Node;
  form: 'service' | 'cloudformation';
  stages: readonly Stage[];
  actions: readonly Action[];
  /** Actions that are there under a condition: those in the branches of an `Fn::If`. */
  optional: readonly Action[];
  /** `V1`, `V2`, or undefined where it is not given or computed. */
  type: string | undefined;
  /** False where a list of stages or actions is computed: the whole is not known, nor its order. */
  complete: boolean;
  /** True where all that may be there is among the actions and the optional ones. */
  allKnown: boolean;
  variables: readonly Named[];
  /** A member by the name that the service gives it. */
  member(node: Node | undefined, name: string): Node | undefined;
}

/** True for what CloudFormation works out when it makes the stack: `{"Ref": …}`, `{"Fn::Sub": …}`. */
export function isIntrinsic(node: Node): boolean {
  const [only] = node.members;
  return (
    node.members.length === 1 &&
    only !== undefined &&
    (only.key === 'Ref' || only.key === 'Condition' || String(only.key).startsWith('Fn::'))
  );
}

/** The model of the pipeline whose declaration is `node`. */
export function buildPipeline(node: Node, form: Pipeline['form']): Pipeline {
  const member = (parent: Node | undefined, name: string): Node | undefined =>
    parent?.get(form === 'service' ? name : capital(name));
  const reader = new Reader(member);
  const stages = choices(member(node, 'stages'));
  const built = stages.always.map((stage, index) => reader.stage(stage, index));
  const lists = [...stages.always, ...stages.sometimes].map((stage) => choices(member(stage, 'actions')));
  const inBranches = stages.sometimes.flatMap((stage) => reader.stage(stage, built.length).actions);
  const amongOthers = stages.always.flatMap((stage, index) =>
    choices(member(stage, 'actions')).sometimes.map((one) =>
      reader.action(one, built[index] ?? reader.stage(stage, index)),
    ),
  );
  return {
    node,
    form,
    stages: built,
    actions: built.flatMap((stage) => stage.actions),
    optional: [...inBranches, ...amongOthers],
    type: member(node, 'pipelineType')?.text,
    complete: [stages, ...lists].every(({ isLiteral }) => isLiteral),
    allKnown: [stages, ...lists].every(({ isKnown }) => isKnown),
    variables: (member(node, 'variables')?.items ?? []).flatMap((item) => named(member(item, 'name')) ?? []),
    member,
  };
}

/** What a list of objects may hold when the stack is made. */
interface Choices {
  always: readonly Node[];
  /** Those in a branch of an `Fn::If`. */
  sometimes: readonly Node[];
  /** True where the list is written out, without conditions. */
  isLiteral: boolean;
  /** True where nothing else can be in the list. */
  isKnown: boolean;
}

function choices(list: Node | undefined): Choices {
  const items = list?.items ?? [];
  const always = items.filter((item) => item.kind === 'object' && !isIntrinsic(item));
  const branches = items.filter(isIntrinsic).map(branchesOf);
  const isArray = list === undefined || list.kind === 'array';
  return {
    always,
    sometimes: branches.flatMap((found) => found ?? []),
    isLiteral: isArray && branches.length === 0,
    isKnown: isArray && branches.every((found) => found !== undefined),
  };
}

/** The objects of which an `Fn::If` gives one or none; undefined where something else may come of it. */
function branchesOf(node: Node): Node[] | undefined {
  if (node.get('Ref')?.text === 'AWS::NoValue') return [];
  if (!isIntrinsic(node)) return node.kind === 'object' ? [node] : undefined;
  const condition = node.get('Fn::If');
  if (condition?.items.length !== 3) return undefined;
  const found = condition.items.slice(1).map(branchesOf);
  return found.every((one) => one !== undefined) ? found.flat() : undefined;
}

class Reader {
  constructor(private readonly member: Pipeline['member']) {}

  stage(node: Node, index: number): Stage {
    const actions: Action[] = [];
    const stage: Stage = { node, index, name: named(this.member(node, 'name')), actions };
    for (const item of choices(this.member(node, 'actions')).always) actions.push(this.action(item, stage));
    return stage;
  }

  action(node: Node, stage: Stage): Action {
    const type = this.member(node, 'actionTypeId');
    const order = this.member(node, 'runOrder');
    const inputsNode = this.member(node, 'inputArtifacts');
    const outputsNode = this.member(node, 'outputArtifacts');
    const artifacts = (list: Node | undefined): Named[] =>
      (list?.items ?? []).flatMap((item) => named(this.member(item, 'name')) ?? []);
    return {
      node,
      stage,
      name: named(this.member(node, 'name')),
      category: this.member(type, 'category')?.text,
      owner: this.member(type, 'owner')?.text,
      provider: this.member(type, 'provider')?.text,
      providerNode: this.member(type, 'provider'),
      runOrder: order === undefined ? 1 : numberOf(order),
      inputs: artifacts(inputsNode),
      outputs: artifacts(outputsNode),
      inputsNode,
      outputsNode,
      configuration: this.member(node, 'configuration'),
      namespace: named(this.member(node, 'namespace')),
      region: named(this.member(node, 'region')),
    };
  }
}

function named(node: Node | undefined): Named | undefined {
  return node?.text === undefined ? undefined : { name: node.text, node };
}

function numberOf(node: Node): number | undefined {
  if (typeof node.value === 'number') return node.value;
  return node.text !== undefined && /^\d+$/.test(node.text) ? Number(node.text) : undefined;
}

/** True where `earlier` has ended before `later` begins. */
export function runsBefore(earlier: Action, later: Action): boolean {
  if (earlier.stage.index !== later.stage.index) return earlier.stage.index < later.stage.index;
  if (earlier.runOrder === undefined || later.runOrder === undefined) return earlier !== later;
  return earlier.runOrder < later.runOrder;
}
