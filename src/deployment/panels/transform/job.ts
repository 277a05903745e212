import type { DescribeTransformJobResponse } from '@aws-sdk/client-sagemaker';
import { type Connection, connectionOf, outcomeOf, type Session } from '../../../aws';
import { confirmChange } from '../../../aws/confirm';
import { formatBytes, formatDuration, formatTime } from '../../../shared/format';
import type { Tone } from '../../../shared/status';
import { messageOf, reasonOf } from '../../../workbench';
import type { Panel, PanelController } from '../../../workbench/panel';
import { transformLog } from '../../service';
import type { RoomServices } from '../../services';
import {
  describeTransform,
  isUnderWay,
  listResults,
  readRows,
  type ResultFile,
  type ResultRows,
  stopTransform,
} from '../../transforms';
import type { JobView, TransformArguments, TransformToHost, TransformToPanel } from './contract';
import { isTransformToHost } from './messages';

/** So many of the last lines of a log are shown. */
const mostLines = 60;

const tones: Record<string, Tone> = { Completed: 'good', Failed: 'bad', Stopped: 'wary', Stopping: 'wary' };

/** The colour of a job's status. */
export function toneOfJob(status: string): Tone {
  return tones[status] ?? 'busy';
}

/** How a job stands. */
interface Reading {
  job: DescribeTransformJobResponse;
  files: ResultFile[];
  filesProblem?: string;
  log: string[];
}

/** A batch transform job: how it stands, and its results beside what they were made of. */
export class TransformJobController implements PanelController<TransformToPanel, TransformToHost> {
  readonly accepts = isTransformToHost;
  private readonly connection: Connection;
  private readonly closed = new AbortController();
  private reading: Reading | undefined;
  private freshness: { updatedAt?: number; problem?: string } = {};
  private file: string | undefined;
  private rows: (ResultRows & { file: string }) | undefined;
  private readonly key: string;
  private watching: { dispose(): void } | undefined;
  private readonly visibility: { dispose(): void };

  constructor(
    private readonly services: RoomServices,
    private readonly panel: Panel<TransformArguments, TransformToPanel>,
    private readonly name: string,
  ) {
    this.connection = connectionOf(panel.args.connection);
    this.key = `transform ${this.connection.id} ${name}`;
    this.panel.title = name;
    this.visibility = panel.onDidChangeVisibility((visible) => (visible ? this.watch() : this.rest()));
    this.watch();
  }

  state(): TransformToPanel[] {
    return [
      ...(this.reading ? [{ type: 'job' as const, job: this.view(this.reading) }] : []),
      { type: 'freshness', ...this.freshness },
    ];
  }

  async receive(message: TransformToHost): Promise<void> {
    switch (message.type) {
      case 'file':
        this.file = message.name;
        return this.showRows();
      case 'stop':
        return this.stop();
      case 'open':
        return this.services.openObject(message.link, this.connection);
      case 'openJob':
        return this.services.openTransform({ job: message.name }, this.connection);
      case 'refresh':
        return this.services.watcher.refresh(this.key);
      default:
        return undefined;
    }
  }

  dispose(): void {
    this.rest();
    this.closed.abort();
    this.visibility.dispose();
  }

  private watch(): void {
    this.watching ??= this.services.watcher.watch<Reading>(
      {
        key: this.key,
        interval: () => this.services.pollInterval(this.connection),
        poll: async (signal) => this.read(await this.services.connections.session(this.connection, signal)),
        settled: ({ job }) => !isUnderWay(job),
      },
      {
        value: (reading) => {
          this.reading = reading;
          this.freshness = { updatedAt: Date.now() };
          this.file ??= reading.files.find(({ output }) => output !== undefined)?.name;
          for (const message of this.state()) this.panel.update(message);
          if (!isUnderWay(reading.job)) void this.showRows().catch((error: unknown) => this.fail(error));
        },
        failed: (error) => this.fail(error),
      },
    );
  }

  private fail(error: unknown): void {
    this.freshness = { ...this.freshness, problem: reasonOf(error) };
    this.panel.update({ type: 'freshness', ...this.freshness });
  }

  private rest(): void {
    this.watching?.dispose();
    this.watching = undefined;
  }

  private async read(session: Session): Promise<Reading> {
    const job = await describeTransform(session, this.name);
    const [files, log] = await Promise.all([
      outcomeOf(listResults(session, job)),
      job.TransformJobStatus === 'Failed'
        ? outcomeOf(transformLog(session, this.name, mostLines, job.CreationTime?.getTime() ?? 0))
        : { value: [] },
    ]);
    return {
      job,
      files: files.value ?? [],
      ...(files.problem ? { filesProblem: files.problem.message } : {}),
      log: log.value ?? [],
    };
  }

  /** Reads the rows of the file that is chosen, once: what is written stays as it is. */
  private async showRows(): Promise<void> {
    const { reading } = this;
    const file = reading?.files.find(({ name }) => name === this.file);
    if (!reading || !file) return;
    if (this.rows?.file !== file.name || this.rows.problem !== undefined) {
      const session = await this.services.connections.session(this.connection, this.closed.signal);
      const { value, problem } = await outcomeOf(readRows(session, reading.job, file));
      if (this.file !== file.name) return;
      this.rows = { file: file.name, ...(value ?? { rows: [], total: 0, problem: messageOf(problem) }) };
    }
    this.panel.update({ type: 'job', job: this.view(reading) });
  }

  private async stop(): Promise<void> {
    const session = await this.services.connections.session(this.connection, this.closed.signal);
    const text = `Stop the batch transform ${this.name}? Files that are not through are discarded.`;
    if (!(await confirmChange(session, { text, action: 'Stop' }))) return;
    await stopTransform(session, this.name);
    await this.services.watcher.refresh(this.key);
  }

  private view({ job, files, filesProblem, log }: Reading): JobView {
    const { TransformInput: input, TransformOutput: output, TransformStartTime: start, TransformEndTime: end } = job;
    const source = input?.DataSource?.S3DataSource?.S3Uri ?? '';
    const status = job.TransformJobStatus ?? '';
    const rows = this.rows?.file === this.file ? this.rows : undefined;
    const noRows = filesProblem ?? rows?.problem;
    return {
      name: this.name,
      status,
      tone: toneOfJob(status),
      isUnderWay: isUnderWay(job),
      ...(job.FailureReason ? { reason: job.FailureReason } : {}),
      facts: [
        { label: 'Model', value: job.ModelName ?? '' },
        { label: 'Input', value: source, link: source },
        { label: 'Output', value: output?.S3OutputPath ?? '', link: output?.S3OutputPath ?? '' },
        ...(start ? [{ label: 'Started', value: formatTime(start.getTime()) }] : []),
        ...(start && end ? [{ label: 'Took', value: formatDuration(end.getTime() - start.getTime()) }] : []),
        {
          label: 'On',
          value: `${job.TransformResources?.InstanceCount ?? 1} × ${job.TransformResources?.InstanceType ?? ''}`,
        },
      ],
      files: files.map(({ name, bytes, output: written }) => ({
        name,
        size: formatBytes(bytes),
        isWritten: written !== undefined,
      })),
      ...(this.file === undefined ? {} : { file: this.file }),
      rows: rows?.rows ?? [],
      total: rows?.total ?? 0,
      ...(noRows === undefined ? {} : { noRows }),
      log,
    };
  }
}
