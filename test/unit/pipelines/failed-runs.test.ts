/** A run that was started from here is followed to its end; its failure is said once. */
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { local as localConnection } from '../../../src/aws';
import { startRun } from '../../../src/pipelines/commands/start';
import type { RoomServices } from '../../../src/pipelines/services';
import { Watcher } from '../../../src/workbench/watcher';
import { startLocalSession, type LocalSession } from '../../fixtures/local/session';
import { answers, asked } from '../../fixtures/vscode';

vi.mock('vscode', () => import('../../fixtures/vscode'));
const { describeFailure, followRun } = await import('../../../src/pipelines/failed-runs');

let local: LocalSession;
let opened: unknown[];
let room: RoomServices;

beforeAll(async () => {
  local = await startLocalSession('failed');
});
afterAll(() => local.end());
beforeEach(() => {
  asked.length = 0;
  answers.length = 0;
  opened = [];
  room = {
    connections: { session: () => Promise.resolve(local.session) },
    watcher: new Watcher(),
    pollInterval: () => 20,
    openRun: (...args: unknown[]) => opened.push(args),
  } as never;
});

const failing = [{ Name: 'Stop', Type: 'Fail', Arguments: { ErrorMessage: 'Too few rows' } }];

async function start(steps: readonly object[]): Promise<string> {
  const definition = JSON.stringify({ Version: '2020-12-01', Steps: steps });
  return startRun(local.session, { pipeline: 'rows', definition, provenance: {}, values: {}, displayName: 'nightly' });
}

describe('a run that was started', () => {
  it('is said to have failed, with step and reason, and shown on request', async () => {
    answers.push('Show Run');
    const arn = await start(failing);
    followRun(room, arn, localConnection);
    await expect.poll(() => asked.length).toBe(1);
    expect(asked[0]).toMatch(/^rows · nightly failed at Stop: .*Too few rows/);
    await expect.poll(() => opened).toEqual([[arn, localConnection, 'Stop']]);
  });

  it('is said once, though its end was seen before by somebody else', async () => {
    const arn = await start(failing);
    const seen: string[] = [];
    const { readRun } = await import('../../../src/pipelines/reading');
    room.watcher.watch(
      {
        key: `run ${localConnection.id} ${arn}`,
        interval: () => 20,
        poll: () => readRun(local.session, arn),
        settled: ({ execution }) => execution.status === 'Failed',
      },
      { value: ({ execution }) => seen.push(execution.status) },
    );
    await expect.poll(() => seen).toContain('Failed');
    followRun(room, arn, localConnection);
    await expect.poll(() => asked.length).toBe(1);
    await room.watcher.refresh(`run ${localConnection.id} ${arn}`);
    expect(asked).toHaveLength(1);
  });
});

it('a failure without a step or a reason is a sentence all the same', () => {
  const execution = { arn: '', id: '', pipeline: 'p', name: 'n', status: 'Failed', parameters: [] } as never;
  expect(describeFailure({ execution, steps: [] })).toEqual({ message: 'p · n failed.' });
});
