/** What the commands on models do; they are loaded with the first that is used. */
import { window } from 'vscode';
import { connectionOr } from '../../aws';
import { UserError, type View } from '../../workbench';
import type { ModelView, VersionRow } from '../rows';
import { runsOfVersions } from '../runs-of';
import type { RegistryServices } from '../services';
import type { ModelsTree } from '../tree';
import { decideOn, pickVersion } from './approval';
import { askFilter, askOrder, viewWords } from './list';

/** What the commands need of the room. */
export interface CommandRoom extends RegistryServices {
  readonly view: View<ModelsTree>;
}

/** The commands by their names, each `mlopsFlow.<name>`. */
export const modelCommands = {
  async openModel(at: CommandRoom, row?: VersionRow | string, connection?: string) {
    const { connections } = at;
    if (typeof row === 'string') {
      return at.openVersion(row, connectionOr(connection, connections.active));
    }
    const picked = row ?? (await pickVersion(connections, 'Open Model'));
    if (picked) at.openVersion(picked.model.arn, picked.connection);
  },
  approveModel: (at: CommandRoom, row?: VersionRow) => decide(at, row, 'Approved'),
  rejectModel: (at: CommandRoom, row?: VersionRow) => decide(at, row, 'Rejected'),
  async filterModels({ view }: CommandRoom) {
    const tree = await view.tree();
    const filter = await askFilter(tree.view);
    if (filter) list(tree, filter);
  },
  async clearModelFilter({ view }: CommandRoom) {
    const tree = await view.tree();
    const { order } = tree.view;
    list(tree, { name: '', ...(order ? { order } : {}) });
  },
  async sortModels({ view }: CommandRoom) {
    const tree = await view.tree();
    const order = await askOrder(tree.metricNames());
    if (!order) return;
    const { order: _before, ...filter } = tree.view;
    list(tree, order === 'newest' ? filter : { ...filter, order });
  },
  openRunOfModel(at: CommandRoom, { model, connection }: VersionRow) {
    if (!model.generatedBy?.includes('/execution/')) {
      throw new UserError('This version does not say which run made it.');
    }
    at.openRun(model.generatedBy, connection);
  },
  compareModels(at: CommandRoom, row: VersionRow, selected: readonly VersionRow[] = []) {
    const rows = selected.filter((each) => 'model' in each && each.connection.id === row.connection.id);
    at.compareRuns(runsOfVersions(rows.map(({ model }) => model)), row.connection);
  },
  async showReleaseOfModel(at: CommandRoom, { model }: VersionRow) {
    const [release] = await at.releasesOf(model.arn);
    if (!release)
      throw new UserError(`No release tag of this workspace records ${model.group} version ${model.version}.`);
    await window.showInformationMessage(`${model.group} version ${model.version} was released as ${release.name}.`, {
      modal: true,
      detail: release.message,
    });
  },
};

async function decide(
  { connections, view }: CommandRoom,
  row: VersionRow | undefined,
  status: 'Approved' | 'Rejected',
): Promise<void> {
  if (await decideOn(connections, row, status)) view.made?.refresh();
}

function list(tree: ModelsTree, listed: ModelView): void {
  tree.list(listed, viewWords(listed));
}
