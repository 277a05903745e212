import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateInferenceComponentCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteInferenceComponentCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeInferenceComponentCommand,
  type DescribeInferenceComponentCommandOutput,
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListInferenceComponentsCommand,
  ListTagsCommand,
  UpdateEndpointCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
  UpdateInferenceComponentCommand,
  UpdateInferenceComponentRuntimeConfigCommand,
} from '@aws-sdk/client-sagemaker';
import type { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, deploy, deployable, echo, runtimeOf, settled } from './serving';
import { Bed, eventually, role } from './support';

let bed: Bed;
let runtime: SageMakerRuntimeClient;
beforeAll(async () => {
  bed = await Bed.start({ instances: 6 });
  runtime = runtimeOf(bed);
});
afterAll(() => bed.stop());

async function gone(EndpointName: string): Promise<void> {
  await bed.clients.sagemaker.send(new DeleteEndpointCommand({ EndpointName }));
  await eventually(async () =>
    bed.clients.sagemaker.send(new DescribeEndpointCommand({ EndpointName })).then(
      () => false,
      (error: unknown) => String(error).includes('Could not find endpoint'),
    ),
  );
}

test('an endpoint is created, serves its script, and is deleted', async () => {
  const { sagemaker } = bed.clients;
  await deployable(bed.clients, 'first', echo('one'));
  await sagemaker.send(
    new CreateEndpointCommand({
      EndpointName: 'first',
      EndpointConfigName: 'first',
      Tags: [{ Key: 'stage', Value: 'test' }],
    }),
  );
  await expect(sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'first' }))).rejects.toThrow(
    /^Cannot update in-progress endpoint/,
  );
  const described = await settled(bed.clients, 'first');
  expect(described).toMatchObject({
    EndpointStatus: 'InService',
    EndpointConfigName: 'first',
    ProductionVariants: [
      { VariantName: 'AllTraffic', CurrentInstanceCount: 1, DesiredInstanceCount: 1, CurrentWeight: 1 },
    ],
  });
  expect(described.PendingDeploymentSummary).toBeUndefined();
  expect(await ask(runtime, 'first', { a: 1 })).toEqual({
    value: { model: 'one', data: { a: 1 } },
    variant: 'AllTraffic',
    type: 'application/json',
  });
  const { Tags } = await sagemaker.send(new ListTagsCommand({ ResourceArn: described.EndpointArn }));
  expect(Tags).toEqual([{ Key: 'stage', Value: 'test' }]);
  const { Endpoints } = await sagemaker.send(new ListEndpointsCommand({ NameContains: 'FIRST' }));
  expect(Endpoints).toMatchObject([{ EndpointName: 'first', EndpointStatus: 'InService' }]);
  await gone('first');
  await expect(ask(runtime, 'first', {})).rejects.toMatchObject({
    name: 'ValidationError',
    message: 'Endpoint first of account 000000000000 not found.',
  });
});

test('what is not there, or there already, is answered in the words of the service', async () => {
  const { sagemaker } = bed.clients;
  await deployable(bed.clients, 'words', echo('words'));
  await expect(deployable(bed.clients, 'words', echo('words'))).rejects.toThrow(
    /^Cannot create already existing model/,
  );
  const variant = {
    VariantName: 'v',
    ModelName: 'nobody',
    InitialInstanceCount: 1,
    InstanceType: 'ml.m5.large' as const,
  };
  const config = (name: string, ProductionVariants: object[]): CreateEndpointConfigCommand =>
    new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants } as never);
  await expect(sagemaker.send(config('other', [variant]))).rejects.toThrow(
    /^Could not find model "arn:.*:model\/nobody"\.$/,
  );
  await expect(sagemaker.send(config('words', [{ ...variant, ModelName: 'words' }]))).rejects.toThrow(
    /^Cannot create already existing endpoint configuration/,
  );
  await expect(
    sagemaker.send(new CreateEndpointCommand({ EndpointName: 'words', EndpointConfigName: 'nobody' })),
  ).rejects.toThrow(/^Could not find endpoint configuration "arn:.*:endpoint-config\/nobody"\.$/);
  for (const call of [
    new DescribeEndpointCommand({ EndpointName: 'nobody' }),
    new UpdateEndpointCommand({ EndpointName: 'nobody', EndpointConfigName: 'words' }),
    new DeleteEndpointCommand({ EndpointName: 'nobody' }),
  ]) {
    await expect(sagemaker.send(call as DescribeEndpointCommand)).rejects.toThrow(
      /^Could not find endpoint "arn:.*:endpoint\/nobody"\.$/,
    );
  }
  const { EndpointConfigs } = await sagemaker.send(new ListEndpointConfigsCommand({ NameContains: 'words' }));
  expect(EndpointConfigs).toMatchObject([{ EndpointConfigName: 'words' }]);
  const described = await sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: 'words' }));
  expect(described).toMatchObject({ ProductionVariants: [{ ModelName: 'words' }] });
});

test('traffic is split by weight, a variant can be asked by name, and weights and capacities change in place', async () => {
  const { sagemaker } = bed.clients;
  await deployable(bed.clients, 'a', echo('a'));
  await deployable(bed.clients, 'b', echo('b'));
  const variant = (name: string, weight: number): object => ({
    VariantName: name,
    ModelName: name,
    InitialInstanceCount: 1,
    InstanceType: 'ml.m5.large',
    InitialVariantWeight: weight,
  });
  await sagemaker.send(
    new CreateEndpointConfigCommand({
      EndpointConfigName: 'split',
      ProductionVariants: [variant('a', 3), variant('b', 1)],
    } as never),
  );
  expect((await deploy(bed.clients, 'split')).EndpointStatus).toBe('InService');
  const count = async (): Promise<Record<string, number>> => {
    const counts: Record<string, number> = { a: 0, b: 0 };
    for (let k = 0; k < 20; k++) {
      const { variant: invoked = '', value } = await ask(runtime, 'split', []);
      expect(value).toMatchObject({ model: invoked });
      counts[invoked] = (counts[invoked] ?? 0) + 1;
    }
    return counts;
  };
  expect(await count()).toEqual({ a: 15, b: 5 });
  expect((await ask(runtime, 'split', [], { TargetVariant: 'b' })).variant).toBe('b');
  await expect(ask(runtime, 'split', [], { TargetVariant: 'c' })).rejects.toMatchObject({ name: 'ValidationError' });
  await sagemaker.send(
    new UpdateEndpointWeightsAndCapacitiesCommand({
      EndpointName: 'split',
      DesiredWeightsAndCapacities: [
        { VariantName: 'a', DesiredWeight: 1 },
        { VariantName: 'b', DesiredWeight: 1, DesiredInstanceCount: 2 },
      ],
    }),
  );
  const described = await settled(bed.clients, 'split');
  expect(described.ProductionVariants).toMatchObject([
    { VariantName: 'a', CurrentWeight: 1, CurrentInstanceCount: 1 },
    { VariantName: 'b', CurrentWeight: 1, CurrentInstanceCount: 2, DesiredInstanceCount: 2 },
  ]);
  expect(await count()).toEqual({ a: 10, b: 10 });
  await gone('split');
});

test('an update replaces the fleet; config and model may be deleted under a live endpoint', async () => {
  const { sagemaker } = bed.clients;
  await deployable(bed.clients, 'old', echo('old'));
  await deployable(bed.clients, 'new', echo('new'));
  await deploy(bed.clients, 'old');
  await sagemaker.send(new UpdateEndpointCommand({ EndpointName: 'old', EndpointConfigName: 'new' }));
  const during = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'old' }));
  expect(during).toMatchObject({
    EndpointStatus: 'Updating',
    EndpointConfigName: 'old',
    PendingDeploymentSummary: {
      EndpointConfigName: 'new',
      ProductionVariants: [
        {
          InstanceType: 'ml.m5.large',
          VariantStatus: [{ Status: 'Creating', StatusMessage: 'Launching 1 instance(s).' }],
        },
      ],
    },
  });
  await expect(
    sagemaker.send(new UpdateEndpointCommand({ EndpointName: 'old', EndpointConfigName: 'new' })),
  ).rejects.toThrow(/^Cannot update in-progress endpoint/);
  expect(await settled(bed.clients, 'old')).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'new' });
  await sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: 'new' }));
  await sagemaker.send(new DeleteModelCommand({ ModelName: 'new' }));
  expect((await ask(runtime, 'old', 1)).value).toMatchObject({ model: 'new' });
  await gone('old');
});

test.each([
  ['no code', { 'weights.txt': 'x' }, {}, /did not pass the ping health check.*no code\/inference\.py with model_fn/],
  [
    'a script that does not load',
    { 'code/inference.py': 'import nothing_of_this_name' },
    {},
    /did not pass the ping health check.*nothing_of_this_name/,
  ],
  ['a fault at its start', echo('x'), { MLOPS_FLOW_FAULT: 'start' }, /does not start on purpose/],
  ['no capacity', echo('x'), { MLOPS_FLOW_FAULT: 'capacity' }, /InsufficientInstanceCapacity/],
])(
  'a model with %s: the endpoint fails with the reason, and can only be deleted',
  async (what, files, environment, reason) => {
    const name = what.replaceAll(/\W/g, '-');
    await deployable(bed.clients, name, files, {
      environment,
    });
    expect(await deploy(bed.clients, name)).toMatchObject({
      EndpointStatus: 'Failed',
      FailureReason: expect.stringMatching(reason) as string,
    });
    await expect(
      bed.clients.sagemaker.send(new UpdateEndpointCommand({ EndpointName: name, EndpointConfigName: name })),
    ).rejects.toThrow(/status Failed/);
    await gone(name);
  },
);

test('an error of the model is a ModelError with the original, and stands in the log', async () => {
  await deployable(bed.clients, 'broken', {
    'code/inference.py':
      'def model_fn(model_dir):\n    return None\n\ndef predict_fn(data, model):\n    print("asked")\n    raise ValueError("no such penguin")\n',
  });
  await deploy(bed.clients, 'broken');
  const error = await ask(runtime, 'broken', [1]).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    name: 'ModelError',
    OriginalStatusCode: 500,
    OriginalMessage: expect.stringContaining('no such penguin') as string,
    LogStreamArn: expect.stringMatching(
      /^arn:aws:logs:us-east-1:000000000000:log-group:\/aws\/sagemaker\/Endpoints\/broken:log-stream:AllTraffic\/i-\w{17}$/,
    ) as string,
    $metadata: { httpStatusCode: 424 },
  });
  const messages = await eventually(async () => {
    const { events = [] } = await bed.clients.logs.send(
      new FilterLogEventsCommand({ logGroupName: '/aws/sagemaker/Endpoints/broken' }),
    );
    return events.length > 2 && events.map(({ message }) => message);
  });
  expect(messages).toContain('asked');
  expect(messages.at(-1)).toContain('ValueError: no such penguin');
  await gone('broken');
});

test('a process that ends is started again', async () => {
  await deployable(bed.clients, 'crash', echo('crash'), { environment: { MLOPS_FLOW_FAULT: 'crash=2' } });
  await deploy(bed.clients, 'crash');
  expect((await ask(runtime, 'crash', 1)).value).toMatchObject({ model: 'crash' });
  await expect(ask(runtime, 'crash', 2)).rejects.toMatchObject({ name: 'ModelError', OriginalStatusCode: 0 });
  await eventually(async () =>
    ask(runtime, 'crash', 3).then(
      () => true,
      () => false,
    ),
  );
  await gone('crash');
});

test('inference components: models on the instances of one endpoint, created, asked, updated, scaled and deleted', async () => {
  const { sagemaker } = bed.clients;
  for (const name of ['cat', 'dog', 'wolf']) await deployable(bed.clients, name, echo(name));
  await deployable(bed.clients, 'mute', { 'weights.txt': 'no code' });
  const config = (more: object): CreateEndpointConfigCommand =>
    new CreateEndpointConfigCommand({
      EndpointConfigName: 'zoo',
      ProductionVariants: [{ VariantName: 'v', InstanceType: 'ml.m5.large', InitialInstanceCount: 1 }],
      ...more,
    });
  await expect(sagemaker.send(config({}))).rejects.toThrow(/needs an ExecutionRoleArn/);
  await sagemaker.send(config({ ExecutionRoleArn: role }));
  await deploy(bed.clients, 'zoo');
  const create = async (name: string, model: string, copies = 1, EndpointName = 'zoo'): Promise<unknown> =>
    sagemaker.send(
      new CreateInferenceComponentCommand({
        InferenceComponentName: name,
        EndpointName,
        VariantName: 'v',
        Specification: { ModelName: model, ComputeResourceRequirements: { MinMemoryRequiredInMb: 128 } },
        RuntimeConfig: { CopyCount: copies },
      }),
    );
  const at = async (InferenceComponentName: string): Promise<DescribeInferenceComponentCommandOutput> =>
    eventually(async () => {
      const found = await sagemaker.send(new DescribeInferenceComponentCommand({ InferenceComponentName }));
      return !(found.InferenceComponentStatus ?? 'ing').endsWith('ing') && found;
    });
  await create('first', 'cat');
  await create('second', 'dog', 2);
  expect(await at('first')).toMatchObject({
    InferenceComponentStatus: 'InService',
    EndpointName: 'zoo',
    VariantName: 'v',
    Specification: { ModelName: 'cat' },
    RuntimeConfig: { DesiredCopyCount: 1, CurrentCopyCount: 1 },
  });
  expect(await at('second')).toMatchObject({ RuntimeConfig: { DesiredCopyCount: 2, CurrentCopyCount: 2 } });
  const by = async (InferenceComponentName: string): Promise<unknown> =>
    ask(runtime, 'zoo', [1], { InferenceComponentName }).then(({ value }) => (value as { model: string }).model);
  expect([await by('first'), await by('second')]).toEqual(['cat', 'dog']);
  await expect(ask(runtime, 'zoo', [1])).rejects.toThrow(/^Inference Component Name header is required/);
  await expect(by('nobody')).rejects.toThrow(/Inference Component nobody of endpoint zoo .* not found/);
  await expect(create('first', 'cat')).rejects.toThrow(/^Cannot create already existing inference component/);
  await expect(create('none', 'cat', 0)).rejects.toThrow(/CopyCount must be at least 1/);
  await deploy(bed.clients, 'cat');
  await expect(create('lost', 'cat', 1, 'cat')).rejects.toThrow(/The variant v is not one of the endpoint/);
  await gone('cat');
  const { InferenceComponents } = await sagemaker.send(
    new ListInferenceComponentsCommand({ EndpointNameEquals: 'zoo', SortBy: 'Name', SortOrder: 'Ascending' }),
  );
  expect(InferenceComponents).toMatchObject([
    { InferenceComponentName: 'first', InferenceComponentStatus: 'InService' },
    { InferenceComponentName: 'second', EndpointName: 'zoo', VariantName: 'v' },
  ]);
  // A new model comes copy by copy, and one that does not start leaves the old one in service.
  const update = async (model: string): Promise<DescribeInferenceComponentCommandOutput> => {
    await sagemaker.send(
      new UpdateInferenceComponentCommand({
        InferenceComponentName: 'second',
        Specification: { ModelName: model, ComputeResourceRequirements: { MinMemoryRequiredInMb: 128 } },
        DeploymentConfig: {
          RollingUpdatePolicy: { MaximumBatchSize: { Type: 'COPY_COUNT', Value: 1 }, WaitIntervalInSeconds: 0 },
        },
      }),
    );
    return at('second');
  };
  expect(await update('wolf')).toMatchObject({
    InferenceComponentStatus: 'InService',
    Specification: { ModelName: 'wolf' },
    RuntimeConfig: { DesiredCopyCount: 2, CurrentCopyCount: 2 },
  });
  expect(await by('second')).toBe('wolf');
  expect(await update('mute')).toMatchObject({
    InferenceComponentStatus: 'InService',
    FailureReason: expect.stringContaining('no code/inference.py with model_fn') as string,
    Specification: { ModelName: 'wolf' },
  });
  expect(await by('second')).toBe('wolf');
  await sagemaker.send(
    new UpdateInferenceComponentRuntimeConfigCommand({
      InferenceComponentName: 'second',
      DesiredRuntimeConfig: { CopyCount: 0 },
    }),
  );
  expect(await at('second')).toMatchObject({ RuntimeConfig: { DesiredCopyCount: 0, CurrentCopyCount: 0 } });
  await expect(by('second')).rejects.toThrow(/^Inference Component has no capacity to process this request/);
  await expect(sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'zoo' }))).rejects.toThrow(
    /while it has inference components: first, second/,
  );
  for (const InferenceComponentName of ['first', 'second']) {
    await sagemaker.send(new DeleteInferenceComponentCommand({ InferenceComponentName }));
  }
  await eventually(async () => {
    const left = await sagemaker.send(new ListInferenceComponentsCommand({ EndpointNameEquals: 'zoo' }));
    return left.InferenceComponents?.length === 0;
  });
  await gone('zoo');
});

test('more instances than there are for endpoints are refused', async () => {
  await deployable(bed.clients, 'large', echo('large'), { variant: { InitialInstanceCount: 7 } });
  await expect(
    bed.clients.sagemaker.send(new CreateEndpointCommand({ EndpointName: 'large', EndpointConfigName: 'large' })),
  ).rejects.toMatchObject({
    name: 'ResourceLimitExceeded',
    message: expect.stringContaining("'ml.m5.large for endpoint usage' is 6 Instances") as string,
  });
});
