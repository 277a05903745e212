/** An account of 5,000 pipelines, 50,000 executions and 20,000 model versions, made up as it is asked for. */
import { parentPort } from 'node:worker_threads';
import { type Answer, callerIdentity, FakeService, type Operation } from '../fixtures/aws/service';

const pipelines = 5_000;
const executions = 50_000;
const versions = 20_000;
/** Groups of models; the first one has the versions. */
const groups = 40;
const region = 'arn:aws:sagemaker:eu-west-1:1';

/** A page of a list that is as long as `count`; what it is made of is made up by its place in the list. */
function listed(
  member: string,
  count: number,
  make: (index: number, input: Record<string, unknown>) => object,
): Operation {
  return ({ input }): Answer => {
    const start = Number(input['NextToken'] ?? 0);
    const end = Math.min(count, start + Number(input['MaxResults'] ?? 10));
    const page = Array.from({ length: end - start }, (_, index) => make(start + index, input));
    return { body: { [member]: page, ...(end < count ? { NextToken: String(end) } : {}) } };
  };
}

const numbered = (name: string, index: number): string => `${name}-${String(index).padStart(5, '0')}`;
const when = 1_700_000_000;

/** Descriptions wait until they are let go, so that what needs them is told from what does not. */
let letGo: () => void;
const gate = new Promise<void>((resolve) => (letGo = resolve));

const service = await FakeService.start({
  GetCallerIdentity: () => callerIdentity('1'),
  ListPipelines: listed('PipelineSummaries', pipelines, (index) => ({
    PipelineName: numbered('forecast', index),
    PipelineArn: `${region}:pipeline/${numbered('forecast', index)}`,
    CreationTime: when,
    LastModifiedTime: when,
  })),
  ListPipelineExecutions: listed('PipelineExecutionSummaries', executions, (index, { PipelineName }) => ({
    PipelineExecutionArn: `${region}:pipeline/${String(PipelineName)}/execution/${index.toString(36).padStart(12, '0')}`,
    PipelineExecutionDisplayName: numbered('run', index),
    PipelineExecutionStatus: index % 7 === 3 ? 'Failed' : 'Succeeded',
    PipelineExecutionDescription: `mlops-flow: {"commit":"${index.toString(16).padStart(40, '0')}","branch":"develop"}`,
    StartTime: when - index * 60,
  })),
  ListModelPackageGroups: listed('ModelPackageGroupSummaryList', groups, (index) => ({
    ModelPackageGroupName: numbered('group', index),
    ModelPackageGroupArn: `${region}:model-package-group/${numbered('group', index)}`,
    CreationTime: when,
    ModelPackageGroupStatus: 'Completed',
  })),
  ListModelPackages: listed('ModelPackageSummaryList', versions, (index, { ModelPackageGroupName }) => ({
    ModelPackageGroupName,
    ModelPackageVersion: versions - index,
    ModelPackageArn: `${region}:model-package/${String(ModelPackageGroupName)}/${versions - index}`,
    CreationTime: when - index * 60,
    ModelPackageStatus: 'Completed',
    ModelApprovalStatus: index % 5 === 0 ? 'Approved' : 'PendingManualApproval',
  })),
  ListPipelineExecutionSteps: async () => {
    await gate;
    return { body: { PipelineExecutionSteps: [] } };
  },
  DescribeModelPackage: async ({ input }) => {
    await gate;
    const arn = String(input['ModelPackageName']);
    const [group, version] = arn.split('/').slice(-2);
    return {
      body: {
        ModelPackageGroupName: group,
        ModelPackageVersion: Number(version),
        ModelPackageArn: arn,
        CreationTime: when,
        ModelPackageStatus: 'Completed',
        ModelApprovalStatus: 'Approved',
        MetadataProperties: {
          GeneratedBy: `${region}:pipeline/forecast-00000/execution/${String(version).padStart(12, '0')}`,
        },
      },
    };
  },
});

/** What is asked of a single run or version, for what stands beside its row. */
const isDescription = ({ operation }: { operation: string }): boolean =>
  operation.startsWith('Describe') || operation === 'ListPipelineExecutionSteps';

parentPort?.on('message', (what) => {
  if (what === 'let go') letGo();
  const described = service.asked.filter(isDescription).length;
  parentPort?.postMessage({ url: service.url, asked: service.asked.length - described, described });
});
