import { metrics } from '../../domain/metrics';
import { type Measured, series } from '../../domain/series';
import type { Store } from '../../store/store';
import type { Job } from '../job';

/** The namespace of CloudWatch that the values of training jobs come in. */
const namespace = '/aws/sagemaker/TrainingJobs';

/** Keeps the values of a job's metrics as they come: as its series, and in CloudWatch as the service publishes them. */
export function keepingValues(store: Store, { arn, name: job }: Job): (values: readonly Measured[]) => void {
  const dimensions = [{ Name: 'TrainingJobName', Value: job }];
  return (values) => {
    series(store).add(arn, values, 'log');
    for (const { name, value, at } of values)
      metrics(store).add({ namespace, name, dimensions }, value, 'None', at.getTime());
  };
}
