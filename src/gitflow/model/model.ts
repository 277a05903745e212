/** The words of the branching model: configuration, requests, plans, outcomes. Plans are plain JSON. */
import type { BranchingModel, Preset } from './branching';

import type { Kept } from './kept';

/** The kinds of branches that come and go in Gitflow. */
export const branchKinds = ['feature', 'bugfix', 'release', 'hotfix', 'support'] as const;
export type GitflowKind = (typeof branchKinds)[number];

/** The name of a topic type of the branching model: one of Gitflow's kinds, or the team's own. */
export type BranchKind = string;

/**
 * What a branch is in the model: `main` is the production branch, `develop` the one that integrates the next release,
 * `base` any other that stays, `other` is none of the model's; else the name of its topic type.
 */
export type BranchRole = string;

/** The `gitflow.*` keys of a repository, with git-flow's defaults filled in. */
export interface Configuration {
  /**
   * `avh`: the keys of git-flow (AVH). `next`: git-flow-next keeps the configuration (`gitflow.version` is set):
   * it is read and never written. `none`: no key is set.
   */
  flavour: 'avh' | 'next' | 'none';
  /** The production branch; the key is named `master`. Empty when it is not set. */
  main: string;
  /** The branch that integrates the next release. Empty when it is not set. */
  develop: string;
  /** By topic type; undefined where the prefix is not set. */
  prefixes: Readonly<Record<BranchKind, string | undefined>>;
  /** The branches and how they hang together, whoever configured them. */
  model: BranchingModel;
  /** The prefix of version tags; undefined when it is not set, which git-flow refuses. */
  versionTagPrefix: string | undefined;
  /** The remote: `gitflow.origin`, for git-flow-next also `gitflow.remote`, else `origin`; without set-up the only one. */
  origin: string;
  /** `gitflow.path.hooks`, when it is set. */
  hooksPath: string | undefined;
  allowDirty: boolean;
  multiHotfix: boolean;
  /** The bases of topic branches, by full branch name: `gitflow.branch.<branch>.base`. */
  bases: ReadonlyMap<string, string>;
  /** The last value of any key, in lower case as `git config --list` gives it (subsections keep their case). */
  get(key: string): string | undefined;
  /** The value as git reads a boolean; undefined when it is not set. */
  flag(key: string): boolean | undefined;
}

/** What git is in the middle of. */
export type Operation = 'merge' | 'rebase' | 'cherry-pick' | 'revert' | 'bisect' | 'squash';

/** What one has to know about a repository before offering actions. */
export interface RepositoryState {
  /** A branching model is set up: for git-flow both long-lived branches are set and exist. */
  initialised: boolean;
  /** Branches can be started and finished: it is set up, or has a branch that the others are topics of. */
  ready: boolean;
  /** Why it is not, in a sentence that says how to go on. */
  whyNot?: string;
  /** The current branch without `refs/heads/`; undefined when detached. */
  branch: string | undefined;
  /** The commit of HEAD; undefined when there is none yet. */
  commit: string | undefined;
  unborn: boolean;
  detached: boolean;
  shallow: boolean;
  bare: boolean;
  inProgress: Operation | undefined;
  /** Paths with conflicts, relative to the work tree. */
  conflicts: string[];
  /** Tracked files with changes that are not staged, submodules left out. */
  unstaged: boolean;
  /** Changes in the index. */
  staged: boolean;
  remotes: string[];
  /** Branches that are checked out in other work trees, each with the place. */
  elsewhere: Readonly<Record<string, string>>;
  /** An action that was interrupted, failed or waits for a conflict. */
  journal: JournalView | undefined;
  /** The title of the last action that came to its end, until another begins. */
  finished: string | undefined;
  /** Work that no branch has any more. */
  kept: Kept[];
}

/** Where the version is written. */
export interface VersionFile {
  /** Relative to the work tree, with `/`. */
  path: string;
  /** How the file holds it: `package.json`, `pyproject.toml` … */
  format:
    | 'package.json'
    | 'package-lock.json'
    | 'pyproject.toml'
    | 'setup.cfg'
    | 'setup.py'
    | 'Cargo.toml'
    | 'Cargo.lock'
    | 'Chart.yaml'
    | 'python'
    | 'plain';
  version: string;
}

/** Options of starting a branch. */
export interface StartRequest {
  action: 'start';
  kind: BranchKind;
  name: string;
  /** A local branch; for support any commit of the production branch, and required. */
  base?: string;
  /** Fetch the base first. Default: `gitflow.<kind>.start.fetch`. */
  fetch?: boolean;
  /** Write the version into these files and commit them, for release and hotfix. */
  bump?: string[];
  /** Put uncommitted changes away before and back after. */
  stash?: boolean;
}

/** Options of finishing a branch. What is left out has the value of `gitflow.<kind>.finish.<flag>`. */
export interface FinishRequest {
  action: 'finish';
  kind: BranchKind;
  /** Default: the current branch. */
  name?: string;
  fetch?: boolean;
  /** Rebase onto the base before merging (feature, bugfix). */
  rebase?: boolean;
  /** Keep merges while rebasing. */
  rebaseMerges?: boolean;
  /** Passed to git as `-p`, as git-flow does; current git refuses it. */
  preserveMerges?: boolean;
  squash?: boolean;
  /** Name the branch in the message of a squash. */
  squashInfo?: boolean;
  /** Always a merge commit (feature, bugfix). */
  noFastForward?: boolean;
  /** Push what was changed: everything that the action moves. */
  push?: boolean;
  pushProduction?: boolean;
  pushDevelop?: boolean;
  pushTag?: boolean;
  /** `--pushtag` of git-flow pushes every local tag; the default here is the new tag alone. */
  pushAllTags?: boolean;
  keep?: boolean;
  keepRemote?: boolean;
  keepLocal?: boolean;
  /** Delete the branch even where git finds it not merged. */
  forceDelete?: boolean;
  /** No tag (release, hotfix). */
  noTag?: boolean;
  /** The tag's name without the prefix. Default: the version. */
  tagName?: string;
  /** The exact text of the tag. Default: `Release <tag>` or `Hotfix <tag>`. */
  message?: string;
  /** A file that holds the exact text of the tag. */
  messageFile?: string;
  /** No message is given and none is made up: git decides, as on git-flow's command line. */
  messageFromGit?: boolean;
  sign?: boolean;
  /** Implies `sign`. */
  signingKey?: string;
  /** Merge the branch itself into develop, rather than the tag or the production branch. */
  noBackMerge?: boolean;
  /** Do not merge into develop at all (release). */
  noDevelopMerge?: boolean;
  /** Fast-forward the production branch to the remote's first, where it is behind (release). */
  fastForwardMain?: boolean;
  /** The open release that takes the hotfix instead of develop, as the model's own text has it. */
  intoRelease?: string;
  /** Tag, though the model's type makes no tags. */
  tag?: boolean;
  /** Only where the base has nothing that the branch lacks, so that what was tested is what arrives. */
  fastForwardOnly?: boolean;
  /** The messages of the commits, with `%b` for the branch and `%p` for the one that it goes into. */
  mergeMessage?: string;
  squashMessage?: string;
  /** Of the merges that bring other base branches up to date. */
  updateMessage?: string;
  /** Without the hooks `pre-commit` and `commit-msg`. */
  noVerify?: boolean;
  stash?: boolean;
}

/** Publishing: the branch is pushed and tracks its remote. */
export interface PublishRequest {
  action: 'publish';
  kind: BranchKind;
  name?: string;
  /** Replace what the remote has, where the branch was rebased or amended here: only what has been here before. */
  force?: boolean;
}

/** A branch that a colleague published: fetched and checked out. */
export interface TrackRequest {
  action: 'track';
  kind: BranchKind;
  name: string;
}

/** Brings the base's commits into the branch. */
export interface UpdateRequest {
  action: 'update';
  /** A topic type, or `base` for a base branch. */
  kind: BranchKind;
  name?: string;
  /** Default: the model's way. */
  how?: 'merge' | 'rebase';
  rebaseMerges?: boolean;
  /** Passed to git as it is on git-flow's command line, which current git refuses. */
  preserveMerges?: boolean;
  fetch?: boolean;
  stash?: boolean;
}

export interface RenameRequest {
  action: 'rename';
  kind: BranchKind;
  name?: string;
  to: string;
}

export interface DeleteRequest {
  action: 'delete';
  kind: BranchKind;
  name: string;
  /** Delete although it is not merged. Its commits then are only in the reflog. */
  force?: boolean;
  remote?: boolean;
}

export interface CheckoutRequest {
  action: 'checkout';
  /** The full name of a local branch. */
  branch: string;
}

/** Gets a colleague's commits of the same branch from a remote. */
export interface PullRequest {
  action: 'pull';
  kind: BranchKind;
  remote: string;
  name?: string;
  /** Put the own commits on top of the remote's instead of merging. */
  rebase?: boolean;
}

/** After a pull request was merged: base updated, branch deleted here and, where it still is, on the remote. */
export interface CleanUpRequest {
  action: 'cleanUp';
  kind: BranchKind;
  name?: string;
  keepRemote?: boolean;
  /** Delete although no base contains it: a host that squashed or rebased leaves no trace in the graph. */
  force?: boolean;
}

/** Merges develop, or another branch, straight into production and tags it. */
export interface ReleaseBranchRequest {
  action: 'releaseBranch';
  version: string;
  branch?: string;
  fetch?: boolean;
  push?: boolean;
  /** Every local tag, as git-flow pushes them. */
  pushAllTags?: boolean;
  squash?: boolean;
  squashInfo?: boolean;
  noTag?: boolean;
  message?: string;
  messageFile?: string;
  messageFromGit?: boolean;
  sign?: boolean;
  signingKey?: string;
}

/** Merges a base branch into its parent, one step nearer to production: staging is promoted to production. */
export interface IntegrateRequest {
  action: 'integrate';
  /** Default: the current branch. */
  name?: string;
  fetch?: boolean;
  push?: boolean;
  rebase?: boolean;
  squash?: boolean;
  noFastForward?: boolean;
  /** The full name of a tag that is put on the parent. */
  tag?: string;
  message?: string;
  messageFile?: string;
  sign?: boolean;
  signingKey?: string;
  mergeMessage?: string;
  squashMessage?: string;
  updateMessage?: string;
  stash?: boolean;
}

/** Tags a base branch as it is, where no release branch is finished. */
export interface TagReleaseRequest {
  action: 'tagRelease';
  /** With or without the prefix of tags. */
  version: string;
  /** Default: the production branch. */
  branch?: string;
  fetch?: boolean;
  push?: boolean;
  /** Default: `Release <tag>`. */
  message?: string;
  messageFile?: string;
  sign?: boolean;
  signingKey?: string;
}

export interface InitRequest {
  action: 'init';
  /** A model other than Gitflow: its keys are git-flow-next's, and no branch is made but those of its environments. */
  preset?: Exclude<Preset, 'gitflow'>;
  /** The names of the environments' branches in GitLab flow. */
  staging?: string;
  production?: string;
  main?: string;
  develop?: string;
  prefixes?: Partial<Record<GitflowKind, string>>;
  versionTagPrefix?: string;
  /** The folder of hooks and filters. */
  hooksPath?: string;
  /** Set everything anew where it is initialised already. */
  force?: boolean;
  /** Make the branch for the next release, of production or of the remote's, though there are others beside it. */
  createDevelop?: boolean;
  /** Which configuration file takes the keys. Default: the repository's. */
  scope?: { file: string } | 'local' | 'global' | 'system';
}

/** Makes commits that take the last finished action back, where it was pushed or built on. */
export interface RevertRequest {
  action: 'revert';
  /** Push them, where the branches were pushed. */
  push?: boolean;
}

/** Everything that can be asked of the model. */
export type Request =
  | InitRequest
  | StartRequest
  | FinishRequest
  | PublishRequest
  | TrackRequest
  | UpdateRequest
  | RenameRequest
  | DeleteRequest
  | CheckoutRequest
  | PullRequest
  | CleanUpRequest
  | ReleaseBranchRequest
  | IntegrateRequest
  | TagReleaseRequest
  | RevertRequest;

/** A precondition that does not hold. */
export interface Refusal {
  /** Stable: `dirty`, `exists`, `behind`, `not-merged` … */
  code: RefusalCode;
  /** What is wrong, and what to do next: one or two sentences. */
  message: string;
}

export type RefusalCode =
  | 'not-initialised'
  | 'read-only-configuration'
  | 'no-name'
  | 'bad-name'
  | 'not-on-such-a-branch'
  | 'no-base'
  | 'no-branch'
  | 'exists'
  | 'another-open'
  | 'tag-exists'
  | 'tag-elsewhere'
  | 'gate'
  | 'dirty'
  | 'untracked'
  | 'conflicts'
  | 'in-progress'
  | 'behind'
  | 'diverged'
  | 'not-merged'
  | 'checked-out-elsewhere'
  | 'no-remote'
  | 'fetch-failed'
  | 'bad-option'
  | 'unborn'
  | 'bare'
  | 'hook'
  | 'journal'
  | 'pushed'
  | 'built-on'
  | 'signing'
  | 'busy';

/** One thing that a plan does. Each knows by looking at the graph whether it is done. */
export type Work =
  | {
      do: 'hook';
      file: string;
      args: string[];
      /** A failing post hook changes nothing. */ mayFail: boolean;
      env?: Record<string, string>;
    }
  | { do: 'firstCommit'; branch: string; message: string }
  | { do: 'checkout'; branch: string }
  | { do: 'createBranch'; branch: string; start: string; checkout: boolean; track: boolean }
  | { do: 'setConfig'; key: string; value: string; scope: string[] }
  | { do: 'removeSection'; section: string }
  | { do: 'renameSection'; section: string; to: string }
  | {
      do: 'merge';
      into: string;
      /** The ref as git shall see it: its name goes into the merge's message. */
      source: string;
      /** `single`: allowed if the source is one commit ahead when it comes to it. */
      fastForward: 'never' | 'allowed' | 'only' | 'single';
      /** Git's own without it. */
      message?: string;
      noVerify?: boolean;
    }
  | {
      do: 'squash';
      into: string;
      source: string;
      /** The first line of the message; git's own without it. */ info?: string;
      /** The whole message. */
      message?: string;
      noVerify?: boolean;
      /** It is no failure that the changes are there already, so that there is nothing to commit. */
      mayBeEmpty?: boolean;
    }
  | { do: 'rebase'; branch: string; onto: string; mode: 'plain' | 'merges' | 'preserve' }
  | {
      do: 'tag';
      tag: string;
      /** A branch: the tag is put on its tip. */
      on: string;
      message?: string;
      messageFile?: string;
      /** What the gates saw: the last paragraph of the message, after any filter. */
      record?: string;
      /** The tree that was judged: another is not tagged. */
      tree?: string;
      filter?: string;
      sign: boolean;
      signingKey?: string;
    }
  | { do: 'bump'; branch: string; version: string; files: string[]; message: string }
  | { do: 'renameBranch'; branch: string; to: string }
  | {
      do: 'deleteBranch';
      branch: string;
      force: boolean;
      /** Checked out first, where a hook has checked the branch out meanwhile. */
      leaveTo?: string;
    }
  | { do: 'stash' }
  | { do: 'unstash' }
  | { do: 'pull'; remote: string; branch: string; rebase?: boolean }
  | { do: 'createFromFetch'; branch: string; remote: string }
  | {
      do: 'push';
      remote: string;
      refspecs: string[];
      upstream: boolean;
      what: string;
      options?: string[];
      /** All or nothing, where the remote can. */
      atomic?: boolean;
      /** The branch of the remote is replaced if it still has this commit. */
      lease?: { branch: string; commit: string };
    }
  | {
      do: 'revert';
      branch: string;
      /** The newest first; of a merge its first parent stays. */
      commits: { id: string; merge: boolean }[];
    }
  | { do: 'pushAllTags'; remote: string }
  | { do: 'deleteRemoteBranch'; remote: string; branch: string };

export interface Step {
  /** Position in the plan, from 0. */
  index: number;
  /** `Merge release/1.0 into main` */
  title: string;
  /** The commands for people and programs to read: `[['git', 'checkout', 'main']]`. */
  commands: string[][];
  /** What has to hold before it, in words. */
  precondition: string;
  /** How it is taken back, in words. */
  undo: string;
  /** It changes the remote: it comes last and cannot be taken back. */
  remote: boolean;
  work: Work;
}

/** A snapshot of what the plan was made from: it is made anew where this no longer holds. */
export interface Observed {
  /** `refs/heads/develop`, or undefined when detached. */
  headRef: string | undefined;
  headCommit: string | undefined;
  /** The refs that the plan touches or relies on; null where they don't exist. */
  refs: Record<string, string | null>;
  /** The configuration sections that the plan changes, as key and value pairs in their order. */
  config: [key: string, value: string][];
  /** Another configuration file that the plan writes, named as for `git config`, with the keys it writes. */
  elsewhere?: { scope: string[]; exists: boolean; config: [key: string, values: string[]][] };
}

export interface Plan {
  version: 1;
  /** `Finish release 1.0` */
  title: string;
  /** What was asked, with every default filled in. */
  request: Request;
  /** The topic branch, in full: `release/1.0`. */
  branch?: string;
  /** The tag that is made. */
  tag?: string;
  /** Fetched before anything else; afterwards the checks are made again. */
  fetches: {
    remote: string;
    branches: string[];
    /** A branch that the remote no longer has is no trouble. */ optional: boolean;
    /** Nor is a remote that cannot be reached: what is known of it has to do. */ mayFail?: boolean;
  }[];
  steps: Step[];
  /** What is good to know: `develop is ahead of origin/develop`. */
  warnings: string[];
  /** Ignored files that git will overwrite: they are kept before the first step. */
  overwrites?: string[];
  /** What will have happened, for the summary. */
  summary: string[];
  /** The branch that is checked out at the end; undefined where it stays as it is. */
  endsOn?: string;
  observed: Observed;
}

/** A plan, or everything that stands against it. */
export type Planned =
  | { ok: true; plan: Plan }
  | {
      ok: false;
      refusals: Refusal[];
      /**
       * What git-flow's command line has done by the time it refuses: it fetches first, or has moved HEAD. Only our
       * command line does the same; everybody else changes nothing.
       */
      meanwhile?: Plan;
    };

export type StepState = 'pending' | 'running' | 'done' | 'skipped' | 'failed' | 'conflict';

/** What came of executing, resuming or undoing. */
export type Outcome =
  | { status: 'done'; plan: Plan; summary: string[]; /** Of steps that may fail without harm. */ warnings: string[] }
  | { status: 'refused'; refusals: Refusal[] }
  | { status: 'conflict'; plan: Plan; step: number; files: string[]; message: string }
  | { status: 'failed'; plan: Plan; step: number; /** What git said. */ stderr: string; message: string }
  | { status: 'cancelled'; plan: Plan; step: number; message: string }
  | {
      status: 'undone';
      /** What could not be taken back: pushes. */
      left: string[];
      /** What is in no branch any more. */
      kept: Kept[];
      message: string;
    };

/** The last action that came to its end. */
export interface FinishedAction {
  id: string;
  plan: Plan;
  /** Milliseconds since 1970. */
  finishedAt: number;
  /** What stands against undoing it. */
  refusals: Refusal[];
  /** It was pushed or built on: commits can take it back. */
  canRevert: boolean;
}

/** An action that is not at its end, for the Branches view. */
export interface JournalView {
  id: string;
  plan: Plan;
  steps: StepState[];
  /** `running`: its process died, or `alive`. `conflict` and `failed` wait for the user. */
  status: 'running' | 'conflict' | 'failed';
  /** A process still works on it. */
  alive: boolean;
  /** What happened last and what to do next. */
  message: string;
  /** Milliseconds since 1970. */
  startedAt: number;
  /** The work tree that it runs in. */
  worktree: string;
  /** Files with conflicts when it stopped. */
  files: string[];
}

export interface StepEvent {
  index: number;
  step: Step;
  state: StepState;
}

export interface ExecuteOptions {
  onStep?: (event: StepEvent) => void;
  /** Stops before the next step; what was done stays, and can be resumed or undone. */
  signal?: AbortSignal;
  /** What git and hooks print, line by line as it comes. */
  onOutput?: (text: string) => void;
  /**
   * The last word before the first step, when everything is fetched and the plan is up to date: refuses, or answers
   * the plan with more in its tag's message. The repository is looked at once more afterwards.
   */
  admit?: (plan: Plan) => Promise<Planned>;
}
