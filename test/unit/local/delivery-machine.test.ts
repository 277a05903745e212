import { describe, expect, test } from 'vitest';
import { action, ask, Bench, manual, stage } from './machine-board';

const three = [stage('Source', 'Get'), stage('Build', 'Make'), stage('Deploy', ask)];

const condition = (result: 'FAIL' | 'SKIP' | 'ROLLBACK'): object => ({
  conditions: [{ result, rules: [{ name: 'rule', ruleTypeId: { category: 'Rule', provider: 'VariableCheck' } }] }],
});

describe('superseded', () => {
  test('one execution holds a stage, the newest waits, the one between is superseded', () => {
    const bench = new Bench(three);
    const a = bench.start();
    bench.finish('Get');
    bench.finish('Make');
    const b = bench.start();
    bench.finish('Get');
    bench.finish('Make');
    expect(bench.board.pipeline.stages['Deploy']).toMatchObject({ holder: a, inbound: [b] });
    const c = bench.start();
    bench.finish('Get');
    bench.finish('Make');
    expect(bench.told(b)).toBe('Superseded Source:Succeeded Build:Succeeded');
    expect(bench.execution(b).statusSummary).toContain(c);
    bench.finish('Ask');
    expect(bench.told(a)).toBe('Succeeded Source:Succeeded Build:Succeeded Deploy:Succeeded');
    expect(bench.board.pipeline.stages['Deploy']).toMatchObject({ holder: c, inbound: [] });
  });

  test('a rejected approval frees the stage for the one that waits', () => {
    const bench = new Bench(three);
    const a = bench.start();
    bench.finish('Get');
    bench.finish('Make');
    const b = bench.start();
    bench.finish('Get');
    bench.finish('Make');
    bench.finish('Ask', 'Failed');
    expect(bench.told(a)).toContain('Failed');
    expect(bench.board.pipeline.stages['Deploy']?.holder).toBe(b);
    expect(() => bench.do((machine) => machine.retry('Deploy', a, 'FAILED_ACTIONS'))).toThrow(
      expect.objectContaining({ type: 'NotLatestPipelineExecutionException' }),
    );
  });
});

test('queued executions enter in the order of their arrival, and none is superseded', () => {
  const bench = new Bench(three, { executionMode: 'QUEUED' });
  const ids = [bench.start(), bench.start(), bench.start()];
  expect(bench.board.pipeline.stages['Source']).toMatchObject({ holder: ids[0], inbound: [ids[1], ids[2]] });
  bench.finish('Get');
  expect(bench.board.pipeline.stages['Source']).toMatchObject({ holder: ids[1], inbound: [ids[2]] });
  bench.finish('Get', 'Failed');
  expect(bench.board.pipeline.stages['Source']?.holder).toBe(ids[2]);
});

test('parallel executions hold nothing, and there are fifty of them at most', () => {
  const bench = new Bench(three, { executionMode: 'PARALLEL' });
  const [a, b] = [bench.start(), bench.start()];
  for (const id of [a, b]) {
    bench.finish('Get', 'Succeeded', id);
    bench.finish('Make', 'Succeeded', id);
  }
  expect(bench.running.map((run) => run.execution)).toEqual([a, b]);
  expect(new Set(bench.running.map(({ token }) => token)).size).toBe(2);
  bench.finish('Ask', 'Succeeded', b);
  expect([bench.execution(a).status, bench.execution(b).status]).toEqual(['InProgress', 'Succeeded']);
  for (let count = 1; count < 50; count++) bench.start();
  expect(() => bench.start()).toThrow(
    expect.objectContaining({ type: 'ConcurrentPipelineExecutionsLimitExceededException' }),
  );
  expect(() => bench.do((machine) => machine.rollback('Build', b, manual))).toThrow(
    expect.objectContaining({ type: 'UnableToRollbackStageException' }),
  );
});

describe('order of actions', () => {
  test('the next order starts when all of the one before have succeeded; of one order all end', () => {
    const bench = new Bench([stage('Source', 'Get'), stage('Build', 'A', 'B', action('C', 2))]);
    const id = bench.start();
    bench.finish('Get');
    expect(bench.running.map((run) => run.action)).toEqual(['A', 'B']);
    bench.finish('A', 'Failed');
    expect(bench.told(id)).toBe('InProgress Source:Succeeded Build:InProgress');
    bench.finish('B');
    expect(bench.told(id)).toBe('Failed Source:Succeeded Build:Failed');
    expect(bench.running).toEqual([]);
  });

  test('a retry keeps the id and goes on from its stage; failed actions alone, or all', () => {
    const bench = new Bench([stage('Source', 'Get'), stage('Build', 'A', 'B', action('C', 2)), stage('Last', 'D')]);
    const id = bench.start();
    bench.finish('Get');
    bench.finish('A', 'Failed');
    bench.finish('B');
    bench.do((machine) => machine.retry('Build', id, 'FAILED_ACTIONS'));
    expect(bench.running.map((run) => [run.execution, run.action])).toEqual([[id, 'A']]);
    bench.finish('A');
    bench.finish('C', 'Failed');
    bench.do((machine) => machine.retry('Build', id, 'ALL_ACTIONS'));
    expect(bench.running.map((run) => run.action)).toEqual(['A', 'B']);
    for (const name of ['A', 'B', 'C', 'D']) bench.finish(name);
    expect(bench.told(id)).toBe('Succeeded Source:Succeeded Build:Succeeded Last:Succeeded');
    expect(bench.execution(id).stages['Build']).toMatchObject({ manualRetries: 2, latestRetry: 'ManualStageRetry' });
    expect(bench.board.executions.size).toBe(1);
    expect(bench.events('Pipeline')).toContain(`${id}  RESUMED`);
  });

  test('what cannot be retried says so', () => {
    const bench = new Bench(three);
    const id = bench.start();
    const retry =
      (name: string): (() => void) =>
      () =>
        bench.do((machine) => machine.retry(name, id, 'ALL_ACTIONS'));
    expect(retry('Source')).toThrow(expect.objectContaining({ type: 'StageNotRetryableException' }));
    bench.finish('Get');
    bench.finish('Make', 'Failed');
    expect(retry('Source')).toThrow(expect.objectContaining({ type: 'StageNotRetryableException' }));
    bench.do((machine) => machine.update(bench.board.pipeline.declaration));
    expect(retry('Build')).toThrow(expect.objectContaining({ type: 'StageNotRetryableException' }));
  });
});

describe('stop', () => {
  test('waits for what runs, takes no second wish, and starts nothing more', () => {
    const bench = new Bench([stage('Source', 'Get'), stage('Build', 'A', 'B', action('C', 2))]);
    const id = bench.start();
    bench.finish('Get');
    bench.do((machine) => machine.stop(id, false, 'enough'));
    expect(bench.told(id)).toBe('Stopping Source:Succeeded Build:Stopping');
    expect(() => bench.do((machine) => machine.stop(id, false, undefined))).toThrow(
      expect.objectContaining({ type: 'DuplicatedStopRequestException' }),
    );
    bench.finish('A');
    bench.finish('B');
    expect(bench.told(id)).toBe('Stopped Source:Succeeded Build:Stopped');
    expect(bench.execution(id).stopReason).toBe('enough');
    expect(() => bench.do((machine) => machine.stop(id, true, undefined))).toThrow(
      expect.objectContaining({ type: 'PipelineExecutionNotStoppableException' }),
    );
    bench.do((machine) => machine.retry('Build', id, 'FAILED_ACTIONS'));
    expect(bench.running.map((run) => run.action)).toEqual(['C']);
  });

  test('abandons at once, also while it is stopping; what ends later changes nothing', () => {
    const bench = new Bench(three);
    const id = bench.start();
    const [run] = bench.running;
    bench.do((machine) => machine.stop(id, false, undefined));
    bench.do((machine) => machine.stop(id, true, undefined));
    expect(bench.told(id)).toBe('Stopped Source:Stopped');
    expect(bench.board.action(run?.id ?? '')?.status).toBe('Abandoned');
    bench.do((machine) => machine.actionEnded(run?.id ?? '', { status: 'Succeeded' }));
    expect(bench.told(id)).toBe('Stopped Source:Stopped');
    expect(bench.effects.filter(({ kind }) => kind === 'abandonAction')).toHaveLength(1);
  });

  test('takes one that waits before a stage out of the line', () => {
    const bench = new Bench(three);
    bench.start();
    const b = bench.start();
    bench.do((machine) => machine.stop(b, false, undefined));
    expect(bench.told(b)).toBe('Stopped');
    expect(bench.board.pipeline.stages['Source']?.inbound).toEqual([]);
  });
});

test('a disabled transition holds runs, and the newest goes on when it is enabled', () => {
  const bench = new Bench(three);
  bench.do((machine) => machine.transition('Build', false, 'me', 'freeze'));
  const a = bench.start();
  bench.finish('Get');
  const b = bench.start();
  bench.finish('Get');
  expect(bench.told(a)).toBe('Superseded Source:Succeeded');
  expect(bench.board.pipeline.stages['Build']).toMatchObject({
    inbound: [b],
    transition: { reason: 'freeze', by: 'me' },
  });
  bench.do((machine) => machine.transition('Build', true, 'me', undefined));
  expect(bench.board.pipeline.stages['Build']).toMatchObject({ holder: b, inbound: [] });
});

describe('update', () => {
  test('an approval that waits is answered by its token, whatever the declaration says', () => {
    const bench = new Bench(three);
    const id = bench.start();
    bench.finish('Get');
    bench.finish('Make');
    const { declaration } = bench.board.pipeline;
    bench.do((machine) =>
      machine.update({
        ...declaration,
        stages: [...three.slice(0, 2), stage('Deploy', { ...ask, name: 'Other' }), stage('More', 'X')],
      }),
    );
    expect(bench.execution(id).status).toBe('InProgress');
    bench.finish('Ask');
    expect(bench.told(id)).toBe('Succeeded Source:Succeeded Build:Succeeded Deploy:Succeeded');
  });

  test('runs whose stage is gone, or will be, are cancelled', () => {
    const bench = new Bench(three);
    const a = bench.start();
    bench.finish('Get');
    bench.finish('Make');
    const b = bench.start();
    bench.finish('Get');
    bench.do((machine) => machine.update({ ...bench.board.pipeline.declaration, stages: three.slice(0, 2) }));
    expect(bench.told(a)).toBe('Cancelled Source:Succeeded Build:Succeeded Deploy:Cancelled');
    expect(bench.execution(b).status).toBe('InProgress');
    bench.finish('Make');
    expect(bench.told(b)).toBe('Cancelled Source:Succeeded Build:Succeeded');
  });
});

describe('conditions', () => {
  const withCondition = (where: object): Bench =>
    new Bench(three.map((one) => (one.name === 'Build' ? { ...one, ...where } : one)));

  test('an entry that is not met fails the stage, and may be overridden', () => {
    const bench = withCondition({ beforeEntry: condition('FAIL') });
    const id = bench.start();
    bench.finish('Get');
    expect(bench.running).toEqual([]);
    bench.judge('Failed');
    expect(bench.told(id)).toBe('Failed Source:Succeeded Build:Failed');
    expect(() => bench.do((machine) => machine.override('Build', id, 'onSuccess'))).toThrow(
      expect.objectContaining({ type: 'ConditionNotOverridableException' }),
    );
    bench.do((machine) => machine.override('Build', id, 'beforeEntry'));
    expect(bench.execution(id).stages['Build']?.conditions.beforeEntry?.status).toBe('Overridden');
    bench.finish('Make');
    expect(bench.told(id)).toBe('InProgress Source:Succeeded Build:Succeeded Deploy:InProgress');
  });

  test('SKIP leaves the stage out', () => {
    const bench = withCondition({ beforeEntry: condition('SKIP') });
    const id = bench.start();
    bench.finish('Get');
    bench.judge('Failed');
    expect(bench.told(id)).toBe('InProgress Source:Succeeded Build:Skipped Deploy:InProgress');
  });

  test('a success that is not met rolls the stage back to the execution before', () => {
    const bench = withCondition({ onSuccess: condition('ROLLBACK') });
    const a = bench.start();
    bench.finish('Get');
    bench.finish('Make');
    bench.judge('Succeeded');
    bench.finish('Ask');
    const b = bench.start();
    bench.finish('Get');
    bench.finish('Make');
    bench.judge('Failed');
    expect(bench.told(b)).toBe('Failed Source:Succeeded Build:Failed');
    const back = [...bench.board.executions.values()].at(-1);
    expect(back).toMatchObject({ type: 'ROLLBACK', rollbackTarget: a, trigger: { triggerType: 'AutomatedRollback' } });
    bench.finish('Make');
    bench.judge('Succeeded');
    expect(bench.told(back?.id ?? '')).toBe('Succeeded Build:Succeeded');
  });

  test('a failure retries once by itself, or rolls back where there is something to roll back to', () => {
    const retrying = withCondition({
      onFailure: { result: 'RETRY', retryConfiguration: { retryMode: 'FAILED_ACTIONS' } },
    });
    const id = retrying.start();
    retrying.finish('Get');
    retrying.finish('Make', 'Failed');
    expect(retrying.execution(id).stages['Build']).toMatchObject({
      autoRetries: 1,
      latestRetry: 'AutomatedStageRetry',
    });
    retrying.finish('Make', 'Failed');
    expect(retrying.told(id)).toBe('Failed Source:Succeeded Build:Failed');

    const back = withCondition({ onFailure: { result: 'ROLLBACK' } });
    const first = back.start();
    back.finish('Get');
    back.finish('Make', 'Failed');
    expect(back.execution(first).statusSummary).toContain('no earlier execution');
    expect(back.board.executions.size).toBe(1);
  });

  test('a stop while rules are judged ends with them', () => {
    const bench = withCondition({ beforeEntry: condition('FAIL') });
    const id = bench.start();
    bench.finish('Get');
    bench.do((machine) => machine.stop(id, false, undefined));
    expect(bench.execution(id).status).toBe('Stopping');
    bench.judge('Succeeded');
    expect(bench.told(id)).toBe('Stopped Source:Succeeded Build:Stopped');
  });
});

test('a rollback is a new execution of the stage with the artifacts of its target', () => {
  const bench = new Bench(three);
  const a = bench.start();
  const [get] = bench.running;
  bench.do((machine) =>
    machine.actionEnded(get?.id ?? '', { status: 'Succeeded', outputs: { Code: { bucket: 'b', key: 'first' } } }),
  );
  bench.finish('Make');
  bench.finish('Ask');
  bench.start();
  bench.finish('Get');
  bench.finish('Make');
  bench.finish('Ask');
  const refused: [stage: string, target: string, type: string][] = [
    ['Source', a, 'UnableToRollbackStageException'],
    ['Build', 'nothing', 'PipelineExecutionNotFoundException'],
  ];
  for (const [name, target, type] of refused) {
    expect(() => bench.do((machine) => machine.rollback(name, target, manual))).toThrow(
      expect.objectContaining({ type }),
    );
  }
  let id = '';
  bench.do((machine) => {
    id = machine.rollback('Build', a, { triggerType: 'ManualRollback' });
  });
  expect(bench.execution(id)).toMatchObject({
    type: 'ROLLBACK',
    rollbackTarget: a,
    artifacts: { Code: { key: 'first' } },
  });
  bench.finish('Make');
  expect(bench.told(id)).toBe('Succeeded Build:Succeeded');
  expect(() => bench.do((machine) => machine.rollback('Build', id, manual))).toThrow(
    expect.objectContaining({ type: 'UnableToRollbackStageException' }),
  );
  bench.do((machine) => machine.update(bench.board.pipeline.declaration));
  expect(() => bench.do((machine) => machine.rollback('Build', a, manual))).toThrow(
    expect.objectContaining({ type: 'PipelineExecutionOutdatedException' }),
  );
});

test('an approval that nobody answers fails when its time is over', () => {
  const bench = new Bench([stage('Source', 'Get'), stage('Deploy', { ...ask, timeoutInMinutes: 5 })]);
  const id = bench.start();
  bench.finish('Get');
  bench.now += 4 * 60_000;
  bench.do((machine) => machine.expire());
  expect(bench.execution(id).status).toBe('InProgress');
  bench.now += 2 * 60_000;
  bench.do((machine) => machine.expire());
  expect(bench.told(id)).toBe('Failed Source:Succeeded Deploy:Failed');
});
