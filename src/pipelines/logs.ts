import type { OutputLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import { collect, type Session } from '../aws';
import type { LogPlace } from './service';

/** Reads a job's log from where it stopped the time before. */
export class LogTail {
  private readonly tokens = new Map<string, string>();

  constructor(
    private readonly session: Session,
    private readonly place: LogPlace,
  ) {}

  /**
   * The events since the last call, in the order of their streams. Empty also where the job has not logged
   * yet: the service then has no such group or stream.
   */
  async next(): Promise<OutputLogEvent[]> {
    const events: OutputLogEvent[] = [];
    for (const stream of await this.streams()) events.push(...(await this.read(stream)));
    return events;
  }

  private streams(): Promise<string[]> {
    const { sdk, logs } = this.session;
    return this.session.call('find the log', async () => {
      try {
        const streams = await collect(
          sdk.paginateDescribeLogStreams(
            { client: logs },
            { logGroupName: this.place.group, logStreamNamePrefix: this.place.prefix },
          ),
          (page) => page.logStreams,
        );
        return streams.flatMap(({ logStreamName }) => logStreamName ?? []);
      } catch (error) {
        if (error instanceof Error && error.name === 'ResourceNotFoundException') return [];
        throw error;
      }
    });
  }

  /** GetLogEvents has come to the end of a stream when it answers with the token it was given. */
  private async read(stream: string): Promise<OutputLogEvent[]> {
    const { sdk, logs } = this.session;
    const events: OutputLogEvent[] = [];
    for (;;) {
      const token = this.tokens.get(stream);
      const page = await this.session.call('read the log', () =>
        logs.send(
          new sdk.GetLogEventsCommand({
            logGroupName: this.place.group,
            logStreamName: stream,
            startFromHead: true,
            ...(token === undefined ? {} : { nextToken: token }),
          }),
        ),
      );
      events.push(...(page.events ?? []));
      if (page.nextForwardToken === undefined || page.nextForwardToken === token) return events;
      this.tokens.set(stream, page.nextForwardToken);
    }
  }
}
