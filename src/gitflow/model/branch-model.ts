/** The words of the branch listing. */
import type { BranchRole } from './model';

/** A branch as one `for-each-ref` gives it. */
export interface Branch {
  /** `refs/heads/feature/x` or `refs/remotes/origin/feature/x` */
  ref: string;
  /** `feature/x` */
  name: string;
  /** The name without the prefix of its role. */
  shortName: string;
  role: BranchRole;
  /** The remote of a remote branch. */
  remote?: string;
  commit: string;
  /** `refs/remotes/origin/feature/x` */
  upstream?: string;
  /** It is checked out in this work tree. */
  current: boolean;
}

/** A version tag. */
export interface Tag {
  ref: string;
  name: string;
  /** The object of the ref: of an annotated tag the tag object. */
  object: string;
}

export interface BranchListing {
  local: Branch[];
  remote: Branch[];
  tags: Tag[];
}

/** What costs a look at the commit: asked only for what is on screen. */
export interface BranchDetails {
  subject: string;
  author: string;
  /** Of the commit, in milliseconds since 1970. */
  date: number;
  /** Against the upstream; undefined without one. */
  upstream?: { ahead: number; behind: number; gone: boolean };
}

/** Commits that only the branch has, and that only the base has. */
export interface Relation {
  ahead: number;
  behind: number;
  /** Every commit of the branch is in the base. */
  merged: boolean;
}
