import type { WorkspaceFolder } from 'vscode';
import type { Connection, Connections, Watcher } from '../aws';
import type { PanelServices } from '../workbench/panel';
import type { MetricsLayout } from './panels/metrics/contract';
import type { WorkspaceDefinitions } from './workspace';

/** What the trees and panels of this room share. */
export interface PipelineServices {
  readonly connections: Connections;
  readonly watcher: Watcher;
  readonly panels: PanelServices;
  /** Milliseconds between polls of a connection: short on this machine, the setting's seconds on AWS. */
  pollInterval(connection: Connection): number;
  /** Tells the trees that a run began, changed its state or was retried. */
  changed(): void;
}

/** What the form needs beside the services of the room. */
export interface RunFormServices extends PipelineServices {
  readonly definitions: WorkspaceDefinitions;
  /** The environment's name that the current branch goes to. */
  environmentName(folder: WorkspaceFolder, branch: string | undefined): Promise<string | undefined>;
  /** The values that the last run of a pipeline was started with. */
  lastValues(pipeline: string): Record<string, string> | undefined;
  keepValues(pipeline: string, values: Record<string, string>): void;
  openRun(executionArn: string): Promise<void>;
}

/** Where the user's choice of columns and order is kept, by pipeline. */
export interface LayoutStore {
  get(pipeline: string): MetricsLayout | undefined;
  set(pipeline: string, layout: MetricsLayout): void;
}
