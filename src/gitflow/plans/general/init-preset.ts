/** Setting a repository up for another model than Gitflow. */
import type { InitRequest, Planned } from '../../model/model';
import type { Preset } from '../../model/branching';
import { keysOf, presetModel } from '../../model/presets';
import { tagPrefixOf } from '../../model/names';
import type { PlanContext } from '../draft';
import { Draft } from '../draft';

/** How each model is called. */
const presetTitles: Record<Preset, string> = {
  gitflow: 'Gitflow',
  github: 'GitHub flow',
  gitlab: 'GitLab flow',
  trunk: 'trunk-based development',
};

export function planInitPreset(
  context: PlanContext,
  request: InitRequest & { preset: Exclude<Preset, 'gitflow'> },
  scope: string[],
): Planned {
  const draft = new Draft(context);
  const { config, snapshot } = draft;
  const title = `Set up ${presetTitles[request.preset]}`;
  if (context.places.bare) draft.refuse('bare', 'This repository has no work tree. Use a clone of it.');
  if (snapshot.commit === undefined) draft.refuse('unborn', 'There is no commit yet. Make one first.');
  if (config.flavour !== 'none' && request.force !== true) {
    const branches = config.model.bases.map(({ name }) => name).join(', ');
    draft.refuse(
      'read-only-configuration',
      `This repository has a branching model already, with ${branches}. Set it up anew by force.`,
    );
  }
  // In GitLab flow topics go into the branch that is furthest from production.
  const main = request.main ?? (config.model.name === 'gitlab' ? config.model.bases.at(-1)?.name : config.main) ?? '';
  const named = {
    ...(main === '' ? {} : { main }),
    ...(request.staging === undefined ? {} : { staging: request.staging }),
    ...(request.production === undefined ? {} : { production: request.production }),
    tagPrefix: request.versionTagPrefix ?? (config.flavour === 'none' ? config.model.tagPrefix : tagPrefixOf(config)),
  };
  const model = presetModel(request.preset, named);
  const topicsGoInto = model.topics[0]?.parent ?? '';
  if (new Set(model.bases.map(({ name }) => name)).size < model.bases.length) {
    draft.refuse('bad-option', 'The branches of the environments should differ. Name others.');
  }
  for (const { name } of model.bases) {
    if (draft.local(name) !== undefined) continue;
    if (draft.remote(name) !== undefined) {
      draft.add({ do: 'createBranch', branch: name, start: draft.remoteRef(name), checkout: false, track: true });
    } else if (name === topicsGoInto || draft.local(topicsGoInto) === undefined) {
      draft.refuse('no-branch', `Branch '${name}' does not exist. Create it, or name another one.`);
    } else {
      draft.add({
        do: 'createBranch',
        branch: name,
        start: `refs/heads/${topicsGoInto}`,
        checkout: false,
        track: false,
      });
      draft.summary.push(`Branch '${name}' was made of '${topicsGoInto}'`);
    }
  }
  if (!draft.open) return draft.done('', request);

  const local = scope.length === 0 || scope[0] === '--local';
  const typed = snapshot.entries.flatMap(({ key, scope: of }) =>
    of === 'local' && local ? (/^(gitflow\.branch\..+)\.type$/s.exec(key)?.[1] ?? []) : [],
  );
  for (const section of new Set(typed)) draft.add({ do: 'removeSection', section });
  for (const [key, value] of keysOf(model)) draft.add({ do: 'setConfig', key, value, scope });
  const bases = model.bases.map(({ name }) => `'${name}'`).join(', ');
  draft.summary.push(`Branches that stay: ${bases}; topics are started from '${topicsGoInto}'`);
  return draft.done(title, { ...request, main: topicsGoInto });
}
