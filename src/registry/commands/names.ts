/** The commands on models and their versions, each `mlopsFlow.<name>`. */
import type { modelCommands } from './index';

export const commandNames: readonly (keyof typeof modelCommands)[] = [
  'openModel',
  'approveModel',
  'rejectModel',
  'filterModels',
  'clearModelFilter',
  'sortModels',
  'openRunOfModel',
  'compareModels',
  'showReleaseOfModel',
];
