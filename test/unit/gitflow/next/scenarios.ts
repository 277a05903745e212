/**
 * What is done by git-flow-next and by ours on twin repositories. A step is a command of `flow`, or with `git ` a
 * command of git. Where git-flow-next's first versions always made a merge commit, `no-ff` says so to its later ones.
 */
export interface Scenario {
  about: string;
  /** Keys below `gitflow.`. */
  keys: Record<string, string>;
  /** Branches to make before, each from main. */
  branches?: readonly string[];
  remote?: true;
  steps: readonly string[];
}

const base = (name: string, parent?: string, more: Record<string, string> = {}): Record<string, string> => ({
  [`branch.${name}.type`]: 'base',
  ...(parent === undefined ? {} : { [`branch.${name}.parent`]: parent, [`branch.${name}.autoUpdate`]: 'true' }),
  ...prefixed(name, more),
});

const topic = (name: string, parent: string, more: Record<string, string> = {}): Record<string, string> => ({
  [`branch.${name}.type`]: 'topic',
  [`branch.${name}.prefix`]: `${name}/`,
  [`branch.${name}.parent`]: parent,
  [`branch.${name}.upstreamStrategy`]: 'merge',
  [`branch.${name}.downstreamStrategy`]: 'merge',
  [`${name}.finish.no-ff`]: 'true',
  ...prefixed(name, more),
});

function prefixed(name: string, more: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(more).map(([key, value]) => [`branch.${name}.${key}`, value]));
}

const version = { version: '1.0', initialized: 'true' };

const classic = {
  ...version,
  ...base('main'),
  ...base('develop', 'main'),
  ...topic('feature', 'develop', { startPoint: 'develop' }),
  ...topic('release', 'main', { startPoint: 'develop', tag: 'true', tagPrefix: 'v' }),
  ...topic('hotfix', 'main', { startPoint: 'main', tag: 'true', tagPrefix: 'v' }),
};

const environments = {
  ...version,
  ...base('production'),
  ...base('staging', 'production'),
  ...base('main', 'staging'),
  ...topic('feature', 'main'),
  ...topic('hotfix', 'production', { tag: 'true' }),
};

const github = { ...version, ...base('main'), ...topic('feature', 'main') };

const develop = ['develop'];

/** By their ids. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  n01: {
    about: 'a feature',
    keys: classic,
    branches: develop,
    steps: ['feature start x', 'git c1', 'git c2', 'feature finish x'],
  },
  n02: {
    about: 'a feature without commits',
    keys: classic,
    branches: develop,
    steps: ['feature start x', 'feature finish x'],
  },
  n03: {
    about: 'a release: tagged, and develop is brought up to main',
    keys: classic,
    branches: develop,
    steps: ['feature start x', 'git c1', 'feature finish x', 'release start 1.0', 'git c2', 'release finish 1.0'],
  },
  n04: {
    about: 'a hotfix',
    keys: classic,
    branches: develop,
    steps: ['hotfix start 1.0.1', 'git c1', 'hotfix finish 1.0.1'],
  },
  n05: {
    about: 'a feature is squashed',
    keys: { ...classic, 'branch.feature.upstreamStrategy': 'squash' },
    branches: develop,
    steps: ['feature start x', 'git c1', 'git c2', 'feature finish x --force-delete'],
  },
  n06: {
    about: 'a feature is rebased',
    keys: { ...classic, 'branch.feature.upstreamStrategy': 'rebase' },
    branches: develop,
    steps: ['feature start x', 'git c1', 'git checkout -q develop', 'git c2', 'feature finish x'],
  },
  n07: {
    about: 'a feature goes into main, not into the branches of the environments',
    keys: environments,
    branches: ['production', 'staging'],
    steps: ['feature start x', 'git c1', 'feature finish x'],
  },
  n08: {
    about: 'a hotfix of production is tagged and brought to staging',
    keys: environments,
    branches: ['production', 'staging'],
    steps: ['hotfix start 1', 'git c1', 'hotfix finish 1'],
  },
  n09: {
    about: 'GitHub flow',
    keys: github,
    steps: ['feature start x', 'git c1', 'feature finish x', 'feature start y', 'git c2', 'feature finish y'],
  },
  n10: {
    about: 'a type of the team',
    keys: { ...classic, ...topic('experiment', 'develop', { prefix: 'exp-', startPoint: 'main' }) },
    branches: develop,
    steps: ['experiment start lr', 'git c1', 'experiment finish lr'],
  },
  n11: {
    about: 'a release without a tag',
    keys: { ...classic, 'release.finish.notag': 'true' },
    branches: develop,
    steps: ['release start 1.0', 'git c1', 'release finish 1.0'],
  },
  n12: {
    about: 'a tag that is named',
    keys: classic,
    branches: develop,
    steps: ['release start 1.0', 'git c1', 'release finish 1.0 --tagname final --message text'],
  },
  n13: {
    about: 'the branch is kept',
    keys: { ...classic, 'feature.finish.keep': 'true' },
    branches: develop,
    steps: ['feature start x', 'git c1', 'feature finish x'],
  },
  n14: {
    about: 'a published branch is deleted from the remote',
    keys: classic,
    branches: develop,
    remote: true,
    steps: ['feature start x', 'git c1', 'git push -q -u origin feature/x', 'feature finish x'],
  },
  n15: {
    about: 'the remote branch is kept',
    keys: classic,
    branches: develop,
    remote: true,
    steps: ['feature start x', 'git c1', 'git push -q -u origin feature/x', 'feature finish x --keepremote'],
  },
  n16: {
    about: 'a conflict',
    keys: classic,
    branches: develop,
    steps: [
      'feature start x',
      'git conflict mine',
      'git checkout -q develop',
      'git conflict theirs',
      'feature finish x',
    ],
  },
  n17: {
    about: 'a feature is updated by a merge',
    keys: classic,
    branches: develop,
    steps: [
      'feature start x',
      'git c1',
      'git checkout -q develop',
      'git c2',
      'git checkout -q feature/x',
      'feature update x',
    ],
  },
  n18: {
    about: 'a feature is updated by a rebase',
    keys: { ...classic, 'branch.feature.downstreamStrategy': 'rebase' },
    branches: develop,
    steps: [
      'feature start x',
      'git c1',
      'git checkout -q develop',
      'git c2',
      'git checkout -q feature/x',
      'feature update',
    ],
  },
  n19: {
    about: 'the base that follows is rebased',
    keys: { ...classic, 'branch.develop.downstreamStrategy': 'rebase' },
    branches: develop,
    steps: ['git checkout -q develop', 'git c1', 'hotfix start 1.0.1', 'git c2', 'hotfix finish 1.0.1'],
  },
  n20: {
    about: 'a merged branch is deleted',
    keys: classic,
    branches: develop,
    steps: ['feature start x', 'feature delete x'],
  },
  n21: {
    about: 'a branch that is not merged is not deleted',
    keys: classic,
    branches: develop,
    steps: ['feature start x', 'git c1', 'git checkout -q develop', 'feature delete x', 'feature delete -f x'],
  },
  n22: {
    about: 'a name that is taken',
    keys: classic,
    branches: develop,
    steps: ['feature start x', 'feature start x'],
  },
  n23: { about: 'a start point that is not there', keys: classic, steps: ['feature start x'] },
  n24: {
    about: 'a type whose branches are tagged though they are features',
    keys: { ...github, 'branch.feature.tag': 'true', 'branch.feature.tagPrefix': 'f-' },
    steps: ['feature start x', 'git c1', 'feature finish x'],
  },
  n25: {
    about: 'a base branch is updated',
    keys: classic,
    branches: develop,
    steps: ['git checkout -q main', 'git c1', 'git checkout -q develop', 'git c2', 'update develop'],
  },
  n26: {
    about: 'two branches follow production',
    keys: { ...environments, 'branch.main.parent': 'production' },
    branches: ['production', 'staging'],
    steps: ['hotfix start 1', 'git c1', 'hotfix finish 1'],
  },
  n28: {
    about: 'the branch that is checked out is finished',
    keys: classic,
    branches: develop,
    steps: ['feature start x', 'git c1', 'finish'],
  },
  n29: {
    about: 'branches are checked out by their names',
    keys: classic,
    branches: develop,
    steps: ['feature start x', 'feature start y', 'feature checkout x'],
  },
  n30: {
    about: 'the branch that is checked out is rebased, and deleted',
    keys: classic,
    branches: develop,
    steps: [
      'feature start x',
      'git c1',
      'git checkout -q develop',
      'git c2',
      'git checkout -q feature/x',
      'rebase',
      'delete -f',
    ],
  },
};
