import { describe, expect, it } from 'vitest';
import { approvalKey, approvalsOf } from '../../../src/delivery/approvals';
import { brings, isSameCommit, lastPromoted, placeOf, runsBehind, runWith } from '../../../src/delivery/commit';
import type { Board, BoardStage, DeliveryRun } from '../../../src/delivery/model';
import {
  approvalVerbs,
  overridable,
  reasonText,
  rollbackTargets,
  runVerbs,
  stageVerbs,
  startVerb,
  tellRun,
  warningOf,
} from '../../../src/delivery/verbs';
import { action, commits, run, stage, waitingBoard, waitingRuns } from '../../fixtures/delivery';

const [newer, promoted, old] = waitingRuns as [DeliveryRun, DeliveryRun, DeliveryRun];
const approve = waitingBoard.stages[2] as BoardStage;

function boardWith(...stages: BoardStage[]): Board {
  return { pipeline: 'p', mode: 'SUPERSEDED', stages: [stage('Source', 'Succeeded', 'r1', []), ...stages] };
}

/** The verbs of a stage by id, with what they lead to. */
function verbs(board: Board, at: BoardStage, runs: readonly DeliveryRun[] = waitingRuns): Record<string, string> {
  return Object.fromEntries(stageVerbs(board, at, runs).map(({ id, consequence }) => [id, consequence]));
}

describe('where a commit is', () => {
  it('is told of a short id too, but never of one that is too short or no commit', () => {
    expect(isSameCommit('2222222', commits.promoted)).toBe(true);
    expect(isSameCommit(commits.promoted, '22222222')).toBe(true);
    expect(isSameCommit('222222', commits.promoted)).toBe(false);
    expect(isSameCommit('sha256:1', 'sha256:12')).toBe(false);
    expect(brings(promoted, commits.promoted)).toBe(true);
    expect(brings(promoted, commits.old)).toBe(false);
  });

  it('is its newest run, the stage that has it, and the one that it waits for', () => {
    const again = run('r9', { commit: commits.old });
    expect(runWith([...waitingRuns, again], commits.old)?.id).toBe('r9');
    expect(placeOf(waitingBoard, newer)).toMatchObject({ in: { name: 'Test' }, before: { name: 'Approve' } });
    expect(placeOf(waitingBoard, promoted)).toMatchObject({ in: { name: 'Approve' } });
    expect(placeOf(waitingBoard, run('r8'))).toEqual({});
  });

  it('the runs behind a stage are the newer ones before it, never older, passed or its own', () => {
    expect(runsBehind(waitingBoard, approve, waitingRuns).map(({ id }) => id)).toEqual(['r3']);
    const passed = waitingRuns.map((each) => (each.id === 'r3' ? { ...each, status: 'Superseded' } : each));
    expect(runsBehind(waitingBoard, approve, passed)).toEqual([]);
    const last = waitingBoard.stages[3] as BoardStage;
    expect(runsBehind(waitingBoard, last, waitingRuns).map(({ id }) => id)).toEqual(['r2', 'r3']);
  });

  it('the last that was promoted is the newest whole success before', () => {
    expect(lastPromoted(waitingRuns, promoted)?.id).toBe('r1');
    expect(lastPromoted([promoted, run('r9')], promoted)).toBeUndefined();
  });
});

describe('an approval', () => {
  it('says what it would promote, instead of what, and what waits behind it', () => {
    expect(approvalsOf(waitingBoard, waitingRuns)).toEqual([
      {
        pipeline: 'penguins-delivery',
        stage: 'Approve',
        action: 'Decision',
        run: 'r2',
        since: 5000,
        promotes: promoted,
        replaces: old,
        behind: [newer],
      },
    ]);
  });

  it('in the stage that deploys replaces what the last whole run brought', () => {
    const board = boardWith(
      stage('Release', 'InProgress', 'r2', [
        action('Decision', 'InProgress', { isWaiting: true }),
        action('Production', undefined, { runOrder: 2 }),
      ]),
    );
    const [found] = approvalsOf(board, waitingRuns);
    expect(found).toMatchObject({ replaces: { id: 'r1' } });
    expect(approvalVerbs(board, board.stages[1] as BoardStage, 'Decision', waitingRuns)[0]?.consequence).toBe(
      '22222222 (feat: islands) goes on to Production.',
    );
  });

  it('before actions of its own stage replaces the run that has passed the stage, although that waits further on', () => {
    const board = boardWith(
      stage('Staging', 'InProgress', 'r2', [
        action('Decision', 'InProgress', { isWaiting: true }),
        action('Deploy', undefined, { runOrder: 2 }),
      ]),
      stage('Production', 'InProgress', 'r1', [action('Release', 'InProgress', { isWaiting: true })]),
    );
    expect(approvalsOf(board, waitingRuns)[0]).toMatchObject({ stage: 'Staging', replaces: { id: 'r1' } });
    const alone = boardWith(
      stage('Approve', 'InProgress', 'r2', [action('Decision', 'InProgress', { isWaiting: true })]),
      stage('Production', 'Failed', 'r1', [action('Deploy', 'Failed')]),
    );
    const none = waitingRuns.map((each) => (each.id === 'r1' ? { ...each, status: 'Failed' } : each));
    expect(approvalsOf(alone, none)[0]?.replaces).toBeUndefined();
  });

  it('of another run is another one', () => {
    const [first] = approvalsOf(waitingBoard, waitingRuns);
    if (!first) throw new Error('There is no approval.');
    expect(approvalKey(first)).not.toBe(approvalKey({ ...first, run: 'r3' }));
  });

  it('offers to let the newer through, and warns before the older is promoted', () => {
    const [yes, no] = approvalVerbs(waitingBoard, approve, 'Decision', waitingRuns);
    expect(yes).toEqual({
      id: 'approve',
      title: 'Approve',
      consequence: '22222222 (feat: islands) goes on to Deploy.',
    });
    expect(no).toEqual({
      id: 'reject',
      title: 'Reject and Let the Newer Through',
      consequence: 'Decision fails, and Approve with it. Then 33333333 (fix: the other sex) may enter Approve.',
    });
    expect(warningOf([newer], commits.newer)).toBe(
      '1 newer run waits behind, the newest with 33333333 (fix: the other sex), which has your commit.',
    );
    expect(warningOf([newer], commits.old)).not.toContain('your commit');
    expect(warningOf([], commits.old)).toBeUndefined();
    const alone = approvalVerbs(waitingBoard, approve, 'Decision', [promoted, old]);
    expect(alone[1]?.title).toBe('Reject');
  });
});

describe('stopping', () => {
  it('says that it waits for an approval, and that abandoning does not', () => {
    const [stop, abandon] = runVerbs(waitingBoard, promoted);
    expect(stop?.consequence).toBe(
      'The run stops when Decision has been decided or has timed out, and stays Stopping until then. Stop and Abandon does not wait.',
    );
    expect(abandon?.consequence).toContain('Stopped at once. Decision is abandoned');
  });

  it('says which actions may finish', () => {
    const board = boardWith(stage('Test', 'InProgress', 'r2', [action('A', 'InProgress'), action('B', 'InProgress')]));
    const [stop, abandon] = runVerbs(board, promoted);
    expect(stop?.consequence).toBe('A, B may finish; nothing new starts, and the run becomes Stopped.');
    expect(abandon?.consequence).toContain('A, B are abandoned');
  });

  it('a run that is stopping can only be abandoned, one that is over neither', () => {
    expect(runVerbs(waitingBoard, { ...promoted, status: 'Stopping' }).map(({ id }) => id)).toEqual(['abandon']);
    for (const status of ['Succeeded', 'Failed', 'Superseded', 'Stopped', 'Cancelled']) {
      expect(runVerbs(waitingBoard, { ...promoted, status })).toEqual([]);
    }
  });
});

describe('a stage', () => {
  const failed = stage('Deploy', 'Failed', 'r2', [
    action('A', 'Failed'),
    action('B', 'Failed'),
    action('C', 'Succeeded'),
  ]);

  it('that has failed is retried in the same run, from there', () => {
    const found = verbs(boardWith(failed), failed);
    expect(found['retryFailed']).toBe(
      'Retries the 2 failed actions of Deploy in this same run, 22222222 (feat: islands); it goes on from Deploy, not from its source.',
    );
    expect(found['retryAll']).toContain('Runs all 3 actions of Deploy again in this same run');
  });

  it('is not retried as a whole while an action is at work, nor where nothing has failed', () => {
    const busy = { ...failed, actions: [action('A', 'Failed'), action('B', 'InProgress')] };
    expect(Object.keys(verbs(boardWith(busy), busy))).toContain('retryFailed');
    expect(Object.keys(verbs(boardWith(busy), busy))).not.toContain('retryAll');
    const well = stage('Deploy', 'Succeeded', 'r2', [action('A', 'Succeeded')]);
    expect(Object.keys(verbs(boardWith(well), well))).toEqual(['rollback', 'disable']);
  });

  it('of a stopped run can be retried too', () => {
    const stopped = stage('Deploy', 'Stopped', 'r2', [action('A', 'Abandoned')]);
    expect(Object.keys(verbs(boardWith(stopped), stopped))).toEqual(['retryFailed', 'retryAll', 'rollback', 'disable']);
  });

  it('is rolled back neither where it is the source, nor in parallel, nor while it is at work', () => {
    const source = waitingBoard.stages[0] as BoardStage;
    expect(verbs(waitingBoard, source)['rollback']).toBeUndefined();
    const well = stage('Deploy', 'Succeeded', 'r2', []);
    expect(verbs({ ...boardWith(well), mode: 'PARALLEL' }, well)['rollback']).toBeUndefined();
    expect(verbs(waitingBoard, approve)['rollback']).toBeUndefined();
    expect(verbs(boardWith(well), well)['rollback']).toContain('The stages before it are not run.');
  });

  it('is rolled back to a run that passed it, no rollback, and not to what it has', () => {
    const passed = [run('r2'), run('r1'), run('r0', { isRollback: true })];
    expect(rollbackTargets(stage('Deploy', 'Succeeded', 'r2', []), passed).map(({ id }) => id)).toEqual(['r1']);
  });

  it('whose condition has failed can be overridden; one after failure cannot', () => {
    const rules = [{ name: 'Alarm', status: 'Failed' }];
    const held = stage('Deploy', 'Failed', 'r2', [], {
      conditions: [
        { kind: 'ON_FAILURE', status: 'Failed', rules },
        { kind: 'BEFORE_ENTRY', status: 'Failed', rules },
      ],
    });
    expect(overridable(held)).toEqual(['BEFORE_ENTRY']);
    expect(verbs(boardWith(held), held)['override']).toBe(
      'The condition before Deploy (Alarm) counts as passed: the run enters Deploy although its rules have not.',
    );
    expect(overridable({ ...held, conditions: [{ kind: 'ON_SUCCESS', status: 'Succeeded', rules }] })).toEqual([]);
  });

  it('lets runs in or not, but the first, into which none comes from before', () => {
    expect(verbs(waitingBoard, waitingBoard.stages[0] as BoardStage)['disable']).toBeUndefined();
    const open = waitingBoard.stages[3] as BoardStage;
    expect(verbs(waitingBoard, open)['disable']).toContain('Runs that have finished Approve wait before Deploy');
    const closed = stage('Deploy', 'Succeeded', 'r1', [], { transition: { isEnabled: false }, inbound: ['r2'] });
    expect(verbs(boardWith(closed), closed)['enable']).toBe(
      'Runs may enter Deploy again. 1 run that waits there may enter.',
    );
  });
});

it('starting tells what the mode does with older runs', () => {
  const of = (mode: string): string => startVerb({ ...waitingBoard, mode }).consequence;
  expect(of('SUPERSEDED')).toContain('become Superseded');
  expect(of('QUEUED')).toContain('waits before each stage');
  expect(of('PARALLEL')).toContain('beside the others');
  expect(of('Newer')).toMatch(/unless you choose others\.$/);
});

it('a run without a revision is told by its id', () => {
  expect(tellRun(run('0123456789'))).toBe('run 01234567');
  expect(tellRun(undefined, 'abcdefghij')).toBe('run abcdefgh');
});

it('a reason keeps to the characters that the service takes', () => {
  expect(reasonText('Größe: prüfen, bitte!')).toBe('Gro e prufen bitte!');
  expect(reasonText(' a/b:c ')).toBe('a b c');
  expect(reasonText('::')).toBe('');
  expect(reasonText('x'.repeat(400))).toHaveLength(300);
});
