/** The live graph, and the reading and rendering of Python, loaded with the first of them. */
export { Preview } from './panels/preview/controller';
export { RenderedScripts } from './python/rendered';
export { readProject } from '../sources/project';
export { revealNode } from './reveal';
