import type { Message } from '../shared/guards';
import type { Panel, PanelController } from './panel';

/** A controller whose code is loaded when its panel opens. */
export class DeferredController<ToPanel extends Message, ToHost extends Message> implements PanelController<
  ToPanel,
  ToHost
> {
  private readonly made: Promise<PanelController<ToPanel, ToHost>>;
  private ready: PanelController<ToPanel, ToHost> | undefined;
  private disposed = false;

  /** `meanwhile` is the state until `make` has answered. */
  constructor(
    panel: Pick<Panel<unknown, ToPanel>, 'cannotStart'>,
    private readonly meanwhile: ToPanel[],
    make: () => Promise<PanelController<ToPanel, ToHost>>,
  ) {
    this.made = this.open(make);
    this.made.catch((error: unknown) => panel.cannotStart(error));
  }

  state(): ToPanel[] {
    return this.ready?.state() ?? this.meanwhile;
  }

  async receive(message: ToHost): Promise<void> {
    await (await this.made).receive(message);
  }

  private async open(make: () => Promise<PanelController<ToPanel, ToHost>>): Promise<PanelController<ToPanel, ToHost>> {
    this.ready = await make();
    if (this.disposed) this.ready.dispose();
    return this.ready;
  }

  dispose(): void {
    this.disposed = true;
    this.ready?.dispose();
  }
}
