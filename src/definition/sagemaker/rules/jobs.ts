/** What the members of one job ask of each other. */
import type { Report, Rule } from '../../rule';
import type { Node } from '../../tree';
import type { Unit } from '../model';
import { given, tunedJobs } from './tools';

const transform = (megabytes: number): string =>
  `{"Name": "Predict", "Type": "Transform", "Arguments": {"ModelName": {"Get": "Parameters.Message"}, "MaxConcurrentTransforms": 8, "MaxPayloadInMB": ${megabytes}, "TransformInput": {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": {"Get": "Parameters.Message"}}}}, "TransformOutput": {"S3OutputPath": {"Get": "Parameters.Message"}}, "TransformResources": {"InstanceCount": 1, "InstanceType": {"Get": "Parameters.InstanceType"}}}}`;
const training = (network: string): string =>
  `{
  "Name": "Train",
  "Type": "Training",
  "Arguments": {
    "AlgorithmSpecification": {"TrainingImage": {"Get": "Parameters.Image"}, "TrainingInputMode": "File"},
    "InputDataConfig": [
      {"ChannelName": "train", "DataSource": {"FileSystemDataSource": {"FileSystemId": "fs-0123456789abcdef0", "FileSystemType": "FSxLustre", "FileSystemAccessMode": "ro", "DirectoryPath": "/data"}}}
    ],
    "OutputDataConfig": {"S3OutputPath": {"Get": "Parameters.Message"}},
    "ResourceConfig": {"InstanceType": {"Get": "Parameters.InstanceType"}, "InstanceCount": 1, "VolumeSizeInGB": 30},
    "StoppingCondition": {"MaxRuntimeInSeconds": 3600}${network}
  }
}`;

export const jobRules: readonly Rule[] = [
  {
    id: 'sm/transform-payload',
    level: 'error',
    title: 'More megabytes of requests at once than a transform job takes',
    explanation: '`MaxConcurrentTransforms` times `MaxPayloadInMB` is at most 100.',
    example: { frame: 'step', bad: transform(20), good: transform(12) },
    source: 'https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html',
  },
  {
    id: 'sm/file-system-without-vpc',
    level: 'warning',
    title: 'Data on a file system that the job cannot reach',
    explanation:
      'Amazon EFS and FSx for Lustre are inside of a network: a job that reads from one needs a `VpcConfig` with its subnets.',
    example: {
      frame: 'step',
      bad: training(''),
      good: training(',\n    "VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}'),
    },
    source: 'https://docs.aws.amazon.com/sagemaker/latest/dg/model-access-training-data.html',
  },
];

/** Transform jobs, and the training jobs of Training and Tuning steps. */
export function checkJobs(unit: Unit, report: Report): void {
  for (const { type, arguments: args } of unit.steps) {
    if (!args) continue;
    if (type === 'Transform') checkPayload(args, report);
    if (type === 'Training') checkFileSystem(args, report);
    if (type === 'Tuning') for (const job of tunedJobs(args)) checkFileSystem(job, report);
  }
}

const mostMegabytes = 100;

function checkPayload(args: Node, report: Report): void {
  const [count, size] = [args.get('MaxConcurrentTransforms'), args.get('MaxPayloadInMB')];
  if (typeof count?.value !== 'number' || typeof size?.value !== 'number') return;
  const megabytes = count.value * size.value;
  if (megabytes <= mostMegabytes) return;
  report({
    rule: 'sm/transform-payload',
    node: size,
    message: `${count.value} requests at once of ${size.value} MB are ${megabytes} MB; a transform job takes ${mostMegabytes}.`,
    related: [{ node: count, message: 'The number of requests at once.' }],
  });
}

function checkFileSystem(job: Node, report: Report): void {
  if (given(job.get('VpcConfig'))) return;
  for (const channel of job.get('InputDataConfig')?.items ?? []) {
    const source = channel.at('DataSource', 'FileSystemDataSource');
    if (!given(source)) continue;
    report({
      rule: 'sm/file-system-without-vpc',
      node: source,
      mark: 'key',
      message: 'The job has no VpcConfig, so it cannot reach a file system. Add the subnets of the file system.',
    });
  }
}
