/** The live graph and the rendering of Python, loaded with the first of them. */
export { Preview } from './panels/preview/controller';
export { RenderedScripts } from './python/rendered';
export { revealNode } from './reveal';
