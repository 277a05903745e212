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

/** Runs scripts of somebody who knows nothing of Local. @returns what each has seen */
async function scripts(python: string, ...names: string[]): Promise<Record<string, unknown>[]> {
  const folder = join(root, 'test', 'fixtures', 'python-deploy');
  const done = run(
    python,
    ['each.py', ...names].map((name) => join(folder, name)),
    {
      env: {
        ...bed.environment,
        SAGEMAKER_SUPPRESS_V2_WARNING: '1',
        PYTHONWARNINGS: 'ignore',
        PYTHONPATH: join(root, 'media', 'python', 'site'),
        BUCKET: bucket,
        ROLE: role,
        MODEL_DATA: `s3://${bucket}/sdk/model.tar.gz`,
      },
      cwd: bed.folder,
      timeout: 400_000,
      maxBuffer: 16 * 1024 * 1024,
    },
  );
  await done.catch((error: { message: string; stdout?: string }) => {
    // The SDK writes what went wrong to its output.
    throw new Error(`${error.message}\n${(error.stdout ?? '').slice(-3000)}`);
  });
  return names.map(
    (name) => JSON.parse(readFileSync(join(bed.folder, `${name}.json`), 'utf8')) as Record<string, unknown>,
  );
}

/** Whether a variable names a Python with a version of the SDK; where not, the reason is printed. */
function pythonOf(variable: string, major: number): string | undefined {
  const python = process.env[variable];
  if (python === undefined) {
    console.warn(`Skipped: ${variable} names no Python that has the SageMaker SDK.`);
    return undefined;
  }
  try {
    // To import it takes seconds.
    const ask = 'import importlib.metadata as m; print(m.version("sagemaker"))';
    const version = execFileSync(python, ['-c', ask], { encoding: 'utf8', timeout: 120_000 });
    if (version.startsWith(`${major}.`)) return python;
  } catch {
    // It has none.
  }
  console.warn(`Skipped: ${variable} names a Python without the SageMaker SDK ${major}.`);
  return undefined;
}

const two = pythonOf('MLOPS_FLOW_PYTHON_SDK2', 2);

test.skipIf(two === undefined)(
  'SDK 2: deploy, predict, update_endpoint, transformer, asynchronous, delete; DefaultModelMonitor and ModelExplainabilityMonitor make baselines and schedules; boto3: many models on one endpoint',
  { timeout: 420_000 },
  async () => {
    const [deployed, monitored, many] = await scripts(two ?? '', 'v2.py', 'monitor2.py', 'many.py');
    expect(deployed).toEqual({
      predict: [6, 14],
      kept: '[6.0]',
      updated: [9],
      transformed: '[6.0, 14.0]\n',
      async: [12],
      error: 500,
      status: 'InService',
      left: ['sdk-async'],
    });
    expect(monitored).toEqual({
      features: ['a', 'b'],
      status: 'CompletedWithViolations',
      violations: [['b', 'baseline_drift_check']],
      count: 40,
      expression: 'cron(0 * ? * * *)',
      // The model is 2·(a + b): of 0 to 19 the mean is 9.5, of 0 to 4 it is 2.
      shap: [19, 4],
      explained: 'Completed',
    });
    expect(many).toEqual({
      archives: [[6], [6]],
      missing: 'ValidationError',
      components: [[9], [15]],
      listed: ['cats', 'dogs'],
    });
  },
);

const three = pythonOf('MLOPS_FLOW_PYTHON_SDK3', 3);

test.skipIf(three === undefined)(
  'SDK 3: endpoints, a batch transform and an asynchronous request by its resources',
  { timeout: 420_000 },
  async () => {
    expect(await scripts(three ?? '', 'v3.py')).toEqual([
      {
        predict: [6],
        updated: [9],
        config: 'three-3',
        left: [],
        transformed: '[6.0, 14.0]\n',
        async: [12, 28],
      },
    ]);
  },
);
