import type { Disposable, Memento, SecretStorage, Uri } from 'vscode';
import type { Connection, Connections, Session } from '../aws';
import type { Commands, Watcher } from '../workbench';
import type { PanelServices } from '../workbench/panel';
import type { Checkout } from './sources';

/** A model version as an approval shows it. */
export interface PromotedModel {
  arn: string;
  /** `penguins version 3` */
  title: string;
  approval: string;
  metrics: readonly (readonly [name: string, value: number])[];
}

/** A pipeline, and a place in it. */
export interface Place {
  connection: Connection;
  pipeline: string;
  stage?: string;
  action?: string;
  run?: string;
}

/** What this room needs of the extension and of the other rooms. */
export interface DeliveryServices {
  readonly connections: Connections;
  readonly watcher: Watcher;
  readonly panels: PanelServices;
  readonly memory: Memento;
  readonly secrets: SecretStorage;
  readonly commands: Commands;
  /** The repositories of the workspace, the likeliest first. */
  checkouts(): Promise<readonly Checkout[]>;
  onDidChangeCheckouts(listener: () => void): Disposable;
  /** The subjects of the commits from one to another, the newest first; undefined where git does not know both. */
  commitsBetween(root: string, from: string, to: string): Promise<readonly string[] | undefined>;
  /** Shows what changed between two commits. */
  compareCommits(root: string, from: string, to: string): Promise<void>;
  /** The files of the workspace that make pipelines. */
  programs(): Promise<readonly Uri[]>;
  /** Opens the run of a SageMaker pipeline. */
  openRun(executionArn: string, connection: Connection): void;
  /** Opens the panel of an endpoint. */
  openEndpoint(name: string, connection: Connection): void;
  /** Selects a version in the Models view. */
  revealModel(arn: string, connection: Connection): Promise<void>;
  /** The model versions that a run of a SageMaker pipeline registered. */
  modelsOfRun(session: Session, executionArn: string): Promise<readonly string[]>;
  /** A model version with its metrics. */
  describeModel(session: Session, arn: string): Promise<PromotedModel>;
  openObject(uri: string, connection: Connection): Promise<void>;
}

/** What this room offers to the others. */
export type Delivery = Disposable;
