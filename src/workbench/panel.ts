/**
 * The host's side of every panel: typed messages, a ready handshake, one panel per key, and its return after a
 * reload of the window.
 *
 * The host owns the truth. A page is thrown away when it is hidden and made anew when it is shown; each time it
 * says that it is ready, the controller's `state()` rebuilds it.
 */
import { randomBytes } from 'node:crypto';
import {
  type Disposable,
  type Event,
  EventEmitter,
  ThemeIcon,
  Uri,
  ViewColumn,
  type WebviewOptions,
  type WebviewPanel,
  window,
} from 'vscode';
import type { Guard, Message } from '../shared/guards';
import {
  problemMessage,
  readyMessage,
  retryMessage,
  type PanelContract,
  type ProblemMessage,
  viewTypeOf,
} from '../shared/panel-contract';
import { messageOf } from './errors';
import { panelHtml } from './panel-html';

/** What all panels need of the extension. */
export interface PanelServices {
  extensionUri: Uri;
  /** The one exit for errors that a controller throws. */
  fail(error: unknown): void;
  /** Where refused messages are noted. */
  log(text: string): void;
}

/** An open panel, as its controller sees it. */
export interface Panel<Arguments, ToPanel extends Message> {
  readonly args: Arguments;
  title: string;
  readonly visible: boolean;
  readonly onDidChangeVisibility: Event<boolean>;
  /** Sends a change of what `state()` tells. Dropped while the page is not there: `state()` will carry it. */
  update(message: ToPanel): void;
  /** Sends what is no part of `state()`, as soon as the page is there. */
  post(message: ToPanel): void;
  /** Says why the panel cannot be filled, until the user tries again: it starts anew then. */
  cannotStart(error: unknown): void;
  close(): void;
}

/** What stands behind an open panel. Made when the panel opens, disposed when it closes. */
export interface PanelController<ToPanel extends Message, ToHost extends Message> extends Disposable {
  /** Whether a message is one that the page sends; others never arrive. */
  readonly accepts: Guard<ToHost>;
  /** The messages that build the panel's whole content from nothing. */
  state(): ToPanel[];
  receive(message: ToHost): void | Promise<void>;
  /** The panel was opened once more: what it shows may be out of date. */
  openedAgain?(): void;
}

export interface PanelDefinition<Arguments, ToPanel extends Message, ToHost extends Message> {
  contract: PanelContract<Arguments, ToPanel, ToHost>;
  title(args: Arguments): string;
  start(panel: Panel<Arguments, ToPanel>): PanelController<ToPanel, ToHost>;
}

export interface OpenOptions {
  column?: ViewColumn;
  preserveFocus?: boolean;
}

/** The open panels of one kind, one per key. */
export class Panels<Arguments, ToPanel extends Message, ToHost extends Message> implements Disposable {
  private readonly opened = new Map<string, OpenPanel<Arguments, ToPanel, ToHost>>();

  constructor(
    private readonly services: PanelServices,
    readonly definition: PanelDefinition<Arguments, ToPanel, ToHost>,
  ) {}

  /** Opens the panel, or reveals the one that is open with the same key. */
  open(args: Arguments, options: OpenOptions = {}): Panel<Arguments, ToPanel> {
    const { contract } = this.definition;
    const existing = this.opened.get(contract.key(args));
    if (existing) {
      existing.reveal(options);
      return existing;
    }
    const view = window.createWebviewPanel(
      viewTypeOf(contract.name),
      this.definition.title(args),
      { viewColumn: options.column ?? ViewColumn.Active, preserveFocus: options.preserveFocus ?? false },
      webviewOptions(this.services.extensionUri),
    );
    return this.adopt(view, args);
  }

  /** The open panel with the same key. */
  find(args: Arguments): Panel<Arguments, ToPanel> | undefined {
    return this.opened.get(this.definition.contract.key(args));
  }

  /** Fills a panel that has come back after a reload, or closes it where it was saved by no panel of this kind. */
  restore(view: WebviewPanel, saved: unknown): void {
    const { contract } = this.definition;
    const args = argumentsOf(saved);
    if (contract.isArguments(args) && !this.opened.has(contract.key(args))) {
      view.webview.options = webviewOptions(this.services.extensionUri);
      this.adopt(view, args);
    } else {
      view.dispose();
    }
  }

  dispose(): void {
    for (const panel of this.opened.values()) panel.close();
  }

  private adopt(view: WebviewPanel, args: Arguments): OpenPanel<Arguments, ToPanel, ToHost> {
    const key = this.definition.contract.key(args);
    const panel = new OpenPanel(this.services, this.definition, view, args);
    this.opened.set(key, panel);
    view.onDidDispose(() => {
      this.opened.delete(key);
      panel.dispose();
    });
    return panel;
  }
}

class OpenPanel<Arguments, ToPanel extends Message, ToHost extends Message> implements Panel<Arguments, ToPanel> {
  readonly onDidChangeVisibility: Event<boolean>;
  private readonly visibility = new EventEmitter<boolean>();
  /** Undefined where it cannot start. */
  private controller: PanelController<ToPanel, ToHost> | undefined;
  private problem: string | undefined;
  private ready = false;
  private closed = false;
  /** What was posted while the page was not there. */
  private waiting: ToPanel[] = [];

  constructor(
    private readonly services: PanelServices,
    private readonly definition: PanelDefinition<Arguments, ToPanel, ToHost>,
    private readonly view: WebviewPanel,
    readonly args: Arguments,
  ) {
    this.onDidChangeVisibility = this.visibility.event;
    this.view.title = definition.title(args);
    this.view.iconPath = new ThemeIcon(definition.contract.icon);
    this.start();
    this.view.onDidChangeViewState(() => {
      if (!this.view.visible) this.ready = false;
      this.visibility.fire(this.view.visible);
    });
    this.view.webview.onDidReceiveMessage((message: unknown) => this.receive(message));
    this.view.webview.html = this.page();
  }

  get title(): string {
    return this.view.title;
  }

  set title(title: string) {
    if (!this.closed) this.view.title = title;
  }

  get visible(): boolean {
    return !this.closed && this.view.visible;
  }

  update(message: ToPanel): void {
    if (this.problem !== undefined) {
      this.problem = undefined;
      if (this.ready) this.send({ type: problemMessage });
    }
    if (this.ready) this.send(message);
  }

  post(message: ToPanel): void {
    if (this.ready) this.send(message);
    else if (!this.closed) this.waiting.push(message);
  }

  cannotStart(error: unknown): void {
    this.problem = messageOf(error);
    this.services.log(`The ${this.definition.contract.name} panel cannot start: ${this.problem}`);
    if (this.ready) this.send({ type: problemMessage, text: this.problem });
  }

  reveal(options: OpenOptions): void {
    this.view.reveal(options.column, options.preserveFocus);
    this.controller?.openedAgain?.();
  }

  close(): void {
    if (!this.closed) this.view.dispose();
  }

  dispose(): void {
    this.closed = true;
    this.ready = false;
    this.waiting = [];
    this.controller?.dispose();
    this.visibility.dispose();
  }

  private start(): void {
    try {
      this.controller = this.definition.start(this);
    } catch (error) {
      this.cannotStart(error);
    }
  }

  private receive(message: unknown): void {
    if (this.closed) return;
    if (isOfType(message, readyMessage)) {
      this.ready = true;
      const { waiting } = this;
      this.waiting = [];
      this.sendState();
      for (const each of waiting) this.send(each);
      return;
    }
    if (isOfType(message, retryMessage)) {
      this.problem = undefined;
      this.send({ type: problemMessage });
      this.controller?.dispose();
      this.controller = undefined;
      this.start();
      this.sendState();
      return;
    }
    void this.handle(message);
  }

  private async handle(message: unknown): Promise<void> {
    try {
      const { controller } = this;
      if (!controller) return;
      if (controller.accepts(message)) await controller.receive(message);
      else this.services.log(`The ${this.definition.contract.name} panel sent a message that is not in its contract.`);
    } catch (error) {
      this.services.fail(error);
    }
  }

  private sendState(): void {
    for (const each of this.controller?.state() ?? []) this.send(each);
    if (this.problem !== undefined) this.send({ type: problemMessage, text: this.problem });
  }

  private send(message: ToPanel | ProblemMessage): void {
    void this.view.webview.postMessage(message);
  }

  private page(): string {
    const { webview } = this.view;
    const { name } = this.definition.contract;
    const folder = distFolder(this.services.extensionUri);
    const uri = (...path: string[]) => webview.asWebviewUri(Uri.joinPath(folder, ...path)).toString();
    return panelHtml({
      name,
      title: this.view.title,
      cspSource: webview.cspSource,
      nonce: randomBytes(18).toString('base64'),
      script: uri(`${name}.js`),
      style: uri(`${name}.css`),
      workers: uri(),
      args: this.args,
    });
  }
}

function distFolder(extensionUri: Uri): Uri {
  return Uri.joinPath(extensionUri, 'dist', 'webview');
}

function webviewOptions(extensionUri: Uri): WebviewOptions {
  return {
    enableScripts: true,
    localResourceRoots: [distFolder(extensionUri), Uri.joinPath(extensionUri, 'media')],
  };
}

function argumentsOf(saved: unknown): unknown {
  return typeof saved === 'object' && saved !== null && 'arguments' in saved ? saved.arguments : undefined;
}

function isOfType(message: unknown, type: string): boolean {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === type;
}
