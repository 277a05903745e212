/** A panel's link to its host: typed messages both ways, the ready handshake, the saved state. */
import type { Guard, Message } from '../../src/shared/guards';
import {
  problemMessage,
  readyMessage,
  type PanelContract,
  type ProblemMessage,
  type retryMessage,
  type SavedPanel,
} from '../../src/shared/panel-contract';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): SavedPanel | undefined;
  setState(state: SavedPanel): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export type Handlers<ToPanel extends Message> = {
  [T in ToPanel['type']]: (message: Extract<ToPanel, { type: T }>) => void;
};

export interface Host<ToPanel extends Message, ToHost extends Message> {
  post: (message: ToHost) => void;
  /** What every page can say, whatever its contract. */
  postFrame: (message: { type: typeof retryMessage }) => void;
  /** Takes messages from now on, and tells the host so. Called once, when the page stands. */
  listen(handlers: Handlers<ToPanel>, problem: (message: ProblemMessage) => void): void;
  /** What the panel was opened with, as far as menus ask for it. */
  readonly arguments: { connection?: string };
  /** How the panel looked when it was last shown, if it did and what was saved passes the guard. */
  view<T>(guard: Guard<T>): T | undefined;
  saveView(view: unknown): void;
}

/** Links the panel to its host, and saves the arguments by which it comes back after a reload. */
export function connect<Arguments, ToPanel extends Message, ToHost extends Message>(
  contract: PanelContract<Arguments, ToPanel, ToHost>,
): Host<ToPanel, ToHost> {
  const api = acquireVsCodeApi();
  const args: unknown = JSON.parse(document.body.dataset['arguments'] ?? 'null');
  const saved = api.getState();
  const savedArguments = saved?.arguments;
  let view =
    contract.isArguments(args) &&
    contract.isArguments(savedArguments) &&
    contract.key(args) === contract.key(savedArguments)
      ? saved?.view
      : undefined;
  api.setState({ arguments: args, view });

  return {
    arguments: contract.isArguments(args) ? { ...(args as object) } : {},
    post: (message) => api.postMessage(message),
    postFrame: (message) => api.postMessage(message),
    listen(handlers, problem) {
      const byType = new Map(Object.entries<(message: never) => void>({ ...handlers, [problemMessage]: problem }));
      window.addEventListener('message', (event: MessageEvent<Message>) => {
        // The host's messages are typed where they are sent; a page only ever hears its own host.
        byType.get(event.data.type)?.(event.data as never);
      });
      api.postMessage({ type: readyMessage });
    },
    view: (guard) => (guard(view) ? view : undefined),
    saveView(next) {
      view = next;
      api.setState({ arguments: args, view });
    },
  };
}

/** The folder that the page's workers are fetched from. */
export function workersFolder(): string | undefined {
  return document.body.dataset['workers'];
}

/** Whether the user asked for less motion, of the system or of VS Code. */
export function reducedMotion(): boolean {
  return (
    document.body.classList.contains('vscode-reduce-motion') ||
    window.matchMedia('(prefers-reduced-motion: reduce)').matches
  );
}

/** The page's root element, where a panel renders. */
export function rootElement(): HTMLElement {
  const root = document.getElementById('root');
  if (!root) throw new Error('The page has no root element.');
  return root;
}
