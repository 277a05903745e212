/**
 * The branching model: Gitflow as plans that are shown, executed under a journal, resumed and undone.
 *
 * This index is the core and knows nothing of VS Code. Read `model.ts` for its words, `repository.ts` for what
 * can be asked, `plans/` for what each action does, `executor.ts` for how it is done safely.
 */
export * from './model/model';
export * from './model/branch-model';
export * from './model/branching';
export { defaultPrefixes, keptPlain, keys } from './model/config';
export type { Repository, VersionSuggestion } from './api';
export { tellKept, type Kept } from './model/kept';
export { baseOf, kindOf } from './model/names';
export { asksForPullRequest } from './remote/protected';
export { NotARepository } from './git/places';
export { runGit } from './git/git';
export { initRepository, openRepository } from './repository';
