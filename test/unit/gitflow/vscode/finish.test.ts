import { describe, expect, it } from 'vitest';
import { flowPanel } from '../../../../src/gitflow/vscode/panels/flow/contract';
import type { Configuration, Plan, Planned } from '../../../../src/gitflow/index';
import { avhModel } from '../../../../src/gitflow/model/avh';
import type { GateReport } from '../../../../src/gitflow/lifecycle/index';
import { finishDialog, type FinishView } from '../../../../src/gitflow/vscode/panels/flow/dialog';
import {
  finishDefaults,
  finishOptions,
  finishRequest,
  type Circumstances,
} from '../../../../src/gitflow/vscode/panels/flow/options';
import { commandLine, planText } from '../../../../src/gitflow/vscode/commands/plan-text';

const prefixes = {
  feature: 'feature/',
  bugfix: 'bugfix/',
  release: 'release/',
  hotfix: 'hotfix/',
  support: 'support/',
};

function configuration(keys: Record<string, string> = {}): Configuration {
  return {
    flavour: 'avh',
    main: 'main',
    develop: 'develop',
    prefixes,
    model: avhModel({ main: 'main', develop: 'develop', prefixes, tagPrefix: 'v' }),
    versionTagPrefix: 'v',
    origin: 'origin',
    hooksPath: undefined,
    allowDirty: false,
    multiHotfix: false,
    bases: new Map(),
    get: (key) => keys[key],
    flag: (key) => (keys[key] === undefined ? undefined : keys[key] === 'true'),
  };
}

function at(kind: Circumstances['kind'], more: Partial<Circumstances> = {}): Circumstances {
  return {
    action: 'finish',
    templates: { merge: '', squash: '', tag: '' },
    kind,
    name: kind === 'feature' || kind === 'bugfix' ? 'x' : '1.0',
    configuration: configuration(),
    base: 'develop',
    hasRemote: true,
    published: true,
    openReleases: [],
    dirty: false,
    fetchBefore: false,
    ...more,
  };
}

const option = (circumstances: Circumstances, id: string, values = finishDefaults(circumstances)) =>
  finishOptions(circumstances, values).find((each) => each.id === id);

describe('the options of Finish', () => {
  it('ask by default for what the command line does by default', () => {
    expect(finishRequest(at('feature'), finishDefaults(at('feature')))).toEqual({
      action: 'finish',
      kind: 'feature',
      name: 'x',
      fetch: false,
      stash: false,
      squash: false,
      keep: false,
      keepRemote: false,
      keepLocal: false,
      rebase: false,
      noFastForward: false,
      push: false,
    });
    expect(finishRequest(at('release'), finishDefaults(at('release')))).toMatchObject({
      noTag: false,
      message: 'Release v1.0',
      sign: false,
      noBackMerge: false,
      noDevelopMerge: false,
      push: false,
      pushProduction: false,
      pushDevelop: false,
      pushTag: false,
    });
  });

  it.each<[Circumstances['kind'], string, string, object]>([
    ['feature', 'squash', 'true', { squash: true }],
    ['feature', 'rebase', 'true', { rebase: true }],
    ['feature', 'no-ff', 'true', { noFastForward: true }],
    ['feature', 'push', 'true', { push: true }],
    ['bugfix', 'keep', 'true', { keep: true }],
    ['bugfix', 'keepremote', 'true', { keepRemote: true, keep: false }],
    ['bugfix', 'keeplocal', 'true', { keepLocal: true, keep: false }],
    ['feature', 'fetch', 'true', { fetch: true }],
    ['release', 'push', 'true', { push: true }],
    ['release', 'pushtag', 'true', { pushTag: true, push: false }],
    ['release', 'pushproduction', 'true', { pushProduction: true }],
    ['release', 'pushdevelop', 'true', { pushDevelop: true }],
    ['release', 'notag', 'true', { noTag: true }],
    ['release', 'nobackmerge', 'true', { noBackMerge: true }],
    ['release', 'nodevelopmerge', 'true', { noDevelopMerge: true }],
    ['release', 'ff-master', 'true', { fastForwardMain: true }],
    ['hotfix', 'sign', 'true', { sign: true }],
    ['hotfix', 'message', 'Patch', { message: 'Patch' }],
  ])('of a %s begin with gitflow.…finish.%s = %s', (kind, flag, value, expected) => {
    const circumstances = at(kind, { configuration: configuration({ [`gitflow.${kind}.finish.${flag}`]: value }) });
    expect(finishRequest(circumstances, finishDefaults(circumstances))).toMatchObject(expected);
  });

  it('never ask for what the kind has not', () => {
    expect(Object.keys(finishRequest(at('hotfix'), finishDefaults(at('hotfix'))))).not.toContain('noDevelopMerge');
    expect(Object.keys(finishRequest(at('feature'), finishDefaults(at('feature'))))).not.toContain('message');
    const noTag = { ...finishDefaults(at('release')), tag: false };
    expect(Object.keys(finishRequest(at('release'), noTag))).not.toContain('message');
  });

  it('offer nothing of a remote where there is none', () => {
    const alone = at('release', { hasRemote: false, published: false, fetchBefore: true });
    expect(option(alone, 'fetch')?.disabled).toBe('The repository has no remote.');
    expect(option(alone, 'push')?.disabled).toBe('The repository has no remote.');
    expect(finishDefaults(alone)['fetch']).toBe(false);
    const branch = option(alone, 'branch');
    expect(branch?.kind === 'choice' && branch.choices.map(({ value }) => value)).toEqual(['delete', 'keep']);
  });

  it('let a hotfix go into an open release instead of develop', () => {
    const hotfix = at('hotfix', { openReleases: ['release/2.0'] });
    const back = option(hotfix, 'develop');
    expect(back?.kind === 'choice' && back.choices.map(({ value }) => value)).toEqual([
      'tag',
      'branch',
      'release:release/2.0',
    ]);
    expect(finishRequest(hotfix, { ...finishDefaults(hotfix), develop: 'release:release/2.0' })).toMatchObject({
      intoRelease: 'release/2.0',
      noBackMerge: false,
    });
    const release = option(at('release', { openReleases: ['release/2.0'] }), 'develop');
    expect(release?.kind === 'choice' && release.choices.map(({ value }) => value)).toEqual(['tag', 'branch', 'none']);
  });

  it('offer to put changes away only where there are any', () => {
    expect(option(at('feature'), 'stash')).toBeUndefined();
    expect(option(at('feature', { dirty: true }), 'stash')).toMatchObject({ value: false });
  });

  it('ask for a message where there is a tag', () => {
    const empty = { ...finishDefaults(at('release')), message: ' ' };
    expect(option(at('release'), 'message', empty)).toMatchObject({ problem: 'An annotated tag needs a message.' });
    expect(option(at('release'), 'message', { ...empty, tag: false })).toMatchObject({ disabled: 'There is no tag.' });
    expect(option(at('release'), 'message', { ...empty, tag: false })).not.toHaveProperty('problem');
  });
});

const plan: Plan = {
  version: 1,
  title: 'Finish release 1.0',
  request: { action: 'finish', kind: 'release', name: '1.0' },
  branch: 'release/1.0',
  fetches: [{ remote: 'origin', branches: ['main', 'develop'], optional: false }],
  steps: [
    {
      index: 0,
      title: 'Merge release/1.0 into main',
      commands: [['git', 'merge', '--no-ff', 'release/1.0']],
      precondition: 'main is checked out',
      undo: 'main goes back',
      remote: false,
      work: { do: 'merge', into: 'main', source: 'release/1.0', fastForward: 'never' },
    },
    {
      index: 1,
      title: 'Tag main as 1.0',
      commands: [['git', 'tag', '-a', '-m', "It's 1.0", 'v1.0']],
      precondition: '',
      undo: 'the tag is deleted',
      remote: false,
      work: { do: 'tag', tag: 'v1.0', on: 'main', sign: false },
    },
  ],
  warnings: ['develop is ahead of origin/develop.'],
  summary: ['main gets release/1.0.'],
  observed: { headRef: undefined, headCommit: undefined, refs: {}, config: [] },
};

const report: GateReport = {
  gates: [
    { id: 'run', title: 'A run', state: 'failed', evidence: 'None.', remedy: 'Run it.' },
    { id: 'model', title: 'A model', state: 'passed', evidence: 'Approved.', run: 'arn:run', model: 'arn:model' },
    { id: 'metric:accuracy', title: 'accuracy at least 0.9', state: 'unknown', evidence: 'Denied.' },
  ],
  proof: { models: [], metrics: {} },
};

const view: FinishView = {
  repository: 'penguins',
  circumstances: at('release'),
  values: finishDefaults(at('release')),
  planned: { ok: true, plan },
  gates: { state: 'judged', report },
  progress: { phase: 'choose' },
};

describe('the dialog', () => {
  it('shows the plan before it runs, with what is fetched first', () => {
    const dialog = finishDialog(view);
    expect(dialog).toMatchObject({
      title: 'Finish Release 1.0',
      submit: 'Finish Release',
      phase: 'choose',
      repository: 'penguins',
    });
    expect(dialog.plan.map(({ title }) => title)).toEqual([
      'Fetch from origin',
      'Merge release/1.0 into main',
      'Tag main as 1.0',
    ]);
    expect(dialog.plan.every(({ progress }) => progress === undefined)).toBe(true);
    expect(dialog.summary).toBe('In the end: main gets release/1.0. develop is ahead of origin/develop.');
    expect(dialog.preconditions).toEqual([
      { id: 'git', label: 'What Git needs', state: 'ok', text: 'Everything is as it has to be.' },
    ]);
  });

  it('shows every gate with its evidence, its remedy and what one can open', () => {
    const [run, model, metric] = finishDialog(view).gates;
    expect(run).toMatchObject({ state: 'failed', text: 'None. Run it.' });
    expect(run?.actions?.map(({ id }) => id)).toEqual(['runPipeline', 'recheckGates']);
    expect(model).toMatchObject({ state: 'ok' });
    expect(model?.actions?.map(({ id }) => id)).toEqual(['showModel', 'showRun']);
    expect(metric).toMatchObject({ state: 'unknown', text: 'Denied.' });
  });

  it('says what stands against it and how to go on', () => {
    const planned: Planned = {
      ok: false,
      refusals: [
        { code: 'dirty', message: 'There are uncommitted changes.' },
        { code: 'tag-exists', message: 'v1.0 exists.' },
      ],
    };
    const dialog = finishDialog({ ...view, planned });
    expect(dialog.plan).toEqual([]);
    expect(dialog.preconditions.map(({ state, text }) => [state, text])).toEqual([
      ['failed', 'There are uncommitted changes.'],
      ['failed', 'v1.0 exists.'],
    ]);
    expect(dialog.preconditions[0]?.actions?.map(({ id }) => id)).toEqual(['stash', 'scm', 'recheck']);
  });

  it('marks each step while it runs', () => {
    const dialog = finishDialog({ ...view, progress: { phase: 'running', plan, steps: ['done', 'running'] } });
    expect(dialog.phase).toBe('running');
    expect(dialog.options).toEqual([]);
    expect(dialog.plan.map(({ progress }) => progress)).toEqual(['done', 'done', 'running']);
  });

  it('lists the conflicts that are left and lets it go on when there are none', () => {
    const journal = {
      id: 'j',
      plan,
      steps: ['conflict' as const, 'pending' as const],
      status: 'conflict' as const,
      alive: false,
      message: 'Conflicts in a.py and b.py.',
      startedAt: 0,
      worktree: '/r',
      files: ['a.py', 'b.py'],
    };
    const some = finishDialog({ ...view, progress: { phase: 'stopped', journal, conflicts: ['b.py'] } });
    expect(some).toMatchObject({
      phase: 'conflict',
      canResume: true,
      canUndo: true,
      message: 'Conflicts in a.py and b.py.',
    });
    expect(some.conflicts).toEqual([
      { path: 'a.py', resolved: true },
      { path: 'b.py', resolved: false },
    ]);
    const all = finishDialog({ ...view, progress: { phase: 'stopped', journal, conflicts: [] } });
    expect(all.message).toMatch(/Resume continues/);
    const failed = finishDialog({
      ...view,
      progress: { phase: 'stopped', journal: { ...journal, status: 'failed' }, conflicts: [] },
    });
    expect(failed).toMatchObject({ phase: 'failed', canResume: true, conflicts: [] });
  });

  it('offers to undo what is done, unless it was pushed', () => {
    const outcome = { status: 'done' as const, plan, summary: ['All is merged'], warnings: [] };
    const steps = ['done' as const, 'done' as const];
    const done = finishDialog({ ...view, progress: { phase: 'ended', outcome, plan, steps } });
    expect(done).toMatchObject({ phase: 'done', canUndo: true, message: 'All is merged.' });
    const push = { do: 'push' as const, remote: 'origin', refspecs: [], upstream: false, what: 'main' };
    const pushed = { ...plan, steps: plan.steps.map((step) => ({ ...step, work: push })) };
    const after = finishDialog({ ...view, progress: { phase: 'ended', outcome, plan: pushed, steps } });
    expect(after).toMatchObject({ phase: 'done', canUndo: false });
  });

  it('is one panel per branch and repository', () => {
    const args = { repository: 'file:///r', action: 'finish', kind: 'release', name: '1.0', connection: 'local' };
    expect(flowPanel.key(args)).not.toBe(flowPanel.key({ ...args, name: '1.1' }));
    expect(flowPanel.key(args)).toBe(flowPanel.key({ ...args, connection: 'profile:production' }));
    expect(flowPanel.isArguments(args)).toBe(true);
  });
});

describe('the plan as a document', () => {
  it('is a script that a shell reads as it is meant', () => {
    expect(commandLine(['git', 'tag', '-m', "It's 1.0", '', '--', 'a b'])).toBe(
      `git tag -m 'It'\\''s 1.0' '' -- 'a b'`,
    );
    expect(planText(plan, ['done', 'pending'])).toBe(
      [
        '# Finish release 1.0',
        '#   main gets release/1.0.',
        '# Note: develop is ahead of origin/develop.',
        '',
        '# First: fetch from origin',
        'git fetch origin main develop',
        '',
        '# 1. Merge release/1.0 into main (done)',
        '#    before: main is checked out',
        '#    undo: main goes back',
        'git merge --no-ff release/1.0',
        '',
        '# 2. Tag main as 1.0',
        '#    undo: the tag is deleted',
        `git tag -a -m 'It'\\''s 1.0' v1.0`,
        '',
      ].join('\n'),
    );
  });
});
