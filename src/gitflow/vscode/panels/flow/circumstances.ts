/** What a dialog of Finish is about. */
import type { Configuration, FinishRequest } from '../../../index';

export type FinishKind = FinishRequest['kind'];

/** What the user has chosen, by the option's id. */
export type FinishValues = Readonly<Record<string, string | boolean>>;

/** What decides which options there are and what they say. */
export interface Circumstances {
  kind: FinishKind;
  /** The branch's name without its prefix. */
  name: string;
  configuration: Configuration;
  /** The branch that it goes back to: of a feature its base, of a release develop. */
  base: string;
  hasRemote: boolean;
  /** The branch is on the remote. */
  published: boolean;
  /** Full names of the release branches that are open. */
  openReleases: readonly string[];
  /** There are uncommitted changes of tracked files. */
  dirty: boolean;
  /** The user's setting: fetch before every finish. */
  fetchBefore: boolean;
}
