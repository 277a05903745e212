import { describe, expect, it } from 'vitest';
import {
  allPassed,
  configGate,
  configLostGate,
  readConfig,
  evaluateGates,
  type Candidate,
  type CommitFiles,
  type Evidence,
  type GateConfig,
  type GateReport,
  type ModelEvidence,
  type RunEvidence,
  type RunInputs,
} from '../../../../src/gitflow/lifecycle/index';
import { addressOf, digestOfFiles, sha256 } from '../../../../src/shared/uploads';

const commit = 'a'.repeat(40);
const tree = 'b'.repeat(40);
const other = 'c'.repeat(40);
const signal = new AbortController().signal;
const definition = JSON.stringify({
  Version: '2020-12-01',
  Parameters: [
    { Name: 'Epochs', Type: 'Integer', DefaultValue: 200 },
    { Name: 'Rate', Type: 'Float', DefaultValue: 0.5 },
    { Name: 'Full', Type: 'Boolean', DefaultValue: false },
    { Name: 'CodeUri', Type: 'String', DefaultValue: 's3://b/code' },
  ],
  Steps: [],
});
const code: CommitFiles = { isFile: false, files: [{ path: 'train.py', sha256: sha256('1') }] };
const address = (files: CommitFiles): string => addressOf('s3://b/code', digestOfFiles(files.files), false).uri;

const candidate: Candidate = {
  commit,
  branch: 'release/1.0',
  tagged: { state: 'known', into: 'main', tree },
  environment: { name: 'staging' },
  values: {},
  uploads: new Map([['CodeUri', 'src']]),
};

const gates: GateConfig = {
  cleanTree: true,
  definitions: ['p.json'],
  run: { pipeline: 'penguins' },
  model: {},
  metrics: new Map([['accuracy', { min: 0.9 }]]),
};
const onlyRun: GateConfig = { run: { pipeline: 'penguins' } };

function run(name: string, more: Partial<RunEvidence> = {}): RunEvidence {
  return {
    arn: `arn:run/${name}`,
    name,
    pipeline: 'penguins',
    status: 'Succeeded',
    commit,
    dirty: false,
    startedAt: 1,
    ...more,
  };
}

function model(version: number, approval: string | undefined, more: Partial<ModelEvidence> = {}): ModelEvidence {
  return { arn: `arn:model/penguins/${version}`, group: 'penguins', step: 'Register', version, approval, ...more };
}

function inputs(values: Record<string, string> = {}, text = definition): RunInputs {
  return { definition: text, parameters: new Map(Object.entries({ CodeUri: address(code), ...values })) };
}

const yes =
  <T>(value: T) =>
  () =>
    Promise.resolve(value);
const no = (message: string) => () => Promise.reject(new Error(message));

/** Evidence that passes every gate, unless a case says otherwise. */
function evidence(more: Partial<Evidence> = {}): Evidence {
  return {
    treeOf: (id) => Promise.resolve(id === commit ? tree : undefined),
    differences: yes(['fix.py']),
    definition: yes({ path: 'penguins.pipeline.json', text: definition }),
    files: yes(code),
    changes: yes([]),
    definitionErrors: yes([]),
    account: yes('111122223333'),
    runs: yes([run('r1')]),
    inputsOfRun: yes(inputs()),
    filesAt: yes(undefined),
    modelsOfRun: yes([model(3, 'Approved')]),
    metricsOfRun: yes({ accuracy: 0.95 }),
    ...more,
  };
}

const judge = (more: Partial<Evidence> = {}, asked: GateConfig = gates, what: Partial<Candidate> = {}) =>
  evaluateGates(asked, { ...candidate, ...what }, evidence(more), signal);

const states = (report: GateReport) => report.gates.map(({ id, state }) => [id, state]);

async function gate(id: string, ...asked: Parameters<typeof judge>) {
  const report = await judge(...asked);
  const found = report.gates.find((each) => each.id === id);
  expect(found).toBeDefined();
  // What holds a release back says what to do; what does not is not bothered with it.
  expect(found?.remedy === undefined).toBe(
    found?.state === 'passed' || /no run to judge|of another account/.test(found?.evidence ?? ''),
  );
  return found;
}

describe('the gates', () => {
  it('pass with their evidence named', async () => {
    const report = await judge();
    expect(report.gates.map(({ id, state, evidence: found }) => [id, state, found])).toEqual([
      ['cleanTree', 'passed', 'The working tree is clean.'],
      ['definitions', 'passed', 'No error in p.json.'],
      ['tree', 'passed', 'main will have exactly the files of release/1.0.'],
      ['run', 'passed', 'Run r1 succeeded.'],
      ['model', 'passed', 'penguins version 3 is approved.'],
      ['metric:accuracy', 'passed', 'accuracy is 0.95.'],
    ]);
    expect(allPassed(report)).toBe(true);
    expect(report.proof).toEqual({ run: run('r1'), models: [model(3, 'Approved')], metrics: { accuracy: 0.95 } });
  });

  it('ask for nothing where none is set, and look nothing up', async () => {
    const fail = no('looked up');
    const report = await judge({ changes: fail, definitionErrors: fail, runs: fail, account: fail }, {});
    expect(report).toEqual({ gates: [], proof: { models: [], metrics: {} } });
  });

  it('find the run of the environment for the record even where no gate asks for it', async () => {
    const report = await judge({}, {}, { pipeline: 'penguins' });
    expect(report.gates).toEqual([]);
    expect(report.proof.run?.name).toBe('r1');
    expect(report.proof.models[0]?.version).toBe(3);
  });

  it('judge each on its own: a look-up that fails hides no other', async () => {
    const report = await judge({
      modelsOfRun: no('You may not list model packages.'),
      changes: yes(['a', 'b', 'c', 'd']),
    });
    expect(states(report)).toEqual([
      ['cleanTree', 'failed'],
      ['definitions', 'passed'],
      ['tree', 'passed'],
      ['run', 'passed'],
      ['model', 'unknown'],
      ['metric:accuracy', 'passed'],
    ]);
    expect(report.gates[0]?.evidence).toBe('4 files are not committed: a, b, c and 1 more.');
    expect(report.gates[4]?.evidence).toBe('You may not list model packages.');
    expect(allPassed(report)).toBe(false);
  });

  it('need a pipeline to look for runs of', async () => {
    expect(states(await judge({}, { model: {} }))).toEqual([
      ['run', 'unknown'],
      ['model', 'unknown'],
    ]);
  });

  it('stop when they are cancelled', async () => {
    const abort = new AbortController();
    const late = () => {
      abort.abort();
      return Promise.reject(new Error('late'));
    };
    const judged = evaluateGates(gates, candidate, evidence({ runs: late }), abort.signal);
    await expect(judged).rejects.toThrow(/abort/i);
  });
});

describe('what is tagged', () => {
  it('is held where the merge has files that were not run, and they are named', async () => {
    const tagged = { state: 'known', into: 'main', tree: other } as const;
    const report = await judge({ differences: yes(['fix.py', 'data.csv']) }, gates, { tagged });
    expect(states(report).slice(2)).toEqual([
      ['tree', 'failed'],
      ['run', 'passed'],
      ['model', 'passed'],
      ['metric:accuracy', 'passed'],
    ]);
    const found = report.gates[2];
    expect(found?.evidence).toBe('The merge into main differs from release/1.0 in 2 files: fix.py, data.csv.');
    expect(found?.remedy).toMatch(/^Merge main into release\/1.0/);
  });

  it('passes where the merge itself was run, whichever commit that was', async () => {
    const tagged = { state: 'known', into: 'main', tree: other } as const;
    const trees: Partial<Evidence> = {
      treeOf: (id) => Promise.resolve(id === commit ? tree : id === 'merge' ? other : undefined),
      runs: yes([run('r1', { startedAt: 9 }), run('merged', { commit: 'merge' })]),
    };
    const report = await judge(trees, gates, { tagged });
    expect(allPassed(report)).toBe(true);
    expect(report.proof.run?.name).toBe('merged');
    expect(report.gates[2]?.evidence).toContain('The merge into main itself was run.');
  });

  it('takes the word of a run for the tree of a commit that is not in this clone, and of no other', async () => {
    const runs = (claimed: string, id: string) => ({ runs: yes([run('r', { commit: id, tree: claimed })]) });
    expect((await gate('run', runs(tree, 'elsewhere'), onlyRun))?.state).toBe('passed');
    const lie = { ...runs(tree, 'known'), treeOf: (id: string) => Promise.resolve(id === commit ? tree : other) };
    expect((await gate('run', lie, onlyRun))?.state).toBe('failed');
  });

  it.each([
    [{ state: 'conflict', into: 'main', files: ['a.py'] }, /stops at conflicts in a\.py/],
    [{ state: 'unknown', into: 'main', cause: 'This Git cannot tell.' }, /^This Git cannot tell\.$/],
  ] as const)('is unknown, not passed, where %j', async (tagged, text) => {
    const found = await gate('tree', {}, onlyRun, { tagged });
    expect(found?.state).toBe('unknown');
    expect(found?.evidence).toMatch(text);
  });

  it('is what definitions are read from', async () => {
    const asked: string[] = [];
    await judge(
      { definitionErrors: (treeish) => (asked.push(treeish), Promise.resolve([])) },
      { definitions: ['p.json'] },
      { tagged: { state: 'known', into: 'main', tree: other } },
    );
    expect(asked).toEqual([other]);
  });
});

describe('a run counts', () => {
  it.each<[string, Partial<RunEvidence>, RegExp]>([
    ['of another commit', { commit: 'd'.repeat(40) }, /^penguins has no run for commit aaaaaaaa\.$/],
    ['that failed', { status: 'Failed' }, /^Run r, the newest, ended as Failed\.$/],
    ['that was stopped', { status: 'Stopped' }, /ended as Stopped/],
    ['that still runs', { status: 'Executing' }, /has not ended yet/],
    ['with uncommitted changes', { dirty: true }, /was started with uncommitted changes/],
  ])('not %s', async (_, more, text) => {
    const report = await judge({ runs: yes([run('r', more)]) });
    const results = report.gates.filter(({ state }) => state !== 'passed');
    expect(results.map(({ id }) => id)).toEqual(['run', 'model', 'metric:accuracy']);
    expect(results[0]?.evidence).toMatch(text);
    expect(results[0]?.remedy).toBeTruthy();
    expect(report.proof).toEqual({ models: [], metrics: {} });
  });

  it.each<[string, Partial<Evidence>, 'failed' | 'unknown', RegExp]>([
    ['another definition', { inputsOfRun: yes(inputs({}, '{"Steps":[]}')) }, 'failed', /another definition than pen/],
    [
      'other parameters',
      { inputsOfRun: yes(inputs({ Epochs: '5' })) },
      'failed',
      /Epochs 5, and the definition has 200/,
    ],
    ['a Boolean', { inputsOfRun: yes(inputs({ Full: 'true' })) }, 'failed', /Full true/],
    [
      'other files',
      { inputsOfRun: yes(inputs({ CodeUri: address({ ...code, files: [] }) })) },
      'failed',
      /other files/,
    ],
    [
      'files of unknown content',
      { inputsOfRun: yes(inputs({ CodeUri: 's3://b/code' })) },
      'unknown',
      /does not say what/,
    ],
    ['no such files in the commit', { files: yes(undefined) }, 'unknown', /release\/1\.0 has no src/],
    ['no definition in the commit', { definition: yes(undefined) }, 'unknown', /has no definition of penguins/],
    ['parameters that may not be read', { inputsOfRun: no('You may not.') }, 'unknown', /You may not\./],
    [
      'no word on its work tree',
      { runs: yes([{ ...run('r'), dirty: undefined } as RunEvidence]) },
      'unknown',
      /does not say whether/,
    ],
  ])('not with %s', async (_, more, state, text) => {
    const found = await gate('run', more, onlyRun);
    expect(found?.state).toBe(state);
    expect(found?.evidence).toMatch(text);
  });

  it.each<[string, Partial<Evidence>, Partial<Candidate>]>([
    [
      'its numbers are written otherwise',
      { inputsOfRun: yes(inputs({ Rate: '0.50', Epochs: '2e2', Full: 'False' })) },
      {},
    ],
    ['the environment has its values', { inputsOfRun: yes(inputs({ Epochs: '50' })) }, { values: { Epochs: 50 } }],
    [
      'its definition is laid out otherwise',
      { inputsOfRun: yes(inputs({}, JSON.stringify(JSON.parse(definition), null, 2))) },
      {},
    ],
  ])('where %s', async (_, more, what) => {
    expect((await gate('run', more, onlyRun, what))?.state).toBe('passed');
  });

  it('not where the environment has other values than the defaults it ran with', async () => {
    const found = await gate('run', {}, onlyRun, { values: { Epochs: 50 } });
    expect(found?.evidence).toBe('Run r1 was run with Epochs 200, and staging has 50.');
  });

  it('by its list of files, with the line ends of Windows, and names those that differ', async () => {
    const own: CommitFiles = {
      isFile: false,
      files: [
        { path: 'a.py', sha256: sha256('1\n'), crlf: sha256('1\r\n') },
        { path: 'b.py', sha256: sha256('2\n'), crlf: sha256('2\r\n') },
      ],
    };
    const made = (...contents: [string, string][]) => contents.map(([path, text]) => ({ path, sha256: sha256(text) }));
    const ran = (files: { path: string; sha256: string }[], listed = files): Partial<Evidence> => ({
      files: yes(own),
      filesAt: yes(listed),
      inputsOfRun: yes(inputs({ CodeUri: addressOf('s3://b/code', digestOfFiles(files), false).uri })),
    });
    const windows = made(['a.py', '1\r\n'], ['b.py', '2\n']);
    expect((await gate('run', ran(windows), onlyRun))?.state).toBe('passed');
    const others = made(['a.py', '1\n'], ['c.py', '3']);
    expect((await gate('run', ran(others), onlyRun))?.evidence).toContain('2 files differ, b.py, c.py');
    // A list that is not the one that the address names says nothing.
    expect((await gate('run', ran(others, windows), onlyRun))?.state).toBe('failed');
    expect((await gate('run', { ...ran(windows), filesAt: no('denied') }, onlyRun))?.state).toBe('failed');
  });

  it('only if it is the newest: an older, better one does not hide a failure', async () => {
    const report = await judge({
      runs: yes([
        run('old', { startedAt: 1 }),
        run('failed', { startedAt: 3, status: 'Failed' }),
        run('mid', { startedAt: 2 }),
      ]),
    });
    expect(report.gates.find(({ id }) => id === 'run')).toMatchObject({
      state: 'failed',
      evidence: 'Run failed, the newest, ended as Failed.',
      run: 'arn:run/failed',
    });
  });

  it('only if it is the newest: an older one with an approved model does not hide it', async () => {
    const report = await judge({
      runs: yes([run('old', { startedAt: 1 }), run('new', { startedAt: 2 })]),
      modelsOfRun: ({ name }) => Promise.resolve([model(1, name === 'old' ? 'Approved' : 'Rejected')]),
    });
    expect(report.gates.find(({ id }) => id === 'model')?.state).toBe('failed');
  });

  it('although a newer one is of something else, which is told', async () => {
    const report = await judge({
      runs: yes([run('mine', { startedAt: 1 }), run('trial', { startedAt: 2 })]),
      inputsOfRun: ({ name }) => Promise.resolve(inputs(name === 'trial' ? { Epochs: '5' } : {})),
    });
    expect(allPassed(report)).toBe(true);
    expect(report.proof.run?.name).toBe('mine');
    expect(report.gates.find(({ id }) => id === 'run')?.evidence).toBe(
      'Run mine succeeded. 1 newer run does not count: Run trial was run with Epochs 5, and the definition has 200.',
    );
  });

  it('not past a newer one that may be of the same', async () => {
    const unsaid = { ...run('unsaid', { startedAt: 2 }), dirty: undefined } as RunEvidence;
    expect((await gate('run', { runs: yes([run('mine'), unsaid]) }, onlyRun))?.state).toBe('unknown');
  });

  it.each<[GateConfig['parameters'], Record<string, string>, 'passed' | 'failed']>([
    [new Map([['Epochs', { any: true }]]), { Epochs: '7' }, 'passed'],
    [new Map([['Epochs', { values: [5, 7] }]]), { Epochs: '7' }, 'passed'],
    [new Map([['Epochs', { values: [5] }]]), { Epochs: '7' }, 'failed'],
    [new Map([['Epochs', { values: [5] }]]), {}, 'failed'],
    [new Map([['Epochs', { min: 100 }]]), { Epochs: '100' }, 'passed'],
    [new Map([['Epochs', { min: 100 }]]), { Epochs: '99' }, 'failed'],
    [new Map([['Epochs', { min: 100 }]]), { Epochs: 'Infinity' }, 'failed'],
    [new Map([['Epochs', { min: -1 }]]), { Epochs: '' }, 'failed'],
    [new Map([['Other', { any: true }]]), {}, 'failed'],
    [new Map([['CodeUri', { any: true }]]), { CodeUri: 's3://elsewhere' }, 'passed'],
    [new Map([['Epochs', { any: true }]]), { Rate: '0.1' }, 'failed'],
  ])('with parameters %j and a run with %j: %s', async (parameters, values, state) => {
    const asked: GateConfig = { run: { pipeline: 'penguins' }, ...(parameters && { parameters }) };
    expect((await gate('run', { inputsOfRun: yes(inputs(values)) }, asked))?.state).toBe(state);
  });
});

describe('the account', () => {
  const environment = { name: 'staging', account: '111122223333' };

  it('passes where the connection leads to it', async () => {
    const report = await judge({}, gates, { environment });
    expect(allPassed(report)).toBe(true);
    expect(report.gates.find(({ id }) => id === 'account')?.evidence).toBe('The account is 111122223333.');
  });

  it('is no other: runs are not even looked for there', async () => {
    const report = await judge({ account: yes('999999999999'), runs: no('looked up') }, gates, { environment });
    expect(states(report).slice(2)).toEqual([
      ['account', 'failed'],
      ['run', 'failed'],
      ['model', 'failed'],
      ['metric:accuracy', 'failed'],
    ]);
    expect(report.gates[2]?.evidence).toBe(
      'The connection of staging leads to account 999999999999, not 111122223333.',
    );
  });

  it('is unknown where nobody says', async () => {
    const found = await gate('account', { account: no('There are no credentials.') }, onlyRun, { environment });
    expect(found).toMatchObject({ state: 'unknown', evidence: 'There are no credentials.' });
  });
});

describe('models', () => {
  const asked = (choice: GateConfig['model']): GateConfig => ({ ...onlyRun, ...(choice && { model: choice }) });

  it.each<[ModelEvidence[], GateConfig['model'], 'failed' | 'unknown', RegExp, RegExp]>([
    [[], {}, 'failed', /registered no model version\./, /RegisterModel/],
    [
      [model(2, 'Approved', { group: 'others' })],
      { group: 'penguins' },
      'failed',
      /no model version in penguins\./,
      /./,
    ],
    [[model(2, 'PendingManualApproval')], {}, 'failed', /penguins version 2 waits for approval/, /approve it/],
    [[model(2, 'Rejected')], {}, 'failed', /penguins version 2 was rejected/, /again/],
    [[model(2, 'Rejected'), model(1, 'Approved')], {}, 'failed', /version 2 was rejected/, /./],
    [[model(1, 'Rejected'), model(2, 'Approved')], {}, 'failed', /version 1 was rejected/, /./],
    [[model(2, 'Approved'), model(3, undefined)], {}, 'unknown', /has no approval status/, /./],
    [[model(2, 'Approved')], { version: 3 }, 'failed', /with number 3/, /./],
    [
      [model(2, 'Approved'), model(3, 'Rejected', { step: 'B' })],
      { step: 'B' },
      'failed',
      /version 3 was rejected/,
      /./,
    ],
  ])('are held back: %j for %j', async (models, choice, state, found, remedy) => {
    const result = await gate('model', { modelsOfRun: yes(models) }, asked(choice));
    expect(result?.state).toBe(state);
    expect(result?.evidence).toMatch(found);
    expect(result?.remedy).toMatch(remedy);
  });

  it.each<[ModelEvidence[], GateConfig['model'], string]>([
    [[model(2, 'Approved'), model(3, 'Approved')], {}, 'All 2 are approved: penguins version 2, penguins version 3.'],
    [
      [model(2, 'Approved'), model(9, 'Rejected', { group: 'g' })],
      { group: 'penguins' },
      'penguins version 2 is approved.',
    ],
    [
      [model(2, 'Approved', { step: 'A-RegisterModel' }), model(3, 'Rejected')],
      { step: 'A' },
      'penguins version 2 is approved.',
    ],
    [[model(2, 'Approved'), model(3, 'Rejected')], { version: 2 }, 'penguins version 2 is approved.'],
  ])('pass where all that are asked for are approved: %j for %j', async (models, choice, text) => {
    expect(await gate('model', { modelsOfRun: yes(models) }, asked(choice))).toMatchObject({
      state: 'passed',
      evidence: text,
    });
  });
});

describe('metrics', () => {
  it.each<[number, { min?: number; max?: number }, 'passed' | 'failed']>([
    [0.9, { min: 0.9 }, 'passed'],
    [0.8999, { min: 0.9 }, 'failed'],
    [0.3, { max: 0.3 }, 'passed'],
    [0.31, { max: 0.3 }, 'failed'],
    [0.5, { min: 0.1, max: 0.4 }, 'failed'],
    [Number.NaN, { min: 0 }, 'failed'],
    [Number.NaN, { max: 0 }, 'failed'],
    [Number.POSITIVE_INFINITY, { min: 0 }, 'failed'],
    [Number.NEGATIVE_INFINITY, { max: 0 }, 'failed'],
  ])('of %d with %j: %s', async (value, threshold, state) => {
    const asked: GateConfig = { ...onlyRun, metrics: new Map([['m', threshold]]) };
    expect((await gate('metric:m', { metricsOfRun: yes({ m: value }) }, asked))?.state).toBe(state);
  });

  it.each<[number[], 'passed' | 'failed']>([
    [[0.95, 0.91], 'passed'],
    [[0.95, 0.7], 'failed'],
    [[0.95, Number.NaN], 'failed'],
  ])('that steps measured differently hold in every value: %j', async (values, state) => {
    const report = await judge({ metricsOfRun: yes({ accuracy: values, loss: 1 }) });
    expect(report.gates.at(-1)).toMatchObject({ id: 'metric:accuracy', state });
    expect(report.gates.at(-1)?.evidence).toContain(`accuracy was measured as ${values.join(' and as ')}`);
    expect(report.proof.metrics).toEqual({ loss: 1 });
  });

  it('are named where one is missing', async () => {
    expect(await gate('metric:accuracy', { metricsOfRun: yes({ acc: 1 }) })).toMatchObject({
      state: 'failed',
      evidence: 'Run r1 has no metric accuracy. It has acc.',
    });
    const inherited: GateConfig = { ...onlyRun, metrics: new Map([['toString', { min: 0 }]]) };
    expect((await gate('metric:toString', {}, inherited))?.state).toBe('failed');
  });
});

describe('the files of the commit', () => {
  it('tell a missing definition from one with errors', async () => {
    const found = await gate(
      'definitions',
      {
        definitionErrors: (_, path) => Promise.resolve(path === 'gone.json' ? undefined : ['Step A is unknown.', 'x']),
      },
      { definitions: ['gone.json', 'bad.json'] },
    );
    expect(found?.evidence).toBe(
      'The commit has no file gone.json. bad.json has 2 errors, the first: Step A is unknown.',
    );
  });

  it('hold a release back whose configuration cannot be read in full, or is gone', () => {
    const [first, ...others] = configGate(readConfig('{\n  "gates": { "release": { "run": {} } }\n}').problems);
    expect(others).toEqual([]);
    expect(first).toMatchObject({ id: 'config', state: 'failed' });
    expect(first?.evidence).toBe(
      '.mlops/config.json has 1 problem, the first in line 2: gates.release.run needs "pipeline".',
    );
    expect(configGate([])).toEqual([]);
    expect(configLostGate('release/1.0', 'develop').evidence).toBe(
      'release/1.0 has no .mlops/config.json, but develop has: its gates would not be asked.',
    );
  });
});
