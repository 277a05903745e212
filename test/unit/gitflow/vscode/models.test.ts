/** What the view and the dialogs show of other models than Gitflow. */
import { describe, expect, it } from 'vitest';
import type { Branch } from '../../../../src/gitflow/index';
import { configurationFrom } from '../../../../src/gitflow/model/config';
import { lookAt } from '../../../../src/gitflow/model/plain';
import { keysOf, presetModel } from '../../../../src/gitflow/model/presets';
import { rolesOf } from '../../../../src/gitflow/model/names';
import {
  dialogRequest,
  finishDefaults,
  finishOptions,
  type Circumstances,
} from '../../../../src/gitflow/vscode/panels/flow/options';
import { branchRow, groupBranches, groupsOf, type BranchFacts } from '../../../../src/gitflow/vscode/rows';

const preset = (name: 'github' | 'gitlab' | 'trunk', more: Record<string, string> = {}) =>
  configurationFrom(
    [...keysOf(presetModel(name, { tagPrefix: 'v' })), ...Object.entries(more)].map(([key, value]) => ({
      scope: 'local',
      key,
      value,
    })),
  );
const plain = configurationFrom([], lookAt([{ ref: 'refs/heads/main', current: true, symref: '' }], 'origin'));

const at = (more: Partial<Circumstances>): Circumstances => ({
  action: 'finish',
  templates: { merge: '', squash: '', tag: '' },
  kind: 'feature',
  name: 'x',
  configuration: preset('github'),
  base: 'main',
  hasRemote: true,
  published: true,
  openReleases: [],
  dirty: false,
  fetchBefore: false,
  ...more,
});
const option = (circumstances: Circumstances, id: string) =>
  finishOptions(circumstances, finishDefaults(circumstances)).find((each) => each.id === id);

describe('the view', () => {
  it('has a group for each type of the model, and topics without one', () => {
    const ids = (configuration: typeof plain) => groupsOf(configuration).map(({ id }) => id);
    expect(ids(plain)).toEqual(['topic', 'other', 'tags', 'remotes']);
    expect(ids(preset('gitlab'))).toEqual(['feature', 'hotfix', 'other', 'tags', 'remotes']);
    expect(groupsOf(plain)[0]).toEqual({ id: 'topic', title: 'Topics', always: true });
  });

  it('shows the branches that stay from production on, and what can be done with each', () => {
    const configuration = preset('gitlab');
    const roleOf = rolesOf(configuration);
    const local = ['feature/x', 'main', 'production', 'staging'].map((name): Branch => ({
      ref: `refs/heads/${name}`,
      name,
      ...roleOf(name),
      commit: 'c'.repeat(40),
      current: false,
    }));
    const stays = configuration.model.bases.map(({ name }) => name);
    const { trunk, branches } = groupBranches({ local, remote: [], tags: [] }, '', stays);
    expect(trunk.map(({ name }) => name)).toEqual(['production', 'staging', 'main']);
    expect(branches.get('feature')?.sorted.map(({ shortName }) => shortName)).toEqual(['x']);
    const facts: BranchFacts = {
      root: '/r',
      hasRemotes: true,
      ready: true,
      promotable: ['staging', 'main'],
      busy: false,
      elsewhere: {},
      staleAfterDays: 0,
      now: 0,
    };
    const words = trunk.map((branch) => (branchRow(branch, facts).context ?? '').split(' ').slice(2));
    expect(words).toEqual([
      ['checkoutable', 'taggable'],
      ['checkoutable', 'taggable', 'promotable'],
      ['checkoutable', 'taggable', 'promotable'],
    ]);
  });
});

describe('the dialog of Finish', () => {
  it.each([
    ['github', {}, 'merge'],
    ['trunk', {}, 'rebase'],
    ['trunk', { 'gitflow.feature.finish.no-rebase': 'true' }, 'merge'],
    ['github', { 'gitflow.feature.finish.squash': 'true' }, 'squash'],
  ] as const)('begins with what the model of %s says (%j): %s', (name, keys, strategy) => {
    const circumstances = at({ configuration: preset(name, keys) });
    expect(option(circumstances, 'strategy')).toMatchObject({ value: strategy });
    const request = dialogRequest(circumstances, finishDefaults(circumstances));
    expect(request).toMatchObject({ squash: strategy === 'squash', rebase: strategy === 'rebase', noTag: true });
  });

  it('makes a merge commit of a topic without set-up, and takes the user’s words for it', () => {
    const circumstances = at({
      configuration: plain,
      kind: 'topic',
      templates: { merge: 'in: %b', squash: 'all', tag: '' },
    });
    const values = finishDefaults(circumstances);
    expect(dialogRequest(circumstances, values)).toMatchObject({ noFastForward: true, mergeMessage: 'in: %b' });
    expect(dialogRequest(circumstances, { ...values, commitMessage: 'mine' })).toMatchObject({ mergeMessage: 'mine' });
    expect(dialogRequest(circumstances, { ...values, strategy: 'squash' })).toMatchObject({
      squashMessage: 'all',
      noFastForward: false,
    });
  });

  it('asks about a tag where the type makes versions', () => {
    const hotfix = at({ configuration: preset('gitlab'), kind: 'hotfix', name: 'v1.0.1', base: 'production' });
    expect(option(hotfix, 'tag')?.label).toBe('Tag production as v1.0.1');
    expect(dialogRequest(hotfix, finishDefaults(hotfix))).toMatchObject({ tag: true, message: 'Release v1.0.1' });
    expect(option(at({}), 'tag')).toBeUndefined();
  });

  it('pushes and fetches nothing without a remote', () => {
    const alone = at({ hasRemote: false, published: false });
    expect(option(alone, 'push')?.disabled).toBe('The repository has no remote.');
    expect(dialogRequest(alone, finishDefaults(alone))).toMatchObject({ fetch: false, push: false });
  });
});

describe('the dialog that tags a release', () => {
  const tagging = at({
    action: 'tag',
    kind: 'main',
    name: '1.2.0',
    templates: { merge: '', squash: '', tag: '%t, version %v' },
  });

  it('has the user’s message, and pushes to the remote', () => {
    expect(dialogRequest(tagging, finishDefaults(tagging))).toEqual({
      action: 'tagRelease',
      version: '1.2.0',
      branch: 'main',
      fetch: true,
      push: true,
      sign: false,
      message: 'v1.2.0, version 1.2.0',
    });
  });

  it('needs a message', () => {
    expect(
      finishOptions(tagging, { ...finishDefaults(tagging), message: ' ' }).find(({ id }) => id === 'message'),
    ).toMatchObject({
      problem: 'An annotated tag needs a message.',
    });
  });
});
