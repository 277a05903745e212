import type { Disposable, Memento, SecretStorage, Uri, WorkspaceFolder } from 'vscode';
import type { Connection, Connections, Session } from '../aws';
import type { RunRecords } from '../gitflow/lifecycle';
import type { PipelineSource } from '../sources/source';
import type { Watcher } from '../workbench';
import type { PanelServices } from '../workbench/panel';
import type { TextPair } from './documents';
import type { MetricsLayout, RunMark } from './panels/metrics/contract';
import type { WorkspaceDefinitions } from './workspace';

/** The pipelines that programs of the workspace make. */
export interface PipelineSources {
  list(): Promise<readonly PipelineSource[]>;
  onDidChange(listener: () => void): Disposable;
  /**
   * Runs the script as far as the pipeline is made; undefined where the user turned it down.
   * @param next the command that is called with a row of the source once a Python environment was made, where none is
   */
  render(source: PipelineSource, next: string): Promise<Uri | undefined>;
}

/** What this room needs of the extension and of the other rooms. */
export interface PipelinesServices {
  readonly connections: Connections;
  readonly watcher: Watcher;
  readonly panels: PanelServices;
  readonly memory: Memento;
  readonly secrets: SecretStorage;
  readonly sources: PipelineSources;
  /** The environment's name that the branch goes to. */
  environmentName(folder: WorkspaceFolder, branch: string | undefined): Promise<string | undefined>;
  /** Shows a step of a definition in its editor. */
  revealStep(definition: Uri, step: string): Promise<void>;
  /** Selects a version in the Models view. */
  revealModel(arn: string, connection: Connection): Promise<void>;
  /** A run began or came to rest: other rooms show what it made. */
  runChanged(): void;
}

/** The newest run of a definition, in words with an icon. */
export interface LatestRun {
  arn: string;
  /** The id of its connection. */
  connection: string;
  title: string;
}

/** What this room offers to the others. */
export interface Pipelines extends Disposable {
  /** What the gates of a release ask about the runs of a connection. */
  records(connection: Connection): Promise<RunRecords>;
  /** The connection on which the records found a run or a model version; the active one for any other. */
  originOf(arn: string): Connection;
  openRun(executionArn: string, connection: Connection, step?: string): Promise<void>;
  /** Shows runs side by side. */
  openCompare(executionArns: readonly string[], connection: Connection): Promise<void>;
  /** Shows an S3 object, or what lies below a prefix. */
  openObject(uri: string, connection: Connection): Promise<void>;
  /** The ARNs of the model versions that a run registered. */
  modelsOfRun(session: Session, executionArn: string): Promise<string[]>;
  /** Milliseconds between polls of a connection: short on this machine, the setting's seconds on AWS. */
  pollInterval(connection: Connection): number;
  /** The newest known execution of the pipeline that a definition file describes. */
  latestOf(definition: Uri, text: string): Promise<LatestRun | undefined>;
  /** The file of the workspace that describes a pipeline, or the program that makes it. */
  fileOf(pipeline: string): Promise<Uri | undefined>;
  /** Calls back when `latestOf` may answer otherwise. */
  onDidChangeRuns(listener: () => void): Disposable;
}

/** What the trees and panels of this room share. */
export interface RoomServices {
  /** What is kept with the workspace. */
  readonly memory: Memento;
  readonly secrets: SecretStorage;
  readonly connections: Connections;
  readonly watcher: Watcher;
  readonly panels: PanelServices;
  readonly definitions: WorkspaceDefinitions;
  readonly sources: PipelineSources;
  /** Milliseconds between polls of a connection: short on this machine, the setting's seconds on AWS. */
  pollInterval(connection: Connection): number;
  /** Tells the trees that a run began, changed its state or was retried. */
  changed(): void;
  openRun(executionArn: string, connection: Connection, step?: string): void;
  /** A run was started or retried from here: it is shown, and its failure is said. */
  started(executionArn: string, connection: Connection): void;
  openMetrics(pipeline: string, connection: Connection): void;
  openForm(target: { definition?: string; pipeline?: string; again?: string }, connection: Connection): void;
  /** Shows runs side by side. */
  openCompare(executions: readonly string[], connection: Connection): void;
  /** Asks which runs a run is to be compared with. */
  compareWith(executionArn: string, connection: Connection): Promise<void>;
  /** Opens the form with the values of a run. */
  runAgain(executionArn: string, connection: Connection): Promise<void>;
  /** Starts a run that is to come to the same as another. */
  reproduce(executionArn: string, connection: Connection): Promise<void>;
  /** Shows an S3 object, or what lies below a prefix. */
  openObject(uri: string, connection: Connection): Promise<void>;
  /** Shows a text beside a file, with what differs. */
  showDifference(path: string, text: string, file: Uri, title: string): Promise<void>;
  /** Shows what differs between texts that lie on the connection. */
  showDifferences(title: string, pairs: readonly TextPair[]): Promise<void>;
  openStepLog(executionArn: string, step: string, connection: Connection): Promise<void>;
  revealStep(pipeline: string, step: string): Promise<void>;
  revealModel(arn: string, connection: Connection): Promise<void>;
  /** The environment's name that the current branch goes to. */
  environmentName(folder: WorkspaceFolder, branch: string | undefined): Promise<string | undefined>;
}

/** What the user chose before, by pipeline. */
export interface Remembered {
  /** The values that the last run was started with. */
  values(pipeline: string): Record<string, string> | undefined;
  keepValues(pipeline: string, values: Record<string, string>): void;
  /** Columns and order of the metrics. */
  layout(pipeline: string): MetricsLayout | undefined;
  keepLayout(pipeline: string, layout: MetricsLayout): void;
  /** What was noted of the runs of a pipeline, by their ARNs. */
  marks(pipeline: string): Readonly<Record<string, RunMark>>;
  keepMarks(pipeline: string, marks: Readonly<Record<string, RunMark>>): void;
}
