import { describe, expect, test } from 'vitest';
import { type Evidence, verdictOf } from '../../../src/deployment/model/verdict';

const evidence: Evidence = {
  asked: { config: 'penguins-v7', label: 'v7' },
  before: { config: 'penguins-v6', label: 'v6', changed: 1000 },
  now: { status: 'InService', config: 'penguins-v7', changed: 2000 },
  wasBusy: true,
  alarms: [],
  wasAborted: false,
};
const judged = (over: Partial<Evidence>) => verdictOf({ ...evidence, ...over });
const at = (status: string, config: string, reason?: string) => ({
  now: { status, config, changed: 2000, ...(reason ? { reason } : {}) },
});

describe('verdicts', () => {
  test('deployed: in service with the config that was asked for', () => {
    expect(judged({})).toEqual({ outcome: 'deployed', title: 'Deployed v7' });
  });

  test('in service with the config of before is a rollback, with the alarm that did it', () => {
    expect(
      judged({
        ...at('InService', 'penguins-v6'),
        alarms: [{ name: 'penguins-errors', reason: '1 datapoint > 0.05' }],
      }),
    ).toEqual({
      outcome: 'rolled-back',
      title: 'Rolled back to v6',
      reason: 'The alarm penguins-errors fired: 1 datapoint > 0.05.',
    });
  });

  test('the reason of the service is told, and that it gave none', () => {
    expect(judged(at('InService', 'penguins-v6', 'No capacity')).reason).toBe('No capacity.');
    expect(judged(at('InService', 'penguins-v6')).reason).toBe('AWS gave no reason.');
  });

  test('an abort is told as one, whatever its alarm says', () => {
    expect(
      judged({ ...at('InService', 'penguins-v6'), wasAborted: true, alarms: [{ name: 'penguins-abort', reason: 'x' }] })
        .reason,
    ).toBe('It was aborted.');
  });

  test('what the service shows before it has begun is no rollback', () => {
    const stale = { now: { status: 'InService', config: 'penguins-v6', changed: 1000 } };
    expect(judged({ ...stale, wasBusy: false }).outcome).toBe('under-way');
    expect(judged({ ...stale, wasBusy: true }).outcome).toBe('rolled-back');
  });

  test('a rollback between two looks is seen by the time of change', () => {
    expect(judged({ ...at('InService', 'penguins-v6'), wasBusy: false }).outcome).toBe('rolled-back');
  });

  test('the config of a third is neither', () => {
    expect(judged(at('InService', 'penguins-v8'))).toMatchObject({ outcome: 'failed', title: 'v7 does not serve' });
  });

  test.each(['Creating', 'Updating', 'SystemUpdating', 'RollingBack'])('%s is under way', (status) => {
    expect(judged(at(status, 'penguins-v6')).outcome).toBe('under-way');
  });

  test('a rollback that failed says that both serve', () => {
    expect(judged(at('UpdateRollbackFailed', 'penguins-v6', 'No capacity')).reason).toMatch(
      /No capacity\. Old and new/,
    );
  });

  test('a failed creation and a deleted endpoint', () => {
    expect(judged(at('Failed', 'penguins-v7', 'ping'))).toMatchObject({ outcome: 'failed', reason: 'ping.' });
    const { now: _, ...gone } = evidence;
    expect(verdictOf(gone).outcome).toBe('gone');
  });
});
