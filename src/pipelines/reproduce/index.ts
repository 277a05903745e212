/**
 * What a run was made of, found again. `prepareReproduction` looks for each part and says what cannot be had;
 * `checkedOut` makes the work tree of the commit, copies from it what the run reads, and starts. No VS Code here.
 */
export { checkedOut } from './work-tree';
export { prepareReproduction, type Preparations, rootWith } from './prepare';
