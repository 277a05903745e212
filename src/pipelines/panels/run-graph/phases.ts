import type { SecondaryStatusTransition } from '@aws-sdk/client-sagemaker';
import type { Job } from '../../service';
import type { Phase } from './contract';

/** What the secondary statuses of a training job are a part of. Those of its end have no length. */
const phaseNames: Partial<Record<string, Phase['name']>> = {
  Starting: 'Starting',
  Pending: 'Starting',
  LaunchingMLInstances: 'Starting',
  PreparingTrainingStack: 'Starting',
  Downloading: 'Downloading',
  DownloadingTrainingImage: 'Downloading',
  Training: 'Running',
  Restarting: 'Starting',
  Updating: 'Running',
  Uploading: 'Uploading',
};

/**
 * What the time of a job went into, as far as the service tells: of training jobs by their secondary statuses, of
 * others until their container began and after it.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_SecondaryStatusTransition.html
 */
export function phasesOf({ kind, job }: Job): Phase[] {
  switch (kind) {
    case 'Training':
      return (job.SecondaryStatusTransitions ?? []).flatMap(transitionPhase);
    case 'Processing':
      return startAndRun(job.CreationTime, job.ProcessingStartTime, job.ProcessingEndTime);
    case 'Transform':
      return startAndRun(job.CreationTime, job.TransformStartTime, job.TransformEndTime);
    case 'Tuning':
    case 'AutoML':
      return startAndRun(job.CreationTime, undefined, undefined);
  }
}

function transitionPhase({ Status, StartTime, EndTime }: SecondaryStatusTransition): Phase[] {
  const name = Status && phaseNames[Status];
  return name === undefined || StartTime === undefined ? [] : [phase(name, StartTime, EndTime)];
}

function startAndRun(created: Date | undefined, started: Date | undefined, ended: Date | undefined): Phase[] {
  return [
    ...(created && started ? [phase('Starting', created, started)] : []),
    ...(started ? [phase('Running', started, ended)] : []),
  ];
}

function phase(name: Phase['name'], from: Date, to: Date | undefined): Phase {
  return { name, from: from.getTime(), ...(to ? { to: to.getTime() } : {}) };
}
