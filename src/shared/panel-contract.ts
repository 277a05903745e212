import type { Guard, Message } from './guards';

/**
 * What a panel and its host have agreed on. One constant of this type per panel, imported by both sides, so
 * that a renamed message fails to compile on either.
 *
 * `Arguments` is what a panel is opened with: it is saved in the window's state and brings the panel back after
 * a reload, so it is small and never holds a secret.
 */
export interface PanelContract<Arguments, ToPanel extends Message, ToHost extends Message> {
  /** Names the bundle (`dist/webview/<name>.js`) and the view type (`mlopsFlow.<name>`). */
  readonly name: string;
  /** The codicon on the panel's tab. */
  readonly icon: string;
  /** Two panels with the same key are one: opening the second reveals the first. */
  key(args: Arguments): string;
  readonly isArguments: Guard<Arguments>;
  /** Carry the types of the messages to the panel and to its host. Never set. */
  readonly toPanel?: ToPanel;
  readonly toHost?: ToHost;
}

/** The view type of a panel; `onWebviewPanel:<this>` is its activation event. */
export function viewTypeOf(name: string): string {
  return `mlopsFlow.${name}`;
}

/** What the page tells its host when its script runs and its listeners stand, each time it is shown anew. */
export const readyMessage = '$ready';

/** The page asks for a new beginning, after its host could not fill it. */
export const retryMessage = '$retry';

/** What the host says of itself, in every panel: why it cannot fill the page, or that it can again. */
export const problemMessage = '$problem';

export interface ProblemMessage {
  type: typeof problemMessage;
  text?: string;
}

/** The `vscode.getState()` of every panel. */
export interface SavedPanel {
  arguments: unknown;
  /** How the panel looks at its content (zoom, sort order): the panel's own affair. */
  view?: unknown;
}
