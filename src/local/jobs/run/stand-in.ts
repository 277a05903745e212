import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Stub, stubbedMark } from '../../../shared/stubs';
import { logs } from '../../domain/logs';
import { objects } from '../../domain/objects';
import type { Job } from '../job';
import type { JobEnd, ProcessKind } from '../kind';
import { JobLog } from './job-log';
import { type JobSurroundings, endJob } from './runner';
import { Transfer, TransferError } from './transfer';

/**
 * Ends a job as its stub says: its record and its log are there and say so, and its outputs hold what the stub gives.
 */
export async function standIn(
  kind: ProcessKind,
  job: Job,
  request: object,
  stub: Stub,
  surroundings: JobSurroundings,
): Promise<JobEnd> {
  const { store } = surroundings;
  const log = new JobLog(logs(store), kind.logGroup, job.name);
  log.write([stubbedMark, 'It ends as the stub of this step says.']);
  const transfer = new Transfer(objects(store));
  const folder = join(surroundings.folder, `stub-${kind.name}-${job.name}`);
  let end: JobEnd = { status: 'Completed' };
  if (stub.status === 'Failed') {
    end = { status: 'Failed', reason: stub.reason ?? 'The stub of this step says that it fails.' };
  } else {
    try {
      await fill(kind, job, request, stub, transfer, folder);
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
      end = { status: 'Failed', reason: `ClientError: ${error.message}` };
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  }
  if (end.reason !== undefined) log.write([end.reason]);
  const Timestamp = new Date();
  const metrics = Object.entries(stub.metrics).map(([MetricName, Value]) => ({ MetricName, Value, Timestamp }));
  endJob(kind, job, { ...end, metrics }, store);
  return end;
}

/** Copies what a stub gives to where the job would have put its outputs. */
async function fill(
  kind: ProcessKind,
  job: Job,
  request: object,
  { artifacts }: Stub,
  transfer: Transfer,
  folder: string,
): Promise<void> {
  const targets = kind.targets(request, job.name);
  for (const [name, source] of Object.entries(artifacts)) {
    const target = targets.find((each) => each.name === name);
    if (!target) {
      const names = targets.map((each) => each.name).join(', ');
      throw new TransferError(`The stub gives '${name}', which is not an output of the step. Its outputs: ${names}.`);
    }
    if (target.isArchive && source.endsWith('.tar.gz')) {
      await transfer.copy(source, target.uri);
      continue;
    }
    const place = join(folder, String(targets.indexOf(target)));
    await transfer.download(source, place);
    await (target.isArchive ? transfer.uploadArchive(place, target.uri) : transfer.uploadFolder(place, target.uri));
  }
}
