import type {
  DescribeProcessingJobRequest,
  DescribeProcessingJobResponse,
  DescribeTrainingJobRequest,
  DescribeTrainingJobResponse,
  ListProcessingJobsRequest,
  ListProcessingJobsResponse,
  ListTrainingJobsRequest,
  ListTrainingJobsResponse,
} from '@aws-sdk/client-sagemaker';
import { invalid } from '../protocol/errors';
import type { Filter, Page } from '../store/records';
import type { Job, ProcessingJob, TrainingJob } from '../store/types';
import { type Checked, type Operations, type ServiceContext, defaultPage, questionOf } from './context';

/** Operations on the jobs that steps have made. */
export function jobOperations({ store }: ServiceContext): Operations {
  function find(kind: Job['kind'], name: string): Job {
    const job = store.jobs.get(`${kind}/${name}`);
    // The service answers so, and its clients' waiters count on it.
    if (!job) throw invalid('Requested resource not found.');
    return job;
  }

  function list(kind: Job['kind'], input: ListTrainingJobsRequest | ListProcessingJobsRequest): Page<Job> {
    const filters: Filter[] = [['kind = ?', kind]];
    if (input.NameContains !== undefined) filters.push(['instr(lower(name), lower(?)) > 0', input.NameContains]);
    if (input.StatusEquals !== undefined) filters.push(['status = ?', input.StatusEquals]);
    if (input.CreationTimeAfter) filters.push(['created > ?', input.CreationTimeAfter.getTime()]);
    if (input.CreationTimeBefore) filters.push(['created < ?', input.CreationTimeBefore.getTime()]);
    if (input.LastModifiedTimeAfter) filters.push(['modified > ?', input.LastModifiedTimeAfter.getTime()]);
    if (input.LastModifiedTimeBefore) filters.push(['modified < ?', input.LastModifiedTimeBefore.getTime()]);
    const columns: Record<string, string> = { Name: 'name', Status: 'status', CreationTime: 'created' };
    return store.jobs.page(filters, {
      sort: columns[input.SortBy ?? 'CreationTime'] ?? 'created',
      descending: input.SortOrder === 'Descending',
      limit: input.MaxResults ?? defaultPage,
      token: input.NextToken,
      question: questionOf(kind, input),
    });
  }

  return {
    DescribeTrainingJob(input: Checked<DescribeTrainingJobRequest>): DescribeTrainingJobResponse {
      return (find('training', input.TrainingJobName) as TrainingJob).doc;
    },
    DescribeProcessingJob(input: Checked<DescribeProcessingJobRequest>): DescribeProcessingJobResponse {
      return (find('processing', input.ProcessingJobName) as ProcessingJob).doc;
    },
    ListTrainingJobs(input: ListTrainingJobsRequest): ListTrainingJobsResponse {
      const { records, nextToken } = list('training', input);
      return {
        TrainingJobSummaries: (records as TrainingJob[]).map(({ doc }) => ({
          TrainingJobName: doc.TrainingJobName,
          TrainingJobArn: doc.TrainingJobArn,
          CreationTime: doc.CreationTime,
          TrainingEndTime: doc.TrainingEndTime,
          LastModifiedTime: doc.LastModifiedTime,
          TrainingJobStatus: doc.TrainingJobStatus,
          SecondaryStatus: doc.SecondaryStatus,
        })),
        NextToken: nextToken,
      };
    },
    ListProcessingJobs(input: ListProcessingJobsRequest): ListProcessingJobsResponse {
      const { records, nextToken } = list('processing', input);
      return {
        ProcessingJobSummaries: (records as ProcessingJob[]).map(({ doc }) => ({
          ProcessingJobName: doc.ProcessingJobName,
          ProcessingJobArn: doc.ProcessingJobArn,
          CreationTime: doc.CreationTime,
          ProcessingEndTime: doc.ProcessingEndTime,
          LastModifiedTime: doc.LastModifiedTime,
          ProcessingJobStatus: doc.ProcessingJobStatus,
          FailureReason: doc.FailureReason,
          ExitMessage: doc.ExitMessage,
        })),
        NextToken: nextToken,
      };
    },
  };
}
