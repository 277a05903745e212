import type { ExecutionMode, StageDeclaration } from '@aws-sdk/client-codepipeline';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ServiceError } from '../../../src/local/wire/errors';
import { Machine } from '../../../src/local/engine/codepipeline/machine';
import { action, ask, Bench, manual, stage } from './machine-board';

const rules = (result: 'FAIL' | 'SKIP' | 'ROLLBACK'): object => ({
  conditions: [{ result, rules: [{ name: 'rule', ruleTypeId: { category: 'Rule', provider: 'VariableCheck' } }] }],
});

/** Stages with every kind of thing in them. */
const all: StageDeclaration[] = [
  stage('Source', 'Get', 'Data'),
  {
    ...stage('Build', 'A', action('B', 1), action('C', 2)),
    onFailure: { result: 'RETRY', retryConfiguration: { retryMode: 'FAILED_ACTIONS' } },
  },
  { ...stage('Check', 'T'), beforeEntry: rules('SKIP') } as StageDeclaration,
  {
    ...stage('Staging', 'S', { ...ask, runOrder: 2 }),
    beforeEntry: rules('FAIL'),
    onFailure: { result: 'ROLLBACK' },
  } as StageDeclaration,
  {
    ...stage('Production', { ...ask, timeoutInMinutes: 5 }, action('P', 2)),
    onSuccess: rules('ROLLBACK'),
  } as StageDeclaration,
];

type Command = { kind: string; a: number; b: number; flag: boolean };
const kinds = [
  'start',
  'start',
  'finish',
  'finish',
  'finish',
  'finish',
  'fail',
  'judge',
  'judge',
  'stop',
  'retry',
  'rollback',
  'transition',
  'override',
  'update',
  'wait',
  'kill',
];
const command: fc.Arbitrary<Command> = fc.record({
  kind: fc.constantFrom(...kinds),
  a: fc.nat(1000),
  b: fc.nat(1000),
  flag: fc.boolean(),
});

const pick = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)];

/** Does a command where it can be done; a refusal by the service's error is an answer too. */
function apply(bench: Bench, { kind, a, b, flag }: Command): void {
  const { board } = bench;
  const ids = [...board.executions.keys()];
  const id = pick(ids, a) ?? 'none';
  const name = pick(all, b)?.name ?? '';
  const attempt = (work: (machine: Machine) => void): void => {
    const before = JSON.stringify([board.pipeline, [...board.executions], [...board.actions], [...board.rules]]);
    try {
      bench.do(work);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      expect(JSON.stringify([board.pipeline, [...board.executions], [...board.actions], [...board.rules]])).toBe(
        before,
      );
    }
  };
  const run = pick(bench.running, a);
  const rule = pick(
    [...board.rules.values()].filter(({ status }) => status === 'InProgress'),
    a,
  );
  switch (kind) {
    case 'start':
      return attempt((machine) => void machine.start({ trigger: manual, variables: {}, overrides: [] }));
    case 'finish':
      return attempt((machine) => run && machine.actionEnded(run.id, { status: 'Succeeded' }));
    case 'fail':
      return attempt((machine) => run && machine.actionEnded(run.id, { status: 'Failed' }));
    case 'judge':
      return attempt((machine) => rule && machine.ruleEnded(rule.id, { status: flag ? 'Succeeded' : 'Failed' }));
    case 'stop':
      return attempt((machine) => machine.stop(id, flag, undefined));
    case 'retry':
      return attempt((machine) => machine.retry(name, id, flag ? 'ALL_ACTIONS' : 'FAILED_ACTIONS'));
    case 'rollback':
      return attempt((machine) => void machine.rollback(name, id, manual));
    case 'transition':
      return attempt((machine) => machine.transition(name, flag, 'me', flag ? undefined : 'why'));
    case 'override':
      return attempt((machine) => machine.override(name, id, flag ? 'beforeEntry' : 'onSuccess'));
    case 'update': {
      const stages = flag ? all : all.filter((_, index) => index !== 1 + (b % (all.length - 1)));
      return attempt((machine) => machine.update({ ...board.pipeline.declaration, stages }));
    }
    case 'wait':
      bench.now += a * 1000;
      return attempt((machine) => machine.expire());
    default:
      return kill(bench);
  }
}

/** The process dies; at its next start what was running has failed, and approvals wait. */
function kill(bench: Bench): void {
  bench.board.crash();
  bench.machine = new Machine(bench.board);
  for (const run of bench.running.filter(({ token }) => token === undefined)) {
    bench.do((machine) => machine.actionEnded(run.id, { status: 'Failed' }));
  }
  for (const rule of [...bench.board.rules.values()].filter(({ status }) => status === 'InProgress')) {
    bench.do((machine) => machine.ruleEnded(rule.id, { status: 'Failed', isError: true }));
  }
}

const terminal = ['Cancelled', 'Stopped', 'Succeeded', 'Superseded', 'Failed'];

function check(bench: Bench): void {
  const { pipeline, executions } = bench.board;
  for (const execution of executions.values()) {
    const declared = bench.board.declaration(execution.version).stages?.[execution.stage]?.name ?? '';
    const lock = pipeline.stages[declared];
    expect(terminal.includes(execution.status)).toBe(execution.place === 'over');
    const busy = bench.running.filter((run) => run.execution === execution.id);
    if (execution.place !== 'in') expect(busy).toEqual([]);
    else {
      expect(busy.every((run) => run.stage === declared)).toBe(true);
      if (execution.mode !== 'PARALLEL') expect(lock?.holder).toBe(execution.id);
      // Somebody or something is waited for.
      const judged = Object.values(execution.stages[declared]?.conditions ?? {}).some(
        ({ status }) => status === 'InProgress',
      );
      expect(busy.length > 0 || judged).toBe(true);
    }
    if (execution.place === 'inbound') expect(lock?.inbound).toContain(execution.id);
  }
  for (const [name, lock] of Object.entries(pipeline.stages)) {
    const holder = lock.holder === undefined ? undefined : executions.get(lock.holder);
    if (holder) expect(holder.place).toBe('in');
    const waiting = lock.inbound.map((id) => executions.get(id));
    expect(new Set(lock.inbound).size).toBe(lock.inbound.length);
    expect(waiting.every((one) => one?.place === 'inbound')).toBe(true);
    expect(waiting.filter((one) => one?.mode === 'SUPERSEDED').length).toBeLessThanOrEqual(1);
    // Who could enter has entered.
    if (lock.transition.enabled && lock.holder === undefined) expect([name, lock.inbound]).toEqual([name, []]);
    if (lock.transition.enabled) expect(waiting.some((one) => one?.mode === 'PARALLEL')).toBe(false);
  }
}

test('whatever is done in whatever order, locks and lines hold, and nothing is stuck', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<ExecutionMode>('SUPERSEDED', 'QUEUED', 'PARALLEL'),
      fc.array(command, { minLength: 5, maxLength: 60 }),
      (executionMode, commands) => {
        const bench = new Bench(all, { executionMode });
        for (const one of commands) {
          apply(bench, one);
          check(bench);
        }
        for (const { name = '' } of bench.board.pipeline.declaration.stages ?? []) {
          bench.do((machine) => machine.transition(name, true, 'me', undefined));
        }
        for (let round = 0; bench.board.live().length > 0; round++) {
          expect(round).toBeLessThan(5000);
          const [run] = bench.running;
          if (run) bench.do((machine) => machine.actionEnded(run.id, { status: 'Succeeded' }));
          else bench.judge('Succeeded');
          check(bench);
        }
      },
    ),
    { numRuns: 400 },
  );
}, 120_000);
