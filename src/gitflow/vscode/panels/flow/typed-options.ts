/** The options of Finish for the topic types of other models than git-flow's own. No VS Code here. */
import type { FlowOption } from './contract';
import { booleanOptions } from './boolean-option';
import { tagMessage } from './tag-options';
import { followersOf, versionTag, type FinishRequest, type TopicType } from '../../../index';
import type { Circumstances, FinishValues } from './circumstances';

type Strategy = 'merge' | 'squash' | 'rebase';

/** The type of the branch, where its model is described by types. */
export function typeOf({ configuration, kind }: Pick<Circumstances, 'configuration' | 'kind'>): TopicType | undefined {
  if (configuration.flavour === 'avh') return undefined;
  return configuration.model.topics.find(({ name }) => name === kind);
}

/** The values to begin with: what the command line would do without a flag. */
export function typedDefaults(at: Circumstances, type: TopicType): FinishValues {
  const { configuration, kind } = at;
  const given = (name: string): boolean | undefined => configuration.flag(`gitflow.${kind}.finish.${name}`);
  const flag = (name: string): boolean => given(name) ?? false;
  const wants = (way: Strategy): boolean => (type.upstream === way || flag(way)) && !flag(`no-${way}`);
  const strategy: Strategy = wants('squash') ? 'squash' : wants('rebase') ? 'rebase' : 'merge';
  return {
    fetch: at.hasRemote && (given('fetch') ?? true),
    stash: false,
    strategy,
    noFastForward: given('no-ff') ?? configuration.model.name === 'plain',
    commitMessage: '',
    tag: type.tag && !flag('notag'),
    message: tagMessage(at, tagOf(at, type)),
    sign: flag('sign'),
    push: at.hasRemote && flag('push'),
    branch: flag('keep') ? 'keep' : flag('keepremote') ? 'keepRemote' : flag('keeplocal') ? 'keepLocal' : 'delete',
  };
}

/** The options with their present values; those after the tag are the same for every model. */
export function typedOptions(
  at: Circumstances,
  type: TopicType,
  values: FinishValues,
  branch: FlowOption,
): FlowOption[] {
  const { configuration, hasRemote } = at;
  const { origin, model } = configuration;
  const { parent } = type;
  const strategy = String(values['strategy']);
  const moved = [parent, ...followersOf(model, parent).map(({ name }) => name)];
  const disabled = (why: string | undefined): { disabled?: string } => (why === undefined ? {} : { disabled: why });
  const noRemote = hasRemote ? undefined : 'The repository has no remote.';
  const noTag = values['tag'] === true ? undefined : 'There is no tag.';
  const yes = booleanOptions(values);
  const tagging: FlowOption[] = [
    yes('tag', 'Tag', `Tag ${parent} as ${tagOf(at, type)}`),
    {
      id: 'message',
      group: 'Tag',
      label: 'Message',
      kind: 'text',
      multiline: true,
      value: String(values['message']),
      ...disabled(noTag),
    },
    yes('sign', 'Tag', 'Sign the tag', { disabled: noTag }),
  ];
  return [
    yes('fetch', 'Before', `Fetch from ${origin} first`, { disabled: noRemote }),
    ...(at.dirty ? [yes('stash', 'Before', 'Stash uncommitted changes, and restore them afterwards')] : []),
    {
      id: 'strategy',
      group: 'Merge',
      label: 'How',
      kind: 'choice',
      value: strategy,
      choices: [
        { value: 'merge', label: `Merge into ${parent}` },
        { value: 'squash', label: `Squash into one commit on ${parent}` },
        { value: 'rebase', label: `Rebase onto ${parent}, without a merge commit` },
      ],
    },
    yes('noFastForward', 'Merge', 'Always make a merge commit', {
      description: 'Without it the commits just follow on where nothing else was committed meanwhile.',
      disabled: strategy === 'squash' ? 'A squash is not a merge.' : undefined,
    }),
    {
      id: 'commitMessage',
      group: 'Merge',
      label: 'Message of the commit',
      kind: 'text',
      value: String(values['commitMessage']),
      description:
        'Empty: what git says, or a conventional one where the history has such. %b and %p are the branches.',
      ...disabled(strategy === 'rebase' ? 'A rebase makes no commit of its own.' : undefined),
    },
    ...(type.tag ? tagging : []),
    yes('push', 'Afterwards', `Push ${moved.join(', ')}${values['tag'] === true ? ' and the tag' : ''} to ${origin}`, {
      disabled: noRemote,
    }),
    branch,
  ];
}

/** What the core is asked for. Every option is given, so that no other default comes in. */
export function typedRequest(at: Circumstances, values: FinishValues): FinishRequest {
  const on = (id: string): boolean => values[id] === true;
  const text = String(values['commitMessage'] ?? '').trim();
  const strategy = values['strategy'];
  const afterwards = values['branch'];
  return {
    action: 'finish',
    kind: at.kind,
    name: at.name,
    fetch: on('fetch'),
    stash: on('stash'),
    squash: strategy === 'squash',
    rebase: strategy === 'rebase',
    noFastForward: on('noFastForward') && strategy === 'merge',
    ...message(at, strategy === 'squash', text),
    ...(on('tag') ? { tag: true, message: String(values['message']), sign: on('sign') } : { noTag: true }),
    push: on('push'),
    pushTag: on('push'),
    keep: afterwards === 'keep',
    keepRemote: afterwards === 'keepRemote',
    keepLocal: afterwards === 'keepLocal',
  };
}

/** What was typed, else the user's template; without either the core finds one. */
function message({ templates }: Circumstances, squash: boolean, typed: string): Partial<FinishRequest> {
  const text = typed || (squash ? templates.squash : templates.merge);
  if (text === '') return {};
  return squash ? { squashMessage: text } : { mergeMessage: text };
}

function tagOf({ name }: Circumstances, { tagPrefix }: TopicType): string {
  return versionTag(tagPrefix, name);
}
