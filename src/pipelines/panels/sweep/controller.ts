import { Uri, workspace } from 'vscode';
import { type Connection, connectionOf } from '../../../aws';
import { messageOf, UserError } from '../../../workbench';
import type { Panel, PanelController } from '../../../workbench/panel';
import { readDefinition } from '../../definition';
import type { RoomServices } from '../../services';
import { Sweeps } from '../../sweep/sweeps';
import type { DefinitionFile } from '../../workspace';
import type { SweepArguments, SweepForm, SweepRequest, SweepToHost, SweepToPanel } from './contract';
import { isSweepToHost } from './messages';

/** The form of a sweep, and how the sweep of its pipeline stands. */
export class SweepController implements PanelController<SweepToPanel, SweepToHost> {
  readonly accepts = isSweepToHost;
  private form: SweepForm | undefined;
  private file: DefinitionFile | undefined;
  private definition = '';
  private busy: { busy: boolean; problem?: string } = { busy: false };
  private readonly connection: Connection;
  private readonly key: string;
  private readonly disposables: { dispose(): void }[];

  constructor(
    private readonly services: RoomServices,
    private readonly sweeps: Sweeps,
    private readonly panel: Panel<SweepArguments, SweepToPanel>,
  ) {
    this.connection = connectionOf(panel.args.connection);
    this.key = Sweeps.key(this.connection, panel.args.pipeline);
    this.disposables = [
      sweeps.onDidChange((key) => key === this.key && this.panel.update(this.progress())),
      services.definitions.onDidChange(() => void this.prepare()),
      workspace.onDidSaveTextDocument(() => void this.prepare()),
    ];
    void this.prepare();
  }

  state(): SweepToPanel[] {
    return this.form ? [{ type: 'form', form: this.form }, this.progress(), { type: 'busy', ...this.busy }] : [];
  }

  async receive(message: SweepToHost): Promise<void> {
    const { pipeline } = this.panel.args;
    switch (message.type) {
      case 'start':
        return this.start(message.request);
      case 'cancel':
        return this.sweeps.cancel(this.key);
      case 'resume':
        return this.sweeps.resume(this.connection, pipeline);
      case 'another':
        return this.sweeps.putAway(this.key);
      case 'open':
        return this.services.openRun(message.run, this.connection);
      case 'openMetrics':
        return this.services.openMetrics(pipeline, this.connection);
    }
  }

  dispose(): void {
    for (const disposable of this.disposables) disposable.dispose();
  }

  private progress(): SweepToPanel {
    const progress = this.sweeps.progress(this.key);
    return { type: 'progress', ...(progress ? { progress } : {}) };
  }

  /** Reads the definition, at first and again when it changes. */
  private async prepare(): Promise<void> {
    const { pipeline, definition } = this.panel.args;
    try {
      this.file =
        definition === undefined
          ? await this.services.definitions.fileOf(pipeline)
          : await this.services.definitions.fileAt(Uri.parse(definition));
      if (!this.file) throw new UserError(`The definition of ${pipeline} is not in this workspace.`);
      this.definition = (await workspace.openTextDocument(this.file.uri)).getText();
      const [{ parameters }, { config, problem }] = await Promise.all([
        readDefinition(this.definition),
        this.services.definitions.configuration(this.file.folder),
      ]);
      const form: SweepForm = {
        pipeline,
        connection: this.connection.label,
        parameters,
        uploads: parameters.flatMap(({ name }) => (config.uploads.has(name) ? [name] : [])),
        ...(problem ? { problem } : {}),
      };
      if (JSON.stringify(form) === JSON.stringify(this.form)) return;
      this.form = form;
      for (const message of this.state()) this.panel.update(message);
    } catch (error) {
      if (this.form) this.say(false, messageOf(error));
      else this.panel.cannotStart(error);
    }
  }

  private async start(request: SweepRequest): Promise<void> {
    if (this.busy.busy || !this.file) return;
    this.say(true);
    try {
      await this.sweeps.start(this.connection, this.file, this.definition, request);
      this.say(false);
    } catch (error) {
      this.say(false, messageOf(error));
    }
  }

  private say(busy: boolean, problem?: string): void {
    this.busy = { busy, ...(problem === undefined ? {} : { problem }) };
    this.panel.update({ type: 'busy', ...this.busy });
  }
}
