import { commands, Uri, workspace } from 'vscode';
import { type Connection, connectionOf, type Session } from '../../../aws';
import { messageOf, UserError } from '../../../workbench';
import type { Panel, PanelController } from '../../../workbench/panel';
import { agreed } from '../../commands/agree';
import { composeRun } from '../../commands/compose';
import { chooseLocalData } from '../../commands/local-data';
import { defaultName, findStarted, preparationFor, startRun, type StartRequest } from '../../commands/start';
import { account as accountOfLocal } from '../../../local/domain/arns';
import { missingData } from '../../../shared/missing-data';
import { readDefinition } from '../../definition';
import { checkAccount, connectionOfEnvironment } from '../../environment';
import { digestOf } from '../../provenance';
import { describeExecution, listParameters, token } from '../../service';
import type { Remembered, RoomServices } from '../../services';
import { type DefinitionFile, provenanceNow } from '../../workspace';
import type {
  FormEnvironment,
  FormParameter,
  RunForm,
  RunFormArguments,
  RunFormToHost,
  RunFormToPanel,
} from './contract';
import { isRunFormToHost } from './messages';

/** The environment that stands for the connection that the form was opened for. */
const ownConnection = '';

/** What the form shows, and what starting it needs. */
interface Prepared {
  /** Absent where the workspace has none: the pipeline runs the definition that it has. */
  file?: DefinitionFile;
  definition: string;
  form: RunForm;
  connections: Map<string, Connection>;
}

/** One run that the user wants, however often it is tried. */
interface Intention {
  /** What tells its request from any other. */
  key: string;
  pipeline: string;
  token: string;
  name: string;
  /** What the user wanted when the service was told. */
  sent?: string;
}

/** What holds without a folder. */
const unconfigured: { config?: undefined; problem?: undefined } = {};

/** Prepares the form that starts a run, and starts it. */
export class RunFormController implements PanelController<RunFormToPanel, RunFormToHost> {
  readonly accepts = isRunFormToHost;
  private prepared: Prepared | undefined;
  private problem: string | undefined;
  /** S3 locations of data that the last try found missing on Local. */
  private missing: string[] = [];
  private busy = false;
  /** How often the definition was read: of two readings the later one counts. */
  private readings = 0;
  /** What the user wants to start, until it is known to have been started. */
  private intention: Intention | undefined;
  /** Ends a start that is under way when the form is closed. */
  private readonly closed = new AbortController();
  private readonly disposables: { dispose(): void }[];

  constructor(
    private readonly services: RoomServices,
    private readonly remembered: Remembered,
    private readonly panel: Panel<RunFormArguments, RunFormToPanel>,
  ) {
    this.disposables = [
      services.definitions.onDidChange(() => void this.prepare()),
      workspace.onDidSaveTextDocument(() => void this.prepare()),
      // What a script makes is no file: it changes when the script has been rendered again.
      workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.toString() === panel.args.definition && !document.isDirty) void this.prepare();
      }),
    ];
    void this.prepare();
  }

  state(): RunFormToPanel[] {
    const { prepared, problem, busy } = this;
    return [
      ...(prepared ? [{ type: 'form' as const, form: prepared.form }] : []),
      ...(problem || busy ? [this.progress()] : []),
    ];
  }

  async receive(message: RunFormToHost): Promise<void> {
    switch (message.type) {
      case 'run':
        return this.run(message.environment, message.displayName, message.values);
      case 'cancel':
        this.panel.close();
        return;
      case 'useLocalData':
        return this.useLocalData();
      case 'show':
        if (message.what === 'changes') await commands.executeCommand('workbench.view.scm');
        else if (this.prepared?.file) await commands.executeCommand('vscode.open', this.prepared.file.uri);
    }
  }

  openedAgain(): void {
    void this.prepare();
  }

  dispose(): void {
    this.closed.abort();
    for (const disposable of this.disposables) disposable.dispose();
  }

  /** Reads definition, repository and configuration, at first and again when they change. */
  private async prepare(): Promise<void> {
    if (this.busy) return;
    const reading = ++this.readings;
    try {
      const prepared = await prepare(this.services, this.remembered, this.panel.args);
      if (reading !== this.readings || this.busy) return;
      const before = this.prepared;
      this.prepared = prepared;
      this.problem = undefined;
      this.missing = [];
      this.panel.title = `Run ${prepared.form.pipeline}`;
      if (before?.definition === prepared.definition && sameEnvironments(before.form, prepared.form)) {
        this.panel.update({ type: 'provenance', provenance: prepared.form.provenance });
      } else {
        this.panel.update({ type: 'form', form: prepared.form });
      }
    } catch (error) {
      if (reading === this.readings) this.report(false, messageOf(error));
    }
  }

  /** Lets the user choose what stands for the data that is missing; then the form is ready for another try. */
  private async useLocalData(): Promise<void> {
    const { prepared, missing } = this;
    if (!prepared?.file || missing.length === 0) return;
    if (!(await chooseLocalData(prepared.file.folder.uri.fsPath, missing))) return;
    this.report(false);
  }

  private async run(
    environment: string,
    displayName: string | undefined,
    values: Record<string, string>,
  ): Promise<void> {
    const { prepared } = this;
    if (this.busy || !prepared) return;
    this.report(true);
    try {
      const connection = prepared.connections.get(environment);
      if (!connection) throw new UserError('This environment is not there any more. Choose where to run.');
      const { config, problem } = prepared.file
        ? await this.services.definitions.configuration(prepared.file.folder)
        : unconfigured;
      if (problem) throw new UserError(`${problem} Fix it before you run.`);
      if (connection.kind === 'local' && !workspace.isTrusted) {
        throw new UserError('A run on this machine executes scripts of the workspace. Trust the workspace first.', {
          title: 'Manage Trust',
          command: 'workbench.trust.manage',
        });
      }
      const session = await this.services.connections.session(connection, this.closed.signal);
      await session.permit(`start ${prepared.form.pipeline}`);
      await checkAccount(session, environment, config?.environments.get(environment));
      refuseBucketsOfLocal(session, prepared.form, values);
      const wanted = JSON.stringify([connection.id, displayName, values, prepared.definition]);
      const arn =
        (await this.startedBefore(session, wanted)) ??
        (await this.start(session, prepared, displayName, values, wanted));
      if (arn === undefined) return this.report(false);
      this.intention = undefined;
      this.remembered.keepValues(prepared.form.pipeline, values);
      this.services.changed();
      this.panel.close();
      this.services.started(arn, connection);
    } catch (error) {
      this.report(false, messageOf(error));
    }
  }

  /** The run of an earlier try whose answer was lost: it is looked for before another is started. */
  private async startedBefore(session: Session, wanted: string): Promise<string | undefined> {
    const { intention } = this;
    if (intention?.sent !== wanted) return undefined;
    return findStarted(session, intention.pipeline, intention.name);
  }

  /** Starts the run after the user has agreed to what is changed for it; undefined where the user has not. */
  private async start(
    session: Session,
    prepared: Prepared,
    displayName: string | undefined,
    values: Record<string, string>,
    wanted: string,
  ): Promise<string | undefined> {
    const { pipeline } = prepared.form;
    const found = prepared.file
      ? await preparationFor(session, pipeline, prepared.definition)
      : { kind: 'none' as const };
    const preparation = await agreed(session, pipeline, prepared.file, found, this.services);
    if (!preparation) return undefined;
    // A run as it is runs the definition that is there, whatever the file says.
    const runs = found.kind === 'update' && preparation.kind === 'none' ? found.existing : prepared.definition;
    const request = await this.requestOf(session, { ...prepared, definition: runs }, displayName, values);
    if (this.intention) this.intention.sent = wanted;
    return startRun(session, request, preparation);
  }

  /** Copies what the run reads, and says what is to be started. Another try at the same has the same token and name. */
  private async requestOf(
    session: Session,
    { file, definition, form }: Prepared,
    displayName: string | undefined,
    values: Record<string, string>,
  ): Promise<StartRequest> {
    const { pipeline, parameters } = form;
    const config = file && (await this.services.definitions.configuration(file.folder)).config;
    const uploads = config?.uploads ?? new Map();
    const request = {
      ...(await composeRun(session, { pipeline, file, definition, parameters, values, uploads })),
      ...(file && config
        ? { standIns: { root: file.folder.uri.fsPath, fixtures: config.fixtures, stubs: config.stubs } }
        : {}),
    };
    const given = [[...(config?.fixtures ?? [])], [...(config?.stubs ?? [])]];
    const key = JSON.stringify([session.connection.id, displayName, request, given]);
    if (this.intention?.key !== key) {
      const name = displayName ?? defaultName(request.provenance.branch, new Date());
      this.intention = { key, pipeline: form.pipeline, token: token(), name };
    }
    return { ...request, displayName: this.intention.name, token: this.intention.token };
  }

  private report(busy: boolean, problem?: string): void {
    this.busy = busy;
    this.problem = problem;
    this.missing = this.prepared?.file && problem ? missingData(problem) : [];
    this.panel.update(this.progress());
  }

  private progress(): RunFormToPanel {
    const { busy, problem, missing } = this;
    return {
      type: 'progress',
      busy,
      ...(problem === undefined ? {} : { problem }),
      ...(missing.length === 0 ? {} : { missing }),
    };
  }
}

async function prepare(services: RoomServices, remembered: Remembered, args: RunFormArguments): Promise<Prepared> {
  const file = args.definition
    ? await services.definitions.fileAt(Uri.parse(args.definition))
    : await services.definitions.fileOf(args.pipeline ?? '');
  const begin = args.again === undefined ? undefined : await valuesOf(services, args.again, args.connection);
  if (!file && begin && args.pipeline !== undefined) return asItIs(services, args.pipeline, begin, args.connection);
  if (!file) {
    throw new UserError(
      `No definition of ${args.pipeline ?? 'the pipeline'} is in this workspace: open its folder, or name the file ${args.pipeline ?? 'NAME'}.pipeline.json.`,
    );
  }
  const document = await workspace.openTextDocument(file.uri);
  if (document.isDirty) await document.save();
  const definition = document.getText();
  const { validate } = await import('../../../definition/definition.bundle');
  const error = validate(definition, { path: file.path }).find(({ severity }) => severity === 'error');
  if (error) {
    throw new UserError(`${file.path} has an error in line ${error.range.start.line + 1}: ${error.message}`);
  }
  const [{ parameters }, provenance, { config, problem }] = await Promise.all([
    readDefinition(definition),
    provenanceNow(file, definition),
    services.definitions.configuration(file.folder),
  ]);
  const own = connectionOf(args.connection);
  const connections = new Map<string, Connection>([[ownConnection, own]]);
  const refusal = problem ? { problem: `${problem} Fix it before you run.` } : {};
  const environments: FormEnvironment[] = [
    { id: ownConnection, label: own.label, connection: own.label, overrides: {}, ...refusal },
  ];
  for (const [name, environment] of config.environments) {
    if (environment.definition !== undefined && environment.definition !== file.path) continue;
    const connection = connectionOfEnvironment(environment);
    connections.set(name, connection);
    environments.push({
      id: name,
      label: name,
      connection: connection.label,
      overrides: stringValues(environment.parameters, parameters),
      ...refusal,
    });
  }
  const suggested = await services.environmentName(file.folder, provenance.branch);
  const last = remembered.values(file.pipeline);
  // A run that is repeated goes where it went; its other values are those that it had. Where connections stand side by
  // side, the row says which one is meant.
  const isMeant = services.connections.shown.length === 1 || connections.get(suggested ?? '')?.id === own.id;
  const isOffered = suggested !== undefined && connections.has(suggested) && isMeant && !begin;
  return {
    file,
    definition,
    connections,
    form: {
      pipeline: file.pipeline,
      file: file.path,
      parameters,
      environments,
      environment: isOffered ? suggested : ownConnection,
      provenance,
      ...(last && !begin ? { last: { label: 'Values of the last run', values: last } } : {}),
      ...(begin ? { begin: { ...begin, values: withoutUploads(begin.values, config.uploads, parameters) } } : {}),
    },
  };
}

/** The values that a run was started with. */
async function valuesOf(
  services: RoomServices,
  arn: string,
  connection: string,
): Promise<{ label: string; values: Record<string, string> }> {
  const session = await services.connections.session(connectionOf(connection));
  const [{ name }, parameters] = await Promise.all([describeExecution(session, arn), listParameters(session, arn)]);
  const values = Object.fromEntries(parameters.map((parameter) => [parameter.name, parameter.value]));
  return { label: `Values of ${name}`, values };
}

/** What is copied anew goes to a place of its own, whatever the other run read. */
function withoutUploads(
  values: Readonly<Record<string, string>>,
  uploads: ReadonlyMap<string, string>,
  parameters: readonly FormParameter[],
): Record<string, string> {
  const known = new Set(parameters.map(({ name }) => name));
  return Object.fromEntries(Object.entries(values).filter(([name]) => known.has(name) && !uploads.has(name)));
}

/** A pipeline whose definition is not in this workspace runs the one that it has. */
async function asItIs(
  services: RoomServices,
  pipeline: string,
  begin: { label: string; values: Record<string, string> },
  connection: string,
): Promise<Prepared> {
  const own = connectionOf(connection);
  const found = await preparationFor(await services.connections.session(own), pipeline, '');
  if (found.kind !== 'update') throw new UserError(`${pipeline} does not exist on ${own.label} any more.`);
  const { parameters } = await readDefinition(found.existing);
  return {
    definition: found.existing,
    connections: new Map([[ownConnection, own]]),
    form: {
      pipeline,
      parameters,
      environments: [{ id: ownConnection, label: own.label, connection: own.label, overrides: {} }],
      environment: ownConnection,
      provenance: { digest: digestOf(found.existing) },
      begin: { ...begin, values: withoutUploads(begin.values, new Map(), parameters) },
    },
  };
}

/** The values of an environment for the parameters that the definition has, as the service takes them. */
function stringValues(
  values: Readonly<Record<string, string | number | boolean>>,
  parameters: readonly FormParameter[],
): Record<string, string> {
  const known = new Set(parameters.map(({ name }) => name));
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (known.has(name) ? [[name, String(value)]] : [])),
  );
}

function sameEnvironments(a: RunForm, b: RunForm): boolean {
  return JSON.stringify([a.environments, a.environment]) === JSON.stringify([b.environments, b.environment]);
}

/** The buckets of the sample are Local's: on AWS they would be a stranger's. */
function refuseBucketsOfLocal(
  { connection }: Session,
  { parameters }: RunForm,
  values: Readonly<Record<string, string>>,
): void {
  if (connection.kind === 'local') return;
  for (const parameter of parameters) {
    const value = values[parameter.name] ?? parameter.default ?? '';
    if (new RegExp(`^s3://[^/]*\\b${accountOfLocal}\\b`).test(value)) {
      throw new UserError(
        `${parameter.name} names a bucket of Local. Enter a bucket of the account of ${connection.label}.`,
      );
    }
  }
}
