/** Python sources and what is rendered of them, loaded with the first script: its parser is big. */
export { readProject } from '../../sources/project';
export { commitRenderer } from './commit';
export { MadeNames } from './made-names';
export { RenderedScripts } from './rendered';
export { pipelinesIn } from '../../sources/find';
