import { type Message, md5, queueArn, queueName, queues } from '../../domain/queues';
import { account, region } from '../../domain/arns';
import model from '../../generated/sqs.json';
import type { Context } from '../../engine/context';
import type { ServiceModel } from '../../wire/model';
import type { Operations } from '../../wire/service';
import type { Service } from '../service';

/** SQS: the queues that Callback steps write to, and any other. Order is that of sending, in FIFO queues and others. */
export const sqs: Service = {
  signingName: 'sqs',
  title: 'SQS',
  protocols: ['json'],
  targetPrefix: 'AmazonSQS',
  model: model as unknown as ServiceModel,
  tables: [queues],
  operations,
};

interface Sent {
  MessageBody: string;
  MessageAttributes?: object;
  DelaySeconds?: number;
}

interface OfQueue {
  QueueUrl: string;
}

type Entries<T> = OfQueue & { Entries: ({ Id: string } & T)[] };

function operations({ store }: Context): Operations {
  const all = queues(store);
  const nameOf = ({ QueueUrl }: OfQueue): string => all.find(queueName(QueueUrl)).name;
  const send = (queue: string, { MessageBody, MessageAttributes = {}, DelaySeconds }: Sent) => ({
    MessageId: all.send(queue, MessageBody, MessageAttributes, DelaySeconds),
    MD5OfMessageBody: md5(MessageBody),
  });
  return {
    CreateQueue: ({ QueueName, Attributes }: { QueueName: string; Attributes?: Record<string, string> }) => ({
      QueueUrl: urlOf(all.create(QueueName, Attributes).name),
    }),

    GetQueueUrl: ({ QueueName }: { QueueName: string }) => ({ QueueUrl: urlOf(all.find(QueueName).name) }),

    ListQueues: ({ QueueNamePrefix = '' }: { QueueNamePrefix?: string }) => ({
      QueueUrls: all.names(QueueNamePrefix).map(urlOf),
    }),

    DeleteQueue(input: OfQueue) {
      all.remove(nameOf(input));
      return {};
    },

    PurgeQueue(input: OfQueue) {
      all.purge(nameOf(input));
      return {};
    },

    SendMessage: (input: OfQueue & Sent) => send(nameOf(input), input),

    SendMessageBatch: (input: Entries<Sent>) => {
      const queue = nameOf(input);
      return { Successful: input.Entries.map((entry) => ({ Id: entry.Id, ...send(queue, entry) })), Failed: [] };
    },

    async ReceiveMessage(
      input: OfQueue & { MaxNumberOfMessages?: number; VisibilityTimeout?: number; WaitTimeSeconds?: number },
    ) {
      const queue = nameOf(input);
      const until = Date.now() + (input.WaitTimeSeconds ?? 0) * 1000;
      for (;;) {
        const received = all.receive(queue, input.MaxNumberOfMessages ?? 1, input.VisibilityTimeout);
        const left = until - Date.now();
        if (received.length > 0) return { Messages: received.map(toMessage) };
        if (left <= 0) return {};
        // A hidden message that becomes visible again sends no word.
        await all.arrival(Math.min(left / 1000, 1));
      }
    },

    DeleteMessage(input: OfQueue & { ReceiptHandle: string }) {
      all.delete(nameOf(input), input.ReceiptHandle);
      return {};
    },

    DeleteMessageBatch(input: Entries<{ ReceiptHandle: string }>) {
      const queue = nameOf(input);
      for (const { ReceiptHandle } of input.Entries) all.delete(queue, ReceiptHandle);
      return { Successful: input.Entries.map(({ Id }) => ({ Id })), Failed: [] };
    },

    ChangeMessageVisibility(input: OfQueue & { ReceiptHandle: string; VisibilityTimeout: number }) {
      all.hide(nameOf(input), input.ReceiptHandle, input.VisibilityTimeout);
      return {};
    },

    GetQueueAttributes(input: OfQueue & { AttributeNames?: string[] }) {
      const { name, attributes, created } = all.find(queueName(input.QueueUrl));
      const { visible, inFlight, delayed } = all.counts(name);
      const known: Record<string, string> = {
        VisibilityTimeout: '30',
        ...attributes,
        QueueArn: queueArn(name),
        CreatedTimestamp: String(Math.floor(created / 1000)),
        ApproximateNumberOfMessages: String(visible),
        ApproximateNumberOfMessagesNotVisible: String(inFlight),
        ApproximateNumberOfMessagesDelayed: String(delayed),
      };
      const asked = input.AttributeNames ?? [];
      const chosen = Object.entries(known).filter(([each]) => asked.includes('All') || asked.includes(each));
      return { Attributes: Object.fromEntries(chosen) };
    },

    SetQueueAttributes(input: OfQueue & { Attributes: Record<string, string> }) {
      all.setAttributes(nameOf(input), input.Attributes);
      return {};
    },
  };
}

function urlOf(name: string): string {
  return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
}

function toMessage({ id, body, attributes, sent, receipt, received, firstReceived }: Message) {
  const own = JSON.parse(attributes) as object;
  return {
    MessageId: id,
    ReceiptHandle: receipt,
    Body: body,
    MD5OfBody: md5(body),
    Attributes: {
      SentTimestamp: String(sent),
      ApproximateReceiveCount: String(received),
      ApproximateFirstReceiveTimestamp: String(firstReceived),
    },
    ...(Object.keys(own).length > 0 ? { MessageAttributes: own } : {}),
  };
}
