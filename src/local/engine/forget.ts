import type { Step } from '../domain/executions';
import { sagemakerArn } from '../domain/arns';
import { logs } from '../domain/logs';
import { series } from '../domain/series';
import { jobKinds } from '../jobs';
import { jobs } from '../jobs/job';
import type { Store } from '../store/store';

/** Removes the records and logs of the jobs that a step has made. What they wrote to S3 stays. */
export function forgetJobs(store: Store, { metadata, cacheSource }: Step): void {
  // The job of another run, whose result this step took over.
  if (cacheSource !== undefined) return;
  for (const kind of jobKinds) {
    const name = metadata?.[kind.metadata]?.Arn?.split('/')[1];
    if (name === undefined) continue;
    jobs(store).delete('id = ?', `${kind.name}/${name}`);
    series(store).remove(sagemakerArn(kind.arnType, name));
    if ('logGroup' in kind) logs(store).remove(kind.logGroup, `${name}/`);
  }
}
