import type { Disposable, Uri } from 'vscode';
import type { Connection, Connections, Session } from '../aws';
import type { Watcher } from '../workbench';
import type { PanelServices } from '../workbench/panel';
import type { Journal } from './journal';
import type { LiveGroup } from './model/live-groups';

/** What this room needs of the extension and of the other rooms. */
export interface DeploymentServices {
  readonly connections: Connections;
  readonly watcher: Watcher;
  readonly panels: PanelServices;
  /** The folder of Local's data. */
  readonly localData: Uri;
  /** Milliseconds between polls of what changes: short on this machine, the setting's seconds on AWS. */
  pollInterval(connection: Connection): number;
  openRun(executionArn: string, connection: Connection): void;
  /** Selects a version in the Models view. */
  revealModel(arn: string, connection: Connection): Promise<void>;
  /** Shows an S3 object. */
  openObject(uri: string, connection: Connection): Promise<void>;
  /** Something is served that was not before, or no longer is: other rooms show it. */
  changed(): void;
  /** `liveGroups` may answer otherwise. */
  livePlacesChanged(): void;
}

/** What to deploy: a version, and for a way back the endpoint and the config of before. */
export interface DeployTarget {
  model: string;
  endpoint?: string;
  reuse?: string;
  /** The version is in the shadow of the endpoint, and takes over. */
  isPromotion?: boolean;
}

/** What a panel of batch transforms is opened for: a version, or a job. */
export type TransformTarget = { model: string; job?: never } | { job: string; model?: never };

/** What the tree, the panels and the commands of this room share. */
export interface RoomServices extends DeploymentServices {
  /** The records of the deployments of a connection. */
  journal(session: Session): Promise<Journal>;
  openEndpoint(endpoint: string, connection: Connection): void;
  openForm(target: DeployTarget, connection: Connection): void;
  openTransform(target: TransformTarget, connection: Connection): void;
  /** Shows the log of an endpoint's containers, and what is added to it. */
  openLog(endpoint: string, connection: Connection): Promise<void>;
  /** Follows the deployment under way of an endpoint to its end, also when nobody looks. */
  follow(endpoint: string, connection: Connection): void;
  /** Dry runs that have succeeded in this window: the archives. */
  readonly tried: Set<string>;
}

/** What this room offers to the others. */
export interface Deployment extends Disposable {
  refresh(): void;
  /** Opens the panel of an endpoint. */
  openEndpoint(endpoint: string, connection: Connection): void;
  /** The endpoints that serve versions, by the ARN of the version; what was found lately is told again. */
  livePlaces(
    session: Session,
  ): Promise<{ places: ReadonlyMap<string, readonly { endpoint: string }[]>; problem?: Error }>;
  /** Where the groups that a definition registers into are live on a connection, as far as it is known: nothing is asked. */
  liveGroups(text: string, connection: Connection): readonly LiveGroup[];
}
