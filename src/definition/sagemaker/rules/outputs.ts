/** What a step declares for others: output parameters of Lambda and Callback steps, property files of Processing steps. */
import { nearest } from '../../near';
import type { Report, Rule } from '../../rule';
import type { Node } from '../../tree';
import { callOf, type Step, type Unit } from '../model';
import { namePattern, parameterTypes, scalarTypeSynonyms, stepTypes } from '../vocabulary';
import { checkMembers, checkUnique, given, kindOf, missingMember, unknownValue } from './tools';

const arn = '"FunctionArn": {"Get": "Parameters.Message"}, ';
const lambda = (members: string): string => `{"Name": "Tell", "Type": "Lambda", ${members}"Arguments": {}}`;
const job =
  '"AppSpecification": {"ImageUri": {"Get": "Parameters.Image"}}, "ProcessingResources": {"ClusterConfig": {"InstanceCount": 1, "InstanceType": {"Get": "Parameters.InstanceType"}, "VolumeSizeInGB": 20}}';
const processing = (members: string): string =>
  `{"Name": "Count", "Type": "Processing", ${members}"Arguments": {${job}, "ProcessingOutputConfig": {"Outputs": [{"OutputName": "counts", "S3Output": {"S3Uri": {"Get": "Parameters.Message"}, "LocalPath": "/opt/ml/processing/out", "S3UploadMode": "EndOfJob"}}]}}}`;
const file = (name: string): string => `{"PropertyFileName": ${name}, "OutputName": "counts", "FilePath": "a.json"}`;
export const outputRules: readonly Rule[] = [
  {
    id: 'sm/output-type-invalid',
    level: 'error',
    title: 'An output type that does not exist',
    explanation: 'Outputs of Lambda and Callback steps are `String`, `Integer`, `Float` or `Boolean`.',
    example: {
      frame: 'step',
      bad: lambda(`${arn}"OutputParameters": [{"OutputName": "a", "OutputType": "string"}], `),
      good: lambda(`${arn}"OutputParameters": [{"OutputName": "a", "OutputType": "String"}], `),
    },
  },
  {
    id: 'sm/output-parameter-duplicate',
    level: 'warning',
    title: 'Two outputs of a step with one name',
    explanation: 'Only one of them can be referenced.',
    example: {
      frame: 'step',
      bad: lambda(
        `${arn}"OutputParameters": [{"OutputName": "a", "OutputType": "String"}, {"OutputName": "a", "OutputType": "String"}], `,
      ),
      good: lambda(
        `${arn}"OutputParameters": [{"OutputName": "a", "OutputType": "String"}, {"OutputName": "b", "OutputType": "String"}], `,
      ),
    },
  },
  {
    id: 'sm/output-unknown-member',
    level: 'error',
    title: 'A member that an output parameter or property file does not have',
    explanation:
      'An output parameter has `OutputName` and `OutputType`; a property file `PropertyFileName`, `OutputName` and `FilePath`.',
    example: {
      frame: 'step',
      bad: lambda(`${arn}"OutputParameters": [{"OutputName": "a", "OutputType": "String", "OutputTypes": "String"}], `),
      good: lambda(`${arn}"OutputParameters": [{"OutputName": "a", "OutputType": "String"}], `),
    },
  },
  {
    id: 'sm/output-missing-member',
    level: 'error',
    title: 'An output parameter or property file that is not complete',
    explanation:
      'An output parameter needs `OutputName` and `OutputType`; a property file `PropertyFileName`, `OutputName` and `FilePath`.',
    example: {
      frame: 'step',
      bad: lambda(`${arn}"OutputParameters": [{"OutputType": "String"}], `),
      good: lambda(`${arn}"OutputParameters": [{"OutputName": "a", "OutputType": "String"}], `),
    },
  },
  {
    id: 'sm/output-wrong-type',
    level: 'error',
    title: 'A name, type or path of an output that is not a string',
    explanation: 'The members of output parameters and property files are strings.',
    example: {
      frame: 'step',
      bad: lambda(`${arn}"OutputParameters": [{"OutputName": 1, "OutputType": "String"}], `),
      good: lambda(`${arn}"OutputParameters": [{"OutputName": "a", "OutputType": "String"}], `),
    },
  },
  {
    id: 'sm/property-file-name-invalid',
    level: 'warning',
    title: 'The name of a property file with characters that references are split at',
    explanation:
      'A property file is read by `Steps.<step>.PropertyFiles.<name>`; a name with a dot, a bracket or a space cannot be written there.',
    example: {
      frame: 'step',
      bad: processing(`"PropertyFiles": [${file('"my.report"')}], `),
      good: processing(`"PropertyFiles": [${file('"my-report"')}], `),
    },
  },
  {
    id: 'sm/property-file-duplicate',
    level: 'warning',
    title: 'Two property files of a step with one name',
    explanation: 'Only one of them can be read.',
    example: {
      frame: 'step',
      bad: processing(`"PropertyFiles": [${file('"a"')}, ${file('"a"')}], `),
      good: processing(`"PropertyFiles": [${file('"a"')}, ${file('"b"')}], `),
    },
  },
  {
    id: 'sm/property-files-on-wrong-step',
    level: 'error',
    title: 'PropertyFiles on a step that is not a Processing step',
    explanation: 'Only Processing steps have property files.',
    example: {
      frame: 'step',
      bad: '{"Name": "Stop", "Type": "Fail", "PropertyFiles": [], "Arguments": {"ErrorMessage": "stop"}}',
      good: '{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "stop"}}',
    },
  },
  {
    id: 'sm/property-file-unknown-output',
    level: 'error',
    title: 'A property file in an output that the step does not have',
    explanation: '`OutputName` of a property file is one of the outputs in `ProcessingOutputConfig` of the same step.',
    example: {
      frame: 'step',
      bad: processing(
        '"PropertyFiles": [{"PropertyFileName": "Counts", "OutputName": "count", "FilePath": "counts.json"}], ',
      ),
      good: processing(
        '"PropertyFiles": [{"PropertyFileName": "Counts", "OutputName": "counts", "FilePath": "counts.json"}], ',
      ),
    },
  },
];

/** OutputParameters and PropertyFiles. */
export function checkOutputs(unit: Unit, report: Report): void {
  for (const step of unit.steps) checkLists(step, report);
}

function checkLists(step: Step, report: Report): void {
  const outputs = step.node.get('OutputParameters');
  for (const output of outputs?.items ?? []) checkOutput(output, report);
  checkUnique(
    'sm/output-parameter-duplicate',
    step.outputParameters,
    (name) => `There is an output '${name}' already. Rename one.`,
    report,
  );
  checkUnique(
    'sm/property-file-duplicate',
    step.propertyFiles,
    (name) => `There is a property file '${name}' already. Rename one.`,
    report,
  );
  const files = step.node.get('PropertyFiles');
  if (files && step.type !== undefined && step.type in stepTypes && step.type !== 'Processing') {
    report({
      rule: 'sm/property-files-on-wrong-step',
      node: files,
      mark: 'key',
      message: `A ${step.type} step has no PropertyFiles; only Processing steps do. Remove them.`,
      fixes: (edit) => [edit.fix("Remove 'PropertyFiles'", [edit.remove(files)], true)],
    });
    return;
  }
  for (const file of files?.items ?? []) checkPropertyFile(file, step, report);
}

const outputMembers = ['OutputName', 'OutputType'];

/** The texts that output parameters and property files consist of. */
function checkTexts(owner: Node, names: readonly string[], report: Report): void {
  for (const name of names) {
    const member = owner.get(name);
    // A function here has a rule of its own.
    if (!given(member) || member.kind === 'string' || callOf(member)) continue;
    report({
      rule: 'sm/output-wrong-type',
      node: member,
      message: `${name} is a string; this is ${kindOf(member)}.`,
    });
  }
}

function checkOutput(output: Node, report: Report): void {
  if (output.kind !== 'object') {
    if (given(output))
      report({
        rule: 'sm/output-missing-member',
        node: output,
        message: `An output parameter is an object with OutputName and OutputType; this is ${kindOf(output)}.`,
      });
    return;
  }
  checkMembers('sm/output-unknown-member', output, 'An output parameter', outputMembers, report);
  for (const name of outputMembers) {
    if (!output.get(name))
      missingMember(
        'sm/output-missing-member',
        output,
        `The output parameter has no ${name}. Add it.`,
        name,
        name === 'OutputType' ? 'String' : '',
        // No document says whether an output without a type is refused.
        name === 'OutputType' ? (finding) => report({ ...finding, atMost: 'warning' }) : report,
      );
  }
  checkTexts(output, outputMembers, report);
  const type = output.get('OutputType');
  if (type?.text !== undefined && !parameterTypes.includes(type.text)) {
    const near = scalarTypeSynonyms[type.text.toLowerCase()] ?? nearest(type.text, parameterTypes);
    unknownValue('sm/output-type-invalid', type, 'output type', parameterTypes, report, { near });
  }
}

const fileMembers = ['PropertyFileName', 'OutputName', 'FilePath'];

function checkPropertyFile(file: Node, step: Step, report: Report): void {
  if (file.kind !== 'object') {
    if (given(file))
      report({
        rule: 'sm/output-missing-member',
        node: file,
        message: `A property file is an object with PropertyFileName, OutputName and FilePath; this is ${kindOf(file)}.`,
      });
    return;
  }
  checkMembers('sm/output-unknown-member', file, 'A property file', fileMembers, report);
  checkTexts(file, fileMembers, report);
  const nameNode = file.get('PropertyFileName');
  if (nameNode?.text !== undefined && !namePattern.test(nameNode.text || ' ')) {
    report({
      rule: 'sm/property-file-name-invalid',
      node: nameNode,
      message:
        'The name of a property file has letters, digits, hyphens and underscores, as references are split at others.',
    });
  }
  for (const name of fileMembers) {
    if (!file.get(name))
      missingMember('sm/output-missing-member', file, `The property file has no ${name}. Add it.`, name, '', report);
  }
  const output = file.get('OutputName');
  const outputs = step.arguments?.at('ProcessingOutputConfig', 'Outputs');
  if (output?.text === undefined || (outputs && outputs.items.length !== step.outputs.length)) return;
  const names = step.outputs.map(({ name }) => name);
  if (names.includes(output.text)) return;
  const near = nearest(output.text, names);
  report({
    rule: 'sm/property-file-unknown-output',
    node: output,
    message: `The step has no output '${output.text}'.${near === undefined ? ' Add it to ProcessingOutputConfig.Outputs.' : ` Did you mean '${near}'?`}`,
    fixes: (edit) => [
      near === undefined ? undefined : edit.fix(`Change to '${near}'`, [edit.value(output, near)], true),
    ],
  });
}
