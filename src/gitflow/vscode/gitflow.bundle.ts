/** The branching model and its VS Code side, loaded with the first look at a repository. */
export { openRepository } from '../index';
export { defaultConfig, readConfig } from '../lifecycle';
export { actions } from './commands';
export { environmentFor, releasesOfModel } from './environment';
export { FinishController } from './finish-panel';
export { openRoom } from './room';
