import type { Jobs } from '../jobs/jobs';
import type { Store } from '../store/store';
import type { Engine } from './engine';

/** What the operations of services work on. */
export interface Context {
  store: Store;
  engine: Engine;
  jobs: Jobs;
}
