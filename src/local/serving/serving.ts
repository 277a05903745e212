import { join } from 'node:path';
import { alarms } from '../domain/alarms';
import { endpoints } from '../domain/endpoints';
import { inferenceComponents } from '../domain/inference-components';
import { metrics } from '../domain/metrics';
import { objects } from '../domain/objects';
import type { JobSurroundings } from '../jobs/run/runner';
import { AlarmEvaluation } from './alarm-evaluation';
import { AsyncQueues } from './async';
import { Capacity, defaultInstances } from './capacity';
import { Capture } from './capture';
import { type Clock, SystemClock } from './clock';
import { type EndpointOptions, Endpoints } from './endpoints';
import { EndpointEvents } from './events';
import { publishInvocation, publishModels } from './invocation-metrics';
import { Invoker } from './invoke';
import { Sockets } from './sockets';

export interface ServingOptions {
  /** How much faster than the true time updates of endpoints bake and alarms look back; 1 unless it is given. */
  speed?: number | undefined;
  /** Instances that endpoints may have together: each is a process. */
  instances?: number | undefined;
}

/** All that serves models, and what watches over it. */
export class Serving {
  readonly endpoints: Endpoints;
  /** Inference components: each changes as an endpoint of one variant does, whose instances are its copies. */
  readonly components: Endpoints;
  readonly invoker: Invoker;
  readonly queues: AsyncQueues;
  readonly clock: Clock;
  private readonly sockets = new Sockets();
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
    const shared: Omit<EndpointOptions, 'records' | 'folder' | 'logGroup'> = {
      surroundings,
      sockets: this.sockets,
      clock,
      alarms: alarms(store),
      capacity: new Capacity(instances ?? defaultInstances),
      broken,
      observe: (...told) => publishModels(metrics(store), ...told),
    };
    this.endpoints = new Endpoints({
      ...shared,
      records: endpoints(store),
      folder: join(store.folder, 'serving'),
      logGroup: (name) => `/aws/sagemaker/Endpoints/${name}`,
      changed: (endpoint) => events.hear(endpoint),
    });
    this.components = new Endpoints({
      ...shared,
      records: inferenceComponents(store),
      folder: join(store.folder, 'components'),
      logGroup: (name) => `/aws/sagemaker/InferenceComponents/${name}`,
    });
    this.capture = new Capture(objects(store), broken);
    const publish: ConstructorParameters<typeof Invoker>[3] = (invoked) => publishInvocation(metrics(store), invoked);
    this.invoker = new Invoker(store, this.endpoints, this.components, publish, this.capture);
    this.queues = new AsyncQueues(store, this.invoker, broken);
    this.evaluation = new AlarmEvaluation(store, clock, broken);
  }

  /** Goes on with what the process before has left. */
  recover(): void {
    this.endpoints.recover();
    this.components.recover();
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
    await Promise.all([this.endpoints.shutDown(), this.components.shutDown()]);
    this.sockets.remove();
    await this.capture.flush();
    metrics(this.surroundings.store).flush();
  }
}
