/**
 * The options of finishing and integrating with every default filled in.
 *
 * What is asked goes before `gitflow.<type>.<command>.<flag>`, and that before the model, as in git-flow-next:
 * https://git-flow.sh/docs/commands/finish
 */
import type { Strategy } from '../../model/branching';
import type { Draft } from '../draft';

/** What can be asked of a merge, by a finish or an integration. */
export interface MergeAsked {
  fetch?: boolean;
  push?: boolean;
  pushTag?: boolean;
  rebase?: boolean;
  rebaseMerges?: boolean;
  squash?: boolean;
  noFastForward?: boolean;
  fastForwardOnly?: boolean;
  noVerify?: boolean;
}

export interface MergeOptions {
  fetch: boolean;
  strategy: Exclude<Strategy, 'none'>;
  /** Merges stay while rebasing. */
  rebaseMerges: boolean;
  fastForward: 'never' | 'allowed' | 'only';
  noVerify: boolean;
  push: boolean;
  pushTag: boolean;
}

/** Reads `gitflow.<subject>.<command>.<flag>`. */
export class Flags {
  constructor(
    private readonly draft: Draft,
    private readonly subject: string,
    private readonly command: 'finish' | 'integrate',
  ) {}

  /** What was asked, else the configured value; undefined where there is neither. */
  given(asked: boolean | undefined, flag: string): boolean | undefined {
    const configured = this.draft.flag(undefined, this.subject, this.command, flag);
    const has = this.draft.config.get(`gitflow.${this.subject}.${this.command}.${flag}`) !== undefined;
    return asked ?? (has ? configured : undefined);
  }

  flag(asked: boolean | undefined, flag: string): boolean {
    return this.given(asked, flag) ?? false;
  }

  text(asked: string | undefined, flag: string): string | undefined {
    return asked || this.draft.text(undefined, this.subject, this.command, flag);
  }
}

/** Fills in the options; refuses those that exclude each other. */
export function mergeOptions(
  draft: Draft,
  flags: Flags,
  asked: MergeAsked,
  { upstream, fetch }: { upstream: Strategy; fetch: boolean },
): MergeOptions {
  const push = flags.flag(asked.push, 'push');
  const options: MergeOptions = {
    fetch: hasRemote(draft) && (flags.given(asked.fetch, 'fetch') ?? fetch),
    strategy: strategyOf(flags, asked, upstream),
    rebaseMerges:
      asked.rebaseMerges ?? (flags.flag(undefined, 'preserve-merges') && !flags.flag(undefined, 'no-preserve-merges')),
    fastForward: fastForwardOf(draft, flags, asked),
    noVerify: flags.flag(asked.noVerify, 'noverify'),
    push,
    pushTag: flags.given(asked.pushTag, 'pushtag') ?? push,
  };
  if (options.fastForward === 'only' && options.strategy === 'squash') {
    draft.refuse('bad-option', 'A squash makes a new commit, so it is not a fast-forward. Choose one of them.');
  }
  return options;
}

export function hasRemote({ snapshot, config }: Draft): boolean {
  return snapshot.remotes.includes(config.origin);
}

/** A squash goes before a rebase, and what is asked before everything. */
function strategyOf(flags: Flags, asked: MergeAsked, upstream: Strategy): MergeOptions['strategy'] {
  const chosen = (name: 'squash' | 'rebase'): boolean => {
    const configured = flags.flag(undefined, name) || upstream === name;
    return asked[name] ?? (configured && !flags.flag(undefined, `no-${name}`));
  };
  // Asking for one of both leaves the other where it comes from the model alone.
  if (chosen('squash') && !(asked.rebase === true && asked.squash === undefined)) return 'squash';
  return chosen('rebase') ? 'rebase' : 'merge';
}

function fastForwardOf(draft: Draft, flags: Flags, asked: MergeAsked): MergeOptions['fastForward'] {
  if (asked.fastForwardOnly === true) return 'only';
  if (asked.noFastForward !== undefined) return asked.noFastForward ? 'never' : 'allowed';
  if (flags.flag(undefined, 'ff-only')) return 'only';
  if (flags.flag(undefined, 'ff')) return 'allowed';
  // A repository without set-up keeps a topic together, as the pull requests of its host do.
  return (flags.given(undefined, 'no-ff') ?? draft.config.model.name === 'plain') ? 'never' : 'allowed';
}
