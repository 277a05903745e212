import type { Disposable } from 'vscode';
import type { Connection, Connections, Session } from '../aws';
import type { Watcher } from '../workbench';
import type { PanelServices } from '../workbench/panel';
import type { JudgedVersion } from '../gitflow/lifecycle';
import type { Confusion, VersionGate } from './panels/version/contract';
import type { MakingRun } from './panels/version/page';

/** What the registry needs of the extension and of the other rooms. */
export interface RegistryServices {
  readonly connections: Connections;
  readonly watcher: Watcher;
  readonly panels: PanelServices;
  /** The numbers of a quality report, the most telling first. */
  reportNumbers(session: Session, uri: string): Promise<(readonly [name: string, value: number])[]>;
  /** The endpoints that serve versions, by the ARN of the version. */
  livePlaces(
    session: Session,
  ): Promise<{ places: ReadonlyMap<string, readonly { endpoint: string }[]>; problem?: Error }>;
  openRun(executionArn: string, connection: Connection): void;
  /** All that a run measured, by name; several values where it measured several times. */
  metricsOfRun(session: Session, executionArn: string): Promise<Readonly<Record<string, number | readonly number[]>>>;
  /** What the gates of the workspace's releases say of a version. */
  gatesOf(version: JudgedVersion): Promise<readonly VersionGate[]>;
  openEndpoint(endpoint: string, connection: Connection): void;
  /** The confusion matrix of a quality report, where it has one. */
  reportConfusion(session: Session, uri: string): Promise<Confusion | undefined>;
  /** The run that made a version. */
  runOf(session: Session, executionArn: string): Promise<MakingRun>;
  /** Shows runs side by side. */
  compareRuns(executionArns: readonly string[], connection: Connection): void;
  /** Shows an S3 object, or what lies below a prefix. */
  openObject(uri: string, connection: Connection): Promise<void>;
  /** Shows the page of a version. */
  openVersion(arn: string, connection: Connection): void;
  /** The release tags of the workspace's repositories that shipped a version, the newest first. */
  releasesOf(arn: string): Promise<readonly { name: string; message: string }[]>;
}

/** A model version in words, with its metrics. */
export interface DescribedVersion {
  arn: string;
  /** `penguins version 3` */
  title: string;
  approval: string;
  metrics: readonly (readonly [name: string, value: number])[];
}

/** What this room offers to the others. */
export interface Registry extends Disposable {
  refresh(): void;
  /** Shows the page of a version. */
  openVersion(arn: string, connection: Connection): void;
  /** Selects a version in the Models view. */
  reveal(arn: string, connection: Connection): Promise<void>;
  /** A version with its metrics, for those who decide on it elsewhere. */
  describe(session: Session, arn: string): Promise<DescribedVersion>;
}
