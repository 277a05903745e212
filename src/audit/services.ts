import type { Disposable, Uri } from 'vscode';
import type { Connection, Connections } from '../aws';
import type { PanelServices } from '../workbench/panel';

/** What audit trails need of the extension and of the other rooms. */
export interface AuditServices {
  readonly connections: Connections;
  readonly panels: PanelServices;
  /** The file of the workspace that describes a pipeline, or makes it. */
  definitionOf(pipeline: string): Promise<Uri | undefined>;
  openRun(executionArn: string, connection: Connection): void;
  openVersion(arn: string, connection: Connection): void;
}

/** What this room offers to the others. */
export interface Audit extends Disposable {
  open(kind: 'pipeline' | 'model', name: string, connection: Connection): void;
}
