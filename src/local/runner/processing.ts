import type { CreateProcessingJobRequest } from '@aws-sdk/client-sagemaker';
import { dirname } from 'node:path';
import type { ProcessingJob } from '../store/types';
import { type Container, resourceConfig } from './container';
import { JobLog } from './job-log';
import { ClientError, type JobEnd, type JobKind, type JobSurroundings, type Launch, runJob } from './job-runner';
import { isPython } from './python';
import type { Transfer } from './transfer';

export const processingLogGroup = '/aws/sagemaker/ProcessingJobs';

/** The service's own limit for a job that names none: one day. */
const defaultMaxRuntime = 86_400;

/** Runs a processing job: inputs into its folders, the entry point, outputs back to S3. */
export async function runProcessingJob(
  job: ProcessingJob,
  request: CreateProcessingJobRequest,
  around: JobSurroundings,
  signal: AbortSignal,
): Promise<JobEnd> {
  const log = new JobLog(around.store.logs, processingLogGroup, job.name);
  const { doc } = job;
  const save = (): void => {
    job.modifiedAt = new Date();
    doc.LastModifiedTime = job.modifiedAt;
    around.store.jobs.put(job);
  };
  const kind: JobKind<ProcessingJob> = {
    job,
    log,
    prepare: (container, transfer) => prepare(request, container, transfer, around),
    collect: (container, transfer) => collect(request, container, transfer),
    phase: (phase) => {
      if (phase === 'Running') doc.ProcessingStartTime = new Date();
      if (phase === 'Stopping') {
        job.status = phase;
        doc.ProcessingJobStatus = phase;
      }
      save();
    },
    end: ({ status, reason }, exitCode) => {
      job.status = status;
      doc.ProcessingJobStatus = status;
      doc.ProcessingEndTime = new Date();
      if (reason !== undefined) doc.FailureReason = reason;
      if (exitCode !== undefined) doc.ExitMessage = `exit code: ${exitCode}`;
      save();
    },
  };
  return runJob(kind, around, signal);
}

async function prepare(
  request: CreateProcessingJobRequest,
  container: Container,
  transfer: Transfer,
  around: JobSurroundings,
): Promise<Launch> {
  const { AppSpecification: app, ProcessingInputs: inputs = [], ProcessingOutputConfig: outputs } = request;
  const command = [...(app?.ContainerEntrypoint ?? []), ...(app?.ContainerArguments ?? [])];
  if (!app?.ContainerEntrypoint?.length) {
    throw new ClientError(
      'Local runs scripts, not container images. Give AppSpecification.ContainerEntrypoint, for example ["python3", "/opt/ml/processing/input/code/preprocess.py"].',
    );
  }
  const variables: Record<string, string> = {};
  for (const { InputName = '', S3Input: input } of inputs) {
    if (!input?.S3Uri)
      throw new ClientError(`The input '${InputName}' has no S3Input. Local reads inputs from S3 only.`);
    const folder = container.locate(input.LocalPath ?? `/opt/ml/processing/input/${InputName}`);
    await transfer.download(input.S3Uri, folder, input.S3DataType);
    variables[variable('SM_PROCESSING_INPUT', InputName)] = folder;
  }
  for (const { OutputName = '', S3Output: output } of outputs?.Outputs ?? []) {
    if (!output?.S3Uri)
      throw new ClientError(`The output '${OutputName}' has no S3Output. Local writes outputs to S3 only.`);
    transfer.target(output.S3Uri);
    const folder = container.locate(output.LocalPath ?? `/opt/ml/processing/output/${OutputName}`);
    container.makeFolders(folder);
    variables[variable('SM_PROCESSING_OUTPUT', OutputName)] = folder;
  }
  container.makeFolders(container.path('config'));
  container.writeJson(container.path('config', 'processingjobconfig.json'), request);
  container.writeJson(container.path('config', 'resourceconfig.json'), resourceConfig);

  const script = scriptOf(command);
  if (script !== undefined) await container.rewriteScripts(dirname(container.locate(script)));
  return {
    command: command.map((word) => container.rewrite(word)),
    cwd: container.root,
    env: container.environment(around.environment, { ...request.Environment, ...variables }),
    maxRuntime: request.StoppingCondition?.MaxRuntimeInSeconds ?? defaultMaxRuntime,
  };
}

async function collect(request: CreateProcessingJobRequest, container: Container, transfer: Transfer): Promise<void> {
  for (const { OutputName, S3Output: output } of request.ProcessingOutputConfig?.Outputs ?? []) {
    const folder = container.locate(output?.LocalPath ?? `/opt/ml/processing/output/${OutputName ?? ''}`);
    await transfer.uploadFolder(folder, output?.S3Uri ?? '');
  }
}

/** The script in a command such as `python3 /opt/ml/processing/input/code/preprocess.py --x 1`. */
function scriptOf(command: readonly string[]): string | undefined {
  const [program = '', ...words] = command;
  if (!isPython(program) && program.startsWith('/opt/ml/')) return program;
  return words.find((word) => word.startsWith('/opt/ml/') && /\.\w+$/.test(word));
}

/** `SM_PROCESSING_INPUT_RAW_DATA` for the input `raw-data`. */
function variable(prefix: string, name: string): string {
  return `${prefix}_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}
