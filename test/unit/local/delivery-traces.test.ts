/**
 * How executions move through a pipeline, step by step and word for word: what each event makes the machine do and keep.
 * The recorded list is read like any other text; after a wanted change:
 * `npx vitest run --project unit test/unit/local/delivery-traces.test.ts -u`.
 */
import type { PipelineDeclaration, StageDeclaration } from '@aws-sdk/client-codepipeline';
import { expect, test } from 'vitest';
import type { ActionResult, Effect, RuleResult } from '../../../src/local/engine/codepipeline/machine';
import { Machine } from '../../../src/local/engine/codepipeline/machine';
import { ServiceError } from '../../../src/local/wire/errors';
import { action, ask, begin, Bench, manual, stage } from './machine-board';

/** A bench that writes down what happens; `dies`: the process ends after each event, and only what was kept is left. */
class Traced extends Bench {
  readonly lines: string[] = [];

  constructor(
    stages: StageDeclaration[],
    more: Partial<PipelineDeclaration>,
    private readonly dies: boolean,
  ) {
    super(stages, more);
  }

  event(label: string, work: (machine: Machine) => void): void {
    this.lines.push(`> ${label}`);
    try {
      this.now += 1000;
      for (const effect of this.machine.at(new Date(this.now), work)) this.lines.push(`    ${told(effect)}`);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      this.lines.push(`    refused: ${error.type}: ${error.message}`);
    }
    if (this.dies) {
      this.board.crash();
      this.machine = new Machine(this.board);
    }
  }

  begin(): string {
    let id = '';
    this.event('start', (machine) => {
      id = machine.start(begin);
    });
    return id;
  }

  ends(name: string, status: ActionResult['status'] = 'Succeeded', more: Partial<ActionResult> = {}): void {
    const run = this.running.find((one) => one.action === name);
    if (!run) throw new Error(`No action ${name} runs.`);
    this.event(`${name} ${status} (${run.execution})`, (machine) => machine.actionEnded(run.id, { status, ...more }));
  }

  judges(status: RuleResult['status'], more: Partial<RuleResult> = {}): void {
    const run = [...this.board.rules.values()].find((one) => one.status === 'InProgress');
    if (!run) throw new Error('No rule is judged now.');
    this.event(`${run.rule} ${status}`, (machine) => machine.ruleEnded(run.id, { status, ...more }));
  }

  /** The events and, in the end, all records. */
  text(): string {
    const { pipeline, executions, actions, rules } = this.board;
    // What is declared stands in the scenario.
    const line = (title: string, value: object): string =>
      `  ${title} ${JSON.stringify(value, (key, member: unknown) => (key === 'declaration' ? undefined : member))}`;
    return [
      ...this.lines,
      '= kept',
      line('pipeline', { version: pipeline.version, started: pipeline.started, updatedAt: pipeline.updatedAt }),
      ...Object.entries(pipeline.stages).map(([name, lock]) => line(`stage ${name}`, lock)),
      ...[...executions.values()].map((one) => line('execution', one)),
      ...[...actions.values()].map((one) => line('action', one)),
      ...[...rules.values()].map((one) => line('rule', one)),
    ].join('\n');
  }
}

function told(effect: Effect): string {
  if (effect.kind === 'tell') {
    return `tell ${effect.level} ${effect.state} ${effect.execution.id}${effect.stage === undefined ? '' : ` ${effect.stage}`}`;
  }
  if (effect.kind === 'tellAction') return `tell action ${effect.state} ${effect.run.action}`;
  return `${effect.kind} ${'action' in effect.run ? effect.run.action : effect.run.rule}`;
}

const rule = (name: string): object => ({ name, ruleTypeId: { category: 'Rule', provider: 'VariableCheck' } });
const condition = (result: string | undefined, ...names: string[]): object => ({
  conditions: [{ ...(result === undefined ? {} : { result }), rules: names.map(rule) }],
});
const three = [stage('Source', 'Get'), stage('Build', 'Make'), stage('Deploy', ask)];
/** Three stages of which the second has what is given. */
const withBuild = (more: object): StageDeclaration[] => [
  stage('Source', 'Get'),
  { ...stage('Build', 'A', 'B'), ...more },
];

interface Scenario {
  stages: StageDeclaration[];
  more?: Partial<PipelineDeclaration>;
  play: (bench: Traced) => void;
}

const scenarios: Record<string, Scenario> = {
  'what actions bring is kept with the execution, and reaches the next ones': {
    stages: [
      stage('Source', { ...action('Get'), namespace: 'Src', outputArtifacts: [{ name: 'Code' }] }),
      stage('Build', { ...action('Make'), inputArtifacts: [{ name: 'Code' }, { name: 'Missing' }] }),
    ],
    play: (bench) => {
      bench.begin();
      bench.ends('Get', 'Succeeded', {
        summary: 'a commit',
        by: 'someone',
        outputs: { Code: { bucket: 'b', key: 'k' } },
        outputVariables: { CommitId: 'abc' },
        revision: { artifact: 'Code', revisionId: 'abc', at: new Date(0) },
      });
      bench.ends('Make', 'Failed', {
        summary: '',
        error: { code: 'JobFailed', message: 'no' },
        outputs: { Lost: { bucket: 'b', key: 'l' } },
        outputVariables: { Lost: 'x' },
        revision: { artifact: 'Lost', revisionId: 'l', at: new Date(0) },
      });
    },
  },
  'a success without variables leaves its namespace empty': {
    stages: [stage('Source', { ...action('Get'), namespace: 'Src' }), stage('Build', 'Make')],
    play: (bench) => {
      bench.begin();
      bench.ends('Get');
      bench.ends('Make');
    },
  },
  'superseded: of those that wait only the newest goes on': {
    stages: three,
    play: (bench) => {
      for (let count = 0; count < 3; count++) {
        bench.begin();
        bench.ends('Get');
        bench.ends('Make');
      }
      bench.ends('Ask', 'Failed');
      bench.ends('Ask', 'Succeeded', { by: 'someone' });
    },
  },
  'queued: one after the other': {
    stages: three,
    more: { executionMode: 'QUEUED' },
    play: (bench) => {
      const ids = [bench.begin(), bench.begin(), bench.begin()];
      bench.event('stop one that waits', (machine) => machine.stop(ids[1] ?? '', true, 'not needed'));
      bench.ends('Get');
      bench.ends('Get', 'Failed');
    },
  },
  'parallel: none holds another, and a retry takes no lock': {
    stages: three,
    more: { executionMode: 'PARALLEL' },
    play: (bench) => {
      const id = bench.begin();
      bench.begin();
      bench.ends('Get', 'Failed');
      bench.event('retry', (machine) => machine.retry('Source', id, 'FAILED_ACTIONS'));
      bench.event('rollback', (machine) => void machine.rollback('Build', id, manual));
    },
  },
  'order of actions: equal ones together, the next when all have succeeded': {
    stages: [stage('Source', 'Get'), stage('Build', action('C', 2), 'A', action('B', 1), action('D', 3))],
    play: (bench) => {
      bench.begin();
      bench.ends('Get');
      bench.ends('A');
      bench.ends('B');
      bench.ends('C');
      bench.ends('D');
    },
  },
  'a stage without actions, and one with a condition alone, are gone through': {
    stages: [
      stage('Source', 'Get'),
      stage('Empty'),
      { name: 'None', actions: undefined },
      { ...stage('Judged'), onSuccess: condition('FAIL', 'good') } as StageDeclaration,
    ],
    play: (bench) => {
      bench.begin();
      bench.ends('Get');
      bench.judges('Succeeded');
    },
  },
  'retries: of failed actions, of all, and what cannot be retried': {
    stages: [...withBuild({}), stage('Last', 'D')],
    play: (bench) => {
      const id = bench.begin();
      const retry = (name: string, mode: 'ALL_ACTIONS' | 'FAILED_ACTIONS', of = id): void =>
        bench.event(`retry ${name} ${mode}`, (machine) => machine.retry(name, of, mode));
      retry('Source', 'ALL_ACTIONS');
      bench.ends('Get');
      bench.ends('A', 'Failed');
      retry('Build', 'FAILED_ACTIONS');
      bench.ends('B');
      retry('Source', 'FAILED_ACTIONS');
      retry('Nothing', 'FAILED_ACTIONS');
      retry('Build', 'FAILED_ACTIONS', 'nobody');
      retry('Build', 'FAILED_ACTIONS');
      bench.ends('A', 'Failed');
      retry('Build', 'ALL_ACTIONS');
      bench.ends('A');
      bench.ends('B');
      bench.ends('D');
      retry('Last', 'ALL_ACTIONS');
      retry('Build', 'ALL_ACTIONS');
    },
  },
  'a retry after a change of the pipeline, or where another came after, is refused': {
    stages: three,
    play: (bench) => {
      const id = bench.begin();
      bench.ends('Get', 'Failed');
      const next = bench.begin();
      bench.event('retry the first', (machine) => machine.retry('Source', id, 'ALL_ACTIONS'));
      bench.ends('Get', 'Failed');
      bench.event('retry the first', (machine) => machine.retry('Source', id, 'ALL_ACTIONS'));
      bench.event('update', (machine) => machine.update(bench.board.pipeline.declaration));
      bench.event('retry the newest', (machine) => machine.retry('Source', next, 'ALL_ACTIONS'));
    },
  },
  'a retry while the newest is at work in its stage is refused': {
    stages: [stage('Source', 'Get')],
    play: (bench) => {
      const id = bench.begin();
      bench.ends('Get', 'Failed');
      bench.event('hold', (machine) => machine.transition('Source', false, 'me', undefined));
      bench.begin();
      bench.event('retry', (machine) => machine.retry('Source', id, 'ALL_ACTIONS'));
      bench.ends('Get');
      bench.event('retry what has succeeded', (machine) => machine.retry('Source', id, 'ALL_ACTIONS'));
      bench.event('go', (machine) => machine.transition('Source', true, 'me', undefined));
    },
  },
  'a stop waits for what runs, and can be made harder': {
    stages: [...withBuild({}), stage('Last', 'D')],
    play: (bench) => {
      const first = bench.begin();
      bench.ends('Get');
      bench.event('stop', (machine) => machine.stop(first, false, 'enough'));
      bench.event('stop again', (machine) => machine.stop(first, false, 'twice'));
      bench.ends('A');
      bench.ends('B', 'Failed');
      bench.event('stop what is over', (machine) => machine.stop(first, true, undefined));
      bench.event('stop nobody', (machine) => machine.stop('nobody', true, undefined));
      bench.event('retry', (machine) => machine.retry('Build', first, 'FAILED_ACTIONS'));
      bench.event('stop at once', (machine) => machine.stop(first, true, ''));
      const second = bench.begin();
      const [run] = bench.running;
      bench.event('stop', (machine) => machine.stop(second, false, undefined));
      bench.event('and at once', (machine) => machine.stop(second, true, 'now'));
      bench.event('what was abandoned ends', (machine) => machine.actionEnded(run?.id ?? '', { status: 'Failed' }));
      bench.event('an action that is not there ends', (machine) => machine.actionEnded('none', { status: 'Failed' }));
      bench.event('a rule that is not there ends', (machine) => machine.ruleEnded('none', { status: 'Failed' }));
    },
  },
  'a stop frees the stage for the one that waits': {
    stages: three,
    play: (bench) => {
      const id = bench.begin();
      bench.begin();
      bench.event('stop', (machine) => machine.stop(id, true, undefined));
    },
  },
  'a stop while rules are judged ends with them, or at once': {
    stages: withBuild({ beforeEntry: condition('FAIL', 'one', 'two') }),
    play: (bench) => {
      const first = bench.begin();
      bench.ends('Get');
      bench.event('stop', (machine) => machine.stop(first, false, undefined));
      bench.judges('Succeeded');
      bench.judges('Succeeded');
      bench.event('retry', (machine) => machine.retry('Build', first, 'FAILED_ACTIONS'));
      bench.ends('A');
      bench.ends('B');
      const second = bench.begin();
      bench.ends('Get');
      bench.judges('Succeeded');
      const judged = [...bench.board.rules.values()].find(({ status }) => status === 'InProgress')?.id ?? '';
      bench.event('stop at once', (machine) => machine.stop(second, true, undefined));
      bench.event('what was abandoned is judged', (machine) => machine.ruleEnded(judged, { status: 'Succeeded' }));
      bench.event('retry', (machine) => machine.retry('Build', second, 'ALL_ACTIONS'));
    },
  },
  'transitions hold runs before a stage and let them in': {
    stages: three,
    play: (bench) => {
      bench.event('disable', (machine) => machine.transition('Build', false, 'me', 'freeze'));
      bench.event('disable nothing', (machine) => machine.transition('Nothing', false, 'me', 'freeze'));
      bench.begin();
      bench.ends('Get');
      bench.begin();
      bench.ends('Get');
      bench.event('enable', (machine) => machine.transition('Build', true, 'you', undefined));
      bench.event('enable again', (machine) => machine.transition('Build', true, 'you', undefined));
    },
  },
  'a change of the pipeline cancels what has no stage any more': {
    stages: [
      stage('Source', 'Get'),
      ...withBuild({ beforeEntry: condition('FAIL', 'judge') }).slice(1),
      stage('Deploy', ask),
    ],
    play: (bench) => {
      const update = (...stages: StageDeclaration[]): void =>
        bench.event(`update to ${stages.map(({ name }) => name).join(', ')}`, (machine) =>
          machine.update({ ...bench.board.pipeline.declaration, stages }),
        );
      bench.begin();
      bench.ends('Get');
      bench.judges('Succeeded');
      bench.begin();
      bench.ends('Get');
      bench.begin();
      update(stage('Source', 'Get'), stage('New', 'X'));
      bench.ends('Get');
      bench.begin();
      bench.ends('Get');
      bench.ends('X');
    },
  },
  'an entry that is not met': {
    stages: withBuild({ beforeEntry: condition('FAIL', 'one', 'two') }),
    play: (bench) => {
      const id = bench.begin();
      const override = (name: string, kind: 'beforeEntry' | 'onSuccess'): void =>
        bench.event(`override ${name} ${kind}`, (machine) => machine.override(name, id, kind));
      bench.ends('Get');
      override('Build', 'beforeEntry');
      bench.judges('Failed', { summary: 'the first says no', error: { code: 'RuleExecutionFailed', message: 'no' } });
      bench.judges('Succeeded', { summary: '' });
      override('Build', 'onSuccess');
      override('Source', 'beforeEntry');
      bench.event('override for nobody', (machine) => machine.override('Build', 'nobody', 'beforeEntry'));
      override('Build', 'beforeEntry');
      bench.ends('A', 'Failed');
      bench.ends('B');
      bench.event('retry', (machine) => machine.retry('Build', id, 'FAILED_ACTIONS'));
      bench.ends('A');
    },
  },
  'an entry that cannot be judged, and a retry that judges it again': {
    stages: withBuild({ beforeEntry: condition(undefined, 'one', 'two') }),
    play: (bench) => {
      const id = bench.begin();
      bench.ends('Get');
      bench.judges('Failed');
      bench.judges('Failed', { isError: true, summary: 'cannot be judged' });
      bench.event('retry', (machine) => machine.retry('Build', id, 'FAILED_ACTIONS'));
      bench.judges('Succeeded', { summary: 'fine' });
      bench.judges('Failed', { isError: true });
      bench.event('override', (machine) => machine.override('Build', id, 'beforeEntry'));
    },
  },
  'an entry that leaves the stage out, or brings it back': {
    stages: [
      stage('Source', 'Get'),
      { ...stage('Test', 'T'), beforeEntry: condition('SKIP', 'skip') } as StageDeclaration,
      { ...stage('Build', 'A'), beforeEntry: condition('ROLLBACK', 'back') } as StageDeclaration,
    ],
    play: (bench) => {
      const id = bench.begin();
      bench.ends('Get');
      bench.judges('Failed');
      bench.judges('Succeeded');
      bench.ends('A');
      bench.begin();
      bench.ends('Get');
      bench.judges('Succeeded');
      bench.ends('T');
      bench.judges('Failed');
      bench.event('override a rollback', (machine) => machine.override('Build', id, 'beforeEntry'));
      bench.judges('Failed');
    },
  },
  'a success that is not met, overridden': {
    stages: [...withBuild({ onSuccess: condition('FAIL', 'good') }), stage('Last', 'D')],
    play: (bench) => {
      const id = bench.begin();
      bench.ends('Get');
      bench.ends('A');
      bench.ends('B');
      bench.judges('Failed');
      bench.event('override', (machine) => machine.override('Build', id, 'onSuccess'));
      bench.event('override again', (machine) => machine.override('Build', id, 'onSuccess'));
      bench.ends('D');
    },
  },
  'an override after a change, or where another came after, is refused': {
    stages: withBuild({ beforeEntry: condition('FAIL', 'entry') }),
    play: (bench) => {
      const play = (): string => {
        const id = bench.begin();
        bench.ends('Get');
        bench.judges('Failed');
        return id;
      };
      const first = play();
      const second = play();
      bench.event('override the first', (machine) => machine.override('Build', first, 'beforeEntry'));
      bench.event('update', (machine) => machine.update(bench.board.pipeline.declaration));
      bench.event('override the second', (machine) => machine.override('Build', second, 'beforeEntry'));
    },
  },
  'a success that is not met brings the stage back to the execution before': {
    stages: withBuild({ onSuccess: condition('ROLLBACK', 'good') }),
    play: (bench) => {
      const play = (status: RuleResult['status']): void => {
        bench.begin();
        bench.ends('Get');
        bench.ends('A');
        bench.ends('B');
        bench.judges(status);
      };
      play('Failed');
      play('Succeeded');
      play('Failed');
      bench.ends('A');
      bench.ends('B');
      bench.judges('Failed');
    },
  },
  'a failure is retried once by itself, then does what its condition says': {
    stages: withBuild({ onFailure: { result: 'RETRY', ...condition('FAIL', 'bad') } }),
    play: (bench) => {
      bench.begin();
      bench.ends('Get');
      bench.ends('A', 'Failed');
      bench.ends('B');
      bench.ends('A', 'Failed');
      bench.ends('B');
      bench.judges('Succeeded');
    },
  },
  'a failure retries its failed actions alone': {
    stages: withBuild({ onFailure: { result: 'RETRY', retryConfiguration: { retryMode: 'FAILED_ACTIONS' } } }),
    play: (bench) => {
      bench.begin();
      bench.ends('Get');
      bench.ends('A', 'Failed');
      bench.ends('B');
      bench.ends('A');
    },
  },
  'a failure brings the stage back where its condition is met': {
    stages: withBuild({ onFailure: condition('ROLLBACK', 'bad') }),
    play: (bench) => {
      const play = (status: ActionResult['status']): void => {
        bench.begin();
        bench.ends('Get');
        bench.ends('A', status);
        bench.ends('B');
      };
      play('Succeeded');
      play('Failed');
      bench.judges('Failed');
      play('Failed');
      bench.judges('Succeeded');
      bench.ends('A', 'Failed');
      bench.ends('B');
      bench.judges('Succeeded');
    },
  },
  'a failure brings the stage back to what succeeded in this version': {
    stages: withBuild({ onFailure: { result: 'ROLLBACK' } }),
    play: (bench) => {
      const play = (status: ActionResult['status']): void => {
        bench.begin();
        bench.ends('Get');
        bench.ends('A', status);
        bench.ends('B');
      };
      play('Failed');
      play('Succeeded');
      play('Failed');
      bench.ends('A');
      bench.ends('B');
      const waiting = bench.begin();
      bench.ends('Get');
      bench.event('update', (machine) => machine.update(bench.board.pipeline.declaration));
      bench.ends('A', 'Failed');
      bench.ends('B');
      bench.event('roll back to the old', (machine) => void machine.rollback('Build', waiting, manual));
    },
  },
  'rollbacks by hand': {
    stages: three,
    play: (bench) => {
      const back = (name: string, target: string): void =>
        bench.event(`rollback ${name} to ${target}`, (machine) => void machine.rollback(name, target, manual));
      const first = bench.begin();
      back('Build', first);
      bench.ends('Get', 'Succeeded', {
        outputs: { Code: { bucket: 'b', key: 'k' } },
        revision: { artifact: 'Code', revisionId: 'abc', at: new Date(0) },
      });
      bench.ends('Make');
      bench.ends('Ask');
      back('Source', first);
      back('Nothing', first);
      back('Build', 'nobody');
      back('Build', first);
      bench.ends('Make');
      back('Build', 'id-6');
      bench.event('update', (machine) => machine.update(bench.board.pipeline.declaration));
      back('Build', first);
    },
  },
  'approvals end when their time is over': {
    stages: [
      stage('Source', 'Get'),
      stage('Deploy', { ...ask, timeoutInMinutes: 5 }, action('Slow', 1, { timeoutInMinutes: 5 })),
    ],
    play: (bench) => {
      bench.begin();
      bench.ends('Get');
      // Due five minutes after its start, at the moment itself.
      bench.now += 5 * 60_000 - 2000;
      bench.event('look a second before', (machine) => machine.expire());
      bench.event('look in time', (machine) => machine.expire());
      bench.ends('Slow');
    },
  },
  'an approval has seven days where nothing else is said': {
    stages: [stage('Deploy', ask)],
    play: (bench) => {
      bench.begin();
      bench.now += 7 * 24 * 3_600_000 - 2000;
      bench.event('look a second before', (machine) => machine.expire());
      bench.event('look in time', (machine) => machine.expire());
    },
  },
  'what is an approval is told by its category and provider': {
    stages: [
      stage(
        'Deploy',
        {
          ...ask,
          name: 'Category',
          actionTypeId: { category: 'Approval', owner: 'AWS', provider: 'Own', version: '1' },
        },
        {
          ...ask,
          name: 'Provider',
          actionTypeId: { category: 'Invoke', owner: 'AWS', provider: 'Manual', version: '1' },
        },
        { name: 'Typeless', actionTypeId: undefined },
      ),
    ],
    play: (bench) => {
      bench.begin();
    },
  },
  'everything ends with the pipeline': {
    stages: withBuild({ beforeEntry: condition('FAIL', 'one', 'two') }),
    play: (bench) => {
      bench.begin();
      bench.ends('Get');
      bench.judges('Succeeded');
      bench.begin();
      bench.begin();
      bench.event('abandon everything', (machine) => machine.abandonEverything());
    },
  },
};

const played = (dies: boolean): string =>
  `${Object.entries(scenarios)
    .map(([title, { stages, more = {}, play }]) => {
      const bench = new Traced(stages, more, dies);
      play(bench);
      return `# ${title}\n${bench.text()}`;
    })
    .join('\n\n')}\n`;

test('what happens is what is recorded', async () => {
  await expect(played(false)).toMatchFileSnapshot('../../fixtures/local/delivery-traces.txt');
});

test('it happens as well where the process dies after every event', () => {
  expect(played(true)).toBe(played(false));
});

test('fifty executions are under way at most where they queue; those that are over do not count', () => {
  const bench = new Bench(three, { executionMode: 'QUEUED' });
  bench.start();
  bench.finish('Get', 'Failed');
  for (let count = 0; count < 50; count++) bench.start();
  expect(() => bench.start()).toThrow('The pipeline p has 50 executions under way. Wait for one to end, or stop one.');
  const free = new Bench(three);
  for (let count = 0; count < 60; count++) free.start();
  expect(free.board.live()).toHaveLength(2);
});
