/** The outline of the definition: its top level and what every step has. */
import { nearest } from '../../near';
import type { Report, Rule } from '../../rule';
import { table } from '../../table';
import type { Node } from '../../tree';
import type { Pipeline, Step, Unit } from '../model';
import {
  commonStepMembers,
  experimentMembers,
  mlflowMembers,
  nameLength,
  namePattern,
  stepTypes,
  stepTypeSynonyms,
  topLevelMembers,
  version,
} from '../vocabulary';
import { checkScalarObject } from './functions';
import { checkMembers, given, hint, kindOf, mayBeNewer, missingMember, nearestMember, unknownMember } from './tools';

export const structureRules: readonly Rule[] = [
  {
    id: 'sm/version-missing',
    level: 'warning',
    title: 'The definition has no Version',
    explanation: `The version tells SageMaker how to read the definition. Write \`"Version": "${version}"\`.`,
    example: {
      frame: 'document',
      bad: '{"Steps": [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "stop"}}]}',
      good: '{"Version": "2020-12-01", "Steps": [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "stop"}}]}',
    },
  },
  {
    id: 'sm/version-unknown',
    level: 'error',
    title: 'The Version is not one that SageMaker knows',
    explanation: `There is one version of the definition language: \`${version}\`.`,
    example: {
      frame: 'document',
      bad: '{"Version": "2020-12-02", "Steps": []}',
      good: '{"Version": "2020-12-01", "Steps": []}',
    },
  },
  {
    id: 'sm/steps-missing',
    level: 'error',
    title: 'The definition has no Steps',
    explanation: 'A pipeline is its steps. Even an empty one says `"Steps": []`.',
    example: {
      frame: 'document',
      bad: '{"Version": "2020-12-01"}',
      good: '{"Version": "2020-12-01", "Steps": []}',
    },
  },
  {
    id: 'sm/steps-not-array',
    level: 'error',
    title: 'Steps is not an array',
    explanation: 'Steps is an array of objects with a Name each, not a map of names to steps.',
    example: {
      frame: 'document',
      bad: '{"Version": "2020-12-01", "Steps": {"Stop": {"Type": "Fail", "Arguments": {"ErrorMessage": "stop"}}}}',
      good: '{"Version": "2020-12-01", "Steps": [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "stop"}}]}',
    },
  },
  {
    id: 'sm/step-not-object',
    level: 'error',
    title: 'A step is not an object',
    explanation: 'Each element of Steps is an object with Name, Type and Arguments.',
    example: {
      frame: 'document',
      bad: '{"Version": "2020-12-01", "Steps": ["Train"]}',
      good: '{"Version": "2020-12-01", "Steps": [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "stop"}}]}',
    },
  },
  {
    id: 'sm/toplevel-unknown-member',
    level: 'error',
    title: 'A member that a definition does not have',
    explanation: `A definition has ${topLevelMembers.map((name) => `\`${name}\``).join(', ')}. The pipeline's name, role, tags and parallelism are given to CreatePipeline, not in the definition.`,
    example: {
      frame: 'document',
      bad: '{"Version": "2020-12-01", "Step": [], "Steps": []}',
      good: '{"Version": "2020-12-01", "Steps": []}',
    },
  },
  {
    id: 'sm/toplevel-wrong-type',
    level: 'error',
    title: 'A top-level member of the wrong type',
    explanation:
      '`Parameters` is an array, `Metadata` an object of strings, `PipelineExperimentConfig` and `MlflowConfig` objects or null.',
    example: {
      frame: 'document',
      bad: '{"Version": "2020-12-01", "Parameters": {}, "Steps": []}',
      good: '{"Version": "2020-12-01", "Parameters": [], "Steps": []}',
    },
  },
  {
    id: 'sm/experiment-config-unknown-member',
    level: 'error',
    title: 'A member that PipelineExperimentConfig or MlflowConfig does not have',
    explanation:
      '`PipelineExperimentConfig` has `ExperimentName` and `TrialName`; `MlflowConfig` has `MlflowResourceArn` and `MlflowExperimentName`.',
    example: {
      frame: 'document',
      bad: '{"Version": "2020-12-01", "PipelineExperimentConfig": {"ExperimentName": "penguins", "Trial": "one"}, "Steps": []}',
      good: '{"Version": "2020-12-01", "PipelineExperimentConfig": {"ExperimentName": "penguins", "TrialName": "one"}, "Steps": []}',
    },
  },
  {
    id: 'sm/step-missing-name',
    level: 'error',
    title: 'A step without a name',
    explanation: 'Every step needs a name that is unique in the pipeline, in the branches of Condition steps too.',
    example: {
      frame: 'step',
      bad: '{"Type": "Fail", "Arguments": {"ErrorMessage": "stop"}}',
      good: '{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "stop"}}',
    },
  },
  {
    id: 'sm/step-missing-type',
    level: 'error',
    title: 'A step without a type',
    explanation: 'The type says what the step does and which Arguments it takes.',
    example: {
      frame: 'step',
      bad: '{"Name": "Stop", "Arguments": {"ErrorMessage": "stop"}}',
      good: '{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "stop"}}',
    },
  },
  {
    id: 'sm/step-missing-arguments',
    level: 'error',
    title: 'A step without arguments',
    explanation:
      'Every step has `Arguments`. On Lambda and Callback steps, where they may be empty, this is only a remark.',
    example: {
      frame: 'step',
      bad: '{"Name": "Stop", "Type": "Fail"}',
      good: '{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "stop"}}',
    },
  },
  {
    id: 'sm/step-unknown-type',
    level: 'error',
    title: 'A step type that SageMaker does not know',
    explanation:
      'The names of the Python classes are not all types of the definition: a `ModelStep` becomes `Model` or `RegisterModel`, a notebook job or a decorated function becomes `Training`.',
    example: {
      frame: 'step',
      bad: '{"Name": "Stop", "Type": "FailStep", "Arguments": {"ErrorMessage": "stop"}}',
      good: '{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "stop"}}',
    },
  },
  {
    id: 'sm/step-type-case',
    level: 'error',
    title: 'A step type in the wrong case',
    explanation: 'Step types are written with capitals: `Training`, `RegisterModel`, `AutoML`.',
    example: {
      frame: 'step',
      bad: '{"Name": "Stop", "Type": "fail", "Arguments": {"ErrorMessage": "stop"}}',
      good: '{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "stop"}}',
    },
  },
  {
    id: 'sm/step-unknown-member',
    level: 'error',
    title: 'A member that a step of this type does not have',
    explanation:
      'SageMaker rejects members that it does not know, so a misspelt `DependsOn` is an error and not a dependency that is lost.',
    example: {
      frame: 'step',
      bad: '{"Name": "Stop", "Type": "Fail", "DependOn": ["Prepare"], "Arguments": {"ErrorMessage": "stop"}}',
      good: '{"Name": "Stop", "Type": "Fail", "DependsOn": ["Prepare"], "Arguments": {"ErrorMessage": "stop"}}',
    },
  },
  {
    id: 'sm/step-member-wrong-type',
    level: 'error',
    title: 'A member of a step of the wrong type',
    explanation:
      '`Arguments` is an object; `DependsOn` is an array of step names; `Name`, `DisplayName` and `Description` are strings; lists are arrays.',
    example: {
      frame: 'step',
      bad: '{"Name": "Stop", "Type": "Fail", "DependsOn": "Prepare", "Arguments": {"ErrorMessage": "stop"}}',
      good: '{"Name": "Stop", "Type": "Fail", "DependsOn": ["Prepare"], "Arguments": {"ErrorMessage": "stop"}}',
    },
  },
  {
    id: 'sm/step-name-invalid',
    level: 'error',
    title: 'A step name with characters that are not allowed',
    explanation:
      'Step names have letters, digits, hyphens and underscores. Dots would make references ambiguous, spaces belong into `DisplayName`.',
    example: {
      frame: 'step',
      bad: '{"Name": "Stop here!", "Type": "Fail", "Arguments": {"ErrorMessage": "stop"}}',
      good: '{"Name": "Stop-here", "Type": "Fail", "Arguments": {"ErrorMessage": "stop"}}',
    },
  },
  {
    id: 'sm/step-name-too-long',
    level: 'error',
    title: `A step name of more than ${nameLength} characters`,
    explanation: `Step names have at most ${nameLength} characters; \`DisplayName\` has room for 256.`,
    example: {
      frame: 'step',
      bad: `{"Name": "${'Stop'.repeat(17)}", "Type": "Fail", "Arguments": {"ErrorMessage": "stop"}}`,
      good: '{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "stop"}}',
    },
  },
];

/** The top level of the definition. */
export function checkTopLevel({ root }: Pipeline, report: Report): void {
  const versionNode = root.get('Version');
  if (!versionNode) {
    missingMember(
      'sm/version-missing',
      root,
      `The definition has no Version. Add "Version": "${version}".`,
      'Version',
      version,
      report,
    );
  } else if (given(versionNode) && versionNode.value !== version) {
    report({
      rule: 'sm/version-unknown',
      node: versionNode,
      message: `There is no such version of the definition language; the only one is '${version}'.`,
      fixes: (edit) => [edit.fix(`Change to '${version}'`, [edit.value(versionNode, version)], true)],
    });
  }
  checkSteps(root, report);
  for (const member of root.members) {
    if (!topLevelMembers.includes(String(member.key))) {
      unknownMember('sm/toplevel-unknown-member', member, 'A pipeline definition', topLevelMembers, report);
    }
  }
  expectKind(root.get('Parameters'), 'array', 'Parameters', report);
  expectKind(root.get('Metadata'), 'object', 'Metadata', report);
  for (const [name, members] of [
    ['PipelineExperimentConfig', experimentMembers],
    ['MlflowConfig', mlflowMembers],
  ] as const) {
    const node = root.get(name);
    if (!expectKind(node, 'object', name, report) || !node) continue;
    checkMembers('sm/experiment-config-unknown-member', node, name, members, report);
    for (const member of node.members) {
      if (member.kind === 'object') checkScalarObject(member, 'sm/toplevel-wrong-type', report, 'a string');
      else expectKind(member, 'string', String(member.key), report);
    }
  }
}

function checkSteps(root: Node, report: Report): void {
  const steps = root.get('Steps');
  if (!steps) {
    missingMember('sm/steps-missing', root, 'The definition has no Steps. Add "Steps": [].', 'Steps', [], report);
    return;
  }
  if (!given(steps)) return;
  if (steps.kind !== 'array') {
    report({
      rule: 'sm/steps-not-array',
      node: steps,
      message: `Steps is ${kindOf(steps)}; it must be an array of steps.`,
    });
    return;
  }
  for (const step of steps.items) {
    if (step.kind === 'object' || !given(step)) continue;
    report({
      rule: 'sm/step-not-object',
      node: step,
      message: `A step is an object with Name, Type and Arguments; this is ${kindOf(step)}.`,
    });
  }
}

function expectKind(
  node: Node | undefined,
  kind: 'array' | 'object' | 'string',
  name: string,
  report: Report,
): boolean {
  if (!given(node)) return false;
  if (node.kind === kind) return true;
  report({
    rule: 'sm/toplevel-wrong-type',
    node,
    message: `${name} is ${kindOf(node)}; it must be ${kind === 'string' ? 'a string' : `an ${kind}`}.`,
  });
  return false;
}

/** What every step has: name, type, arguments, and members that its type allows. */
export function checkStepOutline(unit: Unit, report: Report): void {
  for (const step of unit.steps) checkStep(step, report);
}

function checkStep(step: Step, report: Report): void {
  const { node } = step;
  checkName(step, report);
  checkType(step, report);
  const type = step.type === undefined ? undefined : stepTypes[step.type];
  if (!node.get('Arguments')) {
    // The published schema lets these two do without; whether the service does is not known.
    const unsure = step.type === 'Lambda' || step.type === 'Callback';
    missingMember(
      'sm/step-missing-arguments',
      node,
      `The step${named(step)} has no Arguments. Add ${unsure ? '{}, as the Python SDK does' : 'them'}.`,
      'Arguments',
      {},
      unsure ? (finding) => report({ ...finding, atMost: 'information' }) : report,
    );
  }
  for (const member of node.members) checkStepMember(step, member, report);
  if (!type) {
    checkMembersOfAnyStep(step, report);
    return;
  }
  const { own = [] } = type;
  for (const member of node.members) {
    const name = String(member.key);
    // The last three have rules of their own, which say where they belong.
    if (commonStepMembers.includes(name) || own.includes(name) || policyMembers.includes(name)) continue;
    const policies = [...(type.cache ? ['CacheConfig'] : []), ...(type.retry ? ['RetryPolicies'] : [])];
    const known = [...commonStepMembers, ...own, ...policies];
    unknownMember('sm/step-unknown-member', member, `A ${step.type} step`, known, report);
  }
}

const policyMembers = ['CacheConfig', 'RetryPolicies', 'PropertyFiles'];

/** Of a step whose type is missing or not known only what is near to a known member is surely misspelt. */
function checkMembersOfAnyStep({ node, type }: Step, report: Report): void {
  const known = [...commonStepMembers, ...policyMembers, ...Object.values(stepTypes).flatMap(({ own = [] }) => own)];
  for (const member of node.members) {
    const name = String(member.key);
    if (known.includes(name) || nearestMember(name, known) === undefined) continue;
    unknownMember('sm/step-unknown-member', member, 'A step', known, (finding) =>
      report(type === undefined ? finding : { ...finding, atMost: 'warning' }),
    );
  }
}

function named(step: Step): string {
  return step.name === undefined ? '' : ` '${step.name}'`;
}

function checkName(step: Step, report: Report): void {
  const { nameNode, name, node } = step;
  if (!nameNode) {
    missingMember(
      'sm/step-missing-name',
      node,
      'The step has no Name. Add one that no other step has.',
      'Name',
      step.type ?? 'Step',
      report,
    );
    return;
  }
  if (name === undefined) return;
  if (!namePattern.test(name) || name === '') {
    const better = name.replaceAll(/[^A-Za-z0-9\-_]+/g, '-').replaceAll(/^-+|-+$/g, '');
    report({
      rule: 'sm/step-name-invalid',
      node: nameNode,
      message: 'A step name has letters, digits, hyphens and underscores only. Put other text into DisplayName.',
      fixes: (edit) => [better ? edit.fix(`Change to '${better}'`, [edit.value(nameNode, better)]) : undefined],
    });
  } else if (name.length > nameLength) {
    report({
      rule: 'sm/step-name-too-long',
      node: nameNode,
      message: `The name has ${name.length} characters; at most ${nameLength} are allowed. Put the long form into DisplayName.`,
    });
  }
}

function checkType(step: Step, report: Report): void {
  const { typeNode, type, node } = step;
  if (!typeNode) {
    missingMember(
      'sm/step-missing-type',
      node,
      `The step${named(step)} has no Type. Add one.`,
      'Type',
      'Processing',
      report,
    );
    return;
  }
  if (type === undefined || type in stepTypes) return;
  const names = Object.keys(stepTypes);
  const sameButCase = names.find((name) => name.toLowerCase() === type.toLowerCase());
  const near = sameButCase ?? stepTypeSynonyms[type.toLowerCase().replace(/step$/, '')] ?? nearestType(type, names);
  report({
    rule: sameButCase ? 'sm/step-type-case' : 'sm/step-unknown-type',
    node: typeNode,
    message: sameButCase
      ? `The type is written '${sameButCase}'.`
      : `There is no step type '${type}'.${near === undefined ? mayBeNewer : hint(near)}`,
    ...(near === undefined ? { atMost: 'warning' as const } : {}),
    fixes: (edit) => (near === undefined ? [] : [edit.fix(`Change to '${near}'`, [edit.value(typeNode, near)], true)]),
  });
}

function nearestType(type: string, names: readonly string[]): string | undefined {
  const bare = type.replace(/_?Step$/i, '');
  return (
    names.find((name) => name.toLowerCase() === bare.toLowerCase()) ?? nearest(type, names) ?? nearest(bare, names)
  );
}

const memberKinds = table<Node['kind']>({
  Name: 'string',
  Type: 'string',
  Arguments: 'object',
  DependsOn: 'array',
  DisplayName: 'string',
  Description: 'string',
  CacheConfig: 'object',
  RetryPolicies: 'array',
  PropertyFiles: 'array',
  OutputParameters: 'array',
});

function isCall(node: Node, { calls }: Step): boolean {
  return calls.some((call) => call.node === node);
}

function checkStepMember(step: Step, member: Node, report: Report): void {
  const kind = memberKinds[String(member.key)];
  if (!kind || !given(member) || member.kind === kind) return;
  // A function in a place that takes none has a rule of its own.
  if (member.kind === 'object' && isCall(member, step)) return;
  reportKind(member, kind, report);
}

function reportKind(member: Node, kind: Node['kind'], report: Report): void {
  report({
    rule: 'sm/step-member-wrong-type',
    node: member,
    message: `${String(member.key)} is ${kindOf(member)}; it must be ${kind === 'array' || kind === 'object' ? 'an' : 'a'} ${kind}.`,
    fixes: (edit) =>
      kind === 'array' && member.kind === 'string'
        ? [edit.fix('Put it into an array', [edit.value(member, [member.text])], true)]
        : [],
  });
}
