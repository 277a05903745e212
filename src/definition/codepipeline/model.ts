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
  /** `V1`, `V2`, or undefined where it is not given or computed. */
  type: string | undefined;
  /** False where the list of stages is computed: nothing can be said of the whole. */
  complete: boolean;
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
  const stagesNode = member(node, 'stages');
  const stages = (stagesNode?.items ?? []).filter((item) => item.kind === 'object' && !isIntrinsic(item));
  const built = stages.map((stage, index) => reader.stage(stage, index));
  const whole =
    stagesNode?.kind === 'array' &&
    stages.length === stagesNode.items.length &&
    stages.every((stage) => {
      const actions = member(stage, 'actions');
      return actions === undefined || (actions.kind === 'array' && !actions.items.some(isIntrinsic));
    });
  return {
    node,
    form,
    stages: built,
    actions: built.flatMap((stage) => stage.actions),
    type: member(node, 'pipelineType')?.text,
    complete: whole,
    variables: (member(node, 'variables')?.items ?? []).flatMap((item) => named(member(item, 'name')) ?? []),
    member,
  };
}

class Reader {
  constructor(private readonly member: Pipeline['member']) {}

  stage(node: Node, index: number): Stage {
    const actions: Action[] = [];
    const stage: Stage = { node, index, name: named(this.member(node, 'name')), actions };
    for (const item of this.member(node, 'actions')?.items ?? []) {
      if (item.kind === 'object' && !isIntrinsic(item)) actions.push(this.action(item, stage));
    }
    return stage;
  }

  private action(node: Node, stage: Stage): Action {
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
