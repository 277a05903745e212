/** The ranges among which a Tuning step searches hyperparameters. */
import type { Report, Rule } from '../../rule';
import type { Node } from '../../tree';
import type { Unit } from '../model';
import { tunedJobs } from './tools';

const tuning = (range: string): string =>
  `{
  "Name": "Tune",
  "Type": "Tuning",
  "Arguments": {
    "HyperParameterTuningJobConfig": {
      "Strategy": "Bayesian",
      "ResourceLimits": {"MaxParallelTrainingJobs": 2},
      "ParameterRanges": {"ContinuousParameterRanges": [${range}]}
    },
    "TrainingJobDefinition": {
      "AlgorithmSpecification": {"TrainingInputMode": "File"},
      "OutputDataConfig": {"S3OutputPath": {"Get": "Parameters.Message"}},
      "RoleArn": {"Get": "Parameters.Role"},
      "StoppingCondition": {"MaxRuntimeInSeconds": 3600}
    }
  }
}`;

export const rangeRules: readonly Rule[] = [
  {
    id: 'sm/tuning-range',
    level: 'error',
    title: 'A range of a hyperparameter in which nothing can be searched',
    explanation:
      '`MinValue` is not greater than `MaxValue`. With `Logarithmic` scaling all values are greater than 0, and with `ReverseLogarithmic` scaling they are at least 0 and less than 1.',
    example: {
      frame: 'step',
      bad: tuning('{"Name": "eta", "MinValue": "0.3", "MaxValue": "0.01"}'),
      good: tuning('{"Name": "eta", "MinValue": "0.01", "MaxValue": "0.3"}'),
    },
    source: 'https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContinuousParameterRange.html',
  },
];

const rule = 'sm/tuning-range';

/** The ranges of Tuning steps: with one training job, and with several. */
export function checkRanges(unit: Unit, report: Report): void {
  for (const { type, arguments: args } of unit.steps) {
    if (type !== 'Tuning' || !args) continue;
    checkAll(args.at('HyperParameterTuningJobConfig', 'ParameterRanges'), report);
    for (const job of tunedJobs(args)) checkAll(job.get('HyperParameterRanges'), report);
  }
}

function checkAll(ranges: Node | undefined, report: Report): void {
  for (const kind of ['ContinuousParameterRanges', 'IntegerParameterRanges'])
    for (const range of ranges?.get(kind)?.items ?? []) checkRange(range, report);
}

function checkRange(range: Node, report: Report): void {
  const [least, most] = [range.get('MinValue'), range.get('MaxValue')];
  const [min, max] = [numberIn(least), numberIn(most)];
  if (least && most && min !== undefined && max !== undefined && min > max) {
    report({
      rule,
      node: least,
      message: `MinValue is ${min}, and MaxValue is less: ${max}. Exchange them.`,
      related: [{ node: most, message: 'The greatest value.' }],
      fixes: (edit) => [
        edit.fix('Exchange the two', [edit.value(least, most.value), edit.value(most, least.value)], true),
      ],
    });
    return;
  }
  const scaling = range.get('ScalingType')?.text;
  if (scaling === 'Logarithmic' && least && min !== undefined && min <= 0) {
    report({ rule, node: least, message: `Logarithmic scaling takes values greater than 0; MinValue is ${min}.` });
  } else if (scaling === 'ReverseLogarithmic') {
    checkReverse(least, min, report);
    checkReverse(most, max, report);
  }
}

function checkReverse(node: Node | undefined, value: number | undefined, report: Report): void {
  if (!node || value === undefined || (value >= 0 && value < 1)) return;
  const message = `ReverseLogarithmic scaling takes values from 0 to less than 1; ${String(node.key)} is ${value}.`;
  report({ rule, node, message });
}

/** The number that a limit is written as, in quotes as the request wants it; undefined where it is computed. */
function numberIn(node: Node | undefined): number | undefined {
  const value = node?.text?.trim() === '' ? Number.NaN : Number(node?.text ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}
