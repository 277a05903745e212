import type { Commands } from '../../workbench';
import type { PanelServices } from '../../workbench/panel';
import type { AskpassServer } from '../remote/askpass';
import type { FlowArguments } from './panels/flow/contract';
import type { Environment, RenderDefinition, RunRecords } from '../lifecycle';
import type { BranchesView } from './tree';
import type { Repositories } from './repositories/repositories';
import type { Snapshots } from './repositories/snapshots';

/** What the room needs of the rest of the extension; the composition root provides it. */
export interface GitflowServices {
  commands: Commands;
  panels: PanelServices;
  /** The connection in use now, by its id. */
  activeConnection(): string;
  /** The runs, model versions and metrics of an environment's account; of `connection` where there is none. */
  records(environment: Environment | undefined, connection: string): Promise<RunRecords>;
  /** Renders what Python programs of commits make, with the user's consent to run them. */
  renderCommits(from: { root: string; export(treeish: string, folder: string): Promise<void> }): RenderDefinition;
  showRun(arn: string): Promise<void>;
  showModel(arn: string): Promise<void>;
  /** Starts the dialog of a pipeline run. */
  runPipeline(pipeline: string | undefined): Promise<void>;
}

/** What every file of the room works with. */
export interface Room {
  services: GitflowServices;
  repositories: Repositories;
  /** Every action that may talk to a remote runs `during` it. */
  askpass: AskpassServer;
  snapshots: Snapshots;
  view: BranchesView;
  /** Opens the dialog of Finish for the connection in use, or reveals the one that is open for it. */
  openFinish(args: Omit<FlowArguments, 'connection'>): void;
  /** What the dialog of Finish is at: one that runs is never replaced, and one that has ended always. */
  finishIs(panel: object, phase: 'running' | 'open' | 'ended'): void;
}
