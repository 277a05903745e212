/** `mlops-flow run`: renders a pipeline, puts it on Local and runs it to its end. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { LocalHandle } from '../local/launch';
import { executionRoleArn } from '../local/domain/arns';
import { waitingIn } from '../pipelines/callbacks';
import { provideStandIns, stubsFor } from '../pipelines/commands/stand-ins';
import { openLocal } from './local';
import { readOptions, UsageError } from './options';
import { madeOf } from './run/made-of';
import {
  assignments,
  literals,
  type Pipeline,
  pipelineOf,
  pipelineOptions,
  refused,
  withConnection,
} from './run/pipeline';

const pollInterval = 500;

/** Exit codes: 0 succeeded, 1 failed or refused, 2 wrong usage or nothing to run. */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {
    ...pipelineOptions,
    param: { type: 'string', multiple: true, default: [] },
    follow: { type: 'boolean', default: false },
    definition: { type: 'boolean', default: false },
  });
  const [target, ...more] = positionals;
  if (target === undefined || more.length > 0) throw new UsageError('Name one FILE or MODULE to run.');
  const parameters = assignments('param', values.param);
  const given = literals(values.arg);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new Error('Stopped.')));
  const local = await openLocal(values.data, values.python);
  try {
    const pipeline = await pipelineOf(target, given, { ...values, local, signal: stop.signal });
    if (values.definition) {
      process.stdout.write(`${pipeline.definition}\n`);
      return 0;
    }
    const started = await start(local, values.data, pipeline, parameters);
    return await follow(started, values.follow, stop.signal);
  } catch (error) {
    return refused(error, values.install);
  } finally {
    await local.stop();
  }
}

interface Started {
  client: SageMakerClient;
  arn: string;
}

/** Puts the pipeline on Local and starts it, with the files that its project names. */
async function start(
  local: LocalHandle,
  data: string,
  { name, definition, project, standIns }: Pipeline,
  parameters: Readonly<Record<string, string>>,
): Promise<Started> {
  const { sdk } = await import('../aws/sdk.bundle');
  const { endpoint, region, accessKeyId, secretAccessKey } = local;
  const client = new sdk.SageMakerClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const pipeline = { PipelineName: name, PipelineDefinition: definition, RoleArn: executionRoleArn };
  await client
    .send(new sdk.CreatePipelineCommand({ ...pipeline, ClientRequestToken: crypto.randomUUID() }))
    .catch((error: unknown) => {
      if (!(error instanceof Error) || !/exist/i.test(error.message)) throw error;
      return client.send(new sdk.UpdatePipelineCommand(pipeline));
    });
  const ClientRequestToken = crypto.randomUUID();
  const stubs = await stubsFor(definition, standIns);
  for (const stub of stubs.keys()) process.stderr.write(`Not run, since .mlops/config.json has a stub: ${stub}\n`);
  const { values, description } = await withConnection(data, async (session) => {
    await provideStandIns(session, { ...standIns, stubs }, ClientRequestToken);
    return project ? madeOf(session, project, definition, parameters) : { values: parameters, description: undefined };
  });
  const { PipelineExecutionArn = '' } = await client.send(
    new sdk.StartPipelineExecutionCommand({
      PipelineName: name,
      PipelineParameters: Object.entries(values).map(([Name, Value]) => ({ Name, Value })),
      ...(description ? { PipelineExecutionDescription: description } : {}),
      ClientRequestToken,
    }),
  );
  process.stderr.write(`Running ${name}: ${PipelineExecutionArn}\n`);
  return { client, arn: PipelineExecutionArn };
}

/** Tells of the run until it is over. */
async function follow(
  { client, arn: PipelineExecutionArn }: Started,
  isFollowed: boolean,
  signal: AbortSignal,
): Promise<number> {
  const { sdk } = await import('../aws/sdk.bundle');
  const told = new Set<string>();
  const tell = (line: string): void => {
    if (!told.has(line)) process.stderr.write(`${line}\n`);
    told.add(line);
  };
  for (;;) {
    const execution = await client.send(new sdk.DescribePipelineExecutionCommand({ PipelineExecutionArn }));
    const status = execution.PipelineExecutionStatus ?? 'Executing';
    const over = status !== 'Executing' && status !== 'Stopping';
    for await (const page of sdk.paginateListPipelineExecutionSteps(
      { client },
      { PipelineExecutionArn, SortOrder: 'Ascending' },
    )) {
      for (const step of page.PipelineExecutionSteps ?? []) {
        const { StepName, StepStatus, FailureReason } = step;
        if (isFollowed || (over && StepStatus === 'Failed')) {
          tell(`${StepName}: ${StepStatus}${FailureReason ? `: ${FailureReason}` : ''}`);
        }
        const waiting = waitingIn(step);
        if (waiting?.token) tell(howToAnswer(waiting.step, waiting.token));
      }
    }
    if (over) {
      process.stdout.write(`${status}${execution.FailureReason ? `: ${execution.FailureReason}` : ''}\n`);
      return status === 'Succeeded' ? 0 : 1;
    }
    if (signal.aborted)
      await client.send(
        new sdk.StopPipelineExecutionCommand({ PipelineExecutionArn, ClientRequestToken: crypto.randomUUID() }),
      );
    await sleep(pollInterval);
  }
}

function howToAnswer(step: string, token: string): string {
  return `${step} waits for an answer: mlops-flow callback succeed --token ${token} --output NAME=VALUE, or callback fail --token ${token} --reason TEXT`;
}
