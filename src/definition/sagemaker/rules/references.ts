/** References: whether they lead to something, and whether it has the type that its place takes. */
import type { Finding, Mark } from '../../finding';
import { nearest, oneOf, nearestName } from '../../near';
import type { Report, Rule } from '../../rule';
import { table } from '../../table';
import { type Pipeline, type Reference, referenceAt, type Step, type Unit } from '../model';
import { type Resolution, resolveProperty, typeOfReference, type ValueType } from '../properties';
import type { Segment } from '../reference';
import { executionVariables, loopRoots, referenceRoots } from '../vocabulary';
import { expectations, type Expectation } from './arguments';
import { hint, mayBeNewer } from './tools';

const fail = (path: string): string =>
  `{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": {"Get": "${path}"}}}`;
const condition = (file: string, step = 'Evaluate'): string =>
  `{"Type": "GreaterThan", "LeftValue": {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.${step}.PropertyFiles.${file}"}, "Path": "accuracy"}}, "RightValue": 0.9}`;
const lambda = (name: string): string =>
  `{"Name": "Tell", "Type": "Lambda", "FunctionArn": {"Get": "Parameters.Message"}, "Arguments": {"text": {"Get": "Steps.Ask.OutputParameters['${name}']"}}}`;

const tuned = (index: number): string =>
  `{"Name": "Search", "Type": "Tuning", "Arguments": {"HyperParameterTuningJobConfig": {"Strategy": "Bayesian", "ResourceLimits": {"MaxParallelTrainingJobs": 2}}, "TrainingJobDefinition": {"AlgorithmSpecification": {"TrainingImage": {"Get": "Parameters.Image"}, "TrainingInputMode": "File"}, "RoleArn": {"Get": "Parameters.Role"}, "OutputDataConfig": {"S3OutputPath": {"Get": "Parameters.Message"}}, "ResourceConfig": {"InstanceCount": 1, "InstanceType": {"Get": "Parameters.InstanceType"}, "VolumeSizeInGB": 30}, "StoppingCondition": {"MaxRuntimeInSeconds": 600}}}}, {"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": {"Get": "Steps.Search.TrainingJobSummaries[${index}].TrainingJobName"}}}`;

export const referenceRules: readonly Rule[] = [
  {
    id: 'sm/unknown-parameter-reference',
    level: 'error',
    title: 'A reference to a parameter that is not declared',
    explanation: 'Every parameter that is referenced must be declared in `Parameters`.',
    example: { frame: 'step', bad: fail('Parameters.Mesage'), good: fail('Parameters.Message') },
  },
  {
    id: 'sm/unknown-step-reference',
    level: 'error',
    title: 'A reference to a step that does not exist',
    explanation:
      '`Steps.<name>` must name a step of this definition, at the top level or in a branch of a Condition step.',
    example: {
      frame: 'step',
      bad: fail('Steps.Prepar.ProcessingJobName'),
      good: fail('Steps.Prepare.ProcessingJobName'),
    },
  },
  {
    id: 'sm/ref-index-out-of-range',
    level: 'warning',
    title: 'A training job beyond the 50 best of a tuning job',
    explanation:
      'The properties of a Tuning step list its 50 best training jobs: `TrainingJobSummaries[0]` to `TrainingJobSummaries[49]`.',
    example: {
      frame: 'steps',
      bad: tuned(50),
      good: tuned(49),
    },
  },
  {
    id: 'sm/unknown-property-reference',
    level: 'error',
    title: 'A reference to a property that a step of this type does not have',
    explanation:
      'The properties of a step are the members of the response of the Describe operation for its job: of a Training step those of DescribeTrainingJob.',
    example: {
      frame: 'step',
      bad: fail('Steps.Prepare.ProcessingJobNames'),
      good: fail('Steps.Prepare.ProcessingJobName'),
    },
  },
  {
    id: 'sm/ref-property-case',
    level: 'error',
    title: 'A property in the wrong case',
    explanation: 'The case of properties counts: `S3Uri`, not `S3URI`.',
    example: {
      frame: 'step',
      bad: fail('Steps.Prepare.ProcessingJobARN'),
      good: fail('Steps.Prepare.ProcessingJobArn'),
    },
  },
  {
    id: 'sm/ref-non-leaf-property',
    level: 'error',
    title: 'A reference that stops before a single value',
    explanation:
      'A reference must end at a string, number or boolean; an object or list cannot be passed on as a whole.',
    example: {
      frame: 'step',
      bad: fail("Steps.Prepare.ProcessingOutputConfig.Outputs['train'].S3Output"),
      good: fail("Steps.Prepare.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri"),
    },
  },
  {
    id: 'sm/unknown-processing-output-reference',
    level: 'error',
    title: 'A reference to an output that the Processing step does not have',
    explanation: 'The key in `Outputs[…]` is an `OutputName` of the step’s `ProcessingOutputConfig`.',
    example: {
      frame: 'step',
      bad: fail("Steps.Prepare.ProcessingOutputConfig.Outputs['trian'].S3Output.S3Uri"),
      good: fail("Steps.Prepare.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri"),
    },
  },
  {
    id: 'sm/unknown-property-file-reference',
    level: 'error',
    title: 'A reference to a property file that the step does not declare',
    explanation:
      'The name after `PropertyFiles.` is a `PropertyFileName` among the `PropertyFiles` of that Processing step.',
    example: { frame: 'condition', bad: condition('Reports'), good: condition('Report') },
  },
  {
    id: 'sm/property-file-of-other-step',
    level: 'error',
    title: 'A property file of a step that is not a Processing step',
    explanation:
      'Only Processing steps have property files. Let a Processing step write the file, or read it by `S3Uri`.',
    example: { frame: 'condition', bad: condition('Report', 'Ask'), good: condition('Report') },
  },
  {
    id: 'sm/property-file-misplaced',
    level: 'error',
    title: 'A property file outside of Std:JsonGet',
    explanation: 'A property file is not a value; `Std:JsonGet` reads a value from it.',
    example: {
      frame: 'condition',
      bad: '{"Type": "Equals", "LeftValue": {"Get": "Steps.Evaluate.PropertyFiles.Report"}, "RightValue": "a"}',
      good: condition('Report'),
    },
  },
  {
    id: 'sm/unknown-execution-variable-reference',
    level: 'error',
    title: 'A reference to an execution variable that does not exist',
    explanation: `There are ${executionVariables.map((name) => `\`Execution.${name}\``).join(', ')}.`,
    example: { frame: 'step', bad: fail('Execution.ExecutionId'), good: fail('Execution.PipelineExecutionId') },
  },
  {
    id: 'sm/ref-bad-root',
    level: 'error',
    title: 'A reference that does not begin with Parameters, Steps or Execution',
    explanation: 'References begin with `Parameters.`, `Steps.`, `Execution.` or `PipelineExperimentConfig.`.',
    example: { frame: 'step', bad: fail('Params.Message'), good: fail('Parameters.Message') },
  },
  {
    id: 'sm/ref-malformed',
    level: 'error',
    title: 'A reference that cannot be read',
    explanation:
      "A path has members after dots, indices in brackets and keys in brackets and single quotes: `Steps.Prepare.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri`.",
    example: { frame: 'step', bad: fail('Parameters.'), good: fail('Parameters.Message') },
  },
  {
    id: 'sm/unknown-output-parameter-reference',
    level: 'error',
    title: 'A reference to an output that the Lambda or Callback step does not declare',
    explanation: 'The key in `OutputParameters[…]` is an `OutputName` among the `OutputParameters` of that step.',
    example: { frame: 'step', bad: lambda('anser'), good: lambda('answer') },
  },
  {
    id: 'sm/ref-to-fail-step',
    level: 'error',
    title: 'A reference to a Fail step',
    explanation: 'A Fail step ends the execution and has no properties.',
    example: {
      frame: 'steps',
      bad: '{"Name": "Halt", "Type": "Fail", "Arguments": {"ErrorMessage": "halt"}},\n{"Name": "Tell", "Type": "Lambda", "FunctionArn": {"Get": "Parameters.Message"}, "Arguments": {"text": {"Get": "Steps.Halt.ErrorMessage"}}}',
      good: '{"Name": "Halt", "Type": "Fail", "Arguments": {"ErrorMessage": "halt"}}',
    },
  },
  {
    id: 'sm/ref-self',
    level: 'error',
    title: 'A step that references itself',
    explanation: 'A step cannot wait for its own result.',
    example: {
      frame: 'step',
      bad: '{"Name": "Tell", "Type": "Lambda", "FunctionArn": {"Get": "Parameters.Message"}, "Arguments": {"text": {"Get": "Steps.Tell.OutputParameters[\'a\']"}}, "OutputParameters": [{"OutputName": "a", "OutputType": "String"}]}',
      good: lambda('answer'),
    },
  },
  {
    id: 'sm/param-type-vs-use',
    level: 'error',
    title: 'A reference whose type is not that of its place',
    explanation:
      'Types must agree exactly when the pipeline is created: an Integer parameter cannot be used where a string is expected. `Std:Join` makes a string of any value; for the other way, change the type of the parameter. _Cannot assign property reference to argument of type [String]._',
    example: {
      frame: 'step',
      bad: '{"Name": "Stop", "Type": "Endpoint", "Arguments": {"EndpointConfigName": {"Get": "Parameters.Count"}}}',
      good: '{"Name": "Stop", "Type": "Endpoint", "Arguments": {"EndpointConfigName": {"Std:Join": {"On": "", "Values": [{"Get": "Parameters.Count"}]}}}}',
    },
  },
];

/** The references in one top-level step. */
export function checkReferences(unit: Unit, pipeline: Pipeline, report: Report): void {
  for (const step of unit.steps) for (const reference of step.references) checkReference(reference, pipeline, report);
  for (const expectation of expectations(unit)) checkExpectation(expectation, pipeline, report);
}

/** The references outside of steps. */
export function checkLooseReferences(pipeline: Pipeline, report: Report): void {
  for (const reference of pipeline.loose) checkReference(reference, pipeline, report);
}

function checkReference(reference: Reference, pipeline: Pipeline, report: Report): void {
  const { path, root } = reference;
  const [first, second] = path.segments;
  if (loopRoots.includes(root)) return;
  if (!first || !referenceRoots.includes(root)) return badRoot(reference, report);
  if (path.faultAt !== undefined || !second) {
    const at = path.faultAt ?? reference.text.length;
    report({
      rule: 'sm/ref-malformed',
      node: reference.node,
      mark: at < reference.text.length ? { from: at, to: reference.text.length } : 'value',
      message: `The path ${at < reference.text.length ? `cannot be read from '${reference.text.slice(at)}' on` : 'is not complete'}. Members follow dots, keys are in ['…'].`,
    });
    return;
  }
  if (root !== 'Steps' && isPropertyFileOfJsonGet(reference)) {
    report(
      atSegment(
        'sm/unknown-property-file-reference',
        reference,
        second,
        'The PropertyFile of Std:JsonGet is a path Steps.<step>.PropertyFiles.<name>.',
        undefined,
      ),
    );
  } else if (root === 'Parameters') checkParameter(reference, second, pipeline, report);
  else if (root === 'Execution') checkVariable(reference, second, executionVariables, report);
  else if (root === 'PipelineExperimentConfig')
    checkVariable(reference, second, ['ExperimentName', 'TrialName'], report);
  else checkStepReference(reference, second, pipeline, report);
}

/** A finding at one part of a reference, with the fix that changes it to what is near. */
function atSegment(
  rule: string,
  reference: Reference,
  segment: Segment,
  message: string,
  near: string | undefined,
): Finding {
  const finding: Finding = { rule, node: reference.node, mark: markOf(segment), message };
  if (near !== undefined) {
    finding.fixes = (edit) => [
      edit.fix(`Change to '${near}'`, [edit.part(reference.node, segment.from, segment.to, near)], true),
    ];
  }
  return finding;
}

function markOf(segment: Segment): Mark {
  return { from: segment.from, to: segment.to };
}

const rootSynonyms = table<string>({
  param: 'Parameters',
  params: 'Parameters',
  parameter: 'Parameters',
  step: 'Steps',
  executions: 'Execution',
  executionvariables: 'Execution',
  exec: 'Execution',
  pipeline: 'Execution',
});

function badRoot(reference: Reference, report: Report): void {
  const [segment] = reference.path.segments;
  const near = rootSynonyms[reference.root.toLowerCase()] ?? nearest(reference.root, referenceRoots);
  const message = `A reference begins with ${oneOf(referenceRoots)}${reference.root ? `, not '${reference.root}'` : ''}.${hint(near)}`;
  if (segment) report(atSegment('sm/ref-bad-root', reference, segment, message, near));
  else report({ rule: 'sm/ref-bad-root', node: reference.node, message });
}

function checkParameter(reference: Reference, segment: Segment, pipeline: Pipeline, report: Report): void {
  if (!pipeline.parametersByName.has(segment.text)) {
    const near = nearestName(segment.text, pipeline.parametersByName);
    const finding = atSegment(
      'sm/unknown-parameter-reference',
      reference,
      segment,
      `There is no parameter '${segment.text}'.${near === undefined ? ' Declare it in Parameters.' : hint(near)}`,
      near,
    );
    const { fixes } = finding;
    const list = pipeline.root.get('Parameters');
    finding.fixes = (edit) => [
      ...(fixes?.(edit) ?? []),
      list
        ? edit.fix(`Declare parameter '${segment.text}'`, [edit.push(list, { Name: segment.text, Type: 'String' })])
        : undefined,
    ];
    report(finding);
    return;
  }
  checkEnd(reference, segment, 'A parameter', report);
}

/** A parameter or variable is the end of a path. */
function checkEnd(reference: Reference, segment: Segment, what: string, report: Report): void {
  const rest = reference.path.segments[2];
  if (!rest) return;
  report({
    rule: 'sm/ref-malformed',
    node: reference.node,
    mark: { from: rest.from, to: reference.text.length },
    message: `${what} is a single value and has no members. Remove what follows its name.`,
    fixes: (edit) => [edit.fix('Remove it', [edit.part(reference.node, segment.to, reference.text.length, '')])],
  });
}

const variableSynonyms = table<string>({
  executionid: 'PipelineExecutionId',
  id: 'PipelineExecutionId',
  executionarn: 'PipelineExecutionArn',
  arn: 'PipelineArn',
  name: 'PipelineName',
  starttime: 'StartDateTime',
  currenttime: 'CurrentDateTime',
});

function checkVariable(reference: Reference, segment: Segment, known: readonly string[], report: Report): void {
  if (known.includes(segment.text)) {
    checkEnd(reference, segment, 'This', report);
    return;
  }
  const synonym = variableSynonyms[segment.text.toLowerCase()];
  const near = synonym !== undefined && known.includes(synonym) ? synonym : nearest(segment.text, known);
  const finding = atSegment(
    'sm/unknown-execution-variable-reference',
    reference,
    segment,
    `There is no variable '${reference.root}.${segment.text}'.${near === undefined ? ` There are ${oneOf(known)}.${mayBeNewer}` : hint(near)}`,
    near,
  );
  if (near === undefined) finding.atMost = 'warning';
  report(finding);
}

function checkStepReference(reference: Reference, segment: Segment, pipeline: Pipeline, report: Report): void {
  const target = pipeline.stepsByName.get(segment.text)?.[0];
  if (!target) {
    const near = partOf(segment.text, pipeline) ?? nearestName(segment.text, pipeline.stepsByName);
    report(
      atSegment(
        'sm/unknown-step-reference',
        reference,
        segment,
        `There is no step '${segment.text}'.${hint(near)}`,
        near,
      ),
    );
    return;
  }
  if (reference.step && pipeline.stepsByName.get(segment.text)?.includes(reference.step)) {
    report(
      atSegment(
        'sm/ref-self',
        reference,
        segment,
        'A step cannot reference itself. Reference a step that runs before it.',
        undefined,
      ),
    );
    return;
  }
  if (target.type === 'Fail') {
    const finding = atSegment(
      'sm/ref-to-fail-step',
      reference,
      segment,
      `'${segment.text}' is a Fail step: it ends the execution and has no properties.`,
      undefined,
    );
    if (target.nameNode) finding.related = [{ node: target.nameNode, message: 'The Fail step.' }];
    report(finding);
    return;
  }
  checkProperty(reference, segment, target, report);
}

/** The SDK makes steps `Name-RegisterModel` and `Name-CreateModel` of one step `Name`: the one that was meant. */
function partOf(name: string, { stepsByName }: Pipeline): string | undefined {
  return ['RegisterModel', 'CreateModel'].map((part) => `${name}-${part}`).find((part) => stepsByName.has(part));
}

/** A tuning job lists the 50 best of its training jobs. */
const lastSummary = 49;

function checkIndex(reference: Reference, segments: readonly Segment[], report: Report): void {
  const [list, index] = segments;
  if (list?.text !== 'TrainingJobSummaries' || index?.kind !== 'index' || Number(index.text) <= lastSummary) return;
  report(
    atSegment(
      'sm/ref-index-out-of-range',
      reference,
      index,
      `TrainingJobSummaries has the ${lastSummary + 1} best training jobs; the last is [${lastSummary}].`,
      undefined,
    ),
  );
}

function checkProperty(reference: Reference, name: Segment, target: Step, report: Report): void {
  const segments = reference.path.segments.slice(2);
  const [first] = segments;
  if (!first) {
    report(
      atSegment(
        'sm/ref-non-leaf-property',
        reference,
        name,
        `A reference names a property of the step: Steps.${name.text}.<property>.`,
        undefined,
      ),
    );
    return;
  }
  if (target.type === 'Tuning') checkIndex(reference, segments, report);
  const inJsonGet = isPropertyFileOfJsonGet(reference);
  if (first.text === 'PropertyFiles' || inJsonGet) {
    checkPropertyFile(reference, segments, target, inJsonGet, report);
    return;
  }
  const finding = findingOf(resolveProperty(target, segments), reference, target);
  if (finding) report(finding);
}

function isPropertyFileOfJsonGet({ call }: Reference): boolean {
  return call.node.key === 'PropertyFile' && call.within?.function === 'Std:JsonGet';
}

function checkPropertyFile(
  reference: Reference,
  segments: readonly Segment[],
  target: Step,
  inJsonGet: boolean,
  report: Report,
): void {
  const [first, file] = segments;
  if (!first) return;
  if (!inJsonGet) {
    report(
      atSegment(
        'sm/property-file-misplaced',
        reference,
        first,
        'A property file is not a value. Read it with Std:JsonGet, which takes a Path into it.',
        undefined,
      ),
    );
    return;
  }
  if (target.type !== 'Processing' && target.type !== undefined) {
    const message = `Only Processing steps have property files; '${target.name ?? ''}' is a ${target.type} step.`;
    const finding = atSegment('sm/property-file-of-other-step', reference, first, message, undefined);
    if (target.nameNode) finding.related = [{ node: target.nameNode, message: 'The step.' }];
    report(finding);
    return;
  }
  const names = target.propertyFiles.map((declared) => declared.name);
  if (first.text !== 'PropertyFiles') {
    const near = nearest(first.text, ['PropertyFiles']);
    report(
      atSegment(
        'sm/unknown-property-file-reference',
        reference,
        first,
        `The PropertyFile of Std:JsonGet is a path Steps.<step>.PropertyFiles.<name>.${hint(near)}`,
        near,
      ),
    );
    return;
  }
  if (!file || names.includes(file.text)) {
    if (!file)
      report(
        atSegment(
          'sm/unknown-property-file-reference',
          reference,
          first,
          'The name of the property file is missing: PropertyFiles.<name>.',
          undefined,
        ),
      );
    return;
  }
  const near = nearest(file.text, names);
  const message = `The step '${target.name ?? ''}' has no property file '${file.text}'.${near === undefined ? ' Declare it in its PropertyFiles.' : hint(near)}`;
  const finding = atSegment('sm/unknown-property-file-reference', reference, file, message, near);
  if (target.nameNode) finding.related = [{ node: target.nameNode, message: 'The step.' }];
  report(finding);
}

/** What is wrong with a path into a step's properties, if anything. */
function findingOf(resolution: Resolution, reference: Reference, target: Step): Finding | undefined {
  switch (resolution.kind) {
    case 'value':
    case 'unknown':
      return undefined;
    case 'noMember': {
      const { at, owner, members, near, sure } = resolution;
      const sameButCase = members.find((name) => name.toLowerCase() === at.text.toLowerCase());
      const rule = sameButCase ? 'sm/ref-property-case' : 'sm/unknown-property-reference';
      const choice = near === undefined ? ` It has ${oneOf(members, 6)}.` : hint(near);
      const finding = atSegment(
        rule,
        reference,
        at,
        `${owner} has no property '${at.text}'.${choice}`,
        sameButCase ?? near,
      );
      if (!sure && near === undefined) finding.atMost = 'warning';
      // The SDK gives these steps properties of its own naming, which no service's model has.
      if (target.type?.startsWith('Bedrock') && !sameButCase) finding.atMost = 'information';
      return finding;
    }
    case 'notLeaf': {
      const { at, members, list } = resolution;
      const only = members.length === 1 ? members[0] : undefined;
      const message = list
        ? `'${at.text}' is a list. Choose an element: ${at.text}[0] or ${at.text}['name'].`
        : `'${at.text}' is not a single value. Reference one of its members: ${oneOf(members, 6)}.`;
      const finding = atSegment('sm/ref-non-leaf-property', reference, at, message, undefined);
      const end = reference.text.length;
      if (only !== undefined) {
        finding.fixes = (edit) => [
          edit.fix(`Append '.${only}'`, [edit.part(reference.node, end, end, `.${only}`)], true),
        ];
      } else if (!list) {
        finding.fixes = (edit) =>
          members
            .slice(0, 4)
            .map((name) => edit.fix(`Append '.${name}'`, [edit.part(reference.node, end, end, `.${name}`)]));
      }
      return finding;
    }
    case 'pastLeaf': {
      const { at } = resolution;
      return atSegment(
        'sm/unknown-property-reference',
        reference,
        at,
        `The path continues with '${at.text}' after a single value. Remove the rest.`,
        undefined,
      );
    }
    case 'needsIndex': {
      const { at, name } = resolution;
      const finding = atSegment(
        'sm/unknown-property-reference',
        reference,
        at,
        `'${name}' is a list or map. Write ${name}['${at.text}'] or ${name}[0].`,
        undefined,
      );
      finding.fixes = (edit) => [
        edit.fix(`Change to ['${at.text}']`, [edit.part(reference.node, at.from - 1, at.to, `['${at.text}']`)]),
      ];
      return finding;
    }
    case 'noKey':
      return missingKey(resolution, reference, target);
  }
}

function missingKey(resolution: Resolution & { kind: 'noKey' }, reference: Reference, target: Step): Finding {
  const { at, what, near, keys } = resolution;
  const rule = {
    'processing output': 'sm/unknown-processing-output-reference',
    'output parameter': 'sm/unknown-output-parameter-reference',
    // A job may have more of these than the step gives it.
    entry: 'sm/unknown-property-reference',
  }[what];
  const choice =
    near !== undefined ? hint(near) : keys.length > 0 ? ` It has ${oneOf(keys, 6)}.` : ' It declares none.';
  const finding = atSegment(
    rule,
    reference,
    at,
    `The step '${target.name ?? ''}' has no ${what} '${at.text}'.${choice}`,
    near,
  );
  if (target.nameNode) finding.related = [{ node: target.nameNode, message: 'The step.' }];
  if (what === 'entry') finding.atMost = 'warning';
  return finding;
}

/** Checks that a function in a typed place gives a value of that type. */
function checkExpectation({ node, step, shape, place }: Expectation, pipeline: Pipeline, report: Report): void {
  const wanted: ValueType | 'Number' =
    shape.kind === 'string'
      ? 'String'
      : shape.kind === 'boolean'
        ? 'Boolean'
        : shape.kind !== 'number'
          ? undefined
          : shape.limit?.integer
            ? 'Integer'
            : 'Number';
  if (wanted === undefined) return;
  const get = node.get('Get');
  if (!get) {
    if (node.get('Std:Join') && wanted !== 'String') {
      report({
        rule: 'sm/param-type-vs-use',
        node,
        message: `Std:Join gives a string; ${place} takes ${inWords(wanted)}.`,
      });
    }
    return;
  }
  const reference = referenceAt(step, get);
  const type = reference && typeOfReference(reference, pipeline);
  if (!reference || type === undefined || type === wanted) return;
  if (wanted === 'Number' && (type === 'Integer' || type === 'Float')) return;
  const declared =
    reference.root === 'Parameters' ? pipeline.parametersByName.get(reference.target ?? '')?.[0] : undefined;
  report({
    rule: 'sm/param-type-vs-use',
    node: get,
    message: `'${reference.text}' is ${inWords(type)}; ${place} takes ${inWords(wanted)}.${wanted === 'String' ? ' Std:Join makes a string of it.' : ''}`,
    ...(declared?.typeNode ? { related: [{ node: declared.typeNode, message: 'The type is declared here.' }] } : {}),
    fixes: (edit) => [
      wanted === 'String'
        ? edit.fix(
            'Make it a string with Std:Join',
            [edit.value(node, { 'Std:Join': { On: '', Values: [{ Get: reference.text }] } })],
            true,
          )
        : undefined,
      declared?.typeNode && wanted !== 'Number'
        ? edit.fix(`Change the parameter's type to ${wanted}`, [edit.value(declared.typeNode, wanted)])
        : undefined,
    ],
  });
}

const typeWords = table({ String: 'a string', Integer: 'an integer', Float: 'a float', Boolean: 'a boolean' });

function inWords(type: string): string {
  return typeWords[type] ?? 'a number';
}
