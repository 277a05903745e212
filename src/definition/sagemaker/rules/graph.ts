/** The graph that the steps make: names, dependencies, cycles, order. */
import { nearestName } from '../../near';
import type { Finding } from '../../finding';
import type { Report, Rule } from '../../rule';
import type { Node } from '../../tree';
import { callOf, type Named, type Pipeline, type Step } from '../model';
import { cyclesOf } from '../cycles';
import { dependencyMembers, triggers } from '../vocabulary';
import { checkMembers, given, hint, kindOf, unknownValue } from './tools';

const stop = (name: string, more = ''): string =>
  `{"Name": "${name}", "Type": "Fail", ${more}"Arguments": {"ErrorMessage": "stop"}}`;
const tell = (name: string, more = ''): string =>
  `{"Name": "${name}", "Type": "Lambda", "FunctionArn": {"Get": "Parameters.Message"}, ${more}"Arguments": {}}`;
const condition = '{"Type": "Equals", "LeftValue": {"Get": "Parameters.Message"}, "RightValue": "go"}';
const branches = (ifSteps: string, elseSteps: string): string =>
  `{"Name": "Good", "Type": "Condition", "Arguments": {"Conditions": [${condition}], "IfSteps": [${ifSteps}], "ElseSteps": [${elseSteps}]}}`;
const model = (data: string): string =>
  `{"Name": "Make", "Type": "Model", "Arguments": {"PrimaryContainer": {"Image": {"Get": "Parameters.Image"}, "ModelDataUrl": ${data}}}}`;
const train = `{"Name": "Count", "Type": "Processing", "Arguments": {"AppSpecification": {"ImageUri": {"Get": "Parameters.Image"}}, "ProcessingResources": {"ClusterConfig": {"InstanceCount": 1, "InstanceType": {"Get": "Parameters.InstanceType"}, "VolumeSizeInGB": 20}}, "ProcessingOutputConfig": {"Outputs": [{"OutputName": "counts", "S3Output": {"S3Uri": "s3://bucket/counts", "LocalPath": "/opt/ml/processing/out", "S3UploadMode": "EndOfJob"}}]}}}`;

export const graphRules: readonly Rule[] = [
  {
    id: 'sm/step-duplicate-name',
    level: 'error',
    title: 'Two steps with one name',
    explanation: 'Step names are unique in the whole pipeline, in the branches of Condition steps too.',
    example: { frame: 'steps', bad: `${stop('Stop')}, ${stop('Stop')}`, good: `${stop('Stop')}, ${stop('Halt')}` },
  },
  {
    id: 'sm/step-also-in-condition',
    level: 'error',
    title: 'A step both at the top level and in a branch',
    explanation:
      'A step is either in `Steps` or in a branch. Steps of a branch run only when the condition chooses it.',
    example: {
      frame: 'steps',
      bad: `${branches(stop('Stop'), '')}, ${stop('Stop')}`,
      good: branches(stop('Stop'), ''),
    },
  },
  {
    id: 'sm/dependson-unknown-step',
    level: 'error',
    title: 'DependsOn names a step that does not exist',
    explanation: 'DependsOn holds names of steps of this definition.',
    example: {
      frame: 'step',
      bad: stop('Stop', '"DependsOn": ["Prepair"], '),
      good: stop('Stop', '"DependsOn": ["Prepare"], '),
    },
  },
  {
    id: 'sm/dependson-malformed',
    level: 'error',
    title: 'An element of DependsOn that is not the name of a step',
    explanation:
      'An element is the name of a step, or an object with `Step` and `Trigger`: the outcome (`Completed`, `Failed`, `Stopped`, `Any`) that lets this step run.',
    example: {
      frame: 'step',
      bad: stop('Stop', '"DependsOn": [{"Step": "Prepare", "Triggers": "Failed"}], '),
      good: stop('Stop', '"DependsOn": [{"Step": "Prepare", "Trigger": "Failed"}], '),
    },
  },
  {
    id: 'sm/dependson-self',
    level: 'error',
    title: 'A step that depends on itself',
    explanation: 'It would wait for ever.',
    example: {
      frame: 'step',
      bad: stop('Stop', '"DependsOn": ["Stop"], '),
      good: stop('Stop', '"DependsOn": ["Prepare"], '),
    },
  },
  {
    id: 'sm/cycle',
    level: 'error',
    title: 'Steps that wait for each other',
    explanation:
      'DependsOn, references and the branches of Condition steps together must not lead round in a circle, since none of its steps could begin. Remove one of the marked dependencies.',
    example: {
      frame: 'steps',
      bad: `${tell('A', '"DependsOn": ["B"], ')}, ${tell('B', '"DependsOn": ["A"], ')}`,
      good: `${tell('A')}, ${tell('B', '"DependsOn": ["A"], ')}`,
    },
  },
  {
    id: 'sm/dependson-fail-step',
    level: 'error',
    title: 'A step that depends on a Fail step',
    explanation: 'A Fail step ends the execution, so nothing can come after it. _CondStep can not depends on FailStep_',
    example: {
      frame: 'steps',
      bad: `${stop('Stop')}, ${tell('Tell', '"DependsOn": ["Stop"], ')}`,
      good: `${tell('Tell')}, ${stop('Stop', '"DependsOn": ["Tell"], ')}`,
    },
  },
  {
    id: 'sm/cross-branch-dependency',
    level: 'warning',
    title: 'A step that depends on one in the other branch',
    explanation:
      'Of the two branches of a Condition step only one runs, so the step would wait for what never happens.',
    example: {
      frame: 'step',
      bad: branches(tell('A', '"DependsOn": ["B"], '), tell('B')),
      good: branches(`${tell('A', '"DependsOn": ["C"], ')}, ${tell('C')}`, tell('B')),
    },
  },
  {
    id: 'sm/redundant-dependson',
    level: 'hint',
    title: 'A dependency that a reference makes already',
    explanation: 'A reference to a step makes this step wait for it. The name in DependsOn does no harm.',
    example: {
      frame: 'step',
      bad: '{"Name": "Stop", "Type": "Fail", "DependsOn": ["Prepare"], "Arguments": {"ErrorMessage": {"Get": "Steps.Prepare.ProcessingJobName"}}}',
      good: '{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": {"Get": "Steps.Prepare.ProcessingJobName"}}}',
    },
  },
  {
    id: 'sm/missing-order',
    level: 'information',
    title: 'A step reads what another writes, without waiting for it',
    explanation:
      'Both name the same place in S3 as text, so SageMaker sees no dependency and may run them at once. Reference the property of the step that writes, or name it in DependsOn.',
    example: {
      frame: 'steps',
      bad: `${train}, ${model('"s3://bucket/counts/model.tar.gz"')}`,
      good: `${train}, ${model('{"Get": "Steps.Count.ProcessingOutputConfig.Outputs[\'counts\'].S3Output.S3Uri"}')}`,
    },
  },
  {
    id: 'sm/no-effect-step',
    level: 'hint',
    title: 'A step that nothing is connected with',
    explanation:
      'It runs beside the others at any time. That may be meant; where it reads what another step writes, a reference is missing.',
    example: {
      frame: 'steps',
      bad: `${tell('A')}, ${tell('B', '"DependsOn": ["Prepare"], ')}`,
      good: `${tell('A')}, ${tell('B', '"DependsOn": ["A", "Prepare"], ')}`,
    },
  },
];

/** Names, dependencies, cycles. */
export function checkGraph(pipeline: Pipeline, report: Report): void {
  checkNames(pipeline, report);
  for (const step of pipeline.steps) checkDependencies(step, pipeline, report);
  for (const edge of cyclesOf(pipeline)) report(edge);
  checkConnections(pipeline, report);
}

function checkNames(pipeline: Pipeline, report: Report): void {
  for (const [name, steps] of pipeline.stepsByName) {
    const [first, ...others] = steps;
    if (!first || others.length === 0) continue;
    const nested = steps.find((step) => step.condition);
    const top = steps.find((step) => !step.condition);
    if (nested && top) {
      // The one at the top level is marked, wherever it stands: it is the one to go.
      reportName(
        'sm/step-also-in-condition',
        top,
        nested,
        `The step '${name}' is also in a branch of a Condition step. Remove it here.`,
        report,
      );
    }
    for (const step of others) {
      if (nested && top && (step === top || (step === nested && first === top))) continue;
      reportName('sm/step-duplicate-name', step, first, `There is a step '${name}' already. Rename one.`, report);
    }
  }
}

function reportName(rule: string, step: Step, other: Step, message: string, report: Report): void {
  if (!step.nameNode) return;
  const finding: Finding = { rule, node: step.nameNode, message };
  if (other.nameNode) finding.related = [{ node: other.nameNode, message: 'The other one.' }];
  if (rule === 'sm/step-also-in-condition')
    finding.fixes = (edit) => [edit.fix('Remove this step', [edit.remove(step.node)])];
  report(finding);
}

function checkDependencies(step: Step, pipeline: Pipeline, report: Report): void {
  for (const element of step.node.get('DependsOn')?.items ?? []) checkForm(element, report);
  if (step.dependsOn.length > 0) checkNamed(step, pipeline, report);
  if (step.condition) {
    for (const { root, target, node } of step.references) {
      const other = root === 'Steps' && target !== undefined ? pipeline.stepsByName.get(target)?.[0] : undefined;
      if (other) checkBranches(step, other, node, report);
    }
  }
}

function checkNamed(step: Step, pipeline: Pipeline, report: Report): void {
  const named = new Map<string, Node>();
  for (const dependency of step.dependsOn) {
    const { name, node } = dependency;
    const first = named.get(name);
    if (first && pipeline.stepsByName.has(name)) checkAgain(node, first, name, report);
    else {
      named.set(name, node);
      checkDependency(step, dependency, pipeline, report);
    }
  }
}

/** A step named twice in one DependsOn. */
function checkAgain(node: Node, first: Node, name: string, report: Report): void {
  // The outcomes that let a step run may be given one by one.
  if (node.kind !== 'string' || first.kind !== 'string') return;
  report({
    rule: 'sm/redundant-dependson',
    node,
    message: `DependsOn names '${name}' already.`,
    related: [{ node: first, message: 'First named here.' }],
    unnecessary: true,
    fixes: (edit) => [edit.fix('Remove the dependency', [edit.remove(node)], true)],
  });
}

function checkForm(element: Node, report: Report): void {
  // A function here has a rule of its own.
  if (element.kind === 'string' || !given(element) || callOf(element)) return;
  if (element.kind !== 'object' || !element.get('Step')) {
    report({
      rule: 'sm/dependson-malformed',
      node: element,
      message: `DependsOn holds names of steps, or objects with Step and Trigger; this is ${kindOf(element)}${element.kind === 'object' ? ' without Step' : ''}.`,
    });
    return;
  }
  checkMembers('sm/dependson-malformed', element, 'A dependency', dependencyMembers, report);
  const trigger = element.get('Trigger');
  if (trigger?.text !== undefined && !triggers.includes(trigger.text)) {
    unknownValue('sm/dependson-malformed', trigger, 'trigger', triggers, report);
  }
}

function checkDependency(step: Step, { name, node, nameNode }: Named, pipeline: Pipeline, report: Report): void {
  const others = pipeline.stepsByName.get(name);
  const [other] = others ?? [];
  if (!others || !other) {
    const near = nearestName(name, pipeline.stepsByName);
    report({
      rule: 'sm/dependson-unknown-step',
      node: nameNode,
      message: `There is no step '${name}'.${hint(near)}`,
      fixes: (edit) => [
        near === undefined ? undefined : edit.fix(`Change to '${near}'`, [edit.value(nameNode, near)], true),
        edit.fix('Remove the dependency', [edit.remove(node)]),
      ],
    });
    return;
  }
  const remove: Finding['fixes'] = (edit) => [edit.fix('Remove the dependency', [edit.remove(node)], true)];
  if (others.includes(step)) {
    report({
      rule: 'sm/dependson-self',
      node,
      message: 'The step depends on itself and would never begin. Remove the dependency.',
      fixes: remove,
    });
  } else if (other.type === 'Fail') {
    report({
      rule: 'sm/dependson-fail-step',
      node,
      message: `'${name}' is a Fail step, which ends the execution: nothing can come after it.`,
      fixes: remove,
    });
  } else if (!checkBranches(step, other, node, report) && refersTo(step, name)) {
    report({
      rule: 'sm/redundant-dependson',
      node,
      message: `A reference in this step makes it wait for '${name}' already.`,
      unnecessary: true,
      fixes: remove,
    });
  }
}

function refersTo({ references }: Step, name: string): boolean {
  return references.some(({ root, target }) => root === 'Steps' && target === name);
}

/** Reports a dependency between the two branches of a Condition step. */
function checkBranches(step: Step, other: Step, node: Node, report: Report): boolean {
  const sides = new Map<Step, string>();
  for (let at: Step | undefined = step; at?.condition; at = at.condition) sides.set(at.condition, at.branch ?? '');
  for (let at: Step | undefined = other; at?.condition; at = at.condition) {
    const side = sides.get(at.condition);
    if (side === undefined || side === at.branch) continue;
    report({
      rule: 'sm/cross-branch-dependency',
      node,
      message: `'${other.name ?? ''}' runs only when this step does not: they are in the two branches of '${at.condition.name ?? ''}'.`,
      ...(other.nameNode ? { related: [{ node: other.nameNode, message: 'The other step.' }] } : {}),
    });
    return true;
  }
  return false;
}

/** Steps that nothing is connected with, in a graph that has connections. */
function checkConnections(pipeline: Pipeline, report: Report): void {
  if (pipeline.steps.length < 2) return;
  const connected = new Set<string>();
  for (const step of pipeline.steps) {
    if (step.condition || step.branches.length > 0) connected.add(step.name ?? '');
    for (const name of step.upstream) {
      if (name === step.name || !pipeline.stepsByName.has(name)) continue;
      connected.add(name);
      connected.add(step.name ?? '');
    }
  }
  if (connected.size === 0) return;
  for (const { name, nameNode, type } of pipeline.steps) {
    if (name === undefined || !nameNode || connected.has(name) || type === 'Condition' || type === 'Fail') continue;
    report({
      rule: 'sm/no-effect-step',
      node: nameNode,
      message: 'Nothing is connected with this step: it waits for no other, and none waits for it.',
    });
  }
}
