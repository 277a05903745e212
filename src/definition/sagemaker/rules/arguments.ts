/**
 * The arguments of the steps whose arguments are a request of a service: members, kinds, enums, ranges and patterns,
 * against the shapes of that request.
 */
import type { Finding } from '../../finding';
import type { Report, Rule } from '../../rule';
import { table } from '../../table';
import { nearest, oneOf } from '../../near';
import type { Node } from '../../tree';
import { callOf, Notes, type Step, type Unit } from '../model';
import { type Limit, type Shape, type Structure, structure, structuresOf } from '../shapes';
import { ownScalars, stepTypes } from '../vocabulary';
import { checkScalarObject } from './functions';
import { checkText, isEmptyWrong } from './patterns';
import { given, hint, isPlaceholder, kindOf, mayBeNewer, missingMember, unknownMember } from './tools';

const training = (args: string): string => `{
  "Name": "Train",
  "Type": "Training",
  "Arguments": {
    "AlgorithmSpecification": {"TrainingImage": {"Get": "Parameters.Image"}, "TrainingInputMode": "File"},
    "OutputDataConfig": {"S3OutputPath": {"Get": "Steps.Prepare.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri"}},
    "ResourceConfig": {"InstanceType": {"Get": "Parameters.InstanceType"}, "InstanceCount": 1, "VolumeSizeInGB": 30},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600}${args}
  }
}`;
const good = training('');

export const argumentRules: readonly Rule[] = [
  {
    id: 'sm/arguments-unknown-member',
    level: 'error',
    title: 'An argument that a step of this type does not take',
    explanation:
      "The arguments of a job step are the members of the service's request for that job, and SageMaker rejects others: _Unknown Argument member_.",
    example: {
      frame: 'step',
      bad: training(',\n    "HyperParameter": {"epochs": "10"}'),
      good: training(',\n    "HyperParameters": {"epochs": "10"}'),
    },
  },
  {
    id: 'sm/nested-unknown-member',
    level: 'error',
    title: 'A member that an argument does not have',
    explanation:
      "Inside the arguments, too, only members of the service's request are accepted, in exactly their case.",
    example: { frame: 'step', bad: good.replace('InstanceCount', 'InstancesCount'), good },
  },
  {
    id: 'sm/argument-not-supported-in-pipelines',
    level: 'error',
    title: 'An argument that exists in the request but not in a pipeline',
    explanation:
      'A few members of the requests are refused in a definition: `ModelPackageName` of RegisterModel, `DataCaptureConfig` and `ExplainerConfig` of EndpointConfig, `DeploymentConfig` of Endpoint, `ModelDeployConfig` of AutoML.',
    example: {
      frame: 'step',
      bad: '{"Name": "Deploy", "Type": "Endpoint", "Arguments": {"EndpointConfigName": {"Get": "Parameters.Message"}, "DeploymentConfig": {}}}',
      good: '{"Name": "Deploy", "Type": "Endpoint", "Arguments": {"EndpointConfigName": {"Get": "Parameters.Message"}}}',
    },
  },
  {
    id: 'sm/arguments-missing-member',
    level: 'warning',
    title: 'An argument without which the step cannot work',
    explanation:
      'The request needs this member. Job names and roles may be left out: SageMaker makes the name, and the role of the pipeline is used.',
    example: { frame: 'step', bad: good.replace(/\n {4}"OutputDataConfig.*/, ''), good },
  },
  {
    id: 'sm/nested-missing-required',
    level: 'error',
    title: 'A required member is missing inside an argument',
    explanation: 'The service requires this member of the structure.',
    example: {
      frame: 'step',
      bad: training(
        ',\n    "InputDataConfig": [{"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/train"}}}]',
      ),
      good: training(
        ',\n    "InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/train"}}}]',
      ),
    },
  },
  {
    id: 'sm/arg-wrong-type',
    level: 'error',
    title: 'A value of the wrong type',
    explanation:
      'SageMaker checks kinds exactly: a number in quotes is not a number, an object is not a list of one object. _Expecting start of Json Array._',
    example: { frame: 'step', bad: good.replace('"InstanceCount": 1', '"InstanceCount": "1"'), good },
  },
  {
    id: 'sm/hyperparameter-not-string',
    level: 'error',
    title: 'A hyperparameter that is not a string',
    explanation: 'Hyperparameters are a map of strings, numbers too: `"eta": "0.2"`.',
    example: {
      frame: 'step',
      bad: training(',\n    "HyperParameters": {"eta": 0.2}'),
      good: training(',\n    "HyperParameters": {"eta": "0.2"}'),
    },
  },
  {
    id: 'sm/environment-not-string',
    level: 'error',
    title: 'An environment variable that is not a string',
    explanation: 'Environment variables are a map of strings, numbers and booleans too: `"DEBUG": "true"`.',
    example: {
      frame: 'step',
      bad: training(',\n    "Environment": {"DEBUG": true}'),
      good: training(',\n    "Environment": {"DEBUG": "true"}'),
    },
  },
  {
    id: 'sm/function-for-array',
    level: 'error',
    title: 'A function where an array or an object is expected',
    explanation: 'Functions give single values. A whole array or object cannot come from one; its elements can.',
    example: {
      frame: 'step',
      bad: '{"Name": "Deploy", "Type": "Endpoint", "Arguments": {"EndpointConfigName": "one", "Tags": {"Get": "Parameters.Message"}}}',
      good: '{"Name": "Deploy", "Type": "Endpoint", "Arguments": {"EndpointConfigName": "one", "Tags": [{"Key": "k", "Value": {"Get": "Parameters.Message"}}]}}',
    },
  },
  {
    id: 'sm/enum-invalid',
    level: 'error',
    title: 'A value that is not among those the service knows',
    explanation: 'The service takes only the values of its model. Case counts. _failed to satisfy enum value set_',
    example: { frame: 'step', bad: good.replace('"File"', '"file"'), good },
  },
  {
    id: 'sm/instance-type-invalid',
    level: 'warning',
    title: 'An instance type that SageMaker does not offer for this job',
    explanation:
      'SageMaker instance types begin with `ml.`. The list grows, so a type that this tool does not know is a warning.',
    example: {
      frame: 'step',
      bad: good.replace('{"Get": "Parameters.InstanceType"}', '"m5.large"'),
      good: good.replace('{"Get": "Parameters.InstanceType"}', '"ml.m5.large"'),
    },
  },
  {
    id: 'sm/number-out-of-range',
    level: 'error',
    title: 'A number outside of the allowed range',
    explanation: "The service's model states the least and the greatest value.",
    example: { frame: 'step', bad: good.replace('"InstanceCount": 1', '"InstanceCount": -1'), good },
  },
  {
    id: 'sm/bedrock-literal-name',
    level: 'error',
    title: 'A deployment of a custom model with a fixed name',
    explanation:
      'Each run of the step makes a deployment, and names are taken once. The Python SDK refuses a `ModelDeploymentName` that is not a reference to a parameter.',
    example: {
      frame: 'step',
      bad: '{"Name": "Deploy", "Type": "BedrockCustomModelDeployment", "Arguments": {"ModelDeploymentName": "fixed", "ModelArn": {"Get": "Parameters.Message"}}}',
      good: '{"Name": "Deploy", "Type": "BedrockCustomModelDeployment", "Arguments": {"ModelDeploymentName": {"Get": "Parameters.Message"}, "ModelArn": {"Get": "Parameters.Message"}}}',
    },
  },
  {
    id: 'sm/too-many-items',
    level: 'error',
    title: 'More items than the service takes',
    explanation:
      'Lists and maps have limits: 10 processing inputs and outputs, 20 channels, 50 tags, 100 hyperparameters or environment variables.',
    example: {
      frame: 'step',
      bad: `{"Name": "Deploy", "Type": "Endpoint", "Arguments": {"EndpointConfigName": "one", "Tags": [${Array.from({ length: 51 }, (_, i) => `{"Key": "k${i}", "Value": "v"}`).join(', ')}]}}`,
      good: '{"Name": "Deploy", "Type": "Endpoint", "Arguments": {"EndpointConfigName": "one", "Tags": [{"Key": "k", "Value": "v"}]}}',
    },
  },
];

/** A value in a place whose type is known: what a function there must give. */
export interface Expectation {
  node: Node;
  /** The step in whose arguments it stands. */
  step: Step;
  shape: ScalarShape;
  /** Names the place in a message: `InstanceCount`. */
  place: string;
}

/** By step type, the arguments that a pipeline does not take, with the reason. */
const unsupportedIn = table(
  Object.fromEntries(Object.entries(stepTypes).map(([type, { unsupported = {} }]) => [type, table(unsupported)])),
);

function articleOf(type: string): string {
  return /^[AEIOU]/.test(type) ? 'An' : 'A';
}

type ScalarShape = Shape & { kind: 'string' | 'number' | 'boolean' };

interface Result {
  findings: readonly Finding[];
  expectations: readonly Expectation[];
}

const results = new Notes<Result>();
const none: readonly string[] = [];

export function checkArguments(unit: Unit, report: Report): void {
  for (const finding of resultOf(unit).findings) report(finding);
}

/** The functions in the arguments of a unit's steps, with the type that each place takes. */
export function expectations(unit: Unit): readonly Expectation[] {
  return resultOf(unit).expectations;
}

/** Checks a value as if it stood in a place of a step's arguments. */
export function checkLiteral(node: Node, shape: Expectation['shape'], place: string, report: Report): void {
  const walker = new Walker();
  walker.literal(node, shape, place);
  for (const finding of walker.findings) report(finding);
}

function resultOf(unit: Unit): Result {
  const known = results.of(unit);
  if (known) return known;
  const walker = new Walker();
  for (const step of unit.steps) walker.walk(step);
  return results.keep(unit, walker);
}

class Walker implements Result {
  readonly findings: Finding[] = [];
  readonly expectations: Expectation[] = [];
  private readonly report: Report = (finding) => this.findings.push(finding);
  private step: Step | undefined;

  walk(step: Step): void {
    this.step = step;
    const type = step.type === undefined ? undefined : stepTypes[step.type];
    const args = step.arguments;
    if (!type || step.type === undefined) return;
    for (const name of type.own ?? []) {
      const member = step.node.get(name);
      const kind = ownScalars[name];
      if (kind && given(member)) this.scalar(member, kind === 'boolean' ? { kind } : plainText, name);
    }
    if (args?.kind !== 'object') return;
    if (callOf(args)) {
      this.isContainer(args, 'object', 'Arguments');
      return;
    }
    if (type.kind === 'request') this.request(args, step.type, type.request ?? step.type);
    if (step.type === 'EMR') this.emr(args);
    if (step.type === 'EMRServerless') this.emrServerless(args);
  }

  /** Checks a scalar that stands in no step. */
  literal(node: Node, shape: ScalarShape, place: string): void {
    this.scalar(node, shape, place);
  }

  private request(args: Node, type: string, request: string): void {
    const [own] = structuresOf(request);
    if (!own) return;
    if (type.startsWith('Bedrock')) {
      this.bedrock(args, type);
      return;
    }
    const unsupported = unsupportedIn[type];
    for (const member of args.members) {
      const name = String(member.key);
      const reason = unsupported?.[name];
      const shape = own.members.get(name);
      if (reason !== undefined) this.unsupported(member, reason);
      else if (shape) this.value(member, shape, name, own);
      else this.unknownArgument(member, type, own);
    }
    for (const name of stepTypes[type]?.required ?? [])
      if (!args.get(name)) this.missingArgument(args, name, type, own);
  }

  private unknownArgument(member: Node, type: string, { members }: Structure): void {
    const unsupported = unsupportedIn[type] ?? {};
    const known = [...members.keys()].filter((key) => !(key in unsupported));
    const owner = `The request of ${articleOf(type).toLowerCase()} ${type} step`;
    unknownMember('sm/arguments-unknown-member', member, owner, known, this.report);
  }

  private missingArgument(args: Node, name: string, type: string, { members }: Structure): void {
    const message = `${articleOf(type)} ${type} step needs '${name}'. Add it.`;
    missingMember('sm/arguments-missing-member', args, message, name, scaffold(members.get(name)), this.report);
  }

  /**
   * For Bedrock the documentation names two requests for a custom model, and how members inside are written is not
   * known: the names of the arguments alone are checked. The SDK refuses those that do not begin with a capital; others
   * are never errors.
   */
  private bedrock(args: Node, type: string): void {
    const requests = structuresOf(type).filter((_, index) => index !== 1);
    const known = requests.flatMap(({ members }) => [...members.keys()]);
    for (const member of args.members) {
      const name = String(member.key);
      if (known.includes(name)) continue;
      const isKnown = known.includes(name.charAt(0).toUpperCase() + name.slice(1));
      unknownMember('sm/arguments-unknown-member', member, `The request of a ${type} step`, known, (finding) =>
        this.report(isKnown ? finding : { ...finding, atMost: 'warning' }),
      );
    }
    const name = type === 'BedrockCustomModelDeployment' ? args.get('ModelDeploymentName') : undefined;
    if (name?.kind === 'string') {
      this.report({
        rule: 'sm/bedrock-literal-name',
        node: name,
        message:
          'A deployment has one name, and each run makes another deployment: take the name from a parameter. The SDK refuses a literal here.',
      });
    }
  }

  private unsupported(member: Node, reason: string): void {
    this.report({
      rule: 'sm/argument-not-supported-in-pipelines',
      node: member,
      mark: 'key',
      message: `'${String(member.key)}' is not supported in a pipeline: ${reason}.`,
      fixes: (edit) => [edit.fix(`Remove '${String(member.key)}'`, [edit.remove(member)], true)],
    });
  }

  private emr(args: Node): void {
    const [cluster] = structuresOf('EMR');
    const [stepConfig] = structuresOf('EMRStep');
    const config = args.get('ClusterConfig');
    const step = args.get('StepConfig');
    // The step's name and what happens on failure are SageMaker's own matter.
    if (step && stepConfig)
      this.value(step, { kind: 'structure', name: stepConfig.name }, 'StepConfig', stepConfig, ['Name']);
    if (config && cluster)
      this.value(config, { kind: 'structure', name: cluster.name }, 'ClusterConfig', cluster, ['Name', 'Instances']);
    this.listed(args, 'EMR');
  }

  private emrServerless(args: Node): void {
    this.listed(args, 'EMRServerless');
  }

  private listed(args: Node, type: string): void {
    const allowed = stepTypes[type]?.members ?? [];
    for (const member of args.members) {
      if (allowed.includes(String(member.key))) continue;
      unknownMember('sm/arguments-unknown-member', member, `The arguments of an ${type} step`, allowed, this.report);
    }
  }

  /** Checks one value. `place` is the member's name; `owner` the structure it belongs to; `optional` members may be missing. */
  private value(node: Node, shape: Shape, place: string, owner: Structure, optional = none): void {
    if (!given(node)) return;
    switch (shape.kind) {
      case 'structure':
        this.structure(node, structure(shape.name), place, optional);
        break;
      case 'list':
        this.list(node, shape, place, owner);
        break;
      case 'map':
        this.map(node, shape, place, owner);
        break;
      case 'string':
      case 'number':
      case 'boolean':
        this.scalar(node, shape, place);
        break;
      case 'timestamp':
      case 'any':
        break;
    }
  }

  private structure(node: Node, own: Structure, place: string, optional: readonly string[]): void {
    if (!this.isContainer(node, 'object', place)) return;
    for (const member of node.members) {
      const name = String(member.key);
      const shape = own.members.get(name);
      if (shape) this.value(member, shape, name, own);
      else unknownMember('sm/nested-unknown-member', member, place, own.members.keys(), this.report);
    }
    for (const name of own.required) {
      if (node.get(name) || optional.includes(name)) continue;
      missingMember(
        'sm/nested-missing-required',
        node,
        `${place} needs '${name}'. Add it.`,
        name,
        scaffold(own.members.get(name)),
        this.report,
      );
    }
  }

  private list(node: Node, shape: Shape & { kind: 'list' }, place: string, owner: Structure): void {
    if (!this.isContainer(node, 'array', place)) return;
    this.count(node, shape.limit, place);
    const of = `${place}[]`;
    for (const item of node.items) this.value(item, shape.element, of, owner);
  }

  private map(node: Node, shape: Shape & { kind: 'map' }, place: string, owner: Structure): void {
    if (!this.isContainer(node, 'object', place)) return;
    this.count(node, shape.limit, place);
    for (const member of node.members) {
      if (shape.value.kind !== 'string') this.value(member, shape.value, String(member.key), owner);
      else this.mapText(member, shape.value, place);
    }
  }

  /** A value of a map of strings: hyperparameters and environment variables, which people write as numbers. */
  private mapText(node: Node, shape: Shape & { kind: 'string' }, place: string): void {
    if (node.kind !== 'number' && node.kind !== 'boolean' && node.kind !== 'array') {
      this.value(node, shape, String(node.key), structureless);
      return;
    }
    const rule = place.endsWith('HyperParameters')
      ? 'sm/hyperparameter-not-string'
      : place === 'Environment'
        ? 'sm/environment-not-string'
        : 'sm/arg-wrong-type';
    const quoted = JSON.stringify(node.value);
    this.report({
      rule,
      node,
      message: `${place} is a map of strings; this is ${kindOf(node)}.${node.kind === 'array' ? '' : ` Write "${quoted}".`}`,
      fixes: (edit) =>
        node.kind === 'array' ? [] : [edit.fix('Put it in quotes', [edit.value(node, edit.tree.source(node))], true)],
    });
  }

  private scalar(node: Node, shape: ScalarShape, place: string): void {
    if (node.kind === 'object') {
      const expected = shape.kind === 'string' ? 'a string' : shape.kind === 'number' ? 'a number' : 'a boolean';
      const isFunction = checkScalarObject(node, 'sm/arg-wrong-type', this.report, expected);
      if (isFunction && this.step) this.expectations.push({ node, step: this.step, shape, place });
    } else if (node.kind !== shape.kind) {
      this.wrongScalar(node, shape, place);
    } else if (shape.kind === 'string') {
      this.text(node, shape, place);
    } else if (shape.kind === 'number') {
      this.number(node, shape.limit, place);
    }
  }

  private wrongScalar(node: Node, shape: ScalarShape, place: string): void {
    const expected = shape.kind === 'number' && shape.limit?.integer ? 'an integer' : `a ${shape.kind}`;
    const converted = convert(node, shape);
    this.report({
      rule: 'sm/arg-wrong-type',
      node,
      message: `${place} is ${expected}; this is ${kindOf(node)}.`,
      fixes: (edit) =>
        converted === undefined
          ? []
          : [edit.fix(`Change to ${JSON.stringify(converted)}`, [edit.value(node, converted)], true)],
    });
  }

  private text(node: Node, shape: Shape & { kind: 'string' }, place: string): void {
    const value = node.text ?? '';
    if (value === '' && (shape.enum || isEmptyWrong(place, shape.limit))) {
      this.report({ rule: 'sm/value-pattern', node, message: `${place} is empty. Write its value, or leave it out.` });
    } else if (shape.enum) {
      if (!shape.enum.values.has(value)) this.unknownEnum(node, value, shape.enum.name, [...shape.enum.values], place);
    } else {
      checkText(node, value, place, shape.limit, this.report);
    }
  }

  private unknownEnum(node: Node, value: string, name: string, values: readonly string[], place: string): void {
    if (isPlaceholder(value)) return;
    const isInstance = name.includes('InstanceType');
    const near =
      isInstance && values.includes(`ml.${value}`)
        ? `ml.${value}`
        : (nearest(value, values) ?? (isInstance ? undefined : values.find((known) => isKnownWithGap(value, known))));
    const choice = near !== undefined ? hint(near) : isInstance ? '' : ` It is one of ${oneOf(values)}.`;
    const finding: Finding = {
      rule: isInstance ? 'sm/instance-type-invalid' : 'sm/enum-invalid',
      node,
      message: `'${value}' is not a known value of ${place}.${choice}${near === undefined ? mayBeNewer : ''}`,
      fixes: (edit) =>
        near !== undefined
          ? [edit.fix(`Change to '${near}'`, [edit.value(node, near)], true)]
          : isInstance
            ? []
            : values.slice(0, 6).map((choice) => edit.fix(`Change to '${choice}'`, [edit.value(node, choice)])),
    };
    if (near === undefined) finding.atMost = 'warning';
    this.report(finding);
  }

  private number(node: Node, limit: Limit | undefined, place: string): void {
    const value = typeof node.value === 'number' ? node.value : 0;
    if (value < 0 && limit?.min === undefined && amounts.test(place)) {
      this.report({ rule: 'sm/number-out-of-range', node, message: `${place} is at least 0; this is ${value}.` });
      return;
    }
    if (!limit) return;
    if (limit.integer && !Number.isInteger(value)) {
      this.report({ rule: 'sm/arg-wrong-type', node, message: `${place} is an integer; ${value} is not.` });
      return;
    }
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = limit;
    if (value >= min && value <= max) return;
    const clamped = Math.min(Math.max(value, min), max);
    this.report({
      rule: 'sm/number-out-of-range',
      node,
      message: `${place} is ${value < min ? `at least ${min}` : `at most ${max}`}; this is ${value}.`,
      fixes: (edit) => [edit.fix(`Change to ${clamped}`, [edit.value(node, clamped)])],
    });
  }

  private count(node: Node, limit: Limit | undefined, place: string): void {
    const max = limit?.max;
    if (max === undefined || node.children.length <= max) return;
    this.report({
      rule: 'sm/too-many-items',
      node,
      mark: 'opening',
      message: `${place} holds at most ${max} items; these are ${node.children.length}.`,
    });
  }

  /** Reports a value that is no array or no object where one is expected. */
  private isContainer(node: Node, kind: 'array' | 'object', place: string): boolean {
    const expected = kind === 'array' ? 'an array' : 'an object';
    const first = node.members[0];
    const isFunction =
      first !== undefined &&
      node.members.length === 1 &&
      /^(Get|Std:.*|Fn::.*)$/.test(String(first.key)) &&
      first.kind !== 'array';
    if (isFunction) {
      this.report({
        rule: 'sm/function-for-array',
        node,
        message: `${place} is ${expected}, which a function cannot give. Write ${kind === 'array' ? 'its elements' : 'its members'}; each may be a function.`,
        fixes: (edit) => [kind === 'array' ? edit.fix('Put it into an array', [wrap(edit, node)]) : undefined],
      });
      return false;
    }
    if (node.kind === kind) return true;
    this.report({
      rule: 'sm/arg-wrong-type',
      node,
      message: `${place} is ${expected}; this is ${kindOf(node)}.`,
      fixes: (edit) => [
        kind === 'array' ? edit.fix('Put it into an array', [wrap(edit, node)], node.kind === 'object') : undefined,
      ],
    });
    return false;
  }
}

/** Members that count or measure, of which the services' models do not always say that they are not negative. */
const amounts = /(Count|InGB|InMB|InSeconds|InMinutes|InDays)$/;

/** True where a word of `known` was left out: `PendingApproval` of `PendingManualApproval`. */
function isKnownWithGap(value: string, known: string): boolean {
  if (value.length < 8 || value.length * 2 < known.length) return false;
  let same = 0;
  while (same < value.length && value[same] === known[same]) same++;
  return same > 2 && same < value.length && known.length > value.length && known.endsWith(value.slice(same));
}

type Edit = Parameters<NonNullable<Finding['fixes']>>[0];

function wrap(edit: Edit, node: Node): ReturnType<Edit['span']> {
  return edit.span(node.start, node.end, `[${edit.tree.source(node)}]`);
}

const plainText: Shape & { kind: 'string' } = { kind: 'string', enum: undefined, limit: undefined };
const structureless: Structure = { name: '', required: [], members: new Map(), isUnion: false };

/** The value of the right kind that was surely meant, if any. */
function convert(node: Node, shape: ScalarShape): string | number | boolean | undefined {
  if (shape.kind === 'string') return node.kind === 'array' ? undefined : String(node.value);
  const text = node.text?.trim() ?? '';
  if (shape.kind === 'boolean') return /^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : undefined;
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined;
}

/** Something of a shape to begin with, where a missing member is added. */
function scaffold(shape: Shape | undefined): unknown {
  if (!shape) return {};
  switch (shape.kind) {
    case 'structure': {
      const { required, members } = structure(shape.name);
      return Object.fromEntries(required.map((name) => [name, scaffold(members.get(name))]));
    }
    case 'list':
      return [];
    case 'map':
      return {};
    case 'number':
      return shape.limit?.min ?? 1;
    case 'boolean':
      return false;
    case 'string':
      return shape.enum ? ([...shape.enum.values][0] ?? '') : '';
    case 'timestamp':
    case 'any':
      return '';
  }
}
