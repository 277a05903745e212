import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { env, window, workspace } from 'vscode';
import { type Connection, connectionOf, local, outcomeOf, type Session } from '../../../aws';
import { confirmChange } from '../../../aws/confirm';
import { count, formatBytes } from '../../../shared/format';
import { timedName } from '../../../shared/names';
import { messageOf, settings, UserError } from '../../../workbench';
import type { Panel, PanelController } from '../../../workbench/panel';
import { dryRun } from '../../dry-run';
import { formatCalls } from '../../model/formats';
import type { Call } from '../../model/plan';
import {
  countRequests,
  firstTransform,
  type FoundInput,
  inputProblems,
  linesIn,
  readTransform,
  type RequestCount,
  transformCalls,
  type TransformDraft,
  transformFields,
  type TransformProblem,
  type TransformWish,
} from '../../model/transform/draft';
import { sentOf, writtenOf } from '../../model/transform/records';
import { readVersion, type Version } from '../../prepare';
import { putObject } from '../../service';
import type { RoomServices } from '../../services';
import { beginTransform, fileOf, findInput, jobBase, listTransforms } from '../../transforms';
import type { DryRunState } from '../deployment/contract';
import type {
  RecordView,
  TransformArguments,
  TransformForm,
  TransformPreview,
  TransformToHost,
  TransformToPanel,
} from './contract';
import { isTransformToHost } from './messages';
import { toneOfJob } from './job';

const localRole = 'arn:aws:iam::000000000000:role/execution';
/** So many jobs of before are offered. */
const mostJobs = 5;

/** What lies in the input that the draft names. */
interface Input {
  key: string;
  found?: FoundInput;
  /** A file of this folder, which is uploaded first. */
  content?: Uint8Array;
  problem?: string;
}

/** The form of a batch transform: what it would do with these files, and its start. */
export class TransformController implements PanelController<TransformToPanel, TransformToHost> {
  readonly accepts = isTransformToHost;
  private readonly connection: Connection;
  private readonly closed = new AbortController();
  private version: Version | undefined;
  private form: TransformForm | undefined;
  private draft: TransformDraft | undefined;
  private input: Input | undefined;
  private number = 1;
  private preview: TransformPreview | undefined;
  private planned: { wish: TransformWish; calls: Call[]; blocker?: string } | undefined;
  private dryRun: DryRunState = { state: 'idle' };
  /** What the model answered to what it was sent. */
  private answered: { sent: string; answer: string } | undefined;
  private progress: { busy: boolean; problem?: string } = { busy: false };
  private name = '';
  private turn = 0;

  constructor(
    private readonly services: RoomServices,
    private readonly panel: Panel<TransformArguments, TransformToPanel>,
    private readonly model: string,
  ) {
    this.connection = connectionOf(panel.args.connection);
    void this.prepare();
  }

  state(): TransformToPanel[] {
    const { form, preview, progress } = this;
    if (!form) return progress.problem ? [{ type: 'progress', ...progress }] : [];
    return [
      { type: 'form', form },
      ...(preview ? [{ type: 'preview' as const, preview }] : []),
      { type: 'dryRun', dryRun: this.dryRun },
      { type: 'progress', ...progress },
    ];
  }

  async receive(message: TransformToHost): Promise<void> {
    switch (message.type) {
      case 'draft':
        return this.change(message.draft);
      case 'record':
        this.number = message.number;
        return this.show();
      case 'dryRun':
        return this.tryOut();
      case 'start':
        return this.start();
      case 'copy':
        return this.copy(message.format);
      case 'openJob':
        return this.services.openTransform({ job: message.name }, this.connection);
      case 'open':
        return this.services.openObject(message.link, this.connection);
      case 'cancel':
        return this.panel.close();
      case 'stop':
      case 'file':
      case 'refresh':
        return undefined;
    }
  }

  dispose(): void {
    this.closed.abort();
  }

  private session(connection: Connection = this.connection): Promise<Session> {
    return this.services.connections.session(connection, this.closed.signal);
  }

  private async prepare(): Promise<void> {
    try {
      const session = await this.session();
      const version = await readVersion(session, this.model);
      const base = jobBase(version);
      const jobs = await outcomeOf(listTransforms(session, base, mostJobs));
      const folder = version.data?.startsWith('s3://') ? /^s3:\/\/[^/]+/.exec(version.data)?.[0] : undefined;
      this.version = version;
      this.name = timedName(base);
      this.draft = firstTransform({
        output: folder === undefined ? '' : `${folder}/${version.group}/transform`,
        role: settings('pipelines.roleArn') || (this.connection.kind === 'local' ? localRole : ''),
        ...(version.contentTypes[0] === undefined ? {} : { contentType: version.contentTypes[0] }),
      });
      this.form = {
        version: `${version.group} version ${version.version}`,
        approval: version.approval,
        draft: this.draft,
        jobs: (jobs.value ?? []).map((job) => ({ ...job, tone: toneOfJob(job.status) })),
      };
      this.progress = { busy: false };
      this.panel.title = `Transform with ${version.group} v${version.version}`;
      for (const message of this.state()) this.panel.update(message);
      await this.show();
    } catch (error) {
      this.report(false, messageOf(error));
    }
  }

  private async change(texts: Record<string, string>): Promise<void> {
    if (!this.draft || !this.form) return;
    const known = transformFields.flatMap((field) => (texts[field] === undefined ? [] : [[field, texts[field]]]));
    this.draft = { ...this.draft, ...(Object.fromEntries(known) as Partial<TransformDraft>) };
    this.form = { ...this.form, draft: this.draft };
    await this.show();
  }

  /** Reads the input where it is another one, and says what the job would do with it. */
  private async show(): Promise<void> {
    const { draft, version } = this;
    if (!draft || !version) return;
    const turn = ++this.turn;
    const { wish, problems } = readTransform(draft);
    const input = await this.read(wish);
    if (turn !== this.turn) return;
    this.input = input;
    const { found, content } = input;
    const lines = linesIn(found, wish);
    const all: TransformProblem[] = [
      ...(version.approval === 'Approved'
        ? []
        : [{ severity: 'warning' as const, text: 'This version is not approved.' }]),
      ...problems,
      ...(input.problem === undefined
        ? []
        : [{ severity: 'error' as const, field: 'input' as const, text: input.problem }]),
      ...(found ? inputProblems(found, wish, lines) : []),
    ];
    const uri = content === undefined ? wish.input : `${wish.output}-input/${this.name}/${basename(wish.input)}`;
    // A folder of its own for each job: what an earlier one has written does not count as its results.
    const calls = transformCalls({ ...wish, output: `${wish.output}/${this.name}` }, version, this.name, uri);
    const blocker = all.find(({ severity }) => severity === 'error')?.text;
    this.planned = { wish, calls, ...(blocker === undefined ? {} : { blocker }) };
    const counted = found && countRequests(found, wish.requests);
    const record = this.recordOf(lines, wish);
    this.preview = {
      problems: [
        ...all,
        ...(counted?.problem === undefined ? [] : [{ severity: 'warning' as const, text: counted.problem }]),
      ],
      facts: counted ? factsOf(counted, wish) : [],
      ...(record ? { record } : {}),
      calls: [
        ...(content === undefined
          ? []
          : [
              {
                service: 's3',
                operation: 'PutObject',
                purpose: `Upload ${wish.input}`,
                input: JSON.stringify(objectOf(uri), undefined, 2),
              },
            ]),
        ...calls.map(({ service, operation, purpose, input: body }) => ({
          service,
          operation,
          purpose,
          input: JSON.stringify(body, undefined, 2),
        })),
      ],
    };
    this.panel.update({ type: 'preview', preview: this.preview });
  }

  private async read({ input, compression }: TransformWish): Promise<Input> {
    const key = `${compression} ${input}`;
    if (this.input?.key === key && this.input.problem === undefined) return this.input;
    if (input === '' || (input.startsWith('s3://') && !/^s3:\/\/[^/]+\/./.test(input))) return { key };
    try {
      const isZipped = compression === 'Gzip';
      if (input.startsWith('s3://')) return { key, found: await findInput(await this.session(), input, isZipped) };
      const content = await readLocal(input);
      return { key, content, found: { files: [fileOf(input, content, isZipped)], hasMore: false } };
    } catch (error) {
      return { key, problem: messageOf(error) };
    }
  }

  private recordOf(lines: readonly string[], { processing }: TransformWish): RecordView | undefined {
    if (lines.length === 0) return undefined;
    const number = Math.min(Math.max(1, Math.round(this.number)), lines.length);
    const input = lines[number - 1] ?? '';
    const view: RecordView = { number, total: lines.length, input };
    try {
      view.sent = sentOf(input, processing);
      if (this.answered?.sent === view.sent) {
        view.answer = this.answered.answer;
        view.written = writtenOf(input, this.answered.answer.trimEnd(), processing);
      }
    } catch (error) {
      view.problem = messageOf(error);
    }
    return view;
  }

  /** Serves the archive on this machine and sends it the record that is shown. */
  private async tryOut(): Promise<void> {
    const { version, draft, preview } = this;
    if (!version || !draft || this.dryRun.state === 'running') return;
    if (!workspace.isTrusted) {
      throw new UserError('A dry run executes the script of the model. Trust the workspace first.', {
        title: 'Manage Trust',
        command: 'workbench.trust.manage',
      });
    }
    const { processing } = readTransform(draft).wish;
    const sent = preview?.record?.sent;
    if (sent === undefined) throw new UserError('There is no record that could be sent. Name an input first.');
    this.tell({ state: 'running', text: 'Serving the archive on this machine…' });
    try {
      const [from, here] = await Promise.all([this.session(), this.session(local)]);
      const sample = { body: sent, contentType: processing.contentType, accept: processing.accept };
      const result = await dryRun(here, from, version, sample, this.closed.signal);
      if (result.isGood) this.services.tried.add(version.arn);
      if (result.answer !== undefined) this.answered = { sent, answer: result.answer };
      const took = result.latency === undefined ? '' : ` (answered in ${Math.round(result.latency)} ms)`;
      this.tell({
        state: result.isGood ? 'passed' : 'failed',
        text: `${result.text}${took}`,
        ...(result.log ? { log: result.log } : {}),
      });
      await this.show();
    } catch (error) {
      this.tell({ state: 'failed', text: messageOf(error) });
    }
  }

  private async start(): Promise<void> {
    if (this.progress.busy || !this.form) return;
    this.report(true);
    try {
      // The files may be others than when the form was filled in.
      this.input = undefined;
      await this.show();
      const { planned, name } = this;
      const content = this.content();
      if (!planned || planned.blocker !== undefined)
        throw new UserError(planned?.blocker ?? 'The form is not complete.');
      const session = await this.session();
      const { wish, calls } = planned;
      const text = `Transform ${wish.input} with ${this.form.version} on ${count(wish.instances, 'instance')}?`;
      if (!(await confirmChange(session, { text, action: 'Start', always: true }))) return this.report(false);
      if (content) await putObject(session, `${wish.output}-input/${name}/${basename(wish.input)}`, content);
      await beginTransform(session, calls, name);
      this.panel.close();
      this.services.openTransform({ job: name }, this.connection);
    } catch (error) {
      this.report(false, messageOf(error));
    }
  }

  /** The file of this folder that is uploaded first. */
  private content(): Uint8Array | undefined {
    return this.input?.content;
  }

  private async copy(format: 'json' | 'cli'): Promise<void> {
    const { planned, input, name } = this;
    if (!planned) return;
    const { wish, calls } = planned;
    const upload =
      format === 'cli' && input?.content
        ? `aws s3 cp ${JSON.stringify(wish.input)} ${wish.output}-input/${name}/${basename(wish.input)}\n`
        : '';
    await env.clipboard.writeText(`${upload}${formatCalls(calls, format)}`);
    void window.showInformationMessage(`Copied the ${format === 'cli' ? 'commands' : 'calls'} of this job.`);
  }

  private tell(state: DryRunState): void {
    this.dryRun = state;
    this.panel.update({ type: 'dryRun', dryRun: state });
  }

  private report(busy: boolean, problem?: string): void {
    this.progress = { busy, ...(problem ? { problem } : {}) };
    this.panel.update({ type: 'progress', ...this.progress });
  }
}

function factsOf(counted: RequestCount, wish: TransformWish): TransformPreview['facts'] {
  const { files, bytes, records, requests, isExact } = counted;
  const about = isExact ? '' : 'about ';
  const atOnce = wish.concurrency === undefined || wish.concurrency === 0 ? 1 : wish.concurrency;
  const limit = wish.requests.payload === 0 ? 'no limit' : formatBytes(wish.requests.payload);
  return [
    { label: 'Files', value: `${count(files, 'file')}, ${formatBytes(bytes)}` },
    ...(records === undefined ? [] : [{ label: 'Records', value: `${about}${count(records, 'record')}` }]),
    {
      label: 'Requests',
      value:
        requests === undefined
          ? `not known: the files are split by ${wish.requests.split}`
          : `${about}${count(requests, 'request')} of ${limit} at most`,
    },
    {
      label: 'At a time',
      value: `${atOnce} on each of ${count(wish.instances, 'instance')}${wish.concurrency ? '' : ', unless the container asks for more'}`,
    },
  ];
}

function objectOf(uri: string): { Bucket: string; Key: string } {
  const [, Bucket = '', Key = ''] = /^s3:\/\/([^/]*)\/?(.*)$/.exec(uri) ?? [];
  return { Bucket, Key };
}

/** A file of the first folder of the workspace. */
async function readLocal(path: string): Promise<Uint8Array> {
  const root = workspace.workspaceFolders?.[0]?.uri.fsPath;
  if (root === undefined) throw new UserError('No folder is open. Name an S3 object or folder: s3://BUCKET/FOLDER.');
  const content = await readFile(join(root, path)).catch(() => undefined);
  if (!content) throw new UserError(`There is no file ${path} in this folder.`);
  return content;
}
