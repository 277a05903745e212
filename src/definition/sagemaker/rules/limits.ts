/** How much a definition may hold. */
import type { Report, Rule } from '../../rule';
import type { Pipeline, Unit } from '../model';

const stop = (more = ''): string => `{"Name": "Stop", "Type": "Fail", ${more}"Arguments": {"ErrorMessage": "stop"}}`;
const maxSize = 1_048_576;
const maxParameters = 200;
const manySteps = 50;

const parameterList = (count: number): string =>
  Array.from({ length: count }, (_, i) => `{"Name": "p${i}", "Type": "String"}`).join(', ');
const values = (count: number): string =>
  Array.from({ length: count }, (_, i) => `{"Get": "Parameters.p${i}"}`).join(', ');
const withParameters = (count: number): string =>
  `{"Version": "2020-12-01", "Parameters": [${parameterList(count)}], "Steps": [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": {"Std:Join": {"On": "", "Values": [${values(count)}]}}}}]}`;

export const limitRules: readonly Rule[] = [
  {
    id: 'sm/definition-too-large',
    level: 'error',
    title: 'A definition of more than 1 MiB',
    explanation:
      'CreatePipeline takes at most 1,048,576 characters. Split the pipeline, or write the definition without indentation.',
    example: {
      frame: 'document',
      bad: `{"Version": "2020-12-01", "Steps": [${stop()}${' '.repeat(maxSize)}]}`,
      good: `{"Version": "2020-12-01", "Steps": [${stop()}]}`,
      shown: `{"Version": "2020-12-01", "Steps": [${stop()}      (a million spaces)      ]}`,
    },
  },
  {
    id: 'sm/too-many-parameters',
    level: 'warning',
    title: `More than ${maxParameters} parameters`,
    explanation: `StartPipelineExecution takes at most ${maxParameters} values.`,
    example: { frame: 'document', bad: withParameters(maxParameters + 1), good: withParameters(2) },
  },
  {
    id: 'sm/many-steps',
    level: 'information',
    title: `More than ${manySteps} steps`,
    explanation: `Definitions with thousands of steps are accepted, but at most ${manySteps} steps can be selected for a selective execution, and such a graph is hard to read.`,
    example: {
      frame: 'document',
      bad: `{"Version": "2020-12-01", "Steps": [${Array.from({ length: manySteps + 1 }, (_, i) => `{"Name": "Stop${i}", "Type": "Fail", "Arguments": {"ErrorMessage": "stop"}}`).join(', ')}]}`,
      good: `{"Version": "2020-12-01", "Steps": [${stop()}]}`,
    },
  },
  {
    id: 'sm/description-too-long',
    level: 'warning',
    title: 'A description of more than 3,072 characters',
    explanation: 'Descriptions have at most 3,072 characters.',
    example: {
      frame: 'step',
      bad: stop(`"Description": "${'long '.repeat(620)}", `),
      good: stop('"Description": "short", '),
    },
  },
  {
    id: 'sm/display-name-too-long',
    level: 'error',
    title: 'A display name of more than 256 characters',
    explanation: 'Display names have at most 256 characters.',
    example: {
      frame: 'step',
      bad: stop(`"DisplayName": "${'long '.repeat(52)}", `),
      good: stop('"DisplayName": "Stop here", '),
    },
  },
  {
    id: 'sm/metadata-invalid',
    level: 'warning',
    title: 'An entry of Metadata that is not of the allowed form',
    explanation:
      'Metadata holds strings of at most 1,024 characters, under keys of letters, digits, hyphens and underscores.',
    example: {
      frame: 'document',
      bad: `{"Version": "2020-12-01", "Metadata": {"owner": 1}, "Steps": [${stop()}]}`,
      good: `{"Version": "2020-12-01", "Metadata": {"owner": "ml"}, "Steps": [${stop()}]}`,
    },
  },
];

/** Counts and sizes of the whole. */
export function checkSize({ root, parameters, steps }: Pipeline, report: Report): void {
  if (root.end - root.start > maxSize) {
    report({
      rule: 'sm/definition-too-large',
      node: root,
      mark: 'opening',
      message: `The definition has ${(root.end - root.start).toLocaleString('en')} characters; CreatePipeline takes ${maxSize.toLocaleString('en')}. Split it, or write it without indentation.`,
    });
  }
  const list = root.get('Parameters');
  if (list && parameters.length > maxParameters) {
    report({
      rule: 'sm/too-many-parameters',
      node: list,
      mark: 'opening',
      message: `There are ${parameters.length} parameters; an execution can be given ${maxParameters}.`,
    });
  }
  const all = root.get('Steps');
  if (all && steps.length > manySteps) {
    report({
      rule: 'sm/many-steps',
      node: all,
      mark: 'opening',
      message: `There are ${steps.length} steps. At most ${manySteps} can be chosen for a selective execution.`,
    });
  }
  for (const entry of root.get('Metadata')?.members ?? []) {
    const key = String(entry.key);
    const reason = !/^[A-Za-z0-9\-_]{1,128}$/.test(key)
      ? 'Keys have at most 128 letters, digits, hyphens and underscores.'
      : entry.kind !== 'string' && entry.kind !== 'missing'
        ? 'Values are strings.'
        : (entry.text?.length ?? 0) > 1024
          ? 'Values have at most 1,024 characters.'
          : undefined;
    if (reason) report({ rule: 'sm/metadata-invalid', node: entry, message: `Metadata: ${reason}` });
  }
}

/** Lengths of texts of a step. */
export function checkLengths(unit: Unit, report: Report): void {
  for (const { node } of unit.steps) {
    const [display, description] = [node.get('DisplayName'), node.get('Description')];
    if (display?.text !== undefined && display.text.length > 256) {
      report({
        rule: 'sm/display-name-too-long',
        node: display,
        message: `DisplayName has ${display.text.length} characters; at most 256 are allowed.`,
      });
    }
    if (description?.text !== undefined && description.text.length > 3072) {
      report({
        rule: 'sm/description-too-long',
        node: description,
        message: `Description has ${description.text.length} characters; at most 3,072 are allowed.`,
      });
    }
  }
}
