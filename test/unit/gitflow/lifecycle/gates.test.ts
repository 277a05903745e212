import { describe, expect, it } from 'vitest';
import {
  allPassed,
  configGate,
  readConfig,
  evaluateGates,
  type Evidence,
  type GateConfig,
  type ModelEvidence,
  type RunEvidence,
} from '../../../../src/gitflow/lifecycle/index';

const commit = 'a'.repeat(40);
const candidate = { commit, branch: 'release/1.0' };
const signal = new AbortController().signal;

const gates: GateConfig = {
  cleanTree: true,
  definitions: ['p.json'],
  run: { pipeline: 'penguins' },
  model: {},
  metrics: new Map([['accuracy', { min: 0.9 }]]),
};

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

function model(version: number, approval: string, group = 'penguins'): ModelEvidence {
  return { arn: `arn:model/${group}/${version}`, group, version, approval };
}

/** Evidence that passes every gate, unless a case says otherwise. */
function evidence(more: Partial<Evidence> = {}): Evidence {
  return {
    changes: () => Promise.resolve([]),
    definitionErrors: () => Promise.resolve([]),
    runsOfCommit: () => Promise.resolve([run('r1')]),
    modelsOfRun: () => Promise.resolve([model(3, 'Approved')]),
    metricsOfRun: () => Promise.resolve({ accuracy: 0.95 }),
    ...more,
  };
}

const judge = (more: Partial<Evidence> = {}, asked: GateConfig = gates) =>
  evaluateGates(asked, candidate, evidence(more), signal);

describe('the gates', () => {
  it('pass with their evidence named', async () => {
    const report = await judge();
    expect(report.gates.map(({ id, state, evidence }) => [id, state, evidence])).toEqual([
      ['cleanTree', 'passed', 'The working tree is clean.'],
      ['definitions', 'passed', 'No error in p.json.'],
      ['run', 'passed', 'Run r1 succeeded.'],
      ['model', 'passed', 'penguins version 3 is approved.'],
      ['metric:accuracy', 'passed', 'accuracy is 0.95.'],
    ]);
    expect(allPassed(report)).toBe(true);
    expect(report.proof).toEqual({ run: run('r1'), model: model(3, 'Approved'), metrics: { accuracy: 0.95 } });
  });

  it('ask for nothing where none is set, and look nothing up', async () => {
    const fail = () => Promise.reject(new Error('looked up'));
    const report = await judge({ changes: fail, definitionErrors: fail, runsOfCommit: fail }, {});
    expect(report).toEqual({ gates: [], proof: { metrics: {} } });
  });

  it('find the run of the environment for the record even where no gate asks for it', async () => {
    const report = await evaluateGates({}, { ...candidate, pipeline: 'penguins' }, evidence(), signal);
    expect(report.gates).toEqual([]);
    expect(report.proof.run?.name).toBe('r1');
    expect(report.proof.model?.version).toBe(3);
  });

  it.each<[string, Partial<RunEvidence>, RegExp]>([
    ['of another commit', { commit: 'b'.repeat(40) }, /./],
    ['that failed', { status: 'Failed' }, /Run r ended as Failed\./],
    ['that still runs', { status: 'Executing' }, /has not ended yet/],
    ['with uncommitted changes', { dirty: true }, /started with uncommitted changes/],
  ])('do not take a run %s', async (_, more, text) => {
    const report = await judge({ runsOfCommit: () => Promise.resolve([run('r', more)]) });
    const results = report.gates.filter(({ state }) => state !== 'passed');
    expect(results.map(({ id }) => id)).toEqual(['run', 'model', 'metric:accuracy']);
    expect(results[0]?.evidence).toMatch(text);
    expect(results[0]?.remedy).toBeTruthy();
    expect(report.proof).toEqual({ metrics: {} });
  });

  it('say which run is missing', async () => {
    const report = await judge({ runsOfCommit: () => Promise.resolve([]) });
    const gate = report.gates.find(({ id }) => id === 'run');
    expect(gate?.evidence).toBe('penguins has no run for commit aaaaaaaa.');
    expect(gate?.remedy).toBe('Check out release/1.0 with a clean working tree and run penguins.');
  });

  it('judge the run that passes most, the newest among equals', async () => {
    const runs = [run('old', { startedAt: 1 }), run('newer', { startedAt: 2 }), run('newest', { startedAt: 3 })];
    const report = await judge({
      runsOfCommit: () => Promise.resolve(runs),
      modelsOfRun: ({ name }) =>
        Promise.resolve(name === 'newest' ? [model(9, 'PendingManualApproval')] : [model(1, 'Approved')]),
    });
    expect(report.proof.run?.name).toBe('newer');
    expect(allPassed(report)).toBe(true);
  });

  it.each<[ModelEvidence[], GateConfig['model'], RegExp, RegExp]>([
    [[], {}, /registered no model version\./, /RegisterModel/],
    [
      [model(2, 'Approved', 'others')],
      { group: 'penguins' },
      /registered no model version in penguins\./,
      /RegisterModel/,
    ],
    [[model(2, 'PendingManualApproval')], {}, /penguins version 2 waits for approval/, /approve it/],
    [[model(2, 'Rejected')], {}, /penguins version 2 was rejected/, /again/],
  ])('hold back a model that is not approved: %j', async (models, asked, found, remedy) => {
    const report = await judge(
      { modelsOfRun: () => Promise.resolve(models) },
      { model: asked, run: { pipeline: 'penguins' } },
    );
    const gate = report.gates.find(({ id }) => id === 'model');
    expect(gate?.state).toBe('failed');
    expect(gate?.evidence).toMatch(found);
    expect(gate?.remedy).toMatch(remedy);
  });

  it('prefer the approved version to a newer one that is not', async () => {
    const report = await judge({
      modelsOfRun: () => Promise.resolve([model(5, 'Rejected'), model(4, 'Approved'), model(2, 'Approved')]),
    });
    expect(report.proof.model?.version).toBe(4);
  });

  it.each<[number, { min?: number; max?: number }, 'passed' | 'failed']>([
    [0.9, { min: 0.9 }, 'passed'],
    [0.8999, { min: 0.9 }, 'failed'],
    [0.3, { max: 0.3 }, 'passed'],
    [0.31, { max: 0.3 }, 'failed'],
    [0.5, { min: 0.1, max: 0.4 }, 'failed'],
    [Number.NaN, { min: 0 }, 'failed'],
    [Number.NaN, { max: 0 }, 'failed'],
  ])('compare a metric of %d with %j: %s', async (value, threshold, state) => {
    const asked: GateConfig = { run: { pipeline: 'penguins' }, metrics: new Map([['m', threshold]]) };
    const report = await judge({ metricsOfRun: () => Promise.resolve({ m: value }) }, asked);
    expect(report.gates.find(({ id }) => id === 'metric:m')?.state).toBe(state);
  });

  it('name the metrics that there are where one is missing', async () => {
    const report = await judge({ metricsOfRun: () => Promise.resolve({ acc: 1 }) });
    expect(report.gates.at(-1)).toMatchObject({
      state: 'failed',
      evidence: 'Run r1 has no metric accuracy. It has acc.',
    });
    const inherited = await judge({}, { run: { pipeline: 'penguins' }, metrics: new Map([['toString', { min: 0 }]]) });
    expect(inherited.gates.at(-1)?.state).toBe('failed');
  });

  it('judge each on its own: a look-up that fails hides no other', async () => {
    const denied = () => Promise.reject(new Error('You may not list model packages.'));
    const report = await judge({ modelsOfRun: denied, changes: () => Promise.resolve(['a', 'b', 'c', 'd']) });
    expect(report.gates.map(({ id, state }) => [id, state])).toEqual([
      ['cleanTree', 'failed'],
      ['definitions', 'passed'],
      ['run', 'passed'],
      ['model', 'unknown'],
      ['metric:accuracy', 'passed'],
    ]);
    expect(report.gates[0]?.evidence).toBe('4 files have uncommitted changes: a, b, c and 1 more.');
    expect(report.gates[3]?.evidence).toBe('You may not list model packages.');
    expect(allPassed(report)).toBe(false);
  });

  it('tell a missing definition from one with errors', async () => {
    const report = await judge(
      { definitionErrors: (path) => Promise.resolve(path === 'gone.json' ? undefined : ['Step A is unknown.', 'x']) },
      { definitions: ['gone.json', 'bad.json'] },
    );
    expect(report.gates[0]?.evidence).toBe(
      'The commit has no file gone.json. bad.json has 2 errors, the first: Step A is unknown.',
    );
  });

  it('need a pipeline to look for runs of', async () => {
    const report = await judge({}, { model: {} });
    expect(report.gates.map(({ id, state }) => [id, state])).toEqual([
      ['run', 'unknown'],
      ['model', 'unknown'],
    ]);
  });

  it('hold a release back whose configuration cannot be read in full', () => {
    const [gate, ...others] = configGate(readConfig('{\n  "gates": { "release": { "run": {} } }\n}').problems);
    expect(others).toEqual([]);
    expect(gate).toMatchObject({ id: 'config', state: 'failed' });
    expect(gate?.evidence).toBe(
      '.mlops/config.json has 1 problem, the first in line 2: The run gate needs the name of a pipeline.',
    );
    expect(configGate([])).toEqual([]);
  });

  it('stop when they are cancelled', async () => {
    const abort = new AbortController();
    const judged = evaluateGates(
      gates,
      candidate,
      evidence({
        runsOfCommit: () => {
          abort.abort();
          return Promise.reject(new Error('late'));
        },
      }),
      abort.signal,
    );
    await expect(judged).rejects.toThrow(/abort/i);
  });
});
