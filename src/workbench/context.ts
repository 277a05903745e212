import { commands } from 'vscode';

/** The context keys that `when` clauses of the manifest use, each with the type of its value. */
export interface ContextKeys {
  'mlopsFlow.pipelineInEditor': boolean;
  /** The connection has answered once, or failed to: an empty view is really empty. */
  'mlopsFlow.pipelinesListed': boolean;
  'mlopsFlow.modelsListed': boolean;
  'mlopsFlow.deliveryListed': boolean;
  'mlopsFlow.endpointsListed': boolean;
  'mlopsFlow.repository': 'none' | 'plain' | 'flow' | 'model';
  /** The active connection is not Local. */
  'mlopsFlow.onAws': boolean;
  /** What the connection is known to have; unset while it has not answered. */
  'mlopsFlow.runs': 'none' | 'some';
  'mlopsFlow.models': 'none' | 'some';
  'mlopsFlow.delivery': 'none' | 'some';
  'mlopsFlow.endpoints': 'none' | 'some';
  /** What the repository has, in words: kinds of branches, `work` for any of them, `remote`, `shareable` for both. */
  'mlopsFlow.branches': string;
  'mlopsFlow.flowBranch': string;
  'mlopsFlow.flowInProgress': boolean;
  /** An action has come to its end and none has begun since: it may be undone. */
  'mlopsFlow.flowFinished': boolean;
  'mlopsFlow.branchFilter': boolean;
  'mlopsFlow.pipelineFilter': boolean;
  'mlopsFlow.modelFilter': boolean;
}

/** The keys that are on or off. */
export type Switch = { [K in keyof ContextKeys]: ContextKeys[K] extends boolean ? K : never }[keyof ContextKeys];

/** Sets context keys and remembers them, so that setting the same value again costs nothing. */
class ContextKeyStore {
  private readonly values = new Map<keyof ContextKeys, unknown>();

  set<K extends keyof ContextKeys>(key: K, value: ContextKeys[K]): void {
    // To a condition a key that is not set is as one that is off.
    if ((this.values.get(key) ?? false) === value) return;
    this.values.set(key, value);
    void commands.executeCommand('setContext', key, value);
  }
}

export const contextKeys = new ContextKeyStore();
