/** The options of Finish, as the dialog shows them and as a request takes them. No VS Code here. */
import type { FlowOption } from './contract';
import { booleanOptions } from './boolean-option';
import { typedDefaults, typedOptions, typedRequest, typeOf } from './typed-options';
import type { Circumstances, FinishKind, FinishValues } from './circumstances';
import { tagDefaults, tagMessage, tagOptions, tagRequest } from './tag-options';
import { versionTag, type FinishRequest, type Request } from '../../../index';

export type { Circumstances, FinishKind, FinishValues } from './circumstances';

/** The values to begin with: those of the `gitflow.<kind>.finish.<flag>` keys, as the command line takes them. */
export function finishDefaults(at: Circumstances): FinishValues {
  if (at.action === 'tag') return tagDefaults(at);
  const type = typeOf(at);
  if (type) return typedDefaults(at, type);
  const flag = (name: string) => at.configuration.flag(`gitflow.${at.kind}.finish.${name}`) ?? false;
  const common = {
    fetch: at.hasRemote && (flag('fetch') || at.fetchBefore),
    stash: false,
    squash: flag('squash'),
    branch: flag('keep') ? 'keep' : flag('keepremote') ? 'keepRemote' : flag('keeplocal') ? 'keepLocal' : 'delete',
  };
  if (isTopic(at.kind))
    return { ...common, rebase: flag('rebase'), noFastForward: flag('no-ff'), push: at.hasRemote && flag('push') };
  const develop = at.kind === 'release' && flag('nodevelopmerge') ? 'none' : flag('nobackmerge') ? 'branch' : 'tag';
  const single = flag('pushproduction') ? 'main' : flag('pushdevelop') ? 'develop' : flag('pushtag') ? 'tag' : 'none';
  return {
    ...common,
    fastForwardMain: flag('ff-master'),
    develop,
    tag: !flag('notag'),
    message:
      at.configuration.get(`gitflow.${at.kind}.finish.message`) ??
      tagMessage(at, tagOf(at), `${at.kind === 'release' ? 'Release' : 'Hotfix'} ${tagOf(at)}`),
    sign: flag('sign'),
    push: !at.hasRemote ? 'none' : flag('push') ? 'all' : single,
  };
}

/** The options with their present values. */
export function finishOptions(at: Circumstances, values: FinishValues): FlowOption[] {
  if (at.action === 'tag') return tagOptions(at, values);
  const yes = booleanOptions(values);
  const { configuration, base, kind } = at;
  const { main, develop, origin } = configuration;
  const noRemote = at.hasRemote ? undefined : 'The repository has no remote.';
  const before = [
    yes('fetch', 'Before', `Fetch from ${origin} first`, { disabled: noRemote }),
    ...(kind === 'release'
      ? [
          yes('fastForwardMain', 'Before', `Fast-forward ${main} to ${origin}/${main} where it is behind`, {
            disabled: noRemote,
          }),
        ]
      : []),
    ...(at.dirty ? [yes('stash', 'Before', 'Stash uncommitted changes, and restore them afterwards')] : []),
  ];
  const branch: FlowOption = {
    id: 'branch',
    group: 'Afterwards',
    label: 'The branch',
    kind: 'choice',
    value: String(values['branch']),
    choices: [
      { value: 'delete', label: at.published ? `Delete it here and on ${origin}` : 'Delete it' },
      ...(at.published
        ? [
            { value: 'keepRemote', label: `Delete it here, keep it on ${origin}` },
            { value: 'keepLocal', label: `Keep it here, delete it on ${origin}` },
          ]
        : []),
      { value: 'keep', label: 'Keep it' },
    ],
  };
  const type = typeOf(at);
  if (type) return typedOptions(at, type, values, branch);
  if (isTopic(kind)) {
    return [
      ...before,
      yes('rebase', 'Merge', `Rebase onto ${base} first`),
      yes('squash', 'Merge', 'Squash into one commit'),
      yes('noFastForward', 'Merge', 'Always make a merge commit', {
        description: 'Without it a branch of a single commit is fast-forwarded.',
        disabled: values['squash'] === true ? 'A squash is not a merge.' : undefined,
      }),
      yes('push', 'Afterwards', `Push ${base} to ${origin}`, { disabled: noRemote }),
      branch,
    ];
  }
  return [
    ...before,
    yes('squash', 'Merge', `Squash into one commit on ${main}`),
    backMerge(at, values),
    yes('tag', 'Tag', `Tag ${main} as ${tagOf(at)}`),
    {
      id: 'message',
      group: 'Tag',
      label: 'Message',
      kind: 'text',
      multiline: true,
      value: String(values['message']),
      ...(values['tag'] === true ? {} : { disabled: 'There is no tag.' }),
      ...(values['tag'] === true && !/\S/.test(String(values['message']))
        ? { problem: 'An annotated tag needs a message.' }
        : {}),
    },
    yes('sign', 'Tag', 'Sign the tag', { disabled: values['tag'] === true ? undefined : 'There is no tag.' }),
    {
      id: 'push',
      group: 'Afterwards',
      label: 'Push',
      kind: 'choice',
      value: String(values['push']),
      ...(noRemote === undefined ? {} : { disabled: noRemote }),
      choices: [
        { value: 'none', label: 'Nothing' },
        { value: 'all', label: `${main}, ${develop} and the tag` },
        { value: 'main', label: `Only ${main}` },
        { value: 'develop', label: `Only ${develop}` },
        { value: 'tag', label: 'Only the tag' },
      ],
    },
    branch,
  ];
}

function backMerge({ configuration, kind, openReleases }: Circumstances, values: FinishValues): FlowOption {
  const { develop } = configuration;
  return {
    id: 'develop',
    group: 'Merge',
    label: 'Back-merge',
    kind: 'choice',
    value: String(values['develop']),
    choices: [
      { value: 'tag', label: `Merge the tag into ${develop}`, description: 'As git-flow does.' },
      { value: 'branch', label: `Merge the branch itself into ${develop}` },
      ...(kind === 'hotfix'
        ? openReleases.map((release) => ({
            value: `release:${release}`,
            label: `Merge into ${release} instead of ${develop}`,
            description: `The change reaches ${develop} when the release is finished.`,
          }))
        : [{ value: 'none', label: `Leave ${develop} alone` }]),
    ],
  };
}

/** What the core is asked for. Every option is given, so that no other default comes in. */
export function dialogRequest(at: Circumstances, values: FinishValues): Request {
  return at.action === 'tag' ? tagRequest(at, values) : finishRequest(at, values);
}

/** The same for a finish. */
export function finishRequest(at: Circumstances, values: FinishValues): FinishRequest {
  if (typeOf(at)) return typedRequest(at, values);
  const on = (id: string) => values[id] === true;
  const afterwards = values['branch'];
  const common = {
    action: 'finish' as const,
    kind: at.kind,
    name: at.name,
    fetch: on('fetch'),
    stash: on('stash'),
    squash: on('squash'),
    keep: afterwards === 'keep',
    keepRemote: afterwards === 'keepRemote',
    keepLocal: afterwards === 'keepLocal',
    ...(at.templates.merge === '' ? {} : { mergeMessage: at.templates.merge }),
    ...(at.templates.squash === '' ? {} : { squashMessage: at.templates.squash }),
  };
  if (isTopic(at.kind)) {
    return { ...common, rebase: on('rebase'), noFastForward: on('noFastForward') && !on('squash'), push: on('push') };
  }
  const develop = String(values['develop']);
  const push = values['push'];
  return {
    ...common,
    noTag: !on('tag'),
    ...(on('tag') ? { message: String(values['message']), sign: on('sign') } : {}),
    noBackMerge: develop === 'branch',
    ...(at.kind === 'release' ? { noDevelopMerge: develop === 'none', fastForwardMain: on('fastForwardMain') } : {}),
    ...(develop.startsWith('release:') ? { intoRelease: develop.slice('release:'.length) } : {}),
    push: push === 'all',
    pushProduction: push === 'main',
    pushDevelop: push === 'develop',
    pushTag: push === 'tag',
  };
}

function isTopic(kind: FinishKind): kind is 'feature' | 'bugfix' {
  return kind === 'feature' || kind === 'bugfix';
}

function tagOf({ configuration, name }: Circumstances): string {
  return versionTag(configuration.versionTagPrefix ?? '', name);
}
