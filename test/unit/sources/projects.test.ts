/**
 * Projects in the style of those that teams have (test/fixtures/projects), rendered with the real SDKs and run on Local to
 * their end. scripts/python-sdks.sh brings the SDKs in where PyPI can be reached.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  CreatePipelineCommand,
  DescribePipelineExecutionCommand,
  StartPipelineExecutionCommand,
  UpdatePipelineCommand,
} from '@aws-sdk/client-sagemaker';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validate } from '../../../src/definition';
import type { Literal } from '../../../src/sources/literal';
import { readProject, renderSource, type RenderedSource } from '../../../src/sources/project';
import { hasPackages, noPackages } from '../local/packages';
import { Bed, bucket, role } from '../local/support';

const sdk2 = process.env['MLOPS_FLOW_PYTHON_SDK2'];
const sdk3 = process.env['MLOPS_FLOW_PYTHON_SDK3'];
const limit = 300_000;

const projects: [name: string, pipeline: string, sdk: 2 | 3, saved?: Record<string, Literal>][] = [
  ['buildspec', 'rows-of-buildspec', 2],
  ['module', 'rows-module', 2],
  ['program', 'rows-program', 2],
  ['book', 'rows-book', 2],
  ['factory', 'team-rows', 2],
  ['approved', 'rows-approved', 2],
  ['lambda', 'rows-lambda', 2],
  ['written', 'written', 2, { cfg: { rows: 3, least: 2, team: 'us' } }],
  ['elsewhere', 'rows-elsewhere', 2],
  ['notebook-job', 'rows-of-notebook-job', 2],
  ['v3', 'rows-v3', 3],
  ['v3-function', 'rows-v3-function', 3],
];

describe('projects of teams', () => {
  let bed: Bed;

  beforeAll(async () => {
    bed = await Bed.start();
    const Body = readFileSync('media/sample/data/penguins.csv');
    await bed.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'rows/penguins.csv', Body }));
    await bed.clients.s3.send(new CreateBucketCommand({ Bucket: 'rows-of-the-public' }));
    await bed.clients.s3.send(new PutObjectCommand({ Bucket: 'rows-of-the-public', Key: 'penguins.csv', Body }));
  });
  afterAll(() => bed.stop());

  async function rendered(name: string, python: string, saved: Record<string, Literal>): Promise<RenderedSource> {
    const root = resolve('test/fixtures/projects', name);
    const project = await readProject(root);
    expect(project.pipelines).toHaveLength(1);
    const [pipeline] = project.pipelines;
    if (!pipeline) throw new Error(`No pipeline in ${name}`);
    const access = { ...bed.plane.ready, account: '000000000000', role };
    const say = (): void => undefined;
    return renderSource({ project, pipeline, access, media: resolve('media'), saved, python, timeout: limit, say });
  }

  async function run(PipelineName: string, PipelineDefinition: string): Promise<string> {
    const { sagemaker } = bed.clients;
    const pipeline = { PipelineName, PipelineDefinition, RoleArn: role };
    const create = new CreatePipelineCommand({ ...pipeline, ClientRequestToken: crypto.randomUUID() });
    // A program has created it already.
    await sagemaker.send(create).catch(() => sagemaker.send(new UpdatePipelineCommand(pipeline)));
    const start = new StartPipelineExecutionCommand({ PipelineName, ClientRequestToken: crypto.randomUUID() });
    const { PipelineExecutionArn = '' } = await sagemaker.send(start);
    await bed.end(PipelineExecutionArn);
    const described = await sagemaker.send(new DescribePipelineExecutionCommand({ PipelineExecutionArn }));
    return [described.PipelineExecutionStatus, described.FailureReason].filter(Boolean).join(': ');
  }

  it.each(projects)('%s is found', async (name, pipeline) => {
    const { pipelines } = await readProject(join('test/fixtures/projects', name));
    expect(pipelines).toHaveLength(1);
    expect([undefined, pipeline]).toContain(pipelines[0]?.name);
  });

  for (const [name, expected, sdk, saved = {}] of projects) {
    const python = sdk === 2 ? sdk2 : sdk3;
    // Its job gets the packages of Jupyter.
    const isAlone = name !== 'notebook-job';
    it.skipIf(python === undefined || (!isAlone && !hasPackages))(
      `${name} is rendered and runs (skipped unless MLOPS_FLOW_PYTHON_SDK${sdk} names a Python that has the SDK)${isAlone ? '' : noPackages}`,
      async () => {
        const { pipelines } = await rendered(name, python ?? '', saved);
        expect(pipelines.map((one) => [one.name, one.unknown])).toEqual([[expected, []]]);
        const [made] = pipelines;
        const found = validate(made?.definition ?? '', { path: 'a.pipeline.json' });
        expect(found.filter(({ severity }) => severity === 'error' || severity === 'warning')).toEqual([]);
        expect(await run(expected, made?.definition ?? '')).toBe('Succeeded');
      },
      limit,
    );
  }

  it.skipIf(sdk2 === undefined)(
    'what nobody knows is told before a step runs (skipped unless MLOPS_FLOW_PYTHON_SDK2 names a Python)',
    async () => {
      const { pipelines } = await rendered('written', sdk2 ?? '', {});
      expect(pipelines[0]?.unknown).toEqual([
        'stand-in-for-cfg-least',
        'stand-in-for-cfg-rows',
        'stand-in-for-cfg-team',
      ]);
    },
    limit,
  );
});
