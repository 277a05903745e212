/** The tab Monitoring: captured data, the schedules of Model Monitor, and what their executions have found. */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { workspace } from 'vscode';
import { type Outcome, outcomeOf, type Session } from '../../../aws';
import { confirmChange } from '../../../aws/confirm';
import { formatBytes } from '../../../shared/format';
import type { Tone } from '../../../shared/status';
import { UserError } from '../../../workbench';
import { driftsOf } from '../../../shared/drift';
import { readMonitor } from '../../../shared/monitor-draft';
import {
  type CapturedHour,
  createMonitor,
  type Execution,
  type Findings,
  listCaptured,
  listExecutions,
  listSchedules,
  mostExecutions,
  readFindings,
  runNow,
  type Schedule,
  setThreshold,
  switchSchedule,
} from '../../monitor';
import type { EndpointReading } from '../../reading';
import { getObject, putObject } from '../../service';
import type { CapturedView, EndpointToHost, ExecutionView, FindingsView, MonitoringView } from './contract';

export type MonitoringMessage = Extract<
  EndpointToHost,
  {
    type:
      | 'readMonitoring'
      | 'showFindings'
      | 'showCaptured'
      | 'createMonitor'
      | 'runMonitor'
      | 'switchSchedule'
      | 'setThreshold';
  }
>;

/** The images of Model Monitor's analyzer and of Clarify that Local stands in for. */
const localImage = '156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer';
const localClarify = '205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0';
/** How often what runs is looked at, in milliseconds: on AWS a job takes minutes. */
const pauses = { local: 500, other: 10_000 };
/** So many captured requests are shown, and so much of each, in characters. */
const mostRecords = 50;
const mostText = 400;
/** The name by which Clarify finds its configuration among the inputs of a job. */
const clarifyConfig = 'analysis_config.json';
/** The threshold of a baseline that names none. */
const defaultThreshold = 0.1;

const tones: Record<string, Tone> = {
  Completed: 'good',
  CompletedWithViolations: 'bad',
  Failed: 'bad',
  Stopped: 'quiet',
};

const words: Record<string, string> = {
  CompletedWithViolations: 'Violations found',
  Completed: 'No violations',
  InProgress: 'Running',
};

interface Services {
  session(): Promise<Session>;
  reading(): EndpointReading | undefined;
  monitoring(view: MonitoringView): void;
  captured(view: CapturedView): void;
  /** Aborted when the panel is closed. */
  closed: AbortSignal;
}

export class Monitoring {
  view: MonitoringView | undefined;
  private hours: CapturedHour[] = [];
  private schedules: Schedule[] = [];
  private executions: Execution[] = [];
  private shown: { execution: Execution; findings: Findings } | undefined;
  private findingsView: FindingsView | undefined;
  private readonly known = new Map<string, Findings>();
  private busy: string | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly endpoint: string,
    private readonly services: Services,
  ) {
    services.closed.addEventListener('abort', () => clearTimeout(this.timer), { once: true });
  }

  async receive(message: MonitoringMessage): Promise<void> {
    const session = await this.services.session();
    switch (message.type) {
      case 'readMonitoring':
        return this.read(session);
      case 'showFindings':
        return this.show(session, message.id);
      case 'showCaptured':
        return this.showCaptured(session, message.hour);
      case 'createMonitor':
        return this.during('The baseline is being made.', session, () => this.create(session, message));
      case 'runMonitor':
        return this.during('The execution is being started.', session, () =>
          runNow(session, this.find(message.schedule), message.hours),
        );
      case 'switchSchedule':
        return this.switch(session, message.schedule, message.to);
      case 'setThreshold':
        return this.setThreshold(session, message.threshold);
    }
  }

  private find(name: string): Schedule {
    const found = this.schedules.find((each) => each.name === name);
    if (!found) throw new UserError(`There is no monitoring schedule ${name}.`);
    return found;
  }

  private get capture(): { destination: string } | undefined {
    const config = this.services.reading()?.serving?.doc?.DataCaptureConfig;
    return config?.EnableCapture && config.DestinationS3Uri ? { destination: config.DestinationS3Uri } : undefined;
  }

  /** Does something that takes a while, and says so. */
  private async during(text: string, session: Session, work: () => Promise<unknown>): Promise<void> {
    if (this.busy !== undefined) throw new UserError(this.busy);
    this.say(text);
    try {
      await work();
    } finally {
      this.busy = undefined;
      await this.read(session);
    }
  }

  private say(text: string): void {
    this.busy = text;
    this.send([]);
  }

  /** Reads all of it, and again while something runs. */
  private async read(session: Session): Promise<void> {
    clearTimeout(this.timer);
    const { capture } = this;
    const [captured, schedules, executions] = await Promise.all([
      capture ? outcomeOf(listCaptured(session, capture.destination, this.endpoint)) : { value: [] },
      outcomeOf(listSchedules(session, this.endpoint)),
      outcomeOf(listExecutions(session, this.endpoint)),
    ]);
    this.hours = captured.value ?? this.hours;
    this.schedules = schedules.value ?? this.schedules;
    this.executions = executions.value ?? this.executions;
    const outcomes: Outcome<unknown>[] = [captured, schedules, executions];
    const problems = [this.services.reading()?.serving?.problem, ...outcomes.map(({ problem }) => problem)];
    this.send(problems.flatMap((problem) => problem?.message ?? []));
    const isWaiting = this.executions.some(({ status }) => /Pending|InProgress|Stopping/.test(status));
    const isNew = this.schedules.some(
      ({ name }) => name.includes('-now-') && !this.executions.some((each) => each.schedule === name),
    );
    if ((isWaiting || isNew) && !this.services.closed.aborted) {
      const pause = session.connection.kind === 'local' ? pauses.local : pauses.other;
      this.timer = setTimeout(() => void this.read(session).catch(() => undefined), pause);
    }
  }

  private send(problems: string[]): void {
    const { capture } = this;
    this.view = {
      ...(capture ? { destination: capture.destination } : {}),
      hours: this.hours.map(({ hour, files, bytes }) => ({
        hour,
        files: files.length,
        size: formatBytes(bytes),
      })),
      schedules: this.schedules
        .filter(({ name }) => !name.includes('-now-'))
        .map(({ name, kind, status, definition }) => ({ name, kind, status, canRun: definition !== undefined })),
      executions: this.executions.map(executionView),
      image: this.imageOf(localImage),
      clarify: this.imageOf(localClarify),
      ...(this.busy === undefined ? {} : { busy: this.busy }),
      ...(this.findingsView ? { findings: this.findingsView } : {}),
      problems,
    };
    this.services.monitoring(this.view);
  }

  /** On AWS the image lies in another account in each region, which the user has to name. */
  private imageOf(image: string): string {
    return this.services.reading()?.state?.arn.includes(':000000000000:') ? image : '';
  }

  private async show(session: Session, id: string): Promise<void> {
    const execution = this.executions.find((each) => idOf(each) === id);
    if (!execution?.job) throw new UserError('This execution has left no results.');
    const findings = await this.findings(session, execution.job);
    this.shown = { execution, findings };
    const past = await Promise.all(
      this.executions
        .filter(({ job, status }) => job !== undefined && status.startsWith('Completed'))
        .slice(0, mostExecutions)
        .map(async ({ job = '', at }) => ({ at, found: (await outcomeOf(this.findings(session, job))).value })),
    );
    const { baseline = {}, statistics = {}, constraints, constraintsUri } = findings;
    const rules = constraints?.monitoring_config?.distribution_constraints;
    const features = driftsOf(baseline, statistics, constraints).sort((a, b) => b.distance - a.distance);
    this.findingsView = {
      id,
      place: findings.place,
      violations: findings.violations,
      features: features.map(({ name, kind, distance, bars }) => ({ name, kind, distance, ...bars })),
      ...(findings.baseline ? { threshold: rules?.comparison_threshold ?? defaultThreshold } : {}),
      canChange: constraintsUri !== undefined,
      past: past.flatMap(({ at, found }) =>
        found?.statistics && found.constraintsUri === constraintsUri
          ? [
              {
                at,
                distances: Object.fromEntries(
                  driftsOf(baseline, found.statistics, constraints).map(({ name, distance }) => [name, distance]),
                ),
              },
            ]
          : [],
      ),
    };
    this.send([]);
  }

  /** What an execution has found never changes. */
  private async findings(session: Session, job: string): Promise<Findings> {
    const found = this.known.get(job) ?? (await readFindings(session, job));
    this.known.set(job, found);
    return found;
  }

  private async showCaptured(session: Session, hour: string): Promise<void> {
    const found = this.hours.find((each) => each.hour === hour);
    const uri = found?.files.at(-1);
    if (uri === undefined) throw new UserError(`Nothing was captured in the hour ${hour}.`);
    const text = Buffer.from(await getObject(session, uri)).toString();
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    this.services.captured({ hour, records: lines.slice(-mostRecords).reverse().map(recordOf) });
  }

  private async create(
    session: Session,
    { kind, fields, image }: { kind: string; fields: Record<string, string>; image: string },
  ): Promise<void> {
    const { capture } = this;
    const unread = this.services.reading()?.serving?.problem;
    if (unread) throw unread;
    if (!capture) throw new UserError('This endpoint captures no data: deploy it with data capture first.');
    const role = this.services.reading()?.serving?.models[0]?.doc?.ExecutionRoleArn;
    if (role === undefined)
      throw new UserError('The model of this endpoint is gone, and with it the role for the job.');
    const source = readMonitor(kind, fields);
    if ('problem' in source && !('kind' in source)) throw new UserError(source.problem);
    const baseline = 'dataset' in source ? 'Compute a baseline for' : 'Monitor';
    const text = `${baseline} ${this.endpoint}, and compare with it each hour?`;
    if (!(await confirmChange(session, { text, action: 'Create' }))) return;
    const folder = `${capture.destination.replace(/\/$/, '')}-monitoring`;
    const inS3 = async (path: string, name?: string): Promise<string> =>
      path.startsWith('s3://') ? path : upload(session, path, folder, name);
    await createMonitor(
      session,
      {
        endpoint: this.endpoint,
        image,
        role,
        source: {
          ...source,
          ...('dataset' in source && source.dataset !== undefined ? { dataset: await inS3(source.dataset) } : {}),
          ...('config' in source ? { config: await inS3(source.config, clarifyConfig) } : {}),
        },
        folder,
        expression: 'cron(0 * ? * * *)',
      },
      (said) => this.say(said),
    );
  }

  private async switch(session: Session, name: string, to: 'start' | 'stop' | 'delete'): Promise<void> {
    const text = `${to === 'start' ? 'Start' : to === 'stop' ? 'Stop' : 'Delete'} the monitoring schedule ${name}?`;
    if (!(await confirmChange(session, { text, action: 'Yes', always: to === 'delete' }))) return;
    await switchSchedule(session, name, to);
    await this.read(session);
  }

  private async setThreshold(session: Session, threshold: number): Promise<void> {
    const { shown } = this;
    if (!shown?.findings.constraintsUri || !shown.findings.constraints) {
      throw new UserError('This execution was compared with no baseline.');
    }
    const { constraintsUri, constraints } = shown.findings;
    const text = `Write the threshold ${threshold} into ${constraintsUri}?`;
    if (!(await confirmChange(session, { text, action: 'Write' }))) return;
    await setThreshold(session, constraintsUri, constraints, threshold);
    this.known.clear();
    await this.show(session, idOf(shown.execution));
  }
}

function idOf({ schedule, at }: Execution): string {
  return `${schedule} ${at}`;
}

function executionView(execution: Execution): ExecutionView {
  const { schedule, at, status, reason, job } = execution;
  return {
    id: idOf(execution),
    schedule,
    at,
    status: words[status] ?? status,
    tone: tones[status] ?? 'busy',
    ...(reason === undefined ? {} : { reason: explained(reason) }),
    hasFindings: job !== undefined && status.startsWith('Completed'),
  };
}

/** What AWS says in five words, with what to look at. */
function explained(reason: string): string {
  if (!/had no data/i.test(reason)) return reason;
  return `${reason}. Nothing was captured in its window: compare the hours under Captured data. Captured requests come minutes late, and an execution of an hour looks at the hour before.`;
}

/** Puts a file of the workspace into S3. @returns its URI */
async function upload(session: Session, path: string, folder: string, name = basename(path)): Promise<string> {
  const root = workspace.workspaceFolders?.[0]?.uri.fsPath;
  if (root === undefined) throw new UserError('No folder is open: name an S3 URI.');
  const file = join(root, path);
  const content = await readFile(file).catch(() => undefined);
  if (!content) throw new UserError(`There is no file ${path} in this folder.`);
  const uri = `${folder}/data/${Date.now()}/${name}`;
  await putObject(session, uri, content);
  return uri;
}

interface Side {
  data?: string;
  encoding?: string;
}

/** A line of captured data as it is shown. */
export function recordOf(line: string): CapturedView['records'][number] {
  try {
    const { captureData, eventMetadata } = JSON.parse(line) as {
      captureData?: { endpointInput?: Side; endpointOutput?: Side };
      eventMetadata?: { inferenceTime?: string };
    };
    return {
      at: eventMetadata?.inferenceTime ?? '',
      input: textOf(captureData?.endpointInput),
      output: textOf(captureData?.endpointOutput),
      encoding: captureData?.endpointInput?.encoding ?? '',
    };
  } catch {
    return { at: '', input: line.slice(0, mostText), output: '', encoding: 'not JSON' };
  }
}

function textOf(side: Side | undefined): string {
  const data = side?.data ?? '';
  return (side?.encoding === 'BASE64' ? Buffer.from(data, 'base64').toString() : data).slice(0, mostText);
}
