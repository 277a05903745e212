import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { archive } from './serving';
import { Bed, bucket, role, root } from './support';

const run = promisify(execFile);

const source = join(root, 'test', 'fixtures', 'python-deploy', 'source', 'inference.py');

let bed: Bed;
beforeAll(async () => {
  bed = await Bed.start();
  await bed.clients.s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: 'sdk/model.tar.gz',
      Body: archive({ 'weights.txt': 'none', 'code/inference.py': readFileSync(source, 'utf8') }),
    }),
  );
});
afterAll(() => bed.stop());

/** Runs a script of somebody who knows nothing of Local. @returns what it has seen */
async function script(python: string, name: string): Promise<Record<string, unknown>> {
  const result = join(bed.folder, `${name}.json`);
  const done = run(python, [join(root, 'test', 'fixtures', 'python-deploy', name)], {
    env: {
      ...bed.environment,
      SAGEMAKER_SUPPRESS_V2_WARNING: '1',
      PYTHONWARNINGS: 'ignore',
      PYTHONPATH: join(root, 'media', 'python', 'site'),
      RESULT: result,
      BUCKET: bucket,
      ROLE: role,
      MODEL_DATA: `s3://${bucket}/sdk/model.tar.gz`,
    },
    cwd: bed.folder,
    timeout: 400_000,
    maxBuffer: 16 * 1024 * 1024,
  });
  await done.catch((error: { message: string; stdout?: string }) => {
    // The SDK writes what went wrong to its output.
    throw new Error(`${error.message}\n${(error.stdout ?? '').slice(-3000)}`);
  });
  return JSON.parse(readFileSync(result, 'utf8')) as Record<string, unknown>;
}

/** Whether a variable names a Python with a package; where not, the reason is printed. */
function pythonOf(variable: string, package_: string): string | undefined {
  const python = process.env[variable];
  try {
    if (python !== undefined) execFileSync(python, ['-c', `import ${package_}`], { stdio: 'ignore', timeout: 120_000 });
  } catch {
    console.warn(`Skipped: ${variable} names a Python without ${package_}.`);
    return undefined;
  }
  if (python === undefined) console.warn(`Skipped: ${variable} names no Python that has the SageMaker SDK.`);
  return python;
}

const two = pythonOf('MLOPS_FLOW_PYTHON_SDK2', 'sagemaker.sklearn');

test.skipIf(two === undefined)(
  'SDK 2: deploy, predict, update_endpoint, transformer, asynchronous, delete',
  { timeout: 420_000 },
  async () => {
    expect(await script(two ?? '', 'v2.py')).toEqual({
      predict: [6, 14],
      kept: '[6.0]',
      updated: [9],
      transformed: '[6.0, 14.0]\n',
      async: [12],
      error: 500,
      status: 'InService',
      left: ['sdk-async'],
    });
  },
);

test.skipIf(two === undefined)(
  'SDK 2: DefaultModelMonitor makes a baseline and a schedule, and reads what its execution has found',
  { timeout: 420_000 },
  async () => {
    expect(await script(two ?? '', 'monitor2.py')).toEqual({
      features: ['a', 'b'],
      status: 'CompletedWithViolations',
      violations: [['b', 'baseline_drift_check']],
      count: 40,
      expression: 'cron(0 * ? * * *)',
    });
  },
);

const three = pythonOf('MLOPS_FLOW_PYTHON_SDK3', 'sagemaker.core.resources');

test.skipIf(three === undefined)(
  'SDK 3: an endpoint is created, asked, updated and deleted by its resources',
  { timeout: 420_000 },
  async () => {
    expect(await script(three ?? '', 'v3.py')).toEqual({
      predict: [6],
      updated: [9],
      config: 'three-3',
      left: [],
    });
  },
);
