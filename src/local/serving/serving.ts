import { join } from 'node:path';
import { alarms } from '../domain/alarms';
import { metrics } from '../domain/metrics';
import { objects } from '../domain/objects';
import type { JobSurroundings } from '../jobs/run/runner';
import { AlarmEvaluation } from './alarm-evaluation';
import { AsyncQueues } from './async';
import { Capture } from './capture';
import { type Clock, SystemClock } from './clock';
import { Endpoints } from './endpoints';
import { EndpointEvents } from './events';
import { publishInvocation } from './invocation-metrics';
import { Invoker } from './invoke';

export interface ServingOptions {
  /** How much faster than the true time updates of endpoints bake and alarms look back; 1 unless it is given. */
  speed?: number | undefined;
  /** Instances that endpoints may have together: each is a process. */
  instances?: number | undefined;
}

/** All that serves models, and what watches over it. */
export class Serving {
  readonly endpoints: Endpoints;
  readonly invoker: Invoker;
  readonly queues: AsyncQueues;
  readonly clock: Clock;
  private readonly capture: Capture;
  private readonly evaluation: AlarmEvaluation;

  constructor(
    private readonly surroundings: JobSurroundings,
    { speed, instances }: ServingOptions,
    broken: (error: unknown) => void,
  ) {
    const { store } = surroundings;
    const clock = new SystemClock(speed);
    this.clock = clock;
    const events = new EndpointEvents(store);
    this.endpoints = new Endpoints({
      surroundings,
      folder: join(store.folder, 'serving'),
      clock,
      alarms: alarms(store),
      broken,
      changed: (endpoint) => events.hear(endpoint),
      ...(instances === undefined ? {} : { instances }),
    });
    this.capture = new Capture(objects(store), broken);
    const publish: ConstructorParameters<typeof Invoker>[2] = (invoked) => publishInvocation(metrics(store), invoked);
    this.invoker = new Invoker(store, this.endpoints, publish, this.capture);
    this.queues = new AsyncQueues(store, this.invoker, broken);
    this.evaluation = new AlarmEvaluation(store, clock, broken);
  }

  /** Goes on with what the process before has left. */
  recover(): void {
    this.endpoints.recover();
    this.queues.recover();
    this.evaluation.start();
  }

  /** Puts into S3 what has been captured up to now. */
  async settle(): Promise<void> {
    await this.capture.flush();
  }

  /** Ends all workers and writes what has not been written. */
  async shutDown(): Promise<void> {
    this.evaluation.stop();
    this.queues.stop();
    await this.endpoints.shutDown();
    await this.capture.flush();
    metrics(this.surroundings.store).flush();
  }
}
