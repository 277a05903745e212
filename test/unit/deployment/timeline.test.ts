import { describe, expect, test } from 'vitest';
import { defaultStrategy, type Strategy } from '../../../src/deployment/model/strategy';
import { firstTimeline, timelineOf } from '../../../src/deployment/model/timeline';

const pace = { launch: 100, remove: 10 };
const strategy = (over: Partial<Strategy>): Strategy => ({ ...defaultStrategy, ...over });
const rows = (over: Partial<Strategy>, fleet: number) =>
  timelineOf(strategy(over), fleet, pace).phases.map(({ kind, share, seconds, isWatched, instances }) => [
    kind,
    share,
    seconds,
    isWatched,
    `${instances.old}+${instances.new}`,
  ]);

describe('timelines', () => {
  test('all at once: everything is launched, all traffic moves, and the old fleet stays for the bake', () => {
    expect(rows({ kind: 'all-at-once', bake: 60 }, 3)).toEqual([
      ['launch', 0, 100, false, '3+3'],
      ['shift', 100, 60, true, '3+3'],
      ['remove', 100, 10, false, '3+3'],
    ]);
  });

  test('a bake of no time is not watched', () => {
    expect(timelineOf(strategy({ kind: 'all-at-once', bake: 0 }), 3, pace)).toMatchObject({ watched: 0, peak: 6 });
  });

  test('a canary shifts exactly twice', () => {
    expect(rows({ kind: 'canary', interval: 30, bake: 60 }, 3)).toEqual([
      ['launch', 0, 100, false, '3+3'],
      ['shift', 33, 30, true, '3+3'],
      ['shift', 100, 60, true, '3+3'],
      ['remove', 100, 10, false, '3+3'],
    ]);
  });

  test('linear steps of a fifth take four waits and the last bake: the example of the guide', () => {
    const timeline = timelineOf(
      strategy({ kind: 'linear', size: { unit: 'percent', value: 20 }, interval: 300, bake: 300 }),
      5,
      pace,
    );
    expect(timeline.watched).toBe(1500);
    expect(timeline.typical).toBe(1610);
    expect(timeline.worst).toBe(3600);
    expect(timeline.phases.filter(({ kind }) => kind === 'shift').map(({ share }) => share)).toEqual([
      20, 40, 60, 80, 100,
    ]);
  });

  test('a last step of linear is what is left', () => {
    expect(
      rows({ kind: 'linear', size: { unit: 'instances', value: 2 }, interval: 30, bake: 60 }, 5)
        .filter(([kind]) => kind === 'shift')
        .map(([, share]) => share),
    ).toEqual([40, 80, 100]);
  });

  test('rolling launches and removes for each batch, and needs no second fleet', () => {
    expect(rows({ kind: 'rolling', size: { unit: 'instances', value: 1 }, interval: 30 }, 2)).toEqual([
      ['launch', 0, 100, false, '2+1'],
      ['shift', 50, 30, true, '2+1'],
      ['remove', 50, 10, false, '2+1'],
      ['launch', 50, 100, false, '1+2'],
      ['shift', 100, 30, true, '1+2'],
      ['remove', 100, 10, false, '1+2'],
    ]);
    expect(timelineOf(strategy({ kind: 'rolling', size: { unit: 'instances', value: 1 } }), 5, pace).peak).toBe(6);
  });

  test('a rollback of a rolling update is told to need a launch once old instances are gone', () => {
    const { phases } = timelineOf(strategy({ kind: 'rolling', size: { unit: 'percent', value: 50 } }), 2, pace);
    expect(phases[1]?.onFailure).toMatch(/still there/);
    expect(phases[4]?.onFailure).toMatch(/launched again/);
  });

  test('a new endpoint only launches', () => {
    expect(firstTimeline(2, pace)).toMatchObject({ typical: 100, peak: 2, phases: [{ title: 'Launch 2 instances' }] });
    expect(firstTimeline(0, pace).phases[0]?.title).toBe('Create the endpoint');
  });
});
