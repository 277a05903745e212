import {
  AddTagsCommand,
  BatchDescribeModelPackageCommand,
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  CreatePipelineCommand,
  DeleteModelPackageCommand,
  DeleteModelPackageGroupCommand,
  DeletePipelineCommand,
  DeleteTagsCommand,
  DescribeModelCommand,
  DescribeModelPackageCommand,
  ListModelPackageGroupsCommand,
  ListModelPackagesCommand,
  ListTagsCommand,
  type SageMakerClient,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Bed, definition, role, shellStep } from './support';

let bed: Bed;
let sagemaker: SageMakerClient;
beforeAll(async () => {
  bed = await Bed.start();
  ({ sagemaker } = bed.clients);
});
afterAll(() => bed.stop());

async function register(group: string, more: object = {}): Promise<string> {
  const { ModelPackageArn = '' } = await sagemaker.send(
    new CreateModelPackageCommand({
      ModelPackageGroupName: group,
      ClientToken: crypto.randomUUID(),
      InferenceSpecification: {
        Containers: [{ Image: 'image', ModelDataUrl: 's3://b/model.tar.gz' }],
        SupportedContentTypes: ['text/csv'],
        SupportedResponseMIMETypes: ['text/csv'],
      },
      ...more,
    }),
  );
  return ModelPackageArn;
}

test('versions count up, and a number is not used again', async () => {
  await sagemaker.send(
    new CreateModelPackageGroupCommand({ ModelPackageGroupName: 'g', ModelPackageGroupDescription: 'd' }),
  );
  await expect(
    sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: 'g' })),
  ).rejects.toMatchObject({ name: 'ValidationException' });
  expect(await register('g')).toMatch(/model-package\/g\/1$/);
  const second = await register('g');
  await sagemaker.send(new DeleteModelPackageCommand({ ModelPackageName: second }));
  expect(await register('g')).toMatch(/model-package\/g\/3$/);
  await expect(register('nowhere')).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(
    sagemaker.send(new DeleteModelPackageGroupCommand({ ModelPackageGroupName: 'g' })),
  ).rejects.toMatchObject({ name: 'ConflictException' });
});

test('approval goes from any status to any other, with its description and metadata', async () => {
  await sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: 'h' }));
  const arn = await register('h', { CustomerMetadataProperties: { a: '1', b: '2' } });
  for (const ModelApprovalStatus of [
    'Approved',
    'Rejected',
    'PendingManualApproval',
    'Rejected',
    'Approved',
  ] as const) {
    await sagemaker.send(
      new UpdateModelPackageCommand({
        ModelPackageArn: arn,
        ModelApprovalStatus,
        ApprovalDescription: `now ${ModelApprovalStatus}`,
      }),
    );
    const described = await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));
    expect(described).toMatchObject({ ModelApprovalStatus, ApprovalDescription: `now ${ModelApprovalStatus}` });
  }
  await sagemaker.send(
    new UpdateModelPackageCommand({
      ModelPackageArn: arn,
      CustomerMetadataProperties: { c: '3' },
      CustomerMetadataPropertiesToRemove: ['a'],
    }),
  );
  const { CustomerMetadataProperties } = await sagemaker.send(
    new DescribeModelPackageCommand({ ModelPackageName: arn }),
  );
  expect(CustomerMetadataProperties).toEqual({ b: '2', c: '3' });
  const wrong = new UpdateModelPackageCommand({ ModelPackageArn: arn, ModelApprovalStatus: 'Maybe' as 'Approved' });
  await expect(sagemaker.send(wrong)).rejects.toThrow(/enum value set: \[/);
});

test('the newest approved version is found as deployments look for it', async () => {
  await sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: 'i' }));
  for (let version = 1; version <= 5; version++) {
    const arn = await register('i');
    if (version % 2 === 0)
      await sagemaker.send(new UpdateModelPackageCommand({ ModelPackageArn: arn, ModelApprovalStatus: 'Approved' }));
  }
  const { ModelPackageSummaryList = [] } = await sagemaker.send(
    new ListModelPackagesCommand({
      ModelPackageGroupName: 'i',
      ModelApprovalStatus: 'Approved',
      SortBy: 'CreationTime',
      SortOrder: 'Descending',
      MaxResults: 1,
    }),
  );
  expect(ModelPackageSummaryList.map(({ ModelPackageVersion }) => ModelPackageVersion)).toEqual([4]);
  const numbers: number[] = [];
  let NextToken: string | undefined;
  do {
    const page = await sagemaker.send(
      new ListModelPackagesCommand({ ModelPackageGroupName: 'i', MaxResults: 2, NextToken }),
    );
    numbers.push(...(page.ModelPackageSummaryList ?? []).map(({ ModelPackageVersion }) => ModelPackageVersion ?? 0));
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  expect(numbers).toEqual([1, 2, 3, 4, 5]);
  const groups = await sagemaker.send(new ListModelPackageGroupsCommand({ NameContains: 'I', SortBy: 'Name' }));
  expect(groups.ModelPackageGroupSummaryList?.map(({ ModelPackageGroupName }) => ModelPackageGroupName)).toEqual(['i']);
});

test('a batch tells of those that are there and of those that are not', async () => {
  await sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: 'j' }));
  const arn = await register('j');
  const other = arn.replace('/1', '/9');
  const batch = await sagemaker.send(new BatchDescribeModelPackageCommand({ ModelPackageArnList: [arn, other] }));
  expect(Object.keys(batch.ModelPackageSummaries ?? {})).toEqual([arn]);
  expect(Object.keys(batch.BatchDescribeModelPackageErrorMap ?? {})).toEqual([other]);
});

test('tags are added, replaced, listed and deleted', async () => {
  await sagemaker.send(
    new CreateModelPackageGroupCommand({ ModelPackageGroupName: 'k', Tags: [{ Key: 'a', Value: '1' }] }),
  );
  const ResourceArn = 'arn:aws:sagemaker:us-east-1:000000000000:model-package-group/k';
  const added = await sagemaker.send(
    new AddTagsCommand({
      ResourceArn,
      Tags: [
        { Key: 'a', Value: '2' },
        { Key: 'b', Value: '3' },
      ],
    }),
  );
  expect(added.Tags).toEqual([
    { Key: 'a', Value: '2' },
    { Key: 'b', Value: '3' },
  ]);
  await sagemaker.send(new DeleteTagsCommand({ ResourceArn, TagKeys: ['a'] }));
  expect((await sagemaker.send(new ListTagsCommand({ ResourceArn }))).Tags).toEqual([{ Key: 'b', Value: '3' }]);
  const elsewhere = new ListTagsCommand({ ResourceArn: 'arn:aws:sagemaker:us-east-1:000000000000:pipeline/nope' });
  await expect(sagemaker.send(elsewhere)).rejects.toMatchObject({ name: 'ValidationException' });
});

test('what is deleted takes its tags with it: a new one of the same name has none', async () => {
  const Tags = [{ Key: 'a', Value: '1' }];
  const tagsOf = async (ResourceArn = ''): Promise<unknown> =>
    (await sagemaker.send(new ListTagsCommand({ ResourceArn }))).Tags;
  const specification = { Containers: [{ Image: 'image' }], SupportedContentTypes: ['text/csv'] };
  const InferenceSpecification = { ...specification, SupportedResponseMIMETypes: ['text/csv'] };
  const alone = { ModelPackageName: 'alone', InferenceSpecification };
  const { ModelPackageArn } = await sagemaker.send(new CreateModelPackageCommand({ ...alone, Tags }));
  expect(await tagsOf(ModelPackageArn)).toEqual(Tags);
  await sagemaker.send(new DeleteModelPackageCommand({ ModelPackageName: 'alone' }));
  await sagemaker.send(new CreateModelPackageCommand(alone));
  expect(await tagsOf(ModelPackageArn)).toEqual([]);

  const group = { ModelPackageGroupName: 'again' };
  const { ModelPackageGroupArn } = await sagemaker.send(new CreateModelPackageGroupCommand({ ...group, Tags }));
  await sagemaker.send(new DeleteModelPackageGroupCommand(group));
  await sagemaker.send(new CreateModelPackageGroupCommand(group));
  expect(await tagsOf(ModelPackageGroupArn)).toEqual([]);

  const pipeline = {
    PipelineName: 'again',
    RoleArn: role,
    PipelineDefinition: definition([shellStep('S', 'true')]),
  };
  const token = (): { ClientRequestToken: string } => ({ ClientRequestToken: crypto.randomUUID() });
  const { PipelineArn } = await sagemaker.send(new CreatePipelineCommand({ ...pipeline, ...token(), Tags }));
  await sagemaker.send(new DeletePipelineCommand({ PipelineName: 'again', ...token() }));
  await sagemaker.send(new CreatePipelineCommand({ ...pipeline, ...token() }));
  expect(await tagsOf(PipelineArn)).toEqual([]);
});

test('a Model step makes the model that it describes, once an execution', async () => {
  const step = {
    Name: 'Make_Model',
    Type: 'Model',
    Arguments: { PrimaryContainer: { Image: 'image', ModelDataUrl: { Get: 'Parameters.Data' } } },
  };
  const uses = shellStep(
    'Uses',
    'test "$NAME" = "$(echo "$NAME")" && case "$NAME" in pipelines-*) ;; *) exit 1; esac',
    {
      Environment: { NAME: { Get: 'Steps.Make_Model.ModelName' } },
    },
  );
  const arn = await bed.run([step, uses], {
    parameters: [{ Name: 'Data', Type: 'String', DefaultValue: 's3://b/model.tar.gz' }],
  });
  expect(await bed.end(arn)).toEqual({ status: 'Succeeded', reason: undefined });
  const { Make_Model: made } = await bed.steps(arn);
  const name = made?.Metadata?.Model?.Arn?.split('/')[1] ?? '';
  const model = await bed.clients.sagemaker.send(new DescribeModelCommand({ ModelName: name }));
  expect(model).toMatchObject({
    ModelArn: made?.Metadata?.Model?.Arn,
    ExecutionRoleArn: role,
    PrimaryContainer: { ModelDataUrl: 's3://b/model.tar.gz' },
  });
  const refused = await bed.run([{ ...step, Arguments: { Containers: [], Foo: 1 } }]);
  expect((await bed.end(refused)).status).toBe('Failed');
  expect((await bed.steps(refused)).Make_Model?.FailureReason).toContain("Unknown Argument member 'Foo'");
});
