/** What a dialog of Finish is about. */
import type { Configuration, FinishRequest } from '../../../index';

export type FinishKind = FinishRequest['kind'];

/** What the user has chosen, by the option's id. */
export type FinishValues = Readonly<Record<string, string | boolean>>;

/** The user's templates of messages; empty ones say nothing. */
export interface MessageTemplates {
  merge: string;
  squash: string;
  tag: string;
}

/** What decides which options there are and what they say. */
export interface Circumstances {
  /** `tag`: no branch is finished; `base` is tagged as the version that is the `name`. */
  action: 'finish' | 'tag';
  templates: MessageTemplates;
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
