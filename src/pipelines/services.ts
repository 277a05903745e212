import type { Connections, Watcher } from '../aws';
import type { PanelSurroundings } from '../workbench/panel';

/** What the trees and panels of this room share. */
export interface PipelineServices {
  readonly connections: Connections;
  readonly watcher: Watcher;
  readonly panels: PanelSurroundings;
  /** Milliseconds between polls: short on this machine, the setting's seconds on AWS. */
  pollInterval(): number;
  /** Tells the trees that a run began, changed its state or was retried. */
  changed(): void;
}
