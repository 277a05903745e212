/**
 * A pipeline definition as plain values: what runs are made of and what views of runs show. It is read from the same
 * model as the editor's, so that a step, a branch or a dependency is the same everywhere.
 */
import { parseJson } from '../json';
import type { Node } from '../tree';
import { buildPipeline, type Parameter, type Pipeline, type Step } from './model';
import { stepLists } from './vocabulary';

export type Json = null | boolean | number | string | Json[] | { [member: string]: Json };

export type ParameterType = 'String' | 'Integer' | 'Float' | 'Boolean';

export interface RunnableParameter {
  name: string;
  /** `String` where the type is absent or none that is known: values travel as text. */
  type: ParameterType;
  /** Absent: the parameter must be given. */
  default?: string | number | boolean;
  /** The values that it may take, where they are listed. */
  allowed?: string[];
  description?: string;
}

/** One step, taken out of the branch or body that it may stand in. */
export interface RunnableStep {
  name: string;
  type: string;
  displayName?: string;
  description?: string;
  /** Without the steps in the branches of a Condition step or the body of a ForEach step. */
  arguments: { [member: string]: Json };
  /** What stands beside the arguments and is no list of steps or policies: `FunctionArn`, `SqsQueueUrl`. */
  members: { [member: string]: Json };
  /** The outputs that a Lambda or Callback step declares. */
  outputParameters: readonly { name: string; type: string }[];
  /** The names in DependsOn. */
  dependsOn: readonly string[];
  /** The steps that must have ended before it: named in DependsOn, referenced in it, or the step it stands in. */
  needs: readonly string[];
  /** The Condition step in whose branch it stands, and the outcome that leads to it. */
  branch?: { step: string; outcome: 'True' | 'False' };
  /** The ForEach step in whose body it stands, at any depth. */
  loop?: string;
  /** JSON files that a Processing step leaves: `path` is relative to the output. */
  propertyFiles: readonly { name: string; output: string; path: string }[];
  /** Present where the step's cache is on; `expireAfter` is an ISO 8601 duration. */
  cache?: { expireAfter?: string };
  retries: readonly RetryPolicy[];
}

/** When and how often a failed step is tried again. */
export interface RetryPolicy {
  exceptions: string[];
  /** Before the first further attempt, in seconds. */
  intervalSeconds: number;
  /** By which the interval grows with each attempt. */
  backoffRate: number;
  maxAttempts: number;
}

export interface RunnablePipeline {
  parameters: readonly RunnableParameter[];
  /** All steps, those in branches and bodies too, in the order of the text. */
  steps: readonly RunnableStep[];
  /** What it was read from. */
  model: Pipeline;
}

/** A text that is no definition. Its message is a sentence. */
export class UnreadableDefinition extends Error {
  override readonly name = 'UnreadableDefinition';
}

/**
 * Reads a definition that can be run.
 * @throws {UnreadableDefinition} where the text is not JSON, or a step has no name or no type
 */
export function readRunnable(text: string): RunnablePipeline {
  const tree = parseJson(text);
  const [problem] = tree.problems;
  if (problem) {
    const { line, character } = tree.lines.position(problem.start);
    throw new UnreadableDefinition(
      `The definition is not valid JSON in line ${line + 1}, column ${character + 1}: ${problem.message}`,
    );
  }
  if (tree.root?.kind !== 'object') throw new UnreadableDefinition('The definition must be a JSON object.');
  if (tree.root.get('Steps')?.kind !== 'array') throw new UnreadableDefinition('Steps must be an array.');
  const model = buildPipeline(tree, tree.root, true);
  if (!model) throw new UnreadableDefinition('The text is not a pipeline definition.');
  return { parameters: model.parameters.flatMap(toParameter), steps: model.steps.map(toStep), model };
}

/** A value as `JSON.parse` gives it; null where it is missing. */
export function valueOf(node: Node | undefined): Json {
  if (!node) return null;
  if (node.kind === 'array') return node.items.map(valueOf);
  if (node.kind === 'object') return Object.fromEntries(node.members.map((member) => [member.key, valueOf(member)]));
  return node.value ?? null;
}

function toParameter({ node, name, type, defaultNode }: Parameter): RunnableParameter[] {
  if (name === undefined) return [];
  const value = defaultNode?.value;
  const allowed = node.get('EnumValues');
  return [
    {
      name,
      type: isParameterType(type) ? type : 'String',
      ...(value === undefined || value === null ? {} : { default: value }),
      ...(allowed?.kind === 'array' ? { allowed: texts(allowed) } : {}),
      ...textMember('description', node.get('Description')),
    },
  ];
}

function isParameterType(type: string): type is ParameterType {
  return type === 'String' || type === 'Integer' || type === 'Float' || type === 'Boolean';
}

function toStep(step: Step): RunnableStep {
  const { node, name, type, condition, branch } = step;
  if (name === undefined || type === undefined) {
    throw new UnreadableDefinition('Every step needs a Name and a Type.');
  }
  const holder = condition?.name;
  const loop = loopOf(step);
  const cache = node.get('CacheConfig');
  return {
    name,
    type,
    ...textMember('displayName', node.get('DisplayName')),
    ...textMember('description', node.get('Description')),
    arguments: ownArguments(step),
    members: ownMembers(step),
    outputParameters: (node.get('OutputParameters')?.items ?? []).map((output) => ({
      name: output.get('OutputName')?.text ?? '',
      type: output.get('OutputType')?.text ?? 'String',
    })),
    dependsOn: step.dependsOn.map((dependency) => dependency.name),
    needs: holder === undefined ? step.upstream : [...new Set([...step.upstream, holder])],
    ...(holder !== undefined && branch
      ? { branch: { step: holder, outcome: branch === 'If' ? 'True' : 'False' } }
      : {}),
    ...(loop === undefined ? {} : { loop }),
    propertyFiles: (node.get('PropertyFiles')?.items ?? []).map((file) => ({
      name: file.get('PropertyFileName')?.text ?? '',
      output: file.get('OutputName')?.text ?? '',
      path: file.get('FilePath')?.text ?? '',
    })),
    ...(cache?.get('Enabled')?.value === true ? { cache: textMember('expireAfter', cache.get('ExpireAfter')) } : {}),
    retries: (node.get('RetryPolicies')?.items ?? []).map(toRetry),
  };
}

function ownArguments({ type = '', arguments: given }: Step): RunnableStep['arguments'] {
  const lists = stepLists[type];
  const own = (given?.members ?? []).filter(({ kind, key }) => kind !== 'array' || !lists?.[String(key)]);
  return Object.fromEntries(own.map((member) => [String(member.key), valueOf(member)]));
}

const describedApart = new Set(['Name', 'Type', 'DisplayName', 'Description', 'DependsOn', 'CacheConfig', 'Arguments']);

function ownMembers({ node }: Step): RunnableStep['members'] {
  const own = node.members.filter(({ kind, key }) => kind !== 'array' && !describedApart.has(String(key)));
  return Object.fromEntries(own.map((member) => [String(member.key), valueOf(member)]));
}

function loopOf({ condition, branch }: Step): string | undefined {
  if (!condition) return undefined;
  return branch ? loopOf(condition) : condition.name;
}

/** The service's own defaults stand for what a policy leaves out. */
function toRetry(policy: Node): RetryPolicy {
  const number = (name: string, otherwise: number): number => {
    const value = policy.get(name)?.value;
    return typeof value === 'number' ? value : otherwise;
  };
  return {
    exceptions: texts(policy.get('ExceptionType')),
    intervalSeconds: number('IntervalSeconds', 1),
    backoffRate: number('BackoffRate', 2),
    maxAttempts: number('MaxAttempts', 5),
  };
}

function texts(list: Node | undefined): string[] {
  return (list?.items ?? []).flatMap(({ text }) => text ?? []);
}

function textMember<Key extends string>(key: Key, node: Node | undefined): { [K in Key]?: string } {
  return (node?.text === undefined ? {} : { [key]: node.text }) as { [K in Key]?: string };
}
