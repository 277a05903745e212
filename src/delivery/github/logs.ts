/** The logs of jobs. */
import type { LogSource } from '../../workbench/log-documents';
import type { GitHub } from './github';
import { groupsIn, type JobLog, jobLogOf } from './log-text';
import { type Job, moves } from './model';
import { keyOf } from './reading';
import type { Repository } from './servers';
import { readJob, readJobLog } from './service';

/** What is known of a job and its log. */
export interface JobLogReading {
  job: Job;
  log: JobLog;
}

/** Where the log of a job is as a document. */
export function jobLogPlace(
  repository: Repository,
  job: Pick<Job, 'id' | 'name'>,
): { path: string; query: string; fragment: string } {
  return { path: `/${job.name.replaceAll('/', ' ')}.log`, query: keyOf(repository), fragment: String(job.id) };
}

export function jobLogs(github: GitHub, interval: () => number): LogSource<JobLogReading> {
  return {
    scheme: 'mlops-flow-github',
    interval,
    read: async (uri, _before, signal) => {
      const asked = await github.asked(await github.repository(uri.query));
      const job = await readJob(asked, Number(uri.fragment), signal);
      const raw = moves(job.status) ? undefined : await readJobLog(asked, job.id, signal);
      return { job, log: raw === undefined ? { text: withoutLog(job), times: [] } : jobLogOf(raw) };
    },
    text: ({ log }) => log.text,
    isDone: ({ job }) => !moves(job.status),
    folds: groupsIn,
  };
}

/** What is known of a job whose log GitHub does not give. */
function withoutLog(job: Job): string {
  const why = moves(job.status)
    ? 'GitHub gives the log of a job once the job has ended. Its steps so far:'
    : 'GitHub keeps no log of this job any more. Its steps:';
  return [why, ...job.steps.map(({ name, status }) => `  ${status}  ${name}`), ''].join('\n');
}
