import type { TreeView } from 'vscode';
import { type Row, RowTree } from '../../workbench';
import { askpassOf } from './repositories/credentials';
import { Repositories } from './repositories/repositories';
import { ResumeOffer } from './resume-offer';
import type { GitflowServices, Room } from './services';
import { Snapshots } from './repositories/snapshots';
import { FlowStatus } from './status-bar';
import { BranchesView } from './tree';

/** The room, and the end of it. */
export type OpenRoom = Room & { readonly rows: RowTree; dispose(): void };

/** Makes everything that the first use of the room needs; no git process has run when it returns. */
export function openRoom(
  services: GitflowServices,
  treeView: TreeView<Row>,
  { openFinish, finishIs }: Pick<Room, 'openFinish' | 'finishIs'>,
): OpenRoom {
  const askpass = askpassOf(services.panels.extensionUri);
  const repositories = new Repositories(askpass);
  const snapshots = new Snapshots(repositories);
  const rows = new RowTree('Branches', () => view.roots());
  const view = new BranchesView(snapshots, rows, treeView);
  const status = new FlowStatus(snapshots);
  const offer = new ResumeOffer(snapshots);
  return {
    services,
    repositories,
    askpass,
    snapshots,
    view,
    rows,
    openFinish,
    finishIs,
    dispose() {
      for (const part of [offer, status, view, snapshots, repositories, askpass]) part.dispose();
    },
  };
}
