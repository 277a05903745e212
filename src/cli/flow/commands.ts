/** The commands of git-flow with their flags, and the request that each of them is. */
import { resolve } from 'node:path';
import type { BranchKind, FinishRequest, GitflowKind, Request } from '../../gitflow';
import type { Arguments, FlagSpec } from './arguments';

/** A command that changes the repository through a plan. */
export interface PlannedCommand {
  /** What follows `git flow <kind>`. */
  usage: string;
  summary: string;
  flags: FlagSpec[];
  request(args: Arguments): Request;
  /** The gates of a release are asked first. */
  gated?: true;
}

const help: FlagSpec = { long: 'help', short: 'h', help: 'Show this help' };

/** Flags that every command has. */
export const commonFlags: FlagSpec[] = [
  help,
  { long: 'showcommands', help: 'Show git commands while executing them' },
  { long: 'plan', inFull: true, help: 'Print the plan as JSON and change nothing' },
];

const fetch: FlagSpec = { long: 'fetch', short: 'F', help: 'Fetch first' };
const bump: FlagSpec = {
  long: 'bump',
  value: 'files',
  inFull: true,
  help: 'Write the version into these files (a,b) and commit',
};
const stash: FlagSpec = { long: 'stash', inFull: true, help: 'Stash uncommitted changes and restore them afterwards' };

/** What the gates of a release take. */
export const gateFlags: FlagSpec[] = [
  {
    long: 'override',
    value: 'gate=reason',
    inFull: true,
    help: 'Continue although this gate has not passed (repeatable)',
  },
  {
    long: 'connection',
    value: 'name',
    inFull: true,
    help: "Where runs are looked up without an environment: 'Local' or a profile",
  },
  { long: 'data', value: 'folder', inFull: true, help: 'Data folder of Local' },
  { long: 'render', inFull: true, help: 'Run the Python script that makes the pipeline, from what will be tagged' },
  { long: 'python', value: 'path', inFull: true, help: 'The Python that it is run with' },
];

const keeping: FlagSpec[] = [
  { long: 'keep', short: 'k', help: 'Keep the branch' },
  { long: 'keepremote', help: 'Keep the remote branch' },
  { long: 'keeplocal', help: 'Keep the local branch' },
  { long: 'force_delete', short: 'D', help: 'Delete the branch by force' },
  { long: 'squash', short: 'S', help: 'Squash the branch into one commit' },
  { long: 'squash-info', help: 'Name the branch in the message of the squash' },
];

const tagging: FlagSpec[] = [
  { long: 'sign', short: 's', help: 'Sign the tag' },
  { long: 'signingkey', short: 'u', value: 'key', help: 'Sign the tag with this key' },
  { long: 'message', short: 'm', value: 'text', help: 'The message of the tag' },
  { long: 'messagefile', short: 'f', value: 'file', help: 'A file with the message of the tag' },
  { long: 'notag', short: 'n', help: "Don't tag" },
];

const topicFinish: FlagSpec[] = [
  fetch,
  { long: 'rebase', short: 'r', help: 'Rebase onto the base before merging' },
  { long: 'preserve-merges', short: 'p', help: 'Hand -p to the rebase' },
  { long: 'rebase-merges', inFull: true, help: 'Keep merges while rebasing' },
  { long: 'push', help: 'Push the base afterwards' },
  ...keeping,
  { long: 'no-ff', negatable: false, help: 'Always make a merge commit' },
  stash,
];

const releaseFinish: FlagSpec[] = [
  fetch,
  ...tagging,
  { long: 'push', short: 'p', help: 'Push everything afterwards' },
  { long: 'pushproduction', help: 'Push the production branch' },
  { long: 'pushdevelop', help: 'Push the develop branch' },
  { long: 'pushtag', help: 'Push the tags' },
  ...keeping,
  { long: 'nobackmerge', short: 'b', help: 'Merge the branch itself into develop, not the tag' },
  { long: 'nodevelopmerge', help: 'Merge nothing into develop' },
  { long: 'ff-master', help: 'Fast-forward the production branch first, where it is behind' },
  { long: 'tagname', short: 'T', value: 'name', help: 'The name of the tag' },
  stash,
  ...gateFlags,
];

const hotfixFinish: FlagSpec[] = [
  fetch,
  ...tagging,
  { long: 'push', short: 'p', help: 'Push everything afterwards' },
  ...keeping,
  { long: 'nobackmerge', short: 'b', help: 'Merge the branch itself into develop, not the tag' },
  { long: 'tagname', short: 'T', value: 'name', help: 'The name of the tag' },
  { long: 'into-release', value: 'branch', inFull: true, help: 'Merge into this open release instead of develop' },
  stash,
  ...gateFlags,
];

/** `name` is given only where there is one, so that the current branch is taken otherwise. */
export const named = ({ words }: Arguments): { name?: string } => (words[0] ? { name: words[0] } : {});

/** Leaves out what is not given, so that the configuration decides. */
export function given<T extends Record<string, unknown>>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function finishRequest(kind: FinishRequest['kind'], args: Arguments): FinishRequest {
  const { flag, text } = args;
  return {
    action: 'finish',
    kind,
    ...named(args),
    ...given({
      fetch: flag('fetch'),
      rebase: flag('rebase'),
      preserveMerges: flag('preserve-merges'),
      rebaseMerges: flag('rebase-merges'),
      push: flag('push'),
      pushProduction: flag('pushproduction'),
      pushDevelop: flag('pushdevelop'),
      pushTag: flag('pushtag'),
      keep: flag('keep'),
      keepRemote: flag('keepremote'),
      keepLocal: flag('keeplocal'),
      forceDelete: flag('force_delete'),
      squash: flag('squash'),
      squashInfo: flag('squash-info'),
      noFastForward: flag('no-ff'),
      noBackMerge: flag('nobackmerge'),
      noDevelopMerge: flag('nodevelopmerge'),
      fastForwardMain: flag('ff-master'),
      tagName: text('tagname') || undefined,
      intoRelease: text('into-release'),
      stash: flag('stash'),
      ...tagOptions(args),
    }),
    // As git-flow: all tags are pushed, and without a message git is asked for one.
    pushAllTags: true,
    messageFromGit: true,
  };
}

function tagOptions(args: Arguments): ReturnType<typeof messageOptions> & { noTag: boolean | undefined } {
  return { ...messageOptions(args), noTag: args.flag('notag') };
}

/** What a tag says, and who signs it. */
export function messageOptions({ flag, text }: Arguments): {
  sign: boolean | undefined;
  signingKey: string | undefined;
  message: string | undefined;
  messageFile: string | undefined;
} {
  const messageFile = text('messagefile');
  return {
    sign: flag('sign'),
    signingKey: text('signingkey') || undefined,
    message: text('message') || undefined,
    // Where the user is, which need not be the root of the work tree.
    messageFile: messageFile ? resolve(messageFile) : undefined,
  };
}

function start(kind: BranchKind): PlannedCommand {
  const version = kind !== 'feature' && kind !== 'bugfix';
  const bumps = kind === 'release' || kind === 'hotfix';
  return {
    usage: `start ${version ? '<version>' : '<name>'} ${kind === 'support' ? '<base>' : '[<base>]'}`,
    summary: `Start a ${kind} branch`,
    flags: [fetch, ...(bumps ? [bump] : []), ...(version ? [stash] : [])],
    request: ({ words: [name = '', base], flag, text }) => ({
      action: 'start',
      kind,
      name,
      ...given({ base, fetch: flag('fetch'), bump: text('bump')?.split(','), stash: flag('stash') }),
    }),
  };
}

function finish(kind: FinishRequest['kind']): PlannedCommand {
  const flags = kind === 'release' ? releaseFinish : kind === 'hotfix' ? hotfixFinish : topicFinish;
  return {
    usage: 'finish [<name>]',
    summary: `Finish a ${kind} branch`,
    flags,
    ...(kind === 'release' || kind === 'hotfix' ? { gated: true } : {}),
    request: (args) => finishRequest(kind, args),
  };
}

export function publish(kind: BranchKind): PlannedCommand {
  return {
    usage: 'publish [<name>]',
    summary: `Publish a ${kind} branch`,
    flags: [
      { long: 'force-with-lease', inFull: true, help: 'Replace what the remote has of it, where it was rebased here' },
    ],
    request: (args) => ({
      action: 'publish',
      kind,
      ...named(args),
      ...given({ force: args.flag('force-with-lease') }),
    }),
  };
}

export function track(kind: BranchKind): PlannedCommand {
  return {
    usage: 'track <name>',
    summary: `Get a published ${kind} branch`,
    flags: [],
    request: ({ words: [name = ''] }) => ({ action: 'track', kind, name }),
  };
}

function rebase(kind: BranchKind): PlannedCommand {
  return {
    usage: 'rebase [<name>]',
    summary: `Rebase a ${kind} branch onto its base`,
    flags: [
      { long: 'interactive', short: 'i', help: 'Accepted for scripts; nothing is asked' },
      { long: 'preserve-merges', short: 'p', help: 'Hand -p to git' },
      { long: 'rebase-merges', inFull: true, help: 'Keep merges' },
      stash,
    ],
    request: (args) => ({
      action: 'update',
      kind,
      how: 'rebase',
      ...named(args),
      ...given({
        preserveMerges: args.flag('preserve-merges'),
        rebaseMerges: args.flag('rebase-merges'),
        stash: args.flag('stash'),
      }),
    }),
  };
}

function update(kind: BranchKind): PlannedCommand {
  return {
    usage: 'update [<name>]',
    summary: `Merge the base into a ${kind} branch`,
    flags: [fetch, stash],
    request: (args) => ({
      action: 'update',
      kind,
      how: 'merge',
      ...named(args),
      ...given({ fetch: args.flag('fetch'), stash: args.flag('stash') }),
    }),
  };
}

export function rename(kind: BranchKind): PlannedCommand {
  return {
    usage: 'rename <new name> [<name>]',
    summary: `Rename a ${kind} branch`,
    flags: [],
    request: ({ words: [to = '', name] }) => ({ action: 'rename', kind, to, ...given({ name }) }),
  };
}

export function remove(kind: BranchKind): PlannedCommand {
  return {
    usage: 'delete <name>',
    summary: `Delete a ${kind} branch`,
    flags: [
      { long: 'force', short: 'f', help: 'Although it is not merged' },
      { long: 'remote', short: 'r', help: 'On the remote too' },
    ],
    request: ({ words: [name = ''], flag }) => ({
      action: 'delete',
      kind,
      name,
      ...given({ force: flag('force'), remote: flag('remote') }),
    }),
  };
}

export function pull(kind: BranchKind): PlannedCommand {
  return {
    usage: 'pull <remote> [<name>]',
    summary: `Pull a ${kind} branch from a remote`,
    flags: [{ long: 'rebase', short: 'r', help: "Put the own commits on top of the remote's" }],
    request: ({ words: [remote = '', name], flag }) => ({
      action: 'pull',
      kind,
      remote,
      ...given({ name, rebase: flag('rebase') }),
    }),
  };
}

export function cleanUp(kind: BranchKind): PlannedCommand {
  return {
    usage: 'cleanup [<name>]',
    summary: `Clean up after the pull request of a ${kind} branch`,
    flags: [
      { long: 'keepremote', help: 'Keep the remote branch' },
      { long: 'force', short: 'f', help: 'Although no branch has it' },
    ],
    request: (args) => ({
      action: 'cleanUp',
      kind,
      ...named(args),
      ...given({ keepRemote: args.flag('keepremote'), force: args.flag('force') }),
    }),
  };
}

const releaseBranch: PlannedCommand = {
  usage: 'branch <version> [<branch>]',
  summary: 'Release a branch without a release branch',
  gated: true,
  flags: [
    fetch,
    ...tagging,
    { long: 'push', short: 'p', help: 'Push everything afterwards' },
    { long: 'squash', short: 'S', help: 'Squash the branch into one commit' },
    { long: 'squash-info', help: 'Name the branch in the message of the squash' },
    ...gateFlags,
  ],
  request: (args) => {
    const { words, flag } = args;
    const [version = '', branch] = words;
    return {
      action: 'releaseBranch',
      version,
      ...given({
        branch,
        fetch: flag('fetch'),
        push: flag('push'),
        squash: flag('squash'),
        squashInfo: flag('squash-info'),
        ...tagOptions(args),
      }),
      pushAllTags: true,
      messageFromGit: true,
    };
  },
};

function topic(kind: 'feature' | 'bugfix'): Record<string, PlannedCommand> {
  return {
    start: start(kind),
    finish: finish(kind),
    publish: publish(kind),
    track: track(kind),
    rebase: rebase(kind),
    update: update(kind),
    pull: pull(kind),
    delete: remove(kind),
    rename: rename(kind),
    cleanup: cleanUp(kind),
  };
}

/** By kind and action. What git-flow lacks and needs no thought, such as renaming a release, is there too. */
export const plannedCommands: Record<GitflowKind, Record<string, PlannedCommand>> = {
  feature: topic('feature'),
  bugfix: topic('bugfix'),
  release: {
    start: start('release'),
    finish: finish('release'),
    publish: publish('release'),
    track: track('release'),
    rebase: rebase('release'),
    update: update('release'),
    delete: remove('release'),
    rename: rename('release'),
    branch: releaseBranch,
    cleanup: cleanUp('release'),
  },
  hotfix: {
    start: start('hotfix'),
    finish: finish('hotfix'),
    publish: publish('hotfix'),
    track: track('hotfix'),
    rebase: rebase('hotfix'),
    update: update('hotfix'),
    delete: remove('hotfix'),
    rename: rename('hotfix'),
    cleanup: cleanUp('hotfix'),
  },
  support: {
    start: start('support'),
    publish: publish('support'),
    track: track('support'),
    rebase: rebase('support'),
    rename: rename('support'),
  },
};
