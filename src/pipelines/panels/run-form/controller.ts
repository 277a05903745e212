import { commands, Uri, workspace } from 'vscode';
import type { Connection } from '../../../aws/index';
import { messageOf, settings, UserError } from '../../../workbench/index';
import type { Panel, PanelController } from '../../../workbench/panel';
import type {
  FormEnvironment,
  FormParameter,
  RunForm,
  RunFormArguments,
  RunFormToHost,
  RunFormToPanel,
} from './contract';
import type { Provenance } from '../../model';
import { readDefinition } from '../../definition';
import { environmentConnection } from '../../environment';
import type { RunFormServices } from '../../services';
import { startRun } from '../../commands/start';
import { uploadSources } from '../../commands/upload';
import { type DefinitionFile, provenanceNow } from '../../workspace';

/** The environment that stands for the connection that is active, whatever the configuration says. */
const ACTIVE = '';

/** What the form shows, and what starting it needs. */
interface Prepared {
  file: DefinitionFile;
  definition: string;
  form: RunForm;
  connections: Map<string, Connection>;
}

/** Prepares the form that starts a run, and starts it. */
export class RunFormController implements PanelController<RunFormToPanel, RunFormToHost> {
  private prepared: Prepared | undefined;
  private problem: string | undefined;
  private busy = false;
  private readonly disposables: { dispose(): void }[];

  constructor(
    private readonly services: RunFormServices,
    private readonly panel: Panel<RunFormArguments, RunFormToPanel>,
  ) {
    this.disposables = [
      services.definitions.onDidChange(() => void this.prepare()),
      services.connections.onDidChange(() => void this.prepare()),
      workspace.onDidSaveTextDocument(() => void this.prepare()),
    ];
    void this.prepare();
  }

  state(): RunFormToPanel[] {
    const { prepared, problem, busy } = this;
    return [
      ...(prepared ? [{ type: 'form' as const, form: prepared.form }] : []),
      ...(problem || busy ? [{ type: 'progress' as const, busy, ...(problem ? { problem } : {}) }] : []),
    ];
  }

  async receive(message: RunFormToHost): Promise<void> {
    switch (message.type) {
      case 'run':
        return this.run(message.environment, message.displayName, message.values);
      case 'cancel':
        this.panel.close();
        return;
      case 'show':
        if (message.what === 'changes') await commands.executeCommand('workbench.view.scm');
        else if (this.prepared) await commands.executeCommand('vscode.open', this.prepared.file.uri);
    }
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  /** Reads definition, repository and configuration, at first and again when they change. */
  private async prepare(): Promise<void> {
    if (this.busy) return;
    const before = this.prepared;
    try {
      const prepared = await prepare(this.services, this.panel.args);
      this.prepared = prepared;
      this.problem = undefined;
      this.panel.title = `Run ${prepared.form.pipeline}`;
      if (before?.definition === prepared.definition && sameEnvironments(before.form, prepared.form)) {
        this.panel.update({ type: 'provenance', provenance: prepared.form.provenance });
      } else {
        this.panel.update({ type: 'form', form: prepared.form });
      }
    } catch (error) {
      this.problem = messageOf(error);
      this.panel.update({ type: 'progress', busy: false, problem: this.problem });
    }
  }

  private async run(
    environment: string,
    displayName: string | undefined,
    values: Record<string, string>,
  ): Promise<void> {
    if (this.busy || !this.prepared) return;
    this.report(true);
    try {
      const { file, definition, form, connections } = this.prepared;
      const connection = connections.get(environment);
      const active = this.services.connections.active;
      if (connection && connection.id !== active.id) this.services.connections.switchTo(connection);
      const session = await this.services.connections.session();
      if (session.connection.kind === 'local' && !workspace.isTrusted) {
        throw new UserError('A run on this machine executes scripts of the workspace. Trust the workspace first.', {
          title: 'Manage Trust',
          command: 'workbench.trust.manage',
        });
      }
      const { parameters } = form;
      const root = file.folder.uri.fsPath;
      const { uploads: sources } = await this.services.definitions.config(file.folder);
      const uploaded = await uploadSources(session, { root, sources, parameters, values });
      const provenance: Provenance = { ...(await provenanceNow(file, definition)), uploads: uploaded.uploads };
      const roleArn = settings('pipelines.roleArn', file.uri);
      const arn = await startRun(session, {
        pipeline: form.pipeline,
        definition,
        provenance,
        values: { ...values, ...uploaded.values },
        displayName: displayName ?? defaultName(provenance.branch, new Date()),
        ...(roleArn ? { roleArn } : {}),
      });
      this.services.keepValues(form.pipeline, values);
      this.services.changed();
      this.panel.close();
      await this.services.openRun(arn);
    } catch (error) {
      this.report(false, messageOf(error));
    }
  }

  private report(busy: boolean, problem?: string): void {
    this.busy = busy;
    this.problem = problem;
    this.panel.update({ type: 'progress', busy, ...(problem ? { problem } : {}) });
  }
}

async function prepare(services: RunFormServices, args: RunFormArguments): Promise<Prepared> {
  const file = args.definition
    ? await services.definitions.fileAt(Uri.parse(args.definition))
    : await services.definitions.fileOf(args.pipeline ?? '');
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
  const [{ parameters }, provenance, config] = await Promise.all([
    readDefinition(definition),
    provenanceNow(file, definition),
    services.definitions.config(file.folder),
  ]);
  const connections = new Map<string, Connection>([[ACTIVE, services.connections.active]]);
  const environments: FormEnvironment[] = [
    { id: ACTIVE, label: 'Active connection', connection: services.connections.active.label, overrides: {} },
  ];
  for (const [name, environment] of config.environments) {
    if (environment.definition !== undefined && environment.definition !== file.path) continue;
    const connection = environmentConnection(environment);
    connections.set(name, connection);
    environments.push({
      id: name,
      label: name,
      connection: connection.label,
      overrides: stringValues(environment.parameters, parameters),
    });
  }
  const suggested = await services.environmentName(file.folder, provenance.branch);
  const last = services.lastValues(file.pipeline);
  return {
    file,
    definition,
    connections,
    form: {
      pipeline: file.pipeline,
      file: file.path,
      parameters,
      environments,
      environment: suggested !== undefined && connections.has(suggested) ? suggested : ACTIVE,
      provenance,
      ...(last ? { last: { label: 'Values of the last run', values: last } } : {}),
    },
  };
}

/**
 * A run's name where none is given: the branch and the time, which tell more than the service's own
 * `execution-1795362366565`. A display name has letters, digits and hyphens between them, 82 at most.
 */
export function defaultName(branch: string | undefined, now: Date): string {
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join('');
  const slug =
    (branch ?? 'run')
      .replace(/[^A-Za-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 60) || 'run';
  return `${slug.replace(/-$/, '')}-${time}`;
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
