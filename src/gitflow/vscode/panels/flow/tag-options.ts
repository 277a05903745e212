/** The options of tagging a release where none is finished. No VS Code here. */
import { booleanOptions } from './boolean-option';
import type { Circumstances, FinishValues } from './circumstances';
import type { FlowOption } from './contract';
import { versionTag, type TagReleaseRequest } from '../../../index';

export function tagDefaults(at: Circumstances): FinishValues {
  return {
    fetch: at.hasRemote,
    message: tagMessage(at, versionTag(at.configuration.model.tagPrefix, at.name)),
    sign: at.configuration.flag('gitflow.release.finish.sign') ?? false,
    push: at.hasRemote,
  };
}

/** What the setting says of the messages of tags: `%t` is the tag, `%v` the version. */
export function tagMessage({ templates, name }: Circumstances, tag: string, usual = `Release ${tag}`): string {
  return templates.tag === '' ? usual : templates.tag.replaceAll('%t', tag).replaceAll('%v', name);
}

export function tagOptions(at: Circumstances, values: FinishValues): FlowOption[] {
  const { base, name, configuration, hasRemote } = at;
  const noRemote = hasRemote ? undefined : 'The repository has no remote.';
  const yes = booleanOptions(values);
  const message = String(values['message']);
  const tag = versionTag(configuration.model.tagPrefix, name);
  return [
    yes('fetch', 'Before', `Fetch from ${configuration.origin} first`, { disabled: noRemote }),
    {
      id: 'message',
      group: 'Tag',
      label: 'Message',
      kind: 'text',
      multiline: true,
      value: message,
      ...(/\S/.test(message) ? {} : { problem: 'An annotated tag needs a message.' }),
    },
    yes('sign', 'Tag', 'Sign the tag'),
    yes('push', 'Afterwards', `Push ${tag} to ${configuration.origin}, and ${base} where it is ahead`, {
      disabled: noRemote,
    }),
  ];
}

export function tagRequest({ base, name }: Circumstances, values: FinishValues): TagReleaseRequest {
  const message = String(values['message']);
  return {
    action: 'tagRelease',
    version: name,
    branch: base,
    fetch: values['fetch'] === true,
    push: values['push'] === true,
    sign: values['sign'] === true,
    ...(/\S/.test(message) ? { message } : {}),
  };
}
