import type { Connection, Connections, Watcher } from '../aws';
import type { PanelSurroundings } from '../workbench/panel';

/** What the trees and panels of this room share. */
export interface PipelineServices {
  readonly connections: Connections;
  readonly watcher: Watcher;
  readonly panels: PanelSurroundings;
  /** Milliseconds between polls of a connection: short on this machine, the setting's seconds on AWS. */
  pollInterval(connection: Connection): number;
  /** Tells the trees that a run began, changed its state or was retried. */
  changed(): void;
}
