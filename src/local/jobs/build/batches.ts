import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  BuildBatch,
  BuildBatchPhase,
  BuildBatchPhaseType,
  BuildGroup,
  Project,
  RetryBuildBatchType,
  StartBuildBatchInput,
  StartBuildInput,
  StatusType,
} from '@aws-sdk/client-codebuild';
import {
  type BatchRecord,
  type BuildRecord,
  buildBatches,
  buildId,
  builds as buildRecords,
  codebuildArn,
  findBuild,
  findProject,
  type PipelineLink,
} from '../../domain/builds';
import { Interrupted, type JobSurroundings } from '../run/runner';
import { type BatchNode, BuildspecError, parseBuildspec } from './buildspec';
import { closePhase } from './close-phase';
import { combineArtifacts, isCombined, partOf } from './combine';
import { BuildError } from './run';

/** So many builds of a batch run at a time on this machine. */
const atOnce = 4;
const defaultMinutes = 480;
const interrupted = 'Local stopped while this batch was running.';

/** What a batch asks of builds. */
interface Runner {
  begin(
    project: Project,
    request: StartBuildInput,
    pipeline: PipelineLink | undefined,
    version: string | undefined,
    batch: BuildRecord['batch'],
  ): BuildRecord;
  ended(record: BuildRecord): Promise<unknown>;
  stop(record: BuildRecord, reason: unknown): Promise<unknown>;
  specOf(
    project: Project,
    request: StartBuildInput,
    pipeline: PipelineLink | undefined,
    folder: string,
  ): Promise<{ text: string; version?: string }>;
}

/** A reason to end a batch, with the status that it leads to. */
class Ended extends Error {
  constructor(
    readonly status: 'STOPPED' | 'TIMED_OUT',
    message: string,
  ) {
    super(message);
  }
}

/**
 * The batches of CodeBuild: builds as the list, the graph or the matrix of a buildspec says.
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build-buildspec.html
 */
export class Batches {
  private readonly running = new Map<string, { abort: AbortController; done: Promise<StatusType> }>();

  constructor(
    private readonly surroundings: JobSurroundings,
    private readonly builds: Runner,
    private readonly broken: (error: unknown) => void,
  ) {}

  /** @throws {ServiceError} when there is no such project */
  start(request: StartBuildBatchInput): BatchRecord {
    const { project } = findProject(this.surroundings.store, request.projectName ?? '');
    return this.begin(project, request);
  }

  /** A batch that is an action of a pipeline. */
  begin(made: Project, request: StartBuildBatchInput, pipeline?: PipelineLink): BatchRecord {
    const { store } = this.surroundings;
    const project = made.name ?? '';
    const id = `${project}:${randomUUID()}`;
    const config = request.buildBatchConfigOverride ?? made.buildBatchConfig;
    const version = pipeline ? pipeline.revision : (request.sourceVersion ?? made.sourceVersion);
    const batch: BuildBatch = {
      id,
      arn: codebuildArn('build-batch', id),
      projectName: project,
      startTime: new Date(),
      currentPhase: 'SUBMITTED',
      buildBatchStatus: 'IN_PROGRESS',
      ...(version === undefined || version === '' ? {} : { sourceVersion: version }),
      phases: [],
      ...(made.source ? { source: made.source } : {}),
      ...(made.environment ? { environment: made.environment } : {}),
      ...(made.serviceRole === undefined ? {} : { serviceRole: made.serviceRole }),
      buildTimeoutInMinutes: request.buildTimeoutInMinutesOverride ?? made.timeoutInMinutes ?? 60,
      queuedTimeoutInMinutes: request.queuedTimeoutInMinutesOverride ?? made.queuedTimeoutInMinutes ?? 480,
      complete: false,
      initiator: pipeline?.initiator ?? 'local',
      buildBatchNumber: buildBatches(store).list('project = ?', project).length + 1,
      ...(config ? { buildBatchConfig: config } : {}),
      buildGroups: [],
    };
    const record: BatchRecord = {
      id,
      project,
      status: 'IN_PROGRESS',
      createdAt: batch.startTime ?? new Date(),
      batch,
      made,
      request,
      ...(pipeline ? { pipeline } : {}),
    };
    buildBatches(store).put(record);
    this.go(record, () => true);
    return record;
  }

  /** Builds again under the same id: all, or those that have not succeeded; what they were stays as prior builds. */
  retry(record: BatchRecord, type: RetryBuildBatchType = 'RETRY_ALL_BUILDS'): BatchRecord {
    const again = (group: BuildGroup | undefined): boolean =>
      type === 'RETRY_ALL_BUILDS' || group?.currentBuildSummary?.buildStatus !== 'SUCCEEDED';
    const { batch } = record;
    const groups = new Map((batch.buildGroups ?? []).map((group) => [group.identifier, group]));
    for (const group of groups.values()) {
      const { currentBuildSummary: current } = group;
      if (!again(group) || !current) continue;
      group.priorBuildSummaryList = [current, ...(group.priorBuildSummaryList ?? [])];
    }
    const wanted = new Set([...groups].filter(([, group]) => again(group)).map(([identifier]) => identifier));
    for (const identifier of wanted) delete groups.get(identifier)?.currentBuildSummary;
    Object.assign(batch, { buildBatchStatus: 'IN_PROGRESS', complete: false, phases: [], currentPhase: 'SUBMITTED' });
    delete batch.endTime;
    record.status = 'IN_PROGRESS';
    this.keep(record);
    this.go(record, ({ identifier }) => !groups.has(identifier) || wanted.has(identifier));
    return record;
  }

  /** Asks a batch to stop, and its builds with it. @returns the batch as it is then */
  stop({ id }: BatchRecord, reason: unknown = new Ended('STOPPED', 'The batch was stopped.')): void {
    this.running.get(id)?.abort.abort(reason);
  }

  /** Waits for the end of a batch. */
  async ended(record: BatchRecord): Promise<StatusType> {
    const running = this.running.get(record.id);
    return running ? running.done : (record.batch.buildBatchStatus ?? 'FAILED');
  }

  async shutDown(): Promise<void> {
    const running = [...this.running.values()];
    for (const { abort } of running) abort.abort(new Interrupted(interrupted));
    await Promise.allSettled(running.map(({ done }) => done));
  }

  /**
   * After a start, when builds were looked after: what the store says is running was cut short by the end of the
   * process before. A batch that failed so can be retried.
   */
  recover(): void {
    for (const record of buildBatches(this.surroundings.store).list("status = 'IN_PROGRESS'")) {
      const open = record.batch.phases?.findLast(({ endTime }) => endTime === undefined);
      for (const { currentBuildSummary: build } of record.batch.buildGroups ?? []) {
        if (build?.buildStatus !== 'IN_PROGRESS') continue;
        const now = buildRecords(this.surroundings.store).get(buildId(build.arn ?? ''));
        build.buildStatus = now?.build.buildStatus ?? 'FAILED';
      }
      if (open) closePhase(open, 'FAILED', { statusCode: 'INTERNAL_SERVICE_ERROR', message: interrupted });
      this.finish(record, 'FAILED');
    }
  }

  private go(record: BatchRecord, isWanted: (node: BatchNode) => boolean): void {
    const abort = new AbortController();
    // The answer to the request goes out first.
    const done = new Promise<void>((then) => setImmediate(then)).then(() => this.run(record, abort, isWanted));
    this.running.set(record.id, { abort, done });
    done.then(() => this.running.delete(record.id), this.broken);
  }

  private async run(
    record: BatchRecord,
    abort: AbortController,
    isWanted: (node: BatchNode) => boolean,
  ): Promise<StatusType> {
    const minutes = record.batch.buildBatchConfig?.timeoutInMins ?? defaultMinutes;
    const timer = setTimeout(() => abort.abort(new Ended('TIMED_OUT', 'The batch took too long.')), minutes * 60_000);
    try {
      closePhase(this.enter(record, 'SUBMITTED'), 'SUCCEEDED');
      const { nodes, failFast } = await this.nodesOf(record);
      const phase = this.enter(record, 'IN_PROGRESS');
      const status = await this.runAll(record, nodes, nodes.filter(isWanted), failFast, abort);
      closePhase(phase, status);
      if (status === 'SUCCEEDED' && isCombined(record)) {
        const combining = this.enter(record, 'COMBINE_ARTIFACTS');
        await combineArtifacts(this.surroundings.store, this.surroundings.folder, record);
        closePhase(combining, 'SUCCEEDED');
      }
      return this.finish(record, status);
    } catch (error) {
      if (!(error instanceof BuildspecError || error instanceof BuildError)) throw error;
      const open = record.batch.phases?.at(-1);
      const statusCode = error instanceof BuildError ? error.code : 'YAML_FILE_ERROR';
      if (open) closePhase(open, 'FAILED', { statusCode, message: error.message });
      return this.finish(record, 'FAILED');
    } finally {
      clearTimeout(timer);
    }
  }

  /** What the buildspec says. @throws {BuildspecError} where that is no batch */
  private async nodesOf(record: BatchRecord): Promise<{ nodes: readonly BatchNode[]; failFast: boolean }> {
    this.enter(record, 'DOWNLOAD_BATCHSPEC');
    const { made, pipeline, batch } = record;
    const folder = join(this.surroundings.folder, `batch-${record.id.replaceAll(':', '-')}`);
    await mkdir(folder, { recursive: true });
    try {
      const { text, version } = await this.builds.specOf(made, buildRequest(record), pipeline, folder);
      const { batch: wanted } = parseBuildspec(text);
      if (!wanted) {
        throw new BuildspecError('The buildspec has no batch. Give it build-list, build-graph or build-matrix.');
      }
      const most = batch.buildBatchConfig?.restrictions?.maximumBuildsAllowed;
      if (most !== undefined && wanted.nodes.length > most) {
        throw new BuildspecError(`The batch has ${wanted.nodes.length} builds; its project allows ${most}.`);
      }
      if (version !== undefined) batch.resolvedSourceVersion = version;
      const before = new Map(batch.buildGroups?.map((group) => [group.identifier, group]));
      batch.buildGroups = wanted.nodes.map(({ identifier, dependsOn, ignoreFailure }) => ({
        ...before.get(identifier),
        identifier,
        dependsOn: [...dependsOn],
        ignoreFailure,
      }));
      const phase = batch.phases?.at(-1);
      if (phase) closePhase(phase, 'SUCCEEDED');
      return wanted;
    } finally {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
    }
  }

  /** Runs builds as soon as those that they depend on have succeeded, or may fail. */
  private async runAll(
    record: BatchRecord,
    all: readonly BatchNode[],
    wanted: readonly BatchNode[],
    failFast: boolean,
    { signal }: AbortController,
  ): Promise<StatusType> {
    const passed = new Set(all.filter((node) => !wanted.includes(node)).map(({ identifier }) => identifier));
    const left = new Set(wanted);
    const under = new Map<string, Promise<{ node: BatchNode; status: StatusType }>>();
    const fast = new AbortController();
    const ending = AbortSignal.any([signal, fast.signal]);
    let hasFailed = false;
    for (;;) {
      for (const node of left) {
        if (ending.aborted || under.size >= atOnce) break;
        if (!node.dependsOn.every((name) => passed.has(name))) continue;
        left.delete(node);
        under.set(node.identifier, this.runOne(record, node, ending));
      }
      if (under.size === 0) break;
      const { node, status } = await Promise.race(under.values());
      under.delete(node.identifier);
      if (status === 'SUCCEEDED' || node.ignoreFailure) passed.add(node.identifier);
      else {
        hasFailed = true;
        if (failFast) fast.abort(new Ended('STOPPED', 'Another build of the batch has failed.'));
      }
    }
    if (signal.aborted) return signal.reason instanceof Ended ? signal.reason.status : 'FAILED';
    return hasFailed || left.size > 0 ? 'FAILED' : 'SUCCEEDED';
  }

  private async runOne(
    record: BatchRecord,
    node: BatchNode,
    signal: AbortSignal,
  ): Promise<{ node: BatchNode; status: StatusType }> {
    const { made, batch, pipeline, request } = record;
    const given = request.environmentVariablesOverride ?? [];
    const own = Object.entries(node.variables).map(([name, value]) => ({ name, value, type: 'PLAINTEXT' as const }));
    const part = isCombined(record) ? partOf(record, node.identifier) : undefined;
    const build = this.builds.begin(
      made,
      {
        ...buildRequest(record),
        ...(part && 'artifacts' in part ? { artifactsOverride: part.artifacts } : {}),
        // What the batch is started with comes before what its buildspec says.
        environmentVariablesOverride: [...own.filter(({ name }) => !given.some((one) => one.name === name)), ...given],
        ...(node.buildspec === undefined ? {} : { buildspecOverride: node.buildspec }),
      },
      pipeline && {
        ...pipeline,
        outputs:
          part && 'outputs' in part ? part.outputs : pipeline.outputs.filter(({ name }) => name === node.identifier),
      },
      pipeline ? undefined : (batch.resolvedSourceVersion ?? batch.sourceVersion),
      { arn: batch.arn ?? '', identifier: node.identifier },
    );
    const tell = (buildStatus: StatusType): void => {
      const group = batch.buildGroups?.find(({ identifier }) => identifier === node.identifier);
      if (group) {
        group.currentBuildSummary = {
          ...(build.build.arn === undefined ? {} : { arn: build.build.arn }),
          requestedOn: build.createdAt,
          buildStatus,
        };
      }
      this.keep(record);
    };
    tell('IN_PROGRESS');
    const stop = (): void => void this.builds.stop(build, signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    await this.builds.ended(build);
    signal.removeEventListener('abort', stop);
    const status: StatusType = findBuild(this.surroundings.store, build.id).build.buildStatus ?? 'FAILED';
    tell(status);
    return { node, status };
  }

  private enter(record: BatchRecord, phaseType: BuildBatchPhaseType): BuildBatchPhase {
    const phase: BuildBatchPhase = { phaseType, startTime: new Date() };
    record.batch.phases?.push(phase);
    record.batch.currentPhase = phaseType;
    this.keep(record);
    return phase;
  }

  private finish(record: BatchRecord, status: StatusType): StatusType {
    const { batch } = record;
    const last: BuildBatchPhaseType = status === 'SUCCEEDED' || status === 'STOPPED' ? status : 'FAILED';
    batch.phases?.push({ phaseType: last, startTime: new Date() });
    Object.assign(batch, { currentPhase: last, buildBatchStatus: status, complete: true, endTime: new Date() });
    record.status = status;
    this.keep(record);
    return status;
  }

  private keep(record: BatchRecord): void {
    buildBatches(this.surroundings.store).put(record);
  }
}

/** What each build of a batch is started with. */
function buildRequest({ request, made }: BatchRecord): StartBuildInput {
  const {
    buildTimeoutInMinutesOverride: timeout,
    buildBatchConfigOverride: _,
    idempotencyToken: __,
    ...rest
  } = request;
  return {
    ...(rest as Partial<StartBuildInput>),
    projectName: made.name,
    ...(timeout === undefined ? {} : { timeoutInMinutesOverride: timeout }),
  };
}
