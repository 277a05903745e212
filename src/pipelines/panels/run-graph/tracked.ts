/** What the page of a run says of its runs in MLflow. Pure. */
import type { Row, Section } from '../../../shared/facts';
import { formatNumber } from '../../../shared/format';
import { isOfMachine } from '../../mlflow/model';
import type { Tracking } from '../../mlflow/tracking';

/** A section for the server, then one for each run that it has; parameters stand before metrics. */
export function trackingSections({ server, runs, ground, note }: Tracking): Section[] {
  return [
    {
      title: 'MLflow',
      rows: [
        { label: 'Server', value: server },
        ...(note === undefined ? [] : [{ label: 'Runs', value: note }]),
        ...(ground === 'time' && runs.length > 0
          ? [{ label: 'Found by', value: 'its time: it is the only run there while the job ran' }]
          : []),
      ],
    },
    ...runs.map(({ name, experiment, status, link, parameters, metrics }) => ({
      title: `MLflow run ${name}`,
      rows: [
        { label: 'Run', value: name, ...(link === undefined ? {} : { link }) },
        { label: 'Experiment', value: experiment },
        { label: 'Status', value: status },
        ...Object.entries(parameters).map(([label, value]): Row => ({ label, value })),
        ...Object.entries(metrics)
          .filter(([label]) => !isOfMachine(label))
          .map(([label, value]): Row => ({ label, value: formatNumber(value), kind: 'number' })),
      ],
    })),
  ];
}
