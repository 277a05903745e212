import { queueName, queues } from '../../domain/queues';
import { resolve } from '../references';
import { outputValues, outputsOf } from './lambda';
import { type StepKind, textMember } from './step';

/**
 * Writes to a queue and waits until someone answers with the token. The queue is that of Local with the same name; it is
 * made where there is none.
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps-types.html#step-type-callback
 */
export const callbackStep: StepKind = {
  type: 'Callback',
  cacheKey: [],
  async run(step, { execution, scope, store, callbacks, signal, started, waited }) {
    const url = textMember(step, 'SqsQueueUrl', scope);
    const told = waited?.Callback?.CallbackToken;
    const { token, answer } = callbacks.open(execution.arn, signal, told);
    const body = {
      token,
      pipelineExecutionArn: execution.arn,
      status: 'Executing',
      arguments: resolve(step.arguments, scope),
    };
    const metadata = { Callback: { CallbackToken: token, SqsQueueUrl: url } };
    // A step waits if and only if its message is out: it waits on where Local ends and is started anew.
    store.transaction(() => {
      const queue = queues(store).create(queueName(url));
      started(metadata);
      if (told === undefined) queues(store).send(queue.name, JSON.stringify(body));
    });
    const said = await answer;
    if (!said) return { status: 'Stopped', metadata };
    if ('failure' in said) return { status: 'Failed', metadata, reason: `ClientError: ${said.failure}` };
    const given = Object.fromEntries(said.outputs.map(({ Name = '', Value = '' }) => [Name, Value]));
    const { outputs, missing } = outputsOf(step, given);
    const answered = { Callback: { ...metadata.Callback, OutputParameters: outputs } };
    if (missing !== undefined) {
      const reason = `ClientError: The answer has no '${missing}', which the step declares as an output.`;
      return { status: 'Failed', metadata: answered, reason };
    }
    return { status: 'Succeeded', metadata: answered, result: { OutputParameters: outputValues(step, outputs) } };
  },
};
