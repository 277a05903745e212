import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { delimiter, join, resolve, sep } from 'node:path';
import type {
  Build,
  BuildArtifacts,
  BuildPhase,
  EnvironmentVariable,
  Project,
  ProjectArtifacts,
  StartBuildInput,
} from '@aws-sdk/client-codebuild';
import { account, executionRole, region } from '../../domain/arns';
import {
  type BuildRecord,
  type PipelineLink,
  buildProjects,
  builds,
  codebuildArn,
  findProject,
  keepsCache,
} from '../../domain/builds';
import { bus } from '../../domain/bus';
import { logs } from '../../domain/logs';
import { objects } from '../../domain/objects';
import { sqliteCode } from '../../store/database';
import type { Store } from '../../store/store';
import { ClientError } from '../run/errors';
import { PythonMissing } from '../run/python';
import { Interrupted, type JobSurroundings } from '../run/runner';
import { uploadArtifacts } from './artifacts';
import { Batches } from './batches';
import { restoreCache, saveCache } from './cache';
import { closePhase } from './close-phase';
import { parseBuildspec } from './buildspec';
import { makeTools } from './tools';
import { makeReports } from './report-store';
import { BuildError, type BuildHost, type BuildStatus, type Prepared, type PhaseType, runBuild } from './run';
import { localSecret } from './secrets';
import { fetchInputs, fetchSource } from './sources';

/** The reason of a build that the end of the control plane cut short. */
const interrupted = 'Local stopped while this build was running.';

/** Minutes that a build may take where its project does not say. */
const defaultTimeout = 60;

/** What a build came to. */
export interface BuildEnd {
  record: BuildRecord;
  status: BuildStatus;
}

/** The builds of CodeBuild: those that are started by themselves and those that are actions of a pipeline. */
export class Builds {
  private readonly running = new Map<string, { abort: AbortController; done: Promise<BuildEnd> }>();

  readonly batches: Batches;

  constructor(
    private readonly surroundings: JobSurroundings,
    /** Hears of a store that cannot be written any more. */
    private readonly broken: (error: unknown) => void,
  ) {
    this.batches = new Batches(surroundings, this, broken);
  }

  /**
   * Makes a build and runs it.
   * @throws {ServiceError} when there is no such project
   */
  start(request: StartBuildInput, pipeline?: PipelineLink, version = request.sourceVersion): BuildRecord {
    const { store } = this.surroundings;
    const { project } = findProject(store, request.projectName ?? '');
    return this.begin(project, request, pipeline, version);
  }

  /** A build of a project that only a pipeline knows, or of a batch. */
  begin(
    project: Project,
    request: StartBuildInput,
    pipeline?: PipelineLink,
    version = request.sourceVersion,
    batch?: BuildRecord['batch'],
  ): BuildRecord {
    const { store } = this.surroundings;
    const record = store.transaction(() => {
      const made = newBuild(store, project, request, pipeline, version);
      if (batch) {
        made.batch = batch;
        made.build.buildBatchArn = batch.arn;
      }
      builds(store).put(made);
      tellState(store, made);
      return made;
    });
    const abort = new AbortController();
    // The answer to the request goes out first.
    const done = new Promise<void>((go) => setImmediate(go)).then(() => this.run(record, abort.signal));
    this.running.set(record.id, { abort, done });
    done.then(() => this.running.delete(record.id), this.broken);
    return record;
  }

  /** Waits for the end of a build. */
  async ended(record: BuildRecord): Promise<BuildEnd> {
    const running = this.running.get(record.id);
    if (running) return running.done;
    const now = builds(this.surroundings.store).get(record.id) ?? record;
    return { record: now, status: (now.build.buildStatus ?? 'FAILED') as BuildStatus };
  }

  /** Asks a build to stop. @param reason `Interrupted` where the control plane ends @returns the build as it is then */
  async stop(record: BuildRecord, reason?: unknown): Promise<BuildRecord> {
    const running = this.running.get(record.id);
    if (!running) return record;
    running.abort.abort(reason);
    return builds(this.surroundings.store).get(record.id) ?? record;
  }

  /** The same again under a new id, of the same version of the source. */
  retry(record: BuildRecord): BuildRecord {
    const { build, request, pipeline, made, batch } = record;
    const version = build.resolvedSourceVersion ?? build.sourceVersion;
    return this.begin(made, request, pipeline, pipeline ? undefined : version, batch);
  }

  async shutDown(): Promise<void> {
    const batches = this.batches.shutDown();
    const running = [...this.running.values()];
    for (const { abort } of running) abort.abort(new Interrupted(interrupted));
    await Promise.allSettled([...running.map(({ done }) => done), batches]);
  }

  /** After a start: what the store says is running was cut short by the end of the process before. */
  recover(): void {
    const { store } = this.surroundings;
    for (const record of builds(store).list("status = 'IN_PROGRESS'")) {
      const phase = record.build.phases?.findLast(({ endTime }) => endTime === undefined);
      if (phase) closePhase(phase, 'FAILED', { statusCode: 'INTERNAL_SERVICE_ERROR', message: interrupted });
      finish(store, record, 'FAILED', {});
    }
    this.batches.recover();
  }

  private async run(record: BuildRecord, signal: AbortSignal): Promise<BuildEnd> {
    const { store, grace, guard, folder: jobs } = this.surroundings;
    const folder = join(jobs, `build-${record.id.replaceAll(':', '-')}`);
    await mkdir(folder, { recursive: true });
    const { build } = record;
    const { group, stream, arn } = logOf(record);
    const log = logs(store).createStream(group, stream);
    build.logs = {
      groupName: group,
      streamName: stream,
      deepLink: `https://console.aws.amazon.com/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${encodeURIComponent(group)}/log-events/${stream}`,
      cloudWatchLogsArn: arn,
      cloudWatchLogs: { status: 'ENABLED', groupName: group, streamName: stream },
    };
    builds(store).put(record);
    const host: BuildHost = {
      folder,
      guard,
      signal,
      grace,
      timeout: (build.timeoutInMinutes ?? defaultTimeout) * 60_000,
      enter: (phase) => enter(store, record, phase),
      leave(phase, status, context) {
        const open = build.phases?.findLast(({ phaseType }) => phaseType === phase);
        if (!open) return;
        closePhase(open, status, context);
        builds(store).put(record);
        tellPhase(store, record, open);
      },
      log: (lines) => {
        if (lines.length > 0) logs(store).append(log, lines, Date.now());
      },
      prepare: () => this.prepare(record, folder, host),
      secret: (kind, reference) => Promise.resolve(localSecret(store.folder, kind, reference)),
      ...(keepsCache(build.cache)
        ? {
            restoreCache: async (prepared, expand) => {
              host.log(await restoreCache(cacheFolder(store, record), prepared, join(folder, 'home'), expand));
            },
            saveCache: async (prepared, expand) => {
              host.log(await saveCache(cacheFolder(store, record), prepared, join(folder, 'home'), expand));
            },
          }
        : {}),
      reports: (prepared) => makeReports(store, record, prepared),
      upload: (prepared, expand) => uploadArtifacts(store, record, prepared, expand),
    };
    const { status, exported } = await runBuild(host).catch((error: unknown) => faulty(host, error));
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
    const isCut = status === 'STOPPED' && signal.reason instanceof Interrupted;
    if (isCut) {
      const last = build.phases?.findLast(({ phaseStatus }) => phaseStatus === 'STOPPED');
      if (last)
        Object.assign(last, {
          phaseStatus: 'FAILED',
          contexts: [{ statusCode: 'INTERNAL_SERVICE_ERROR', message: interrupted }],
        });
    }
    finish(store, record, isCut ? 'FAILED' : status, exported);
    return { record, status: isCut ? 'FAILED' : status };
  }

  /** Brings source and buildspec, and makes the environment of the commands. */
  private async prepare(record: BuildRecord, folder: string, host: BuildHost): Promise<Prepared> {
    const { store, python, environments, environment, guard } = this.surroundings;
    const { build, request, pipeline } = record;
    const { source, version, secondary } = await this.sources(record, folder);
    if (version !== undefined) build.resolvedSourceVersion = version;
    builds(store).put(record);
    const { text, place } = await readBuildspec(store, build.source?.buildspec, source);
    const buildspec = parseBuildspec(text);
    const base: NodeJS.ProcessEnv = { ...environment, MLOPS_FLOW_DATA: store.folder, ...variablesOf(record, source) };
    const own = await python
      .interpreter()
      .then((found) =>
        process.platform === 'win32'
          ? undefined
          : environments.prepare(
              found,
              {},
              {
                env: base,
                guard,
                signal: host.signal,
                onLines: (lines) => host.log(lines),
              },
            ),
      )
      .catch((error: unknown) => {
        // A build that needs no Python runs where there is none.
        if (error instanceof PythonMissing || error instanceof ClientError) return undefined;
        throw error;
      });
    const bin = await makeTools(this.surroundings.cli, folder);
    const env = own?.env ?? base;
    const { values, hidden } = this.variables([...(build.environment?.environmentVariables ?? [])]);
    return {
      buildspec,
      place,
      source,
      secondary,
      env: { ...env, PATH: [bin, env['PATH'] ?? ''].join(delimiter) },
      variables: values,
      hidden,
      notes: [
        `This build runs on this machine, not in ${build.environment?.image ?? 'an image'}: it uses the tools that are installed here.`,
        'AWS clients reach Local, never an account; Python packages that the build installs go with it.',
        ...(build.environment?.privilegedMode === true ? ['privilegedMode has no effect.'] : []),
        ...((request.debugSessionEnabled ?? false) ? ['There are no debug sessions here.'] : []),
        ...(pipeline ? [`Started by ${pipeline.initiator}.`] : []),
      ],
      ...(own ? { release: own.release } : {}),
    };
  }

  /** The text of the buildspec that a build of this project would have, and the version of its source. */
  async specOf(
    project: Project,
    request: StartBuildInput,
    pipeline: PipelineLink | undefined,
    folder: string,
  ): Promise<{ text: string; version?: string }> {
    const record = draftOf(project, request, pipeline, request.sourceVersion, 0);
    const { source, version } = await this.sources(record, folder);
    const { text } = await readBuildspec(this.surroundings.store, record.build.source?.buildspec, source);
    return { text, ...(version === undefined ? {} : { version }) };
  }

  private async sources(
    record: BuildRecord,
    folder: string,
  ): Promise<{ source: string; version?: string; secondary: Record<string, string> }> {
    const { store } = this.surroundings;
    const { build, pipeline } = record;
    const place = join(folder, 'src');
    if (pipeline) {
      const folders = await fetchInputs(store, pipeline, place);
      const primary = pipeline.primary ?? pipeline.inputs[0]?.name;
      const source = primary === undefined ? undefined : folders[primary];
      if (source === undefined) {
        await mkdir(join(place, 'src0'), { recursive: true });
      }
      return {
        source: source ?? join(place, 'src0'),
        secondary: Object.fromEntries(Object.entries(folders).filter(([name]) => name !== primary)),
        ...(pipeline.revision === undefined ? {} : { version: pipeline.revision }),
      };
    }
    if (!build.source) throw new BuildError('CLIENT_ERROR', 'The project has no source.');
    const main = await fetchSource(store, record.project, build.source, build.sourceVersion, join(place, 'src0'));
    const secondary: Record<string, string> = {};
    for (const [index, one] of (build.secondarySources ?? []).entries()) {
      const id = one.sourceIdentifier ?? String(index + 1);
      const version = build.secondarySourceVersions?.find(
        ({ sourceIdentifier }) => sourceIdentifier === id,
      )?.sourceVersion;
      secondary[id] = (await fetchSource(store, record.project, one, version, join(place, `src${index + 1}`))).folder;
    }
    return { source: main.folder, secondary, ...(main.version === undefined ? {} : { version: main.version }) };
  }

  /** The variables of project and start, with the values of those that are kept elsewhere. */
  private variables(list: readonly EnvironmentVariable[]): { values: Record<string, string>; hidden: string[] } {
    const values: Record<string, string> = {};
    const hidden: string[] = [];
    for (const { name = '', value = '', type } of list) {
      const kind = type === 'PARAMETER_STORE' ? 'parameter' : type === 'SECRETS_MANAGER' ? 'secret' : undefined;
      values[name] = kind ? localSecret(this.surroundings.store.folder, kind, value) : value;
      if (kind) hidden.push(values[name]);
    }
    return { values, hidden };
  }
}

/** The text of the buildspec: given as it is, an object of S3, or a file of the source. */
async function readBuildspec(
  store: Store,
  given: string | undefined,
  source: string,
): Promise<{ text: string; place: string }> {
  const name = given === undefined || given.trim() === '' ? 'buildspec.yml' : given.trim();
  if (name.includes('\n') || /^\s*\{/.test(name) || name.startsWith('version:'))
    return { text: given ?? '', place: '(inline)' };
  const object = /^arn:aws[\w-]*:s3:::([^/]+)\/(.+)$/.exec(name);
  if (object) {
    const [, bucket = '', key = ''] = object;
    const found = objects(store).hasBucket(bucket) ? objects(store).get(bucket, key) : undefined;
    if (!found) throw new BuildError('YAML_FILE_ERROR', `There is no buildspec at ${name} on Local.`);
    return { text: await readFile(found.path, 'utf8'), place: name };
  }
  const path = resolve(source, name);
  if (!path.startsWith(source + sep) || !existsSync(path)) {
    throw new BuildError(
      'YAML_FILE_ERROR',
      `The buildspec ${name} was not found in the source. Name it in the project's source.buildspec.`,
    );
  }
  return { text: await readFile(path, 'utf8'), place: path };
}

function newBuild(
  store: Store,
  project: Project,
  request: StartBuildInput,
  pipeline: PipelineLink | undefined,
  version: string | undefined,
): BuildRecord {
  const name = project.name ?? '';
  const known = buildProjects(store).get(name);
  const number = (known?.builds ?? 0) + 1;
  if (known) buildProjects(store).put({ ...known, builds: number });
  return draftOf(project, request, pipeline, version, number);
}

/** A build that nobody has heard of yet. */
function draftOf(
  project: Project,
  request: StartBuildInput,
  pipeline: PipelineLink | undefined,
  version: string | undefined,
  number: number,
): BuildRecord {
  const name = project.name ?? '';
  const id = `${name}:${randomUUID()}`;
  const now = new Date();
  const {
    sourceTypeOverride: type,
    sourceLocationOverride: location,
    buildspecOverride: buildspec,
    environmentVariablesOverride: variables,
  } = request;
  const given = project.environment?.environmentVariables ?? [];
  const names = new Set(variables?.map((variable) => variable.name));
  const sourceVersion = pipeline ? pipeline.revision : (version ?? project.sourceVersion);
  const artifacts = request.artifactsOverride ?? project.artifacts;
  const secondaryArtifacts = request.secondaryArtifactsOverride ?? project.secondaryArtifacts;
  const build: Build = {
    id,
    arn: codebuildArn('build', id),
    buildNumber: number,
    startTime: now,
    currentPhase: 'SUBMITTED',
    buildStatus: 'IN_PROGRESS',
    ...(sourceVersion === undefined || sourceVersion === '' ? {} : { sourceVersion }),
    projectName: name,
    phases: [],
    source: {
      ...project.source,
      type: pipeline ? 'CODEPIPELINE' : (type ?? project.source?.type),
      ...(location === undefined ? {} : { location }),
      ...(buildspec === undefined ? {} : { buildspec }),
    },
    secondarySources: request.secondarySourcesOverride ?? project.secondarySources ?? [],
    secondarySourceVersions: request.secondarySourcesVersionOverride ?? project.secondarySourceVersions ?? [],
    artifacts: pipeline ? { location: '' } : describeArtifacts(artifacts),
    secondaryArtifacts: (secondaryArtifacts ?? []).map(describeArtifacts),
    cache: request.cacheOverride ?? project.cache ?? { type: 'NO_CACHE' },
    environment: {
      ...project.environment,
      type: request.environmentTypeOverride ?? project.environment?.type,
      image: request.imageOverride ?? project.environment?.image,
      computeType: request.computeTypeOverride ?? project.environment?.computeType,
      privilegedMode: request.privilegedModeOverride ?? project.environment?.privilegedMode ?? false,
      environmentVariables: [...given.filter((variable) => !names.has(variable.name)), ...(variables ?? [])],
    },
    serviceRole: request.serviceRoleOverride ?? project.serviceRole ?? `arn:aws:iam::${account}:role/${executionRole}`,
    timeoutInMinutes: request.timeoutInMinutesOverride ?? project.timeoutInMinutes ?? defaultTimeout,
    queuedTimeoutInMinutes: request.queuedTimeoutInMinutesOverride ?? project.queuedTimeoutInMinutes ?? 480,
    buildComplete: false,
    initiator: pipeline?.initiator ?? 'local',
    encryptionKey:
      request.encryptionKeyOverride ?? project.encryptionKey ?? `arn:aws:kms:${region}:${account}:alias/aws/s3`,
  };
  return {
    id,
    project: name,
    status: 'IN_PROGRESS',
    createdAt: now,
    build,
    made: { ...project, ...(artifacts ? { artifacts } : {}), ...(secondaryArtifacts ? { secondaryArtifacts } : {}) },
    request,
    ...(pipeline ? { pipeline } : {}),
  };
}

function describeArtifacts(artifacts: ProjectArtifacts | undefined): BuildArtifacts {
  return {
    location: artifacts?.type === 'S3' ? `arn:aws:s3:::${artifacts.location ?? ''}` : '',
    ...(artifacts?.artifactIdentifier === undefined ? {} : { artifactIdentifier: artifacts.artifactIdentifier }),
    ...(artifacts?.overrideArtifactName === undefined ? {} : { overrideArtifactName: artifacts.overrideArtifactName }),
    ...(artifacts?.encryptionDisabled === undefined ? {} : { encryptionDisabled: artifacts.encryptionDisabled }),
  };
}

/** Where a build's log goes, also before it is there. */
export function logOf({ id, project, made, request, pipeline }: BuildRecord): {
  group: string;
  stream: string;
  arn: string;
} {
  const config = request.logsConfigOverride ?? made.logsConfig;
  const group = pipeline?.logGroup ?? config?.cloudWatchLogs?.groupName ?? `/aws/codebuild/${project}`;
  const stream = id.slice(id.indexOf(':') + 1);
  return { group, stream, arn: `arn:aws:logs:${region}:${account}:log-group:${group}:log-stream:${stream}` };
}

/** @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html */
function variablesOf({ id, build, pipeline, batch }: BuildRecord, source: string): Record<string, string> {
  return {
    CI: 'true',
    CODEBUILD_CI: 'true',
    CODEBUILD_BUILD_ARN: build.arn ?? '',
    CODEBUILD_BUILD_ID: id,
    CODEBUILD_BUILD_IMAGE: build.environment?.image ?? '',
    CODEBUILD_BUILD_NUMBER: String(build.buildNumber ?? 0),
    CODEBUILD_INITIATOR: build.initiator ?? '',
    CODEBUILD_KMS_KEY_ID: build.encryptionKey ?? '',
    CODEBUILD_LOG_PATH: id.slice(id.indexOf(':') + 1),
    CODEBUILD_PROJECT_ARN: codebuildArn('project', build.projectName ?? ''),
    CODEBUILD_RESOLVED_SOURCE_VERSION: build.resolvedSourceVersion ?? pipeline?.revision ?? '',
    CODEBUILD_SOURCE_REPO_URL: build.source?.location ?? '',
    CODEBUILD_SOURCE_VERSION: build.sourceVersion ?? '',
    CODEBUILD_SRC_DIR: source,
    CODEBUILD_START_TIME: String(build.startTime?.getTime() ?? 0),
    AWS_ACCOUNT_ID: account,
    ...(batch ? { CODEBUILD_BATCH_BUILD_IDENTIFIER: batch.identifier } : {}),
  };
}

/** A build that this machine could not bring to its end. @throws what the store cannot keep */
function faulty(host: BuildHost, error: unknown): { status: BuildStatus; exported: Record<string, string> } {
  if (sqliteCode(error) !== undefined || !(error instanceof Error)) throw error;
  host.log([`[Local] The build could not go on: ${error.message}`]);
  return { status: 'FAULT', exported: {} };
}

function cacheFolder({ folder }: Store, { project }: BuildRecord): string {
  return join(folder, 'build-cache', project);
}

function enter(store: Store, record: BuildRecord, phaseType: PhaseType): void {
  const { build } = record;
  const now = new Date();
  build.phases = [...(build.phases ?? []), { phaseType, startTime: now }];
  build.currentPhase = phaseType;
  builds(store).put(record);
}

function finish(
  store: Store,
  record: BuildRecord,
  status: BuildStatus,
  exported: Readonly<Record<string, string>>,
): void {
  store.transaction(() => {
    const { build } = record;
    const now = new Date();
    const open = build.phases?.findLast(({ endTime, phaseType }) => endTime === undefined && phaseType !== 'COMPLETED');
    if (open) closePhase(open, status, { statusCode: 'INTERNAL_SERVICE_ERROR', message: '' });
    record.status = status;
    build.buildStatus = status;
    build.buildComplete = true;
    build.endTime = now;
    build.currentPhase = 'COMPLETED';
    if (build.phases?.at(-1)?.phaseType !== 'COMPLETED') build.phases?.push({ phaseType: 'COMPLETED', startTime: now });
    if (Object.keys(exported).length > 0) {
      build.exportedEnvironmentVariables = Object.entries(exported).map(([name, value]) => ({ name, value }));
    }
    builds(store).put(record);
    tellState(store, record);
  });
}

/** @see https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications.html */
function tellState(store: Store, { build, project }: BuildRecord): void {
  bus(store).emit('aws.codebuild', 'CodeBuild Build State Change', [build.arn ?? ''], {
    'build-status': build.buildStatus,
    'project-name': project,
    'build-id': build.arn,
    'current-phase': build.currentPhase,
    'additional-information': {
      'build-complete': build.buildComplete,
      'build-number': build.buildNumber,
      initiator: build.initiator,
      'source-version': build.sourceVersion ?? '',
      logs: { 'group-name': build.logs?.groupName, 'stream-name': build.logs?.streamName },
      phases: build.phases?.map(({ phaseType, phaseStatus }) => ({
        'phase-type': phaseType,
        'phase-status': phaseStatus,
      })),
    },
    version: '1',
  });
}

function tellPhase(store: Store, { build, project }: BuildRecord, phase: BuildPhase): void {
  bus(store).emit('aws.codebuild', 'CodeBuild Build Phase Change', [build.arn ?? ''], {
    'completed-phase': phase.phaseType,
    'completed-phase-status': phase.phaseStatus,
    'completed-phase-context': `[${(phase.contexts ?? []).map(({ statusCode, message }) => `${statusCode ?? ''}: ${message ?? ''}`).join(', ')}]`,
    'completed-phase-duration-seconds': phase.durationInSeconds,
    'project-name': project,
    'build-id': build.arn,
    version: '1',
  });
}
