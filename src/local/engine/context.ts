import type { Builds } from '../jobs/build/builds';
import type { Jobs } from '../jobs/jobs';
import type { AsyncQueues } from '../serving/async';
import type { Endpoints } from '../serving/endpoints';
import type { Invoker } from '../serving/invoke';
import type { Store } from '../store/store';
import type { Deliveries } from './codepipeline/deliveries';
import type { Engine } from './engine';
import type { Monitoring } from './monitoring/monitoring';

/** What the operations of services work on. */
export interface Context {
  store: Store;
  engine: Engine;
  jobs: Jobs;
  endpoints: Endpoints;
  components: Endpoints;
  invoker: Invoker;
  queues: AsyncQueues;
  builds: Builds;
  deliveries: Deliveries;
  monitoring: Monitoring;
}
