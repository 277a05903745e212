/** The commands of a topic type of any branching model, with git-flow-next's flags and git-flow's. */
import type { FinishRequest, IntegrateRequest, TagReleaseRequest, TopicType, UpdateRequest } from '../../gitflow';
import type { Arguments, FlagSpec } from './arguments';
import type { PlannedCommand } from './commands';
import { cleanUp, gateFlags, given, messageOptions, named, publish, pull, remove, rename, track } from './commands';

const on = (long: string, help: string, more: Partial<FlagSpec> = {}): FlagSpec => ({
  long,
  dashed: true,
  help,
  ...more,
});

const fetch = on('fetch', 'Fetch first', { short: 'F' });
const stash: FlagSpec = { long: 'stash', inFull: true, help: 'Stash uncommitted changes and restore them afterwards' };

const merging: FlagSpec[] = [
  fetch,
  on('rebase', 'Rebase the branch before merging', { short: 'r' }),
  on('preserve-merges', 'Keep merges while rebasing', { short: 'p' }),
  on('squash', 'Squash the branch into one commit', { short: 'S' }),
  { long: 'ff', negatable: false, help: 'Fast-forward where that is possible' },
  { long: 'no-ff', negatable: false, help: 'Always make a merge commit' },
  { long: 'ff-only', negatable: false, help: 'Only where it is a fast-forward' },
  { long: 'merge-message', short: 'M', value: 'text', help: 'The message of the merge; %b and %p are the branches' },
  { long: 'squash-message', value: 'text', help: 'The message of the squash' },
  { long: 'update-message', value: 'text', help: 'The message of merges that bring other branches up to date' },
  { long: 'no-verify', negatable: false, help: 'Without the hooks pre-commit and commit-msg' },
  on('push', 'Push what has moved afterwards'),
  on('pushtag', 'Push the tag afterwards'),
];

const tagging: FlagSpec[] = [
  on('sign', 'Sign the tag', { short: 's' }),
  { long: 'signingkey', short: 'u', value: 'key', help: 'Sign the tag with this key' },
  { long: 'message', short: 'm', value: 'text', help: 'The message of the tag' },
  { long: 'messagefile', short: 'f', value: 'file', help: 'A file with the message of the tag' },
];

const keeping: FlagSpec[] = [
  on('keep', 'Keep the branch', { short: 'k' }),
  on('keepremote', 'Keep the remote branch'),
  on('keeplocal', 'Keep the local branch'),
  on('force-delete', 'Delete the branch by force', { short: 'D' }),
];

function mergeOptions({ flag, text }: Arguments) {
  return {
    fetch: flag('fetch'),
    rebase: flag('rebase'),
    rebaseMerges: flag('preserve-merges'),
    squash: flag('squash'),
    noFastForward: flag('no-ff') ? true : flag('ff') ? false : undefined,
    fastForwardOnly: flag('ff-only'),
    mergeMessage: text('merge-message') || undefined,
    squashMessage: text('squash-message') || undefined,
    updateMessage: text('update-message') || undefined,
    noVerify: flag('no-verify'),
    push: flag('push'),
    pushTag: flag('pushtag'),
  };
}

function start({ name: kind, tag }: TopicType): PlannedCommand {
  return {
    usage: `start ${tag ? '<version>' : '<name>'} [<base>]`,
    summary: `Start a ${kind} branch`,
    flags: [
      fetch,
      { long: 'bump', value: 'files', inFull: true, help: 'Write the version into these files (a,b) and commit' },
      stash,
    ],
    request: ({ words: [name = '', base], flag, text }) => ({
      action: 'start',
      kind,
      name,
      ...given({ base, fetch: flag('fetch'), bump: text('bump')?.split(','), stash: flag('stash') }),
    }),
  };
}

function finish({ name: kind }: TopicType): PlannedCommand {
  return {
    usage: 'finish [<name>]',
    summary: `Finish a ${kind} branch`,
    flags: [
      ...merging,
      on('tag', 'Tag, though the type makes no tags'),
      { long: 'notag', short: 'n', help: "Don't tag" },
      { long: 'tagname', short: 'T', value: 'name', help: 'The name of the tag' },
      ...tagging,
      ...keeping,
      stash,
      ...gateFlags,
    ],
    gated: true,
    request: (args): FinishRequest => ({
      action: 'finish',
      kind,
      ...named(args),
      ...given({
        ...mergeOptions(args),
        ...messageOptions(args),
        tag: args.flag('tag'),
        noTag: args.flag('notag'),
        tagName: args.text('tagname') || undefined,
        keep: args.flag('keep'),
        keepRemote: args.flag('keepremote'),
        keepLocal: args.flag('keeplocal'),
        forceDelete: args.flag('force-delete'),
        stash: args.flag('stash'),
      }),
    }),
  };
}

/** Of a topic type, or of the base branches. */
function update(kind: string, way?: 'rebase'): PlannedCommand {
  return {
    usage: `${way ?? 'update'} [<name>]`,
    summary: `Bring a ${kind} branch up to its parent`,
    flags: [
      fetch,
      { long: 'rebase', short: 'r', help: 'Rebase, whatever the model says' },
      { long: 'merge', inFull: true, help: 'Merge, whatever the model says' },
      { long: 'rebase-merges', inFull: true, help: 'Keep merges while rebasing' },
      stash,
    ],
    request: (args): UpdateRequest => {
      const how: UpdateRequest['how'] = args.flag('rebase') ? 'rebase' : args.flag('merge') ? 'merge' : way;
      return {
        action: 'update',
        kind,
        ...named(args),
        ...given({
          how,
          fetch: args.flag('fetch'),
          rebaseMerges: args.flag('rebase-merges'),
          stash: args.flag('stash'),
        }),
      };
    },
  };
}

/** As git-flow-next has it: the old name before the new one, which git-flow takes the other way round. */
function renameTyped(kind: string): PlannedCommand {
  return {
    ...rename(kind),
    usage: 'rename [<name>] <new name>',
    request: ({ words: [first = '', to] }) =>
      to === undefined ? { action: 'rename', kind, to: first } : { action: 'rename', kind, name: first, to },
  };
}

/** The commands of a topic type by their names. */
export function typedCommands(type: TopicType): Record<string, PlannedCommand> {
  const { name } = type;
  return {
    start: start(type),
    finish: finish(type),
    publish: publish(name),
    track: track(name),
    update: update(name),
    rebase: update(name, 'rebase'),
    pull: pull(name),
    delete: remove(name),
    rename: renameTyped(name),
    cleanup: cleanUp(name),
  };
}

/** Bringing a base branch up to its parent. */
export const updateBase: PlannedCommand = update('base');

/** Merging a base branch into its parent. */
export const integrate: PlannedCommand = {
  usage: 'integrate [<base branch>]',
  summary: 'Merge a base branch into its parent, one step nearer to production',
  flags: [
    ...merging,
    { long: 'tag', value: 'name', help: 'Tag the parent with this name' },
    ...tagging,
    stash,
    ...gateFlags,
  ],
  gated: true,
  request: (args): IntegrateRequest => ({
    action: 'integrate',
    ...named(args),
    ...given({
      ...mergeOptions(args),
      ...messageOptions(args),
      tag: args.text('tag') || undefined,
      stash: args.flag('stash'),
    }),
  }),
};

/** Tagging a release where no release branch is finished. */
export const tagRelease: PlannedCommand = {
  usage: 'tag <version> [<branch>]',
  summary: 'Tag a base branch as a release',
  flags: [fetch, on('push', 'Push the tag afterwards'), ...tagging, ...gateFlags],
  gated: true,
  request: (args): TagReleaseRequest => {
    const { words, flag } = args;
    const [version = '', branch] = words;
    return {
      action: 'tagRelease',
      version,
      ...given({ branch, fetch: flag('fetch'), push: flag('push'), ...messageOptions(args) }),
    };
  },
};
