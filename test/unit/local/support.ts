import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreatePipelineCommand,
  DescribePipelineExecutionCommand,
  ListPipelineExecutionStepsCommand,
  type PipelineExecutionStep,
  SageMakerClient,
  StartPipelineExecutionCommand,
} from '@aws-sdk/client-sagemaker';
import { STSClient } from '@aws-sdk/client-sts';
import * as esbuild from 'esbuild';
import { afterAll, expect } from 'vitest';
import { ControlPlane, type ControlPlaneOptions } from '../../../src/local';
import type { Ready } from '../../../src/local/ready';
import { stubsKey } from '../../../src/shared/stubs';
import { outputProblems } from './outputs';

export const root = fileURLToPath(new URL('../../..', import.meta.url));
export const role = 'arn:aws:iam::000000000000:role/local';
export const bucket = 'sagemaker-us-east-1-000000000000';

/** Clients of one control plane. */
export interface Clients {
  sagemaker: SageMakerClient;
  logs: CloudWatchLogsClient;
  s3: S3Client;
  sts: STSClient;
}

export function clientsOf({ endpoint, region, accessKeyId, secretAccessKey }: Ready): Clients {
  const configuration = { endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 };
  return {
    sagemaker: new SageMakerClient(configuration),
    logs: new CloudWatchLogsClient(configuration),
    s3: new S3Client(configuration),
    sts: new STSClient(configuration),
  };
}

/** Looks at every answer of a control plane by the service's model. */
class Answers {
  readonly operations = new Set<string>();
  readonly problems: string[] = [];

  readonly observe: NonNullable<ControlPlaneOptions['observe']> = ({ signingName, model }, operation, output) => {
    this.operations.add(`${signingName} ${operation}`);
    const shape = model.operations[operation]?.output;
    const problems = shape === undefined ? [] : outputProblems(model, shape, output);
    for (const problem of problems) {
      const text = `${operation}: ${problem}`;
      if (!this.problems.includes(text)) this.problems.push(text);
    }
  };
}

/** A control plane in this process with a data folder of its own; every answer of it is checked. */
export class Bed {
  readonly clients: Clients;

  private constructor(
    readonly plane: ControlPlane,
    readonly folder: string,
    private readonly answers: Answers,
  ) {
    this.clients = clientsOf(plane.ready);
  }

  static async start(options: Partial<ControlPlaneOptions> = {}): Promise<Bed> {
    const folder = makeTemp();
    const answers = new Answers();
    const { observe } = answers;
    const programs = join(root, 'media', 'python', 'algorithms');
    const plane = await ControlPlane.start({ data: join(folder, 'data'), grace: 500, observe, programs, ...options });
    return new Bed(plane, folder, answers);
  }

  /** What a program of the user has in its environment to reach this control plane, and nothing of this machine's. */
  get environment(): NodeJS.ProcessEnv {
    const { endpoint, region, accessKeyId, secretAccessKey } = this.plane.ready;
    return {
      PATH: process.env.PATH,
      HOME: this.folder,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    };
  }

  /** The operations that have answered, as `sagemaker ListPipelines`. */
  get answered(): ReadonlySet<string> {
    return this.answers.operations;
  }

  /** @throws when an answer was not what the service's model says. */
  async stop(): Promise<void> {
    await this.plane.stop();
    rmSync(this.folder, { recursive: true, force: true });
    expect(this.answers.problems).toEqual([]);
  }

  /** Creates a pipeline and starts it. @returns the execution's ARN */
  async run(
    steps: object[],
    options: {
      name?: string;
      parameters?: object[];
      values?: Record<string, string>;
      parallel?: number;
      stubs?: object;
    } = {},
  ): Promise<string> {
    const { name = `p${Math.random().toString(36).slice(2)}`, parameters = [], values = {}, parallel, stubs } = options;
    const { sagemaker } = this.clients;
    await sagemaker.send(
      new CreatePipelineCommand({
        PipelineName: name,
        ClientRequestToken: crypto.randomUUID(),
        RoleArn: role,
        PipelineDefinition: definition(steps, parameters),
        ...(parallel === undefined ? {} : { ParallelismConfiguration: { MaxParallelExecutionSteps: parallel } }),
      }),
    );
    const ClientRequestToken = crypto.randomUUID();
    if (stubs) {
      const Key = stubsKey(ClientRequestToken);
      await this.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: JSON.stringify(stubs) }));
    }
    const { PipelineExecutionArn = '' } = await sagemaker.send(
      new StartPipelineExecutionCommand({
        PipelineName: name,
        ClientRequestToken,
        PipelineParameters: Object.entries(values).map(([Name, Value]) => ({ Name, Value })),
      }),
    );
    return PipelineExecutionArn;
  }

  async end(arn: string): Promise<{ status: string; reason: string | undefined }> {
    return executionEnd(this.clients.sagemaker, arn);
  }

  async steps(arn: string): Promise<Record<string, PipelineExecutionStep>> {
    return executionSteps(this.clients.sagemaker, arn);
  }
}

export function definition(steps: object[], parameters: object[] = []): string {
  return JSON.stringify({ Version: '2020-12-01', Metadata: {}, Parameters: parameters, Steps: steps });
}

/** Waits until an execution is in a terminal state. */
export async function executionEnd(
  client: SageMakerClient,
  arn: string,
): Promise<{ status: string; reason: string | undefined }> {
  for (;;) {
    const { PipelineExecutionStatus: status = '', FailureReason: reason } = await client.send(
      new DescribePipelineExecutionCommand({ PipelineExecutionArn: arn }),
    );
    if (status !== 'Executing' && status !== 'Stopping') return { status, reason };
    await sleep(15);
  }
}

export async function executionSteps(
  client: SageMakerClient,
  arn: string,
): Promise<Record<string, PipelineExecutionStep>> {
  const { PipelineExecutionSteps = [] } = await client.send(
    new ListPipelineExecutionStepsCommand({ PipelineExecutionArn: arn }),
  );
  return Object.fromEntries(PipelineExecutionSteps.map((step) => [step.StepName ?? '', step]));
}

/** Waits until `probe` gives something; fails after forty seconds. */
export async function eventually<T>(probe: () => Promise<T | undefined | false>): Promise<T> {
  for (const end = Date.now() + 40_000; Date.now() < end; await sleep(15)) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
  }
  throw new Error('It did not come about within forty seconds.');
}

export async function sleep(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A processing step that runs a shell script, without inputs unless they are given. */
export function shellStep(name: string, script: string, more: Record<string, unknown> = {}): object {
  const { DependsOn, CacheConfig, PropertyFiles, RetryPolicies, ...given } = more;
  return {
    Name: name,
    Type: 'Processing',
    ...Object.fromEntries(
      Object.entries({ DependsOn, CacheConfig, PropertyFiles, RetryPolicies }).filter(
        ([, value]) => value !== undefined,
      ),
    ),
    Arguments: {
      ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 10 } },
      AppSpecification: { ImageUri: 'image', ContainerEntrypoint: ['/bin/sh', '-c', script] },
      ...given,
    },
  };
}

/** One output of a processing step, in the default bucket. */
export function output(name: string, uri = `s3://${bucket}/out/${name}`): object {
  return {
    OutputName: name,
    S3Output: { S3Uri: uri, LocalPath: `/opt/ml/processing/${name}`, S3UploadMode: 'EndOfJob' },
  };
}

const temporary: string[] = [];

afterAll(() => {
  for (const folder of temporary.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** A folder that is removed after the tests of the file. */
export function makeTemp(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mlops-local-'));
  temporary.push(folder);
  return folder;
}

/** As in scripts/build.mjs: an import of `x.bundle` becomes a require of the bundle beside. */
const bundles: esbuild.Plugin = {
  name: 'bundles',
  setup(build) {
    build.onResolve({ filter: /\.bundle$/ }, ({ kind, path }) =>
      kind === 'entry-point' ? undefined : { path: `./${basename(path, '.bundle')}.js`, external: true },
    );
  },
};

/** Builds the server, and `serve` beside it, as bundles. @returns the server's path */
export async function buildServer(folder: string): Promise<string> {
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: {
      'local-server': 'src/local-server.ts',
      serve: 'src/cli/serve.bundle.ts',
      exec: 'src/cli/exec.bundle.ts',
      build: 'src/cli/build.bundle.ts',
      run: 'src/cli/run.bundle.ts',
      sweep: 'src/cli/sweep.bundle.ts',
      callback: 'src/cli/callback.bundle.ts',
      deploy: 'src/cli/deploy.bundle.ts',
      endpoint: 'src/cli/endpoint.bundle.ts',
      transform: 'src/cli/transform.bundle.ts',
      'serving-sdk': 'src/aws/serving-sdk.bundle.ts',
      sdk: 'src/aws/sdk.bundle.ts',
      'simple-git': 'src/gitflow/remote/simple-git.bundle.ts',
      definition: 'src/definition/definition.bundle.ts',
    },
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    mainFields: ['module', 'main'],
    logLevel: 'silent',
    loader: { '.py': 'text' },
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: "const importMetaUrl=require('node:url').pathToFileURL(__filename).href;" },
    plugins: [bundles],
  });
  return join(folder, 'local-server.js');
}
