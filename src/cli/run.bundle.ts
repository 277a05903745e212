/** `mlops-flow run`: renders a pipeline, puts it on Local and runs it to its end. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { local as localConnection, type Session } from '../aws';
import { launchLocal, type LocalHandle } from '../local/launch';
import { valueOfJson } from '../shared/json';
import { EnvironmentError } from '../sources/environments';
import { type FoundPipeline, preferredPipeline } from '../sources/find';
import { isModuleOf } from '../sources/callers';
import { type Literal, readLiteral } from '../sources/literal';
import { readProject, renderSource } from '../sources/project';
import { RenderError } from '../sources/render';
import { account, executionRoleArn } from '../local/domain/arns';
import { openConnections } from './connections';
import { readOptions, UsageError } from './options';
import { provideStandIns, type StandIns, stubsFor } from '../pipelines/commands/stand-ins';
import { madeOf, type Project, projectOf, standInsIn } from './run/made-of';
import { defaultData, findNode } from './serve-node';

const home = join(homedir(), '.mlops-flow');
const renderTimeout = 10 * 60_000;
const pollInterval = 500;

interface Pipeline {
  name: string;
  definition: string;
  /** Of a definition that lies in a repository. */
  project?: Project | undefined;
  standIns: StandIns;
}

/** Exit codes: 0 succeeded, 1 failed, 2 wrong usage or nothing to run. */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = readOptions(args, {
    arg: { type: 'string', multiple: true, default: [] },
    param: { type: 'string', multiple: true, default: [] },
    pipeline: { type: 'string' },
    python: { type: 'string' },
    data: { type: 'string', default: defaultData },
    root: { type: 'string', default: '.' },
    follow: { type: 'boolean', default: false },
    install: { type: 'boolean', default: false },
    definition: { type: 'boolean', default: false },
  });
  const [target, ...more] = positionals;
  if (target === undefined || more.length > 0) throw new UsageError('Name one FILE or MODULE to run.');
  const parameters = assignments('param', values.param);
  const given = Object.fromEntries(
    Object.entries(assignments('arg', values.arg)).map(([name, text]) => [name, readLiteral(text) ?? text]),
  );
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort(new Error('Stopped.')));
  const local = await launchLocal({
    dataDir: values.data,
    execPath: findNode(process.versions.node, process.execPath, dirname(__dirname)),
    serverPath: join(__dirname, 'local-server.js'),
  });
  try {
    const pipeline = target.endsWith('.json')
      ? await declared(target, values.pipeline)
      : await rendered(target, given, { ...values, local, signal: stop.signal });
    if (values.definition) {
      process.stdout.write(`${pipeline.definition}\n`);
      return 0;
    }
    const started = await start(local, values.data, pipeline, parameters);
    return await follow(started, values.follow, stop.signal);
  } catch (error) {
    if (!(error instanceof RenderError) && !(error instanceof EnvironmentError)) throw error;
    const place = error instanceof RenderError ? error.place : undefined;
    process.stderr.write(`${place ? `${place.file}:${place.line + 1}: ` : ''}${error.message}\n`);
    return 1;
  } finally {
    await local.stop();
  }
}

function assignments(option: string, words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=');
      if (at <= 0) throw new UsageError(`--${option} takes NAME=VALUE, not '${word}'.`);
      return [word.slice(0, at), word.slice(at + 1)];
    }),
  );
}

async function declared(file: string, name: string | undefined): Promise<Pipeline> {
  const definition = await readFile(file, 'utf8');
  if (valueOfJson(definition) === undefined) throw new UsageError(`${file} is not JSON.`);
  const base = file.slice(file.lastIndexOf(sep) + 1).replace(/(?:\.pipeline)?\.json$/, '');
  const project = await projectOf(file);
  const ownName = project?.environment?.pipeline ?? base.replace(/[^A-Za-z0-9-]+/g, '-').replace(/^-+|-+$/g, '');
  return {
    name: name ?? ownName,
    definition,
    project,
    standIns: project ?? (await standInsIn(dirname(resolve(file)))),
  };
}

interface RenderedOptions {
  local: LocalHandle;
  data: string;
  root: string;
  pipeline?: string | undefined;
  python?: string | undefined;
  install: boolean;
  signal: AbortSignal;
}

async function rendered(target: string, given: Record<string, Literal>, options: RenderedOptions): Promise<Pipeline> {
  const root = resolve(options.root);
  const project = await readProject(root, options.signal);
  const path = relative(root, resolve(target)).split(sep).join('/');
  const isFile = existsSync(target);
  const found = project.pipelines.filter((one) => (isFile ? one.path === path : isModuleOf(target, one.path)));
  const source = chooseSource(found, target, options.pipeline);
  const standIns = await standInsIn(root);
  // A script may read at once what fixtures stand for.
  if (standIns.fixtures.size > 0) {
    await withConnection(options.data, (session) =>
      provideStandIns(session, { ...standIns, stubs: new Map() }, crypto.randomUUID()),
    );
  }
  const rendering = await renderSource({
    project,
    pipeline: source,
    access: { ...options.local, account, role: executionRoleArn },
    media: join(__dirname, '..', 'media'),
    saved: given,
    python: options.python,
    environments: options.install ? join(home, 'python') : undefined,
    timeout: renderTimeout,
    say: (line) => void process.stderr.write(`${line}\n`),
    signal: options.signal,
  });
  for (const { name, value, origin } of rendering.arguments) {
    if (origin === 'assumed')
      process.stderr.write(`Assumed ${name}=${JSON.stringify(value)}; give another with --arg.\n`);
  }
  for (const sentence of rendering.missing) process.stderr.write(`${sentence}\n`);
  const names = rendering.pipelines.map(({ name }) => name);
  const made = rendering.pipelines.find(({ name }) => options.pipeline === undefined || name === options.pipeline);
  if (!made) throw new UsageError(`${target} makes ${names.join(', ')}, not ${options.pipeline ?? 'a pipeline'}.`);
  if (names.length > 1 && options.pipeline === undefined) {
    process.stderr.write(`${target} makes ${names.join(', ')}; running ${made.name}. --pipeline chooses.\n`);
  }
  return { ...made, standIns };
}

function chooseSource(found: readonly FoundPipeline[], target: string, name: string | undefined): FoundPipeline {
  const named = found.filter((one) => name === undefined || one.name === undefined || one.name === name);
  const first = preferredPipeline(named);
  if (!first) throw new UsageError(`No pipeline was found in ${target}: it uses no Pipeline of the SageMaker SDK.`);
  return first;
}

interface Started {
  client: SageMakerClient;
  arn: string;
}

/** Puts the pipeline on Local and starts it, with the files that its project names. */
async function start(
  local: LocalHandle,
  data: string,
  { name, definition, project, standIns }: Pipeline,
  parameters: Readonly<Record<string, string>>,
): Promise<Started> {
  const { sdk } = await import('../aws/sdk.bundle');
  const { endpoint, region, accessKeyId, secretAccessKey } = local;
  const client = new sdk.SageMakerClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const pipeline = { PipelineName: name, PipelineDefinition: definition, RoleArn: executionRoleArn };
  await client
    .send(new sdk.CreatePipelineCommand({ ...pipeline, ClientRequestToken: crypto.randomUUID() }))
    .catch((error: unknown) => {
      if (!(error instanceof Error) || !/exist/i.test(error.message)) throw error;
      return client.send(new sdk.UpdatePipelineCommand(pipeline));
    });
  const ClientRequestToken = crypto.randomUUID();
  const stubs = await stubsFor(definition, standIns);
  for (const stub of stubs.keys()) process.stderr.write(`Not run, since .mlops/config.json has a stub: ${stub}\n`);
  const { values, description } = await withConnection(data, async (session) => {
    await provideStandIns(session, { ...standIns, stubs }, ClientRequestToken);
    return project ? madeOf(session, project, definition, parameters) : { values: parameters, description: undefined };
  });
  const { PipelineExecutionArn = '' } = await client.send(
    new sdk.StartPipelineExecutionCommand({
      PipelineName: name,
      PipelineParameters: Object.entries(values).map(([Name, Value]) => ({ Name, Value })),
      ...(description ? { PipelineExecutionDescription: description } : {}),
      ClientRequestToken,
    }),
  );
  process.stderr.write(`Running ${name}: ${PipelineExecutionArn}\n`);
  return { client, arn: PipelineExecutionArn };
}

/** Does something over a session with the Local of a data folder. */
async function withConnection<T>(data: string, work: (session: Session) => Promise<T>): Promise<T> {
  const connections = openConnections(data);
  try {
    connections.expect(localConnection);
    return await work(await connections.session(localConnection));
  } finally {
    await connections.dispose();
  }
}

/** Tells of the run until it is over. */
async function follow(
  { client, arn: PipelineExecutionArn }: Started,
  isFollowed: boolean,
  signal: AbortSignal,
): Promise<number> {
  const { sdk } = await import('../aws/sdk.bundle');
  const told = new Map<string, string>();
  for (;;) {
    const execution = await client.send(new sdk.DescribePipelineExecutionCommand({ PipelineExecutionArn }));
    const status = execution.PipelineExecutionStatus ?? 'Executing';
    const over = status !== 'Executing' && status !== 'Stopping';
    if (isFollowed || over) {
      for await (const page of sdk.paginateListPipelineExecutionSteps(
        { client },
        { PipelineExecutionArn, SortOrder: 'Ascending' },
      )) {
        for (const step of page.PipelineExecutionSteps ?? []) {
          const line = `${step.StepName}: ${step.StepStatus}${step.FailureReason ? `: ${step.FailureReason}` : ''}`;
          if (told.get(step.StepName ?? '') === line) continue;
          told.set(step.StepName ?? '', line);
          if (isFollowed || step.StepStatus === 'Failed') process.stderr.write(`${line}\n`);
        }
      }
    }
    if (over) {
      process.stdout.write(`${status}${execution.FailureReason ? `: ${execution.FailureReason}` : ''}\n`);
      return status === 'Succeeded' ? 0 : 1;
    }
    if (signal.aborted)
      await client.send(
        new sdk.StopPipelineExecutionCommand({ PipelineExecutionArn, ClientRequestToken: crypto.randomUUID() }),
      );
    await sleep(pollInterval);
  }
}
