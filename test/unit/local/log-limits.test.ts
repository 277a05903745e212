import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DeletePipelineCommand, DescribeProcessingJobCommand } from '@aws-sdk/client-sagemaker';
import { describe, expect, test } from 'vitest';
import { Reserve } from '../../../src/local/store/reserve';
import { Bed, makeTemp, shellStep } from './support';

const group = '/aws/sagemaker/ProcessingJobs';

async function linesOf(bed: Bed, job: string): Promise<string[]> {
  const lines: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await bed.clients.logs.send(
      new FilterLogEventsCommand({ logGroupName: group, logStreamNamePrefix: `${job}/`, nextToken }),
    );
    lines.push(...(page.events ?? []).map(({ message = '' }) => message));
    ({ nextToken } = page);
  } while (nextToken !== undefined);
  return lines;
}

/** Runs a script as a step. @returns the name of its job, and why it failed */
async function run(bed: Bed, script: string, name?: string): Promise<{ job: string; reason: string | undefined }> {
  const arn = await bed.run([shellStep('Talk', script)], name === undefined ? {} : { name });
  await bed.end(arn);
  const { Talk } = await bed.steps(arn);
  return { job: Talk?.Metadata?.ProcessingJob?.Arn?.split('/')[1] ?? '', reason: Talk?.FailureReason };
}

describe('logs', () => {
  test('of one job end before they are too long, and still tell how the job ended', async () => {
    const bed = await Bed.start({ logs: { stream: 20_000 } });
    const { job, reason } = await run(bed, 'seq 1 20000; echo "the reason"; exit 3');
    expect(reason).toContain('the reason');
    const lines = await linesOf(bed, job);
    expect(lines[0]).toBe('1');
    expect(lines.at(-1)).toBe('the reason');
    expect(lines.length).toBeLessThan(1500);
    expect(lines).toContain('The log is longer than Local keeps. What follows is left out, but for the end.');
    expect(lines.find((line) => line.startsWith('… '))).toMatch(/^… \d+ lines were left out\. The end:$/);
    await bed.stop();
  });

  test('make room for newer ones, the oldest first', async () => {
    const bed = await Bed.start({ logs: { all: 60_000 } });
    const jobs: string[] = [];
    for (let count = 0; count < 4; count++) jobs.push((await run(bed, 'seq 1 500')).job);
    const lengths = await Promise.all(jobs.map(async (job) => (await linesOf(bed, job)).length));
    expect(lengths.at(-1)).toBe(500);
    expect(lengths[0]).toBe(1);
    expect(await linesOf(bed, jobs[0] ?? '')).toEqual(['This log was removed to make room for newer ones.']);
    await bed.stop();
  });

  test('go with the runs of a pipeline that is deleted, as its jobs do', async () => {
    const bed = await Bed.start();
    const { job } = await run(bed, 'echo here', 'gone');
    const other = await run(bed, 'echo there', 'kept');
    expect(await linesOf(bed, job)).toEqual(['here']);
    const request = { PipelineName: 'gone', ClientRequestToken: crypto.randomUUID() };
    await bed.clients.sagemaker.send(new DeletePipelineCommand(request));
    expect(await linesOf(bed, job)).toEqual([]);
    const described = bed.clients.sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName: job }));
    await expect(described).rejects.toThrow('Requested resource not found.');
    expect(await linesOf(bed, other.job)).toEqual(['there']);
    await bed.stop();
  });
});

test('the reserve takes room once and gives it up once', () => {
  const path = join(makeTemp(), 'reserve');
  const reserve = new Reserve(path);
  expect(reserve.free()).toBe(false);
  reserve.fill();
  reserve.fill();
  expect(existsSync(path)).toBe(true);
  expect(reserve.free()).toBe(true);
  expect(existsSync(path)).toBe(false);
});

test('what Local cannot read is refused before the start', async () => {
  const bed = await Bed.start();
  const query = {
    InputName: 'q',
    DatasetDefinition: {
      AthenaDatasetDefinition: {
        Catalog: 'c',
        Database: 'd',
        QueryString: 'SELECT 1',
        OutputFormat: 'PARQUET',
        OutputS3Uri: 's3://a/b',
      },
    },
  };
  await expect(bed.run([shellStep('Q', 'true', { ProcessingInputs: [query] })])).rejects.toThrow(
    "'Q': it reads from Athena or Redshift, which Local has not",
  );
  const streamed = {
    InputName: 'p',
    S3Input: { S3Uri: 's3://a/b', LocalPath: '/opt/ml/processing/p', S3DataType: 'S3Prefix', S3InputMode: 'Pipe' },
  };
  await expect(bed.run([shellStep('P', 'true', { ProcessingInputs: [streamed] })])).rejects.toThrow(
    "'P': it reads its data from pipes (input mode Pipe), and Local gives files",
  );
  await bed.stop();
});
