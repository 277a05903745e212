import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { abreast, type Connections, profileConnection } from '../../../src/aws';
import { Lane } from '../../../src/aws/lane';
import { connectionsTo, keysFor, Profiles } from '../../fixtures/aws/profiles';
import { FakeService } from '../../fixtures/aws/service';

describe('a lane', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('lets so many through at a time, in order, also after a failure', async () => {
    const lane = new Lane(2);
    const ends: (() => void)[] = [];
    const began: number[] = [];
    const all = [0, 1, 2, 3].map((index) =>
      lane.run(async () => {
        began.push(index);
        await new Promise<void>((resolve) => ends.push(resolve));
        if (index === 0) throw new Error('no');
      }),
    );
    const outcomes = Promise.allSettled(all);
    await vi.advanceTimersByTimeAsync(0);
    expect(began).toEqual([0, 1]);
    ends[0]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(began).toEqual([0, 1, 2]);
    ends[1]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(began).toEqual([0, 1, 2, 3]);
    for (const end of ends) end();
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not held up by what is never answered', async () => {
    const lane = new Lane(1);
    const never = lane.run(() => new Promise(() => undefined));
    const next = lane.run(() => Promise.resolve('here'));
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await next).toBe('here');
    await expect(Promise.race([never, Promise.resolve('waits')])).resolves.toBe('waits');
  });
});

describe('the requests of a connection', () => {
  let profiles: Profiles;
  let service: FakeService;
  let connections: Connections;
  let most = 0;

  beforeEach(async () => {
    profiles = await Profiles.use('', keysFor('dev', 'prod'));
    most = 0;
    let underWay = 0;
    service = await FakeService.start({
      ListPipelineExecutions: async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise((resolve) => setTimeout(resolve, 5));
        underWay -= 1;
        return { body: { PipelineExecutionSummaries: [] } };
      },
    });
    connections = connectionsTo(service.url, { timeouts: () => ({ connect: 5_000, request: 60_000 }) });
  });
  afterEach(async () => {
    await connections.dispose();
    await service.stop();
    await profiles.restore();
  });

  it('to a service are two at a time, however many are asked for', async () => {
    const { sagemaker, sdk } = await connections.session(profileConnection('dev'));
    const names = Array.from({ length: 20 }, (_, index) => `p${index}`);
    await abreast(names, 20, (PipelineName) => sagemaker.send(new sdk.ListPipelineExecutionsCommand({ PipelineName })));
    expect(service.count('ListPipelineExecutions')).toBe(20);
    expect(most).toBe(2);
  });
});
