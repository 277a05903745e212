/** What fills the Models view and what its commands do, loaded with the first use. */
export { decideOn } from './approval';
export { ModelsTree } from './tree';
