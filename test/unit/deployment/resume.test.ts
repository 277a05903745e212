/** What a process that ends in the middle of a deployment leaves to the next one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Session } from '../../../src/aws';
import { begin, complete, judge, observe } from '../../../src/deployment/deploy';
import { Journal } from '../../../src/deployment/journal';
import type { EndpointState } from '../../../src/deployment/model/endpoint';
import type { Plan } from '../../../src/deployment/model/plan';
import { openCalls, type RecordLine } from '../../../src/deployment/model/record';
import { defaultStrategy } from '../../../src/deployment/model/strategy';
import { timelineOf } from '../../../src/deployment/model/timeline';
import type { EndpointReading } from '../../../src/deployment/reading';

/** No process has this number: it is above the most that there can be. */
const deadProcess = 2 ** 30;
const restore = [
  {
    service: 'application-autoscaling' as const,
    operation: 'RegisterScalableTarget',
    input: { ResourceId: 'endpoint/penguins/variant/AllTraffic' },
    purpose: 'Put autoscaling back',
  },
];

let folder: string;
let journal: Journal;
let sent: string[];
let refusing: RegExp | undefined;
let session: Session;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mlops-flow-records-'));
  journal = new Journal(folder);
  sent = [];
  refusing = undefined;
  const send = (command: object): Promise<object> => {
    const operation = command.constructor.name.replace(/Command$/, '');
    sent.push(operation);
    return refusing?.test(operation) ? Promise.reject(new Error(`${operation} was refused.`)) : Promise.resolve({});
  };
  class UpdateEndpointCommand {
    constructor(readonly input: object) {}
  }
  class CreateModelCommand {
    constructor(readonly input: object) {}
  }
  const service = { send };
  session = {
    connection: { kind: 'local', id: 'local', label: 'Local' },
    region: 'us-east-1',
    sdk: { UpdateEndpointCommand, CreateModelCommand },
    sagemaker: service,
    client: () => service,
    call: (_: string, work: () => Promise<unknown>) => work(),
    change: (_: string, work: () => Promise<unknown>) => work(),
  } as unknown as Session;
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const began = (over: object = {}): RecordLine => ({
  type: 'began',
  at: 1000,
  id: 'one',
  connection: 'local',
  endpoint: 'penguins',
  asked: { config: 'new', label: 'v7', model: 'arn' },
  before: { config: 'old', label: 'v6', changed: 500 },
  strategy: defaultStrategy,
  timeline: timelineOf(defaultStrategy, 3),
  fleet: 3,
  alarms: ['penguins-errors', 'penguins-abort'],
  finish: restore,
  restore,
  process: deadProcess,
  ...over,
});

async function reading(state: Partial<EndpointState>): Promise<EndpointReading> {
  const record = await journal.latest('penguins');
  return {
    state: { name: 'penguins', arn: 'arn', status: 'InService', config: 'old', fleets: [], shadows: [], ...state },
    alarms: { value: [] },
    charts: { value: { series: [] } },
    counts: { value: { old: 0, new: 0 } },
    scaling: { value: [] },
    ...(record ? { record } : {}),
    readAt: 0,
  };
}

/** The calls that are still to be made. */
async function open(): Promise<unknown[] | undefined> {
  const record = await journal.latest('penguins');
  return record && openCalls(record);
}

describe('after a process that ended', () => {
  test('before the update began, what was taken is put back, and nothing else has changed', async () => {
    await journal.append('penguins', 'one', began());
    const ended = await observe(session, journal, await reading({ changed: 500 }));
    expect(ended?.verdict).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('Nothing has changed') as string,
    });
    expect(sent).toEqual(['RegisterScalableTarget']);
  });

  test('that is still at it, nothing is touched', async () => {
    await journal.append('penguins', 'one', began({ process: process.pid }));
    expect(await observe(session, journal, await reading({}))).toBeUndefined();
    expect(sent).toEqual([]);
  });

  test('during the update, the next one follows it to its success and puts autoscaling back', async () => {
    await journal.append('penguins', 'one', began());
    await journal.append('penguins', 'one', { type: 'updating', at: 1100 });
    expect(await observe(session, journal, await reading({ status: 'Updating' }))).toBeUndefined();
    const ended = await observe(session, journal, await reading({ config: 'new', changed: 900 }));
    expect(ended?.verdict.outcome).toBe('deployed');
    expect(sent).toEqual(['RegisterScalableTarget']);
    expect(await open()).toEqual([]);
  });

  test('during the update, the next one tells its rollback', async () => {
    await journal.append('penguins', 'one', began());
    await journal.append('penguins', 'one', { type: 'updating', at: 1100 });
    const ended = await observe(session, journal, await reading({ changed: 900, reason: 'No capacity' }));
    expect(ended?.verdict).toEqual({ outcome: 'rolled-back', title: 'Rolled back to v6', reason: 'No capacity.' });
  });

  test('a call that was never answered and of which the service shows nothing has not begun', async () => {
    await journal.append('penguins', 'one', began());
    await journal.append('penguins', 'one', { type: 'updating', at: 1100 });
    const record = (await journal.latest('penguins')) ?? undefined;
    if (!record) throw new Error('There is no record.');
    const still = await reading({ changed: 500 });
    expect(judge(still, record, 1100 + 60_000).outcome).toBe('under-way');
    expect(judge(still, record, 1100 + 121_000)).toMatchObject({ outcome: 'failed' });
  });

  test('autoscaling that could not be put back is tried again when it is asked for', async () => {
    await journal.append('penguins', 'one', began());
    refusing = /Register/;
    await observe(session, journal, await reading({ changed: 500 }));
    const record = await journal.latest('penguins');
    expect(record && openCalls(record)).toHaveLength(1);
    expect(record?.events.at(-1)?.text).toContain('RegisterScalableTarget was refused.');
    refusing = undefined;
    expect(await complete(session, journal, record)).toBe(true);
    expect(await open()).toEqual([]);
  });
});

describe('a deployment', () => {
  const plan: Plan = {
    endpoint: 'penguins',
    isUpdate: true,
    config: 'new',
    label: 'v7',
    prepare: [{ service: 'sagemaker', operation: 'CreateModel', input: {}, purpose: 'Make a model' }],
    update: { service: 'sagemaker', operation: 'UpdateEndpoint', input: {}, purpose: 'Begin the update' },
    finish: restore,
    restore,
    timeline: timelineOf(defaultStrategy, 3),
    strategy: defaultStrategy,
    fleet: 3,
    alarms: [],
    notes: [],
  };

  test('writes what it is about to do before it does it', async () => {
    await begin(session, journal, plan, { model: 'arn', standing: undefined });
    const record = await journal.latest('penguins');
    expect(record?.events.map(({ text }) => text)).toEqual([
      'Deployment of v7 began',
      'CreateModel: Make a model',
      'UpdateEndpoint: Begin the update',
    ]);
    expect(record?.updatedAt).toBeDefined();
  });

  test('that is refused puts back what it took, and has an end', async () => {
    refusing = /UpdateEndpoint/;
    await expect(begin(session, journal, plan, { model: 'arn', standing: undefined })).rejects.toThrow(
      'UpdateEndpoint was refused.',
    );
    expect(sent).toEqual(['CreateModel', 'UpdateEndpoint', 'RegisterScalableTarget']);
    const record = await journal.latest('penguins');
    expect(record?.verdict).toMatchObject({ outcome: 'failed', title: 'v7 was not deployed' });
    expect(record?.updatedAt).toBeUndefined();
  });
});

test('records of several deployments are told apart, the newest first', async () => {
  await journal.append('penguins', '1-a', began({ id: '1-a' }));
  await journal.append('penguins', '2-b', began({ id: '2-b' }));
  await journal.append('other', '3-c', began({ id: '3-c', endpoint: 'other' }));
  expect((await journal.records('penguins')).map(({ id }) => id)).toEqual(['2-b', '1-a']);
  expect((await journal.latest('penguins'))?.id).toBe('2-b');
  expect(await journal.records('nothing')).toEqual([]);
});
