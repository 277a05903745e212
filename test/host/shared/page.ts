import { EventEmitter, type WebviewPanel, window } from 'vscode';
import { readyMessage } from '../../../src/shared/panel-contract';
import type { Replacements } from './replace';

/** Stands in for the page of a panel: the host's side is real, and the test says what the page would. */
export class FakePage<ToPanel extends { type: string }, ToHost> {
  private readonly received: ToPanel[] = [];
  private readonly messages = new EventEmitter<unknown>();
  private readonly disposed = new EventEmitter<void>();
  private readonly changed = new EventEmitter<never>();
  closed = false;

  /** Every panel that is opened from now on has this page. */
  constructor(replacements: Replacements) {
    const open = () => {
      setTimeout(() => this.messages.fire({ type: readyMessage }), 0);
      return this.panel();
    };
    replacements.set(window, 'createWebviewPanel', open);
  }

  send(message: ToHost): void {
    this.messages.fire(message);
  }

  /** Everything that the host sent. */
  get all(): readonly ToPanel[] {
    return this.received;
  }

  /** The last state that the host sent. */
  get newest(): ToPanel | undefined {
    return this.received.at(-1);
  }

  close(): void {
    this.disposed.fire();
  }

  private panel(): WebviewPanel {
    const { received, messages, disposed, changed } = this;
    const webview = {
      options: {},
      html: '',
      cspSource: 'test:',
      asWebviewUri: (uri: unknown) => uri,
      onDidReceiveMessage: messages.event,
      postMessage: (message: ToPanel) => {
        // Panels say that they are busy between their states; the states are what tests look at.
        if (message.type !== 'busy') received.push(structuredClone(message));
        return Promise.resolve(true);
      },
    };
    const end = () => {
      this.closed = true;
      disposed.fire();
    };
    const panel = {
      title: '',
      visible: true,
      active: true,
      webview,
      onDidDispose: disposed.event,
      onDidChangeViewState: changed.event,
      reveal: () => undefined,
      dispose: end,
    };
    return panel as unknown as WebviewPanel;
  }
}
