/** Batches of builds under random sequences of results, stops, retries and kills of Local. */
import type { RetryBuildBatchType, StatusType } from '@aws-sdk/client-codebuild';
import * as fc from 'fast-check';
import { rmSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import {
  type BatchRecord,
  type BuildRecord,
  buildBatches,
  buildProjects,
  builds,
  codebuildArn,
  findBatch,
} from '../../../src/local/domain/builds';
import { Batches } from '../../../src/local/jobs/build/batches';
import type { JobSurroundings } from '../../../src/local/jobs/run/runner';
import { Store } from '../../../src/local/store/store';
import { makeTemp } from './support';

const folder = makeTemp();
const store = new Store(folder, [buildProjects, builds, buildBatches]);
afterAll(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A graph of builds: each may wait for some of those before it. */
interface Node {
  waitsFor: boolean[];
  mayFail: boolean;
}
const name = (index: number): string => `b${index}`;
const specOf = (nodes: readonly Node[], failFast: boolean): string =>
  JSON.stringify({
    version: '0.2',
    phases: { build: { commands: [] } },
    batch: {
      'fast-fail': String(failFast),
      'build-graph': nodes.map(({ waitsFor, mayFail }, index) => ({
        identifier: name(index),
        'ignore-failure': String(mayFail),
        'depend-on': waitsFor.slice(0, index).flatMap((waits, other) => (waits ? [name(other)] : [])),
      })),
    },
  });

/** Builds that end when the test says so. */
class Builds {
  readonly under = new Map<string, { record: BuildRecord; end: (status: StatusType) => void; done: Promise<void> }>();
  private count = 0;

  constructor(private readonly spec: string) {}

  readonly begin = (
    ...[project, , , , batch]: Parameters<ConstructorParameters<typeof Batches>[1]['begin']>
  ): BuildRecord => {
    const id = `${project.name ?? ''}:${++this.count}-${crypto.randomUUID()}`;
    const record: BuildRecord = {
      id,
      project: project.name ?? '',
      status: 'IN_PROGRESS',
      createdAt: new Date(),
      build: { id, arn: codebuildArn('build', id), buildStatus: 'IN_PROGRESS' },
      made: project,
      request: { projectName: project.name },
      ...(batch ? { batch } : {}),
    };
    builds(store).put(record);
    let resolve = (): void => undefined;
    const done = new Promise<void>((then) => (resolve = then));
    const end = (status: StatusType): void => {
      if (!this.under.delete(id)) return;
      record.build.buildStatus = status;
      record.status = status;
      builds(store).put(record);
      resolve();
    };
    this.under.set(id, { record, end, done });
    return record;
  };
  readonly ended = async ({ id }: BuildRecord): Promise<unknown> => this.under.get(id)?.done;
  readonly stop = async ({ id }: BuildRecord): Promise<unknown> => this.under.get(id)?.end('STOPPED');
  readonly specOf = async (): Promise<{ text: string }> => ({ text: this.spec });

  /** The process has ended: nobody hears of the builds any more, and they have failed. */
  die(): void {
    for (const { record } of this.under.values()) {
      record.build.buildStatus = 'FAILED';
      record.status = 'FAILED';
      builds(store).put(record);
    }
    this.under.clear();
  }
}

const command = fc.record({
  kind: fc.constantFrom(
    'succeed',
    'succeed',
    'succeed',
    'succeed',
    'fail',
    'fail',
    'stop',
    'kill',
    'retry',
    'retry all',
  ),
  which: fc.nat(100),
});

test('whatever comes of the builds, dependencies hold, no more than four run, and a batch ends with all that it has', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ waitsFor: fc.array(fc.boolean(), { maxLength: 7 }), mayFail: fc.boolean() }), {
        minLength: 1,
        maxLength: 8,
      }),
      fc.boolean(),
      fc.array(command, { maxLength: 30 }),
      async (nodes, failFast, commands) => {
        const broken: unknown[] = [];
        const surroundings = { store, folder } as unknown as JobSurroundings;
        const runner = new Builds(specOf(nodes, failFast));
        let batches = new Batches(surroundings, runner, (error) => broken.push(error));
        const { id } = batches.begin({ name: 'p' }, { projectName: 'p' });
        const now = (): BatchRecord => findBatch(store, id);
        /** Until a build runs that can be ended, or all is over. */
        const settled = async (): Promise<void> => {
          for (let rounds = 0; !now().batch.complete && runner.under.size === 0; rounds++) {
            expect(rounds).toBeLessThan(100_000);
            await turn();
          }
          // What begins together has begun.
          for (let rounds = 0; rounds < 5; rounds++) await turn();
        };
        const check = (): void => {
          const { batch, status } = now();
          const groups = new Map(batch.buildGroups?.map((group) => [group.identifier, group]));
          expect(broken).toEqual([]);
          expect(status).toBe(batch.buildBatchStatus);
          expect(batch.complete).toBe(batch.buildBatchStatus !== 'IN_PROGRESS');
          expect(batch.complete).toBe(runner.under.size === 0);
          expect(runner.under.size).toBeLessThanOrEqual(4);
          for (const { currentBuildSummary: one } of groups.values()) {
            if (one)
              expect(builds(store).get(one.arn?.split('/').at(-1) ?? '')?.build.buildStatus).toBe(one.buildStatus);
          }
          for (const { record } of runner.under.values()) {
            for (const other of groups.get(record.batch?.identifier ?? '')?.dependsOn ?? []) {
              const before = groups.get(other);
              const isOver = before?.currentBuildSummary?.buildStatus;
              if (before?.ignoreFailure === true) expect(isOver ?? 'IN_PROGRESS').not.toBe('IN_PROGRESS');
              else expect(isOver).toBe('SUCCEEDED');
            }
          }
          const bad = [...groups.values()].filter(
            ({ ignoreFailure, currentBuildSummary: one }) => ignoreFailure !== true && one?.buildStatus !== 'SUCCEEDED',
          );
          if (batch.buildBatchStatus === 'SUCCEEDED') expect(bad).toEqual([]);
        };
        const retry = (type: RetryBuildBatchType): void => {
          if (now().batch.complete === true) batches.retry(now(), type);
        };
        await settled();
        check();
        for (const { kind, which } of commands) {
          const run = [...runner.under.values()][which % Math.max(1, runner.under.size)];
          if (kind === 'succeed') run?.end('SUCCEEDED');
          else if (kind === 'fail') run?.end('FAILED');
          else if (kind === 'stop') batches.stop(now());
          else if (kind === 'retry') retry('RETRY_FAILED_BUILDS');
          else if (kind === 'retry all') retry('RETRY_ALL_BUILDS');
          else {
            runner.die();
            batches = new Batches(surroundings, runner, (error) => broken.push(error));
            batches.recover();
          }
          await settled();
          check();
        }
        retry('RETRY_FAILED_BUILDS');
        for (await settled(); now().batch.complete !== true; await settled()) {
          check();
          for (const { end } of runner.under.values()) end('SUCCEEDED');
        }
        check();
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);
