/** The tab Try It: single requests and a small load. */
import { setTimeout as sleep } from 'node:timers/promises';
import { window, workspace } from 'vscode';
import type { Session } from '../../../aws';
import { formatBytes } from '../../../shared/format';
import { messageOf, UserError } from '../../../workbench';
import { describeNpy, isImage, typeOfFile } from '../../model/files';
import { percentilesOf } from '../../model/load';
import { type Served, sharingOf, targetsOf } from '../../reading';
import {
  type Answered,
  getObject,
  headObject,
  invoke,
  invokeAsync,
  type Invocation,
  invokeStreaming,
  listComponents,
  listTargets,
  logTail,
  putObject,
} from '../../service';
import type { EndpointToHost, FileView, LoadView, TrialView } from './contract';

type Request = Extract<EndpointToHost, { type: 'invoke' }>;
type Load = Extract<EndpointToHost, { type: 'load' }>;

/** So many requests are remembered. */
const mostTrials = 20;
/** So much of an answer is shown, in characters. */
const mostAnswer = 20_000;
const logLines = 40;
/** The most bytes of a file that is sent, and of an image that is shown. */
const mostFile = 25 * 1024 * 1024;
const mostImage = 5 * 1024 * 1024;
/** The bounds of a load: it is a look, not a test of capacity. */
export const loadBounds = { requests: 2000, atOnce: 20 };
/** How long the result of an asynchronous request is waited for, in milliseconds. */
const asyncPatience = 15 * 60_000;

export class Trials {
  trials: TrialView[] = [];
  load: LoadView | undefined;
  /** The inference components or archives that can be asked, once they are read. */
  targets: string[] | undefined;
  /** The file that was chosen. */
  file: { view: FileView; content: Uint8Array } | undefined;
  private next = 1;
  private stopping: AbortController | undefined;

  constructor(
    private readonly endpoint: string,
    private readonly changed: () => void,
  ) {}

  /** Sends one request and shows what comes back. */
  async send(session: Session, request: Request, served: Served | undefined, signal: AbortSignal): Promise<void> {
    const trial: TrialView = {
      id: this.next++,
      at: Date.now(),
      body: request.withFile ? '' : request.body,
      state: 'waiting',
    };
    this.trials = [trial, ...this.trials].slice(0, mostTrials);
    this.changed();
    const started = performance.now();
    const update = (change: Partial<TrialView>): void => {
      this.trials = this.trials.map((each) => (each.id === trial.id ? { ...each, ...change } : each));
      this.changed();
    };
    try {
      const input = { ...this.inputOf(request), ...targetOf(request, served) };
      let heard = '';
      const answered =
        request.mode === 'async'
          ? await this.queued(session, input, served, signal, update)
          : request.mode === 'stream'
            ? await invokeStreaming(session, input, (bytes) => {
                heard += Buffer.from(bytes).toString('utf8');
                update({ answer: heard.slice(0, mostAnswer), latency: performance.now() - started });
              })
            : await invoke(session, input);
      const latency = performance.now() - started;
      if (answered.fault) {
        const { status, message } = answered.fault;
        const log = await logTail(session, this.endpoint, request.variant ?? '', logLines).catch(() => []);
        const [first = '', ...rest] = message.split('\n');
        update({
          state: 'failed',
          latency,
          problem: `${status === 0 ? 'No answer in time' : `The model answered ${status}`}: ${first}`,
          ...(rest.length > 0 ? { answer: message.slice(0, mostAnswer) } : {}),
          log,
          ...(answered.fault.log ? { stream: streamOf(answered.fault.log) } : {}),
        });
        return;
      }
      const { body, contentType, variant } = answered;
      update({
        state: 'answered',
        latency,
        answer: Buffer.from(body).toString('utf8').slice(0, mostAnswer),
        ...(contentType ? { contentType } : {}),
        ...(variant ? { variant } : {}),
      });
    } catch (error) {
      update({ state: 'failed', latency: performance.now() - started, problem: messageOf(error) });
    }
  }

  /** Sends the same request many times, some at once, until all are answered or it is stopped. */
  async run(session: Session, load: Load, served: Served | undefined): Promise<void> {
    if (this.stopping) return;
    const { contentType, requests, atOnce } = load;
    const input = {
      endpoint: this.endpoint,
      body: Buffer.from(this.bodyOf(load)),
      contentType,
      ...targetOf(load, served),
    };
    const stopping = new AbortController();
    this.stopping = stopping;
    const most = Math.min(loadBounds.requests, Math.max(1, Math.floor(requests)));
    const workers = Math.min(loadBounds.atOnce, Math.max(1, Math.floor(atOnce)));
    const latencies: number[] = [];
    let [begun, failed, told] = [0, 0, 0];
    const started = performance.now();
    const show = (isRunning: boolean): void => {
      const took = (performance.now() - started) / 1000;
      this.load = {
        isRunning,
        sent: latencies.length + failed,
        failed,
        ...(latencies.length > 0 ? { percentiles: percentilesOf(latencies) } : {}),
        ...(took > 0 ? { rate: (latencies.length + failed) / took } : {}),
      };
      this.changed();
    };
    show(true);
    const worker = async (): Promise<void> => {
      while (begun < most && !stopping.signal.aborted) {
        begun++;
        const at = performance.now();
        const answered = await invoke(session, input).catch(() => undefined);
        if (!answered || answered.fault) failed++;
        else latencies.push(performance.now() - at);
        if (performance.now() - told > 300) {
          told = performance.now();
          show(true);
        }
      }
    };
    await Promise.all(Array.from({ length: workers }, worker));
    this.stopping = undefined;
    show(false);
  }

  /** Reads what can be asked. */
  async readTargets(session: Session, served: Served): Promise<void> {
    const folder = targetsOf(served);
    this.targets =
      folder === undefined
        ? (await listComponents(session, this.endpoint)).map(({ name }) => name)
        : await listTargets(session, folder);
    this.changed();
  }

  stop(): void {
    this.stopping?.abort();
  }

  /** Asks for a file whose bytes are to be sent. */
  async chooseFile(): Promise<void> {
    const [uri] = (await window.showOpenDialog({ title: 'File to Send', openLabel: 'Choose' })) ?? [];
    if (!uri) return;
    const { size } = await workspace.fs.stat(uri);
    if (size > mostFile)
      throw new UserError(`This file has ${formatBytes(size)}. A request has at most ${formatBytes(mostFile)}.`);
    const content = await workspace.fs.readFile(uri);
    const name = uri.path.split('/').at(-1) ?? '';
    this.file = { view: fileView(name, content), content };
    this.changed();
  }

  dropFile(): void {
    this.file = undefined;
    this.changed();
  }

  private bodyOf({ body, withFile }: Pick<Request, 'body' | 'withFile'>): Uint8Array {
    if (!withFile) return Buffer.from(body);
    if (!this.file) throw new UserError('The file that is to be sent is not known any more. Choose it again.');
    return this.file.content;
  }

  private inputOf(request: Request): Invocation {
    const { contentType, accept, variant } = request;
    return {
      endpoint: this.endpoint,
      body: this.bodyOf(request),
      contentType,
      ...(accept ? { accept } : {}),
      ...(variant ? { variant } : {}),
    };
  }

  /** Puts the request where the queue reads it, and waits for its result or its failure. */
  private async queued(
    session: Session,
    input: Invocation,
    served: Served | undefined,
    signal: AbortSignal,
    update: (change: Partial<TrialView>) => void,
  ): Promise<Answered> {
    const folder = served?.doc?.AsyncInferenceConfig?.OutputConfig?.S3OutputPath ?? '';
    const place = `${folder.replace(/\/+$/, '')}/requests/${crypto.randomUUID()}`;
    await putObject(session, place, input.body);
    const { id, output, failure } = await invokeAsync(session, input, place);
    update({ inference: { id, output } });
    const end = Date.now() + asyncPatience;
    while (Date.now() < end) {
      if (await headObject(session, output)) return { body: await getObject(session, output) };
      if (failure && (await headObject(session, failure))) {
        return {
          fault: {
            status: 500,
            message: Buffer.from(await getObject(session, failure))
              .toString('utf8')
              .slice(0, 2000),
          },
        };
      }
      await sleep(session.connection.kind === 'local' ? 250 : 2000, undefined, { signal });
    }
    return { fault: { status: 0, message: `There is no result at ${output} after 15 minutes.` } };
  }
}

/** The name of a log stream, of its ARN: `…:log-group:GROUP` or `…:log-stream:STREAM`. */
function streamOf(arn: string): string {
  return /log-stream:(.+)$/.exec(arn)?.[1] ?? /log-group:(.+?)(:\*)?$/.exec(arn)?.[1] ?? arn;
}

/** What a request names beside the endpoint. */
function targetOf(
  { target }: { target?: string },
  served: Served | undefined,
): Pick<Invocation, 'targetModel' | 'component'> {
  const sharing = served && sharingOf(served);
  if (target === undefined || sharing === undefined) return {};
  return sharing === 'components' ? { component: target } : { targetModel: target };
}

/** A file as the page shows it. */
function fileView(name: string, content: Uint8Array): FileView {
  const contentType = typeOfFile(name);
  const description = describeNpy(content);
  return {
    name,
    size: content.byteLength,
    contentType,
    ...(description === undefined ? {} : { description }),
    ...(isImage(contentType) && content.byteLength <= mostImage
      ? { image: Buffer.from(content).toString('base64') }
      : {}),
  };
}
