import {
  DescribeActionCommand,
  ListActionsCommand,
  ListAssociationsCommand,
  QueryLineageCommand,
  type QueryLineageCommandInput,
  SendPipelineExecutionStepFailureCommand,
  SendPipelineExecutionStepSuccessCommand,
  StopPipelineExecutionCommand,
} from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendSigned } from './signed';
import { Bed, eventually } from './support';

/* Steps that wait for someone outside, the queues by which these hear of it, and the lineage that steps keep. */

let bed: Bed;
beforeAll(async () => {
  bed = await Bed.start();
});
afterAll(() => bed.stop());

interface Sqs {
  Messages?: { Body: string; ReceiptHandle: string; MessageId: string; Attributes: Record<string, string> }[];
  QueueUrl?: string;
  QueueUrls?: string[];
  Attributes?: Record<string, string>;
  Successful?: { Id: string }[];
  __type?: string;
}

async function sqs(operation: string, input: object): Promise<Sqs> {
  const answer = await sendSigned(bed.plane.ready, {
    service: 'sqs',
    headers: { 'x-amz-target': `AmazonSQS.${operation}`, 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify(input),
  });
  return JSON.parse(answer.body.toString() || '{}') as Sqs;
}

function callback(Name: string, queue: string, more: object = {}): object {
  return {
    Name,
    Type: 'Callback',
    SqsQueueUrl: `https://sqs.eu-west-1.amazonaws.com/111122223333/${queue}`,
    OutputParameters: [{ OutputName: 'answer', OutputType: 'String' }],
    Arguments: { question: 'why' },
    ...more,
  };
}
const tell = {
  Name: 'Tell',
  Type: 'Fail',
  Arguments: { ErrorMessage: { Get: "Steps.Ask.OutputParameters['answer']" } },
};

async function messageOf(queue: string): Promise<{ token: string; arguments: object; status: string }> {
  const { Messages = [] } = await sqs('ReceiveMessage', { QueueUrl: `x/${queue}`, WaitTimeSeconds: 20 });
  return JSON.parse(Messages[0]?.Body ?? '{}') as never;
}

describe('a Callback step', () => {
  test('writes to the queue, waits for the answer with its token, and hands its outputs on', async () => {
    const arn = await bed.run([callback('Ask', 'first'), tell]);
    const message = await messageOf('first');
    expect(message).toMatchObject({ arguments: { question: 'why' }, status: 'Executing', pipelineExecutionArn: arn });
    const { Ask } = await bed.steps(arn);
    expect(Ask).toMatchObject({ StepStatus: 'Executing', Metadata: { Callback: { CallbackToken: message.token } } });
    const answer = await bed.clients.sagemaker.send(
      new SendPipelineExecutionStepSuccessCommand({
        CallbackToken: message.token,
        OutputParameters: [{ Name: 'answer', Value: 'because' }],
      }),
    );
    expect(answer.PipelineExecutionArn).toBe(arn);
    expect(await bed.end(arn)).toEqual({ status: 'Failed', reason: 'because' });
  });

  test('a declared number and truth value are compared as such, and stand in texts', async () => {
    const outputs = { accuracy: 'Float', rows: 'Integer', sound: 'Boolean', label: 'String' };
    const output = (name: string): object => ({ Get: `Steps.Ask.OutputParameters['${name}']` });
    const OutputParameters = Object.entries(outputs).map(([OutputName, OutputType]) => ({ OutputName, OutputType }));
    const decide = {
      Name: 'Decide',
      Type: 'Condition',
      Arguments: {
        Conditions: [
          { Type: 'GreaterThanOrEqualTo', LeftValue: output('accuracy'), RightValue: 0.8 },
          { Type: 'LessThan', LeftValue: output('rows'), RightValue: 12 },
          { Type: 'Equals', LeftValue: output('sound'), RightValue: true },
          { Type: 'Equals', LeftValue: output('label'), RightValue: '7' },
        ],
        IfSteps: [{ Name: 'Said', Type: 'Fail', Arguments: { ErrorMessage: output('rows') } }],
        ElseSteps: [{ Name: 'No', Type: 'Fail', Arguments: { ErrorMessage: 'a condition does not hold' } }],
      },
    };
    const arn = await bed.run([callback('Ask', 'typed', { OutputParameters }), decide]);
    const { token } = await messageOf('typed');
    const values = { accuracy: '0.91', rows: '9', sound: 'True', label: '7' };
    await bed.clients.sagemaker.send(
      new SendPipelineExecutionStepSuccessCommand({
        CallbackToken: token,
        OutputParameters: Object.entries(values).map(([Name, Value]) => ({ Name, Value })),
      }),
    );
    expect(await bed.end(arn)).toEqual({ status: 'Failed', reason: '9' });
    const { Ask } = await bed.steps(arn);
    expect(Ask?.Metadata?.Callback?.OutputParameters).toContainEqual({ Name: 'accuracy', Value: '0.91' });
  });

  test('fails with the reason that is given, and when an output is missing', async () => {
    const failed = await bed.run([callback('Ask', 'second')]);
    const { token } = await messageOf('second');
    const no = { CallbackToken: token, FailureReason: 'Nobody is here.' };
    await bed.clients.sagemaker.send(new SendPipelineExecutionStepFailureCommand(no));
    expect((await bed.end(failed)).status).toBe('Failed');
    expect((await bed.steps(failed))['Ask']?.FailureReason).toBe('ClientError: Nobody is here.');
    const empty = await bed.run([callback('Ask', 'third')]);
    const CallbackToken = (await messageOf('third')).token;
    await bed.clients.sagemaker.send(new SendPipelineExecutionStepSuccessCommand({ CallbackToken }));
    await bed.end(empty);
    expect((await bed.steps(empty))['Ask']?.FailureReason).toContain("The answer has no 'answer'");
  });

  test('ends when its execution is stopped; a second answer, and one to no step, are refused', async () => {
    const arn = await bed.run([callback('Ask', 'fourth')]);
    const { token } = await messageOf('fourth');
    const stop = { PipelineExecutionArn: arn, ClientRequestToken: crypto.randomUUID() };
    await bed.clients.sagemaker.send(new StopPipelineExecutionCommand(stop));
    expect((await bed.end(arn)).status).toBe('Stopped');
    const late = new SendPipelineExecutionStepSuccessCommand({ CallbackToken: token });
    await expect(bed.clients.sagemaker.send(late)).rejects.toMatchObject({ name: 'ResourceNotFound' });
  });
});

describe('queues', () => {
  test('hand out each message once until it is visible again, and forget what was deleted', async () => {
    const { QueueUrl = '' } = await sqs('CreateQueue', { QueueName: 'work', Attributes: { VisibilityTimeout: '60' } });
    expect((await sqs('GetQueueUrl', { QueueName: 'work' })).QueueUrl).toBe(QueueUrl);
    expect((await sqs('ListQueues', { QueueNamePrefix: 'wor' })).QueueUrls).toEqual([QueueUrl]);
    await sqs('SendMessage', { QueueUrl, MessageBody: 'one' });
    const entries = ['two', 'three'].map((MessageBody, index) => ({ Id: String(index), MessageBody }));
    expect((await sqs('SendMessageBatch', { QueueUrl, Entries: entries })).Successful).toHaveLength(2);
    const { Messages: first = [] } = await sqs('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 2 });
    expect(first.map(({ Body }) => Body)).toEqual(['one', 'two']);
    const { Messages: second = [] } = await sqs('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 });
    expect(second.map(({ Body }) => Body)).toEqual(['three']);
    const asked = { QueueUrl, AttributeNames: ['All'] };
    expect((await sqs('GetQueueAttributes', asked)).Attributes).toMatchObject({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '3',
      VisibilityTimeout: '60',
    });
    await sqs('ChangeMessageVisibility', { QueueUrl, ReceiptHandle: first[0]?.ReceiptHandle, VisibilityTimeout: 0 });
    const { Messages: again = [] } = await sqs('ReceiveMessage', { QueueUrl });
    expect(again[0]).toMatchObject({ Body: 'one', Attributes: { ApproximateReceiveCount: '2' } });
    await sqs('DeleteMessage', { QueueUrl, ReceiptHandle: again[0]?.ReceiptHandle });
    const rest = [first[1], second[0]].map((message, index) => ({
      Id: String(index),
      ReceiptHandle: message?.ReceiptHandle,
    }));
    await sqs('DeleteMessageBatch', { QueueUrl, Entries: rest });
    expect((await sqs('GetQueueAttributes', asked)).Attributes?.['ApproximateNumberOfMessagesNotVisible']).toBe('0');
    await sqs('SetQueueAttributes', { QueueUrl, Attributes: { VisibilityTimeout: '5' } });
    await sqs('SendMessage', { QueueUrl, MessageBody: 'four' });
    await sqs('PurgeQueue', { QueueUrl });
    expect((await sqs('ReceiveMessage', { QueueUrl })).Messages).toBeUndefined();
    await sqs('DeleteQueue', { QueueUrl });
    expect((await sqs('GetQueueUrl', { QueueName: 'work' })).__type).toBe('QueueDoesNotExist');
  });

  test('a consumer that waits hears of a message when it comes', async () => {
    const { QueueUrl = '' } = await sqs('CreateQueue', { QueueName: 'later' });
    const waiting = sqs('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 });
    await sqs('SendMessage', { QueueUrl, MessageBody: 'now' });
    expect((await waiting).Messages?.[0]?.Body).toBe('now');
  });
});

test('a Lineage step keeps what it names, and others refer to it', async () => {
  const arn = await bed.run([
    {
      Name: 'Record',
      Type: 'Lineage',
      Arguments: {
        Actions: [
          { ActionName: 'Train-it', ActionType: 'Training', Source: { SourceUri: 's3://a/b' }, Status: 'Completed' },
        ],
        Artifacts: [{ ArtifactName: 'rows', ArtifactType: 'DataSet', Source: { SourceUri: 's3://a/rows' } }],
        Associations: [
          {
            Source: { Name: 'rows', Type: 'Artifact' },
            Destination: { Name: 'Train-it', Type: 'Action' },
            AssociationType: 'ContributedTo',
          },
        ],
      },
    },
    { Name: 'Tell', Type: 'Fail', Arguments: { ErrorMessage: { Get: "Steps.Record.ActionArns['Train-it']" } } },
  ]);
  const { reason: ActionArn = '' } = await bed.end(arn);
  expect(ActionArn).toMatch(/:action\/train-it$/);
  const { sagemaker } = bed.clients;
  const action = await sagemaker.send(new DescribeActionCommand({ ActionName: 'Train-it' }));
  expect(action).toMatchObject({ ActionArn, Status: 'Completed' });
  const { ActionSummaries } = await sagemaker.send(new ListActionsCommand({ SourceUri: 's3://a/b' }));
  expect(ActionSummaries).toHaveLength(1);
  const found = await eventually(async () => {
    const { AssociationSummaries = [] } = await sagemaker.send(
      new ListAssociationsCommand({ DestinationArn: ActionArn }),
    );
    return AssociationSummaries[0];
  });
  expect(found).toMatchObject({
    AssociationType: 'ContributedTo',
    SourceArn: expect.stringContaining('artifact/') as string,
  });

  const SourceArn = found.SourceArn ?? '';
  const query = async (input: QueryLineageCommandInput) => {
    const { Vertices = [], Edges = [] } = await sagemaker.send(new QueryLineageCommand(input));
    return { vertices: Vertices.map(({ Arn, Type }) => `${Type} ${Arn}`), edges: Edges };
  };
  const both = [`DataSet ${SourceArn}`, `Training ${ActionArn}`];
  const { vertices, edges } = await query({ StartArns: [SourceArn], Direction: 'Descendants' });
  expect(vertices).toEqual(both);
  expect(edges).toEqual([{ SourceArn, DestinationArn: ActionArn, AssociationType: 'ContributedTo' }]);
  expect((await query({ StartArns: [ActionArn] })).vertices.toSorted()).toEqual(both);
  expect((await query({ StartArns: [SourceArn], Direction: 'Ascendants' })).edges).toEqual([]);
  expect((await query({ StartArns: [ActionArn], Filters: { Types: ['DataSet'] } })).vertices).toEqual([both[0]]);
  const model = SourceArn.replace('artifact/', 'model-package/');
  await expect(query({ StartArns: [model] })).rejects.toThrow(/is not the ARN of an artifact|Regex|pattern/);
});
