/** What fills the Models view and what its commands do, loaded with the first use. */
export { decideOn } from './commands/approval';
export { ModelsTree } from './tree';
