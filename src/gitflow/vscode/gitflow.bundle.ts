/** The branching model and its VS Code side, loaded with the first look at a repository. */
export { openRepository } from '../index';
export { brokenConfig, configIn, defaultConfig, partsOfRun, readConfig } from '../lifecycle';
export { workTreeState } from '../lifecycle/files';
export { checkouts, commitsBetween } from './checkouts';
export { compareCommits } from './commands/branch-actions';
export { actions } from './commands/index';
export { environmentFor, gatesOfVersion, releasesOfModel } from './environment';
export { flowPanels } from './panels';
export { openRoom } from './room';
