/** What can be asked of a repository. */
import type { BranchDetails, BranchListing, Relation } from './model/branch-model';
import type {
  BranchKind,
  Configuration,
  ExecuteOptions,
  FinishedAction,
  JournalView,
  Outcome,
  Plan,
  Planned,
  RepositoryState,
  Request,
  VersionFile,
} from './model/model';

import type { Kept } from './model/kept';

/** How a repository is opened. */
export interface OpenOptions {
  /** The git to run. Default: `git` of the path. */
  git?: string;
  /** Added to the environment of git: `GIT_ASKPASS` and its kin. Terminal prompts and editors are always off. */
  env?: Record<string, string | undefined>;
  /** May hooks and filters of the repository run? Only in a trusted workspace. */
  trusted: boolean;
  /** Called with every git command before it runs. */
  onCommand?(argv: readonly string[]): void;
}

/** The next versions, and the one that the history asks for. */
export interface VersionSuggestion {
  /** The last version tag reachable or not, without its prefix; undefined when there is none. */
  last: string | undefined;
  suggested: string;
  /** Why: `2 features since v1.1.0 (conventional commits)`. */
  reason: string;
  major: string;
  minor: string;
  patch: string;
}

/** One repository, or one of its work trees. All paths are absolute. */
export interface Repository {
  readonly root: string;
  /** Of this work tree. */
  readonly gitDir: string;
  /** Shared by all work trees; the journal is in its `mlops-flow` folder. */
  readonly commonDir: string;

  configuration(): Promise<Configuration>;
  state(): Promise<RepositoryState>;

  /** Every branch and tag with one process, whatever their number. */
  branches(): Promise<BranchListing>;
  /** Subject, author, age and upstream counts of the refs on screen. */
  details(refs: readonly string[]): Promise<Map<string, BranchDetails>>;
  /** Ahead and behind of `base` for all `refs` (default: all local branches), with one walk; kept until a tip moves. */
  relations(base: string, refs?: readonly string[]): Promise<Map<string, Relation>>;
  /** The configured base of a topic branch, else develop (main for a hotfix). */
  baseOf(branch: string): Promise<string>;

  /** The next version for a release or hotfix, or for another type; by the commits of `branch` where one is named. */
  suggestVersion(kind: BranchKind, branch?: string): Promise<VersionSuggestion>;
  /** The files that hold a version, in the work tree's root. */
  versionFiles(): Promise<VersionFile[]>;
  /** Checks a branch name as git does; answers the trouble in words, or undefined. */
  nameProblem(kind: BranchKind, name: string): Promise<string | undefined>;
  /** The page of the remote's host that compares the branch with its base; undefined for an unknown host. */
  pullRequestPage(branch: string, base?: string): Promise<string | undefined>;

  /**
   * What `request` would do, or what stands against it. Changes nothing; nothing is fetched: a plan's `fetches` are
   * done first when it is executed, and then everything is checked again.
   */
  plan(request: Request): Promise<Planned>;
  /** Does it. A plan that the repository has outgrown is made anew first. */
  execute(plan: Plan, options?: ExecuteOptions): Promise<Outcome>;

  /** The action that was interrupted, failed or waits, if there is one. */
  journal(): Promise<JournalView | undefined>;
  /** Goes on with it: what the graph shows as done is skipped. */
  resume(options?: ExecuteOptions): Promise<Outcome>;
  /**
   * Takes it back: refs, index, HEAD and configuration as before. Where nothing was interrupted, the last action that
   * came to its end, as long as nothing was built on it and nothing of it was pushed.
   */
  undo(options?: ExecuteOptions): Promise<Outcome>;
  /** Leaves everything as it is and forgets the action. An action that a process works on stays. */
  leave(): Promise<void>;
  /**
   * The last action that came to its end, until another begins: what `undo` would take back. With `asking` remotes are
   * asked whether they have its tag, of which git notes nothing here.
   */
  finished(asking?: ExecuteOptions): Promise<FinishedAction | undefined>;

  /** What undoing and resuming have kept of work that no branch has any more. */
  kept(): Promise<Kept[]>;
  /** Brings it back: a branch, a tag, or changes. Answers what was done. Throws where the changes don't fit. */
  restoreKept(name: string): Promise<string>;
  /** Drops what is kept under these names, or of these actions, for good. */
  dropKept(names: readonly string[]): Promise<void>;
}
