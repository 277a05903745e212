import {
  type BeforeEntryConditions,
  DeletePipelineCommand,
  DisableStageTransitionCommand,
  EnableStageTransitionCommand,
  GetPipelineCommand,
  ListActionTypesCommand,
  ListDeployActionExecutionTargetsCommand,
  ListPipelinesCommand,
  ListRuleExecutionsCommand,
  ListRuleTypesCommand,
  ListTagsForResourceCommand,
  OverrideStageConditionCommand,
  PutJobFailureResultCommand,
  PutJobSuccessResultCommand,
  RetryStageExecutionCommand,
  RollbackStageCommand,
  StopPipelineExecutionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdatePipelineCommand,
} from '@aws-sdk/client-codepipeline';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { strToU8, zipSync } from 'fflate';
import { expect } from 'vitest';
import { approval, declaration, DeliveryBed } from './delivery-bed';
import { type Bed, eventually, role } from './support';

const rule = (name: string, value: string): BeforeEntryConditions => ({
  conditions: [
    {
      result: 'FAIL' as const,
      rules: [
        {
          name,
          ruleTypeId: { category: 'Rule' as const, owner: 'AWS' as const, provider: 'VariableCheck', version: '1' },
          configuration: { Variable: '#{variables.GO}', Value: value, Operator: 'EQ' },
        },
      ],
    },
  ],
});

/** Has every operation of CodePipeline answer once. */
export async function codepipelineAnswers(bed: Bed): Promise<void> {
  const delivery = new DeliveryBed(bed);
  const { client } = delivery;
  const { endpoint, region, accessKeyId, secretAccessKey } = bed.plane.ready;
  const lambda = new LambdaClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'job',
      Runtime: 'python3.12',
      Handler: 'app.handler',
      Role: role,
      Code: { ZipFile: zipSync({ 'app.py': strToU8('def handler(event, context):\n    return event\n') }) },
    }),
  );
  const name = 'answers';
  const stages = [
    { name: 'Ask', actions: [approval()], beforeEntry: rule('entry', 'yes') },
    {
      name: 'Call',
      actions: [
        {
          name: 'Job',
          actionTypeId: { category: 'Invoke' as const, owner: 'AWS' as const, provider: 'Lambda', version: '1' },
          configuration: { FunctionName: 'job' },
        },
      ],
    },
  ];
  const more = { variables: [{ name: 'GO', defaultValue: 'no' }] };
  const id = await delivery.create(name, stages, more);
  expect(await delivery.end(name, id)).toBe('Failed');
  await client.send(
    new OverrideStageConditionCommand({
      pipelineName: name,
      stageName: 'Ask',
      pipelineExecutionId: id,
      conditionType: 'BEFORE_ENTRY',
    }),
  );
  await delivery.approve(name, 'Ask', await delivery.token(name, 'Ask'), 'Rejected');
  expect(await delivery.end(name, id)).toBe('Failed');
  await client.send(
    new RetryStageExecutionCommand({
      pipelineName: name,
      stageName: 'Ask',
      pipelineExecutionId: id,
      retryMode: 'FAILED_ACTIONS',
    }),
  );
  await delivery.approve(name, 'Ask', await delivery.token(name, 'Ask'));
  const job = async (execution: string): Promise<string> =>
    eventually(async () => {
      const runs = await delivery.actions(name, execution);
      return runs.find(({ actionName, status }) => actionName === 'Job' && status === 'InProgress')?.actionExecutionId;
    });
  const first = await job(id);
  const putResult = async (command: PutJobSuccessResultCommand | PutJobFailureResultCommand): Promise<void> => {
    // The job is asked for once its function is called.
    await eventually(async () =>
      client.send(command as PutJobSuccessResultCommand).then(
        () => true,
        () => false,
      ),
    );
  };
  await putResult(
    new PutJobFailureResultCommand({ jobId: first, failureDetails: { type: 'JobFailed', message: 'no' } }),
  );
  expect(await delivery.end(name, id)).toBe('Failed');
  await client.send(
    new RetryStageExecutionCommand({
      pipelineName: name,
      stageName: 'Call',
      pipelineExecutionId: id,
      retryMode: 'ALL_ACTIONS',
    }),
  );
  await putResult(new PutJobSuccessResultCommand({ jobId: await job(id), outputVariables: { A: '1' } }));
  expect(await delivery.end(name, id)).toBe('Succeeded');
  const { pipelineExecutionId: back = '' } = await client.send(
    new RollbackStageCommand({ pipelineName: name, stageName: 'Call', targetPipelineExecutionId: id }),
  );
  await client.send(
    new StopPipelineExecutionCommand({
      pipelineName: name,
      pipelineExecutionId: back,
      abandon: true,
      reason: 'enough',
    }),
  );
  expect(await delivery.end(name, back)).toBe('Stopped');
  const transition = { pipelineName: name, stageName: 'Call', transitionType: 'Inbound' as const };
  await client.send(new DisableStageTransitionCommand({ ...transition, reason: 'not now' }));
  expect((await delivery.stage(name, 'Call')).inboundTransitionState).toMatchObject({
    enabled: false,
    disabledReason: 'not now',
  });
  await client.send(new EnableStageTransitionCommand(transition));
  await delivery.start(name, { clientRequestToken: 'once', variables: [{ name: 'GO', value: 'yes' }] });
  const { ruleExecutionDetails } = await client.send(new ListRuleExecutionsCommand({ pipelineName: name }));
  expect(ruleExecutionDetails?.[0]).toMatchObject({ ruleName: 'entry' });
  await client.send(new ListDeployActionExecutionTargetsCommand({ actionExecutionId: first }));
  await client.send(new UpdatePipelineCommand({ pipeline: declaration(name, stages, more) }));
  expect((await client.send(new GetPipelineCommand({ name }))).pipeline?.version).toBe(2);
  expect((await client.send(new GetPipelineCommand({ name, version: 1 }))).pipeline?.version).toBe(1);
  expect((await client.send(new ListPipelinesCommand({}))).pipelines).toMatchObject([
    { name, version: 2, pipelineType: 'V2' },
  ]);
  expect(
    (await client.send(new ListActionTypesCommand({ actionOwnerFilter: 'AWS' }))).actionTypes?.length,
  ).toBeGreaterThan(5);
  expect((await client.send(new ListRuleTypesCommand({}))).ruleTypes?.length).toBeGreaterThan(3);
  const resourceArn = `arn:aws:codepipeline:us-east-1:000000000000:${name}`;
  await client.send(new TagResourceCommand({ resourceArn, tags: [{ key: 'a', value: 'b' }] }));
  expect((await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual([{ key: 'a', value: 'b' }]);
  await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a'] }));
  await client.send(new DeletePipelineCommand({ name }));
  client.destroy();
  lambda.destroy();
}
