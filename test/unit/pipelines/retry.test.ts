/** A run that stopped for want of data goes on with what was given as a fixture since. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { RunGraphArguments, RunGraphToPanel } from '../../../src/pipelines/panels/run-graph/contract';
import { Watcher } from '../../../src/workbench/watcher';
import { readConfig } from '../../../src/gitflow/lifecycle';
import { describeExecution, readObject } from '../../../src/pipelines/service';
import { startLocalSession, type LocalSession } from '../../fixtures/local/session';
import { FakeClock } from '../../fixtures/clock';
import { FakePanel } from '../../fixtures/panel';
import { files, Uri } from '../../fixtures/vscode';

const root = mkdtempSync(join(tmpdir(), 'retry-'));
const folder = { uri: Uri.file(root) };

vi.mock('vscode', async () => {
  const vscode = await import('../../fixtures/vscode');
  return {
    ...vscode,
    workspace: { ...vscode.workspace, getWorkspaceFolder: () => folder },
    window: { ...vscode.window, showOpenDialog: () => Promise.resolve([Uri.file(join(root, 'data'))]) },
  };
});

const { RunGraph } = await import('../../../src/pipelines/panels/run-graph/controller');
const { MeasurementReader } = await import('../../../src/pipelines/reading');
const { retryRun } = await import('../../../src/pipelines/commands/retry');

const config = join(root, '.mlops', 'config.json');
const bucket = 'sagemaker-us-east-1-000000000000';
let local: LocalSession;

beforeAll(async () => {
  local = await startLocalSession('retry');
  mkdirSync(join(root, 'data'));
  writeFileSync(join(root, 'data', 'rows.csv'), 'mine');
});
afterAll(async () => {
  await local.end();
  rmSync(root, { recursive: true, force: true });
});

function processing(name: string, shell: string, inputs: object[], DependsOn: string[] = []): object {
  return {
    Name: name,
    Type: 'Processing',
    DependsOn,
    Arguments: {
      ProcessingResources: { ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 } },
      AppSpecification: { ImageUri: 'image', ContainerEntrypoint: ['sh', '-c', shell] },
      RoleArn: 'arn:aws:iam::000000000000:role/R',
      ProcessingInputs: inputs,
    },
  };
}

/** A pipeline whose second step reads what only running tells. */
async function failed(name: string, place: string): Promise<string> {
  const { sdk, sagemaker } = local.session;
  const input = {
    InputName: 'rows',
    S3Input: {
      S3Uri: `s3://${bucket}/${place}`,
      LocalPath: '/opt/ml/processing/rows',
      S3DataType: 'S3Prefix',
      S3InputMode: 'File',
    },
  };
  const definition = {
    Version: '2020-12-01',
    Steps: [processing('First', 'true', []), processing('Late', 'true', [input], ['First'])],
  };
  await sagemaker.send(
    new sdk.CreatePipelineCommand({
      PipelineName: name,
      PipelineDefinition: JSON.stringify(definition),
      RoleArn: 'arn:aws:iam::000000000000:role/R',
      ClientRequestToken: crypto.randomUUID(),
    }),
  );
  const { PipelineExecutionArn: arn = '' } = await sagemaker.send(
    new sdk.StartPipelineExecutionCommand({ PipelineName: name, ClientRequestToken: crypto.randomUUID() }),
  );
  expect(await ended(arn)).toBe('Failed');
  return arn;
}

async function ended(arn: string): Promise<string | undefined> {
  let status: string | undefined;
  await expect
    .poll(async () => (status = (await describeExecution(local.session, arn)).status), { timeout: 30_000 })
    .not.toBe('Executing');
  return status;
}

function services(pipeline: string, kind: 'definition' | 'program', fixtures: Record<string, string>): never {
  const uri = Uri.file(join(root, 'pipeline.py'));
  return {
    connections: { session: () => Promise.resolve(local.session), onDidChange: () => ({ dispose: () => undefined }) },
    definitions: {
      fileOf: () => Promise.resolve(kind === 'definition' ? { folder, uri, pipeline } : undefined),
      configuration: () => Promise.resolve(readConfig(files.get(config) ?? JSON.stringify({ fixtures }))),
    },
    sources: { list: () => Promise.resolve(kind === 'program' ? [{ name: pipeline, uri }] : []) },
  } as never;
}

test.each(['definition', 'program'] as const)('of a %s', async (kind) => {
  const arn = await failed(`of-a-${kind}`, `late/${kind}/`);
  const fixtures = { [`s3://${bucket}/late/${kind}/rows.csv`]: 'data/rows.csv' };
  expect(await retryRun(services(`of-a-${kind}`, kind, fixtures), arn, local.session.connection)).toBe(arn);
  expect(await ended(arn)).toBe('Succeeded');
});

test('what lies there already stays as the run has read it', async () => {
  const { sdk, s3 } = local.session;
  const arn = await failed('stays', 'late/stays/');
  await s3.send(new sdk.PutObjectCommand({ Bucket: bucket, Key: 'late/stays/rows.csv', Body: 'theirs' }));
  const fixtures = { [`s3://${bucket}/late/stays/`]: 'data' };
  writeFileSync(join(root, 'data', 'more.csv'), 'more');
  await retryRun(services('stays', 'program', fixtures), arn, local.session.connection);
  expect(await ended(arn)).toBe('Succeeded');
  expect(await readObject(local.session, `s3://${bucket}/late/stays/rows.csv`)).toBe('theirs');
  expect(await readObject(local.session, `s3://${bucket}/late/stays/more.csv`)).toBe('more');
});

test('a failed step takes files of the workspace for what it did not find, from its graph', async () => {
  const arn = await failed('from-graph', 'late/from-graph/');
  const connection = local.session.connection.id;
  const panel = new FakePanel<RunGraphArguments, RunGraphToPanel>({ connection, executionArn: arn });
  const shown: string[] = [];
  const more = {
    watcher: new Watcher(new FakeClock()),
    pollInterval: () => 1000,
    changed: () => undefined,
    started: (started: string) => shown.push(started),
  };
  const graph = new RunGraph(
    { ...(services('from-graph', 'program', {}) as object), ...more } as never,
    new MeasurementReader(),
    panel,
  );
  await vi.waitFor(() => expect(panel.of('run').at(-1)?.steps.at(-1)?.missingData).toBeDefined(), { timeout: 20_000 });
  await graph.receive({ type: 'useLocalData', step: 'Late' });
  expect(shown).toEqual([arn]);
  expect(files.get(config)).toContain(`"s3://${bucket}/late/from-graph/": "data"`);
  expect(await ended(arn)).toBe('Succeeded');
  graph.dispose();
});
