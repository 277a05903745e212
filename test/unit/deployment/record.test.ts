import { describe, expect, test } from 'vitest';
import { foldRecord, historyOf, readLines, type RecordLine, writeLine } from '../../../src/deployment/model/record';
import { defaultStrategy } from '../../../src/deployment/model/strategy';
import { timelineOf } from '../../../src/deployment/model/timeline';

const began: RecordLine & { type: 'began' } = {
  type: 'began',
  at: 1000,
  id: 'one',
  connection: 'local',
  endpoint: 'penguins',
  asked: { config: 'penguins-v7', label: 'v7', model: 'arn' },
  strategy: defaultStrategy,
  timeline: timelineOf(defaultStrategy, 3),
  fleet: 3,
  alarms: ['penguins-errors'],
  finish: [],
  restore: [],
  process: 1,
};
const lines: RecordLine[] = [
  began,
  { type: 'call', at: 1100, operation: 'CreateModel', purpose: 'Make a model' },
  { type: 'updating', at: 1200 },
  { type: 'said', at: 1300, who: 'endpoint', status: 'Updating' },
  { type: 'phase', at: 1300, phase: 0 },
  { type: 'said', at: 1400, who: 'AllTraffic', status: 'Baking', message: 'Baking for 300 seconds' },
  { type: 'phase', at: 1400, phase: 1 },
  { type: 'said', at: 1500, who: 'AllTraffic', status: 'Baking', message: 'Baking for 300 seconds' },
  { type: 'alarm', at: 1600, name: 'penguins-errors', state: 'ALARM', reason: 'over' },
  { type: 'ended', at: 1700, verdict: { outcome: 'rolled-back', title: 'Rolled back to v6', reason: 'over' } },
];

describe('records', () => {
  test('tell what happened, each thing once', () => {
    const record = foldRecord(lines);
    expect(record).toMatchObject({
      startedAt: 1000,
      endedAt: 1700,
      updatedAt: 1200,
      wasBusy: true,
      tripped: [{ name: 'penguins-errors', reason: 'over' }],
      verdict: { outcome: 'rolled-back' },
    });
    expect([...(record?.phases ?? [])]).toEqual([
      [0, 1300],
      [1, 1400],
    ]);
    expect(record?.events.map(({ text }) => text)).toEqual([
      'Deployment of v7 began',
      'CreateModel: Make a model',
      'Endpoint: Updating',
      'AllTraffic: Baking, Baking for 300 seconds',
      'Alarm penguins-errors: ALARM, over',
      'Rolled back to v6. over',
    ]);
    expect(record?.events.at(-1)?.tone).toBe('bad');
  });

  test('survive a write that was cut off', () => {
    const text = lines.map(writeLine).join('');
    expect(foldRecord(readLines(text.slice(0, -20)))?.verdict).toBeUndefined();
    expect(foldRecord(readLines(text))?.verdict).toBeDefined();
  });

  test('what is not a record is none', () => {
    expect(foldRecord(readLines('{"type":"phase","at":1}\nnull\n[]\n'))).toBeUndefined();
  });

  test('make a history, the newest first', () => {
    const first = foldRecord(lines);
    const second = foldRecord([{ ...began, at: 5000, id: 'two' }]);
    expect(historyOf([first, second].flatMap((record) => record ?? [])).map(({ outcome }) => outcome)).toEqual([
      'under-way',
      'rolled-back',
    ]);
  });
});
